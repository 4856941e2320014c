import { SYLLABLES } from './corpus-words.ts'

/** Numbers from 0 to below 1 that depend on the seed only, and words made of them. */
export interface Dice {
  (): number
  /** The session's own names, the frequent ones first. */
  readonly own: readonly string[]
}

/** Words that only one session uses: the names of its own things. */
const OWN_WORDS = 1_500

/** A small generator with good low bits (mulberry32). */
export function createDice(seed: number): Dice {
  let state = seed >>> 0
  const roll = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const own = Array.from({ length: OWN_WORDS }, () =>
    Array.from({ length: 2 + Math.floor(roll() * 3) }, () => pick(SYLLABLES, roll)).join(''),
  )
  return Object.assign(roll, { own })
}

/** One of the session's own names. */
export function ownWord(roll: Dice): string {
  return roll.own[Math.floor(roll() ** 2 * OWN_WORDS)] ?? ''
}

export function pick<T>(items: readonly T[], roll: () => number): T {
  return items[Math.floor(roll() * items.length)] as T
}
