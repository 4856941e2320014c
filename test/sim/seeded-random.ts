/** A reproducible source of randomness: the same seed gives the same stream. */
export interface SeededRandom {
  /** A number from 0, included, to 1, excluded. */
  next(): number
  /** A whole number from 0 to `below`, excluded. */
  below(below: number): number
  /** True with this probability. */
  chance(probability: number): boolean
  /** One of these; there must be at least one. */
  pick<T>(items: readonly T[]): T
}

/**
 * sfc32 (Chris Doty-Humphrey, PractRand) with its state drawn by splitmix32, so that neighbouring
 * seeds give unrelated streams.
 */
export function createSeededRandom(seed: number): SeededRandom {
  let mix = seed >>> 0
  const splitmix = (): number => {
    mix = (mix + 0x9e3779b9) >>> 0
    let z = mix
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return (z ^ (z >>> 15)) >>> 0
  }
  let [a, b, c, counter] = [splitmix(), splitmix(), splitmix(), 1]
  const next32 = (): number => {
    const sum = (a + b + counter) >>> 0
    counter = (counter + 1) >>> 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) >>> 0
    c = ((c << 21) | (c >>> 11)) >>> 0
    c = (c + sum) >>> 0
    return sum
  }
  for (let round = 0; round < 12; round += 1) next32()
  const below = (limit: number): number => Math.floor((next32() / 2 ** 32) * limit)
  return {
    next: () => next32() / 2 ** 32,
    below,
    chance: (probability) => next32() / 2 ** 32 < probability,
    pick(items) {
      const item = items[below(items.length)]
      if (item === undefined) throw new RangeError('there is nothing to pick from')
      return item
    },
  }
}
