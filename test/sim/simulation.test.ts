import { expect, test } from 'vitest'
import { simulate } from './simulate.ts'

/** Runs in `npm test`; `BACKFOLD_SEEDS` and `BACKFOLD_FIRST_SEED` set others. */
const SEEDS = Number(process.env['BACKFOLD_SEEDS'] ?? 2_000)
const FIRST = Number(process.env['BACKFOLD_FIRST_SEED'] ?? 1)

test(`[SIM1] ${SEEDS} seeds hold every invariant`, { timeout: 3_600_000 }, async () => {
  let applied = 0
  for (let seed = FIRST; seed < FIRST + SEEDS; seed += 1) {
    const run = await simulate(seed)
    applied += run.applied
    if (run.failure !== undefined) {
      const trace = run.trace.slice(-60).join('\n  ')
      expect.fail(`seed ${seed}: ${run.failure}\nthe last steps:\n  ${trace}`)
    }
  }
  // A simulation in which nothing is folded proves nothing.
  expect(applied).toBeGreaterThan(SEEDS / 2)
})

test('[SIM2] the same seed gives the same run', async () => {
  const [first, second] = [await simulate(7), await simulate(7)]
  expect(first.trace.length).toBeGreaterThan(100)
  expect(second.trace).toEqual(first.trace)
})
