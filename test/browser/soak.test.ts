import { expect, inject, test } from 'vitest'
import { Soak, type Soaked } from './soak.ts'

declare module 'vitest' {
  interface ProvidedContext {
    readonly soakSeeds: number
    readonly firstSeed: number
  }
}

test('[SIM3] real tabs over a real database keep every message, whatever is done to them', async () => {
  const runs: Soaked[] = []
  const first = inject('firstSeed')
  for (let seed = first; seed < first + inject('soakSeeds'); seed += 1) {
    try {
      runs.push(await new Soak(seed).run())
    } catch (failure) {
      throw new Error(`seed ${seed}`, { cause: failure })
    }
  }
  const sum = (count: (run: Soaked) => number): number =>
    runs.reduce((total, run) => total + count(run), 0)
  expect(sum(({ messages }) => messages)).toBeGreaterThan(50 * runs.length)
  expect(sum(({ applied }) => applied)).toBeGreaterThan(0)
  expect(sum(({ killed }) => killed)).toBeGreaterThan(0)
}, 0)
