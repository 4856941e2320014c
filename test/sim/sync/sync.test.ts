import { expect, test } from 'vitest'
import { simulateSync, type SyncRun } from './simulate-sync.ts'

/** Seeds in `npm test`; `BACKFOLD_SYNC_SEEDS` and `BACKFOLD_FIRST_SEED` set others, for long runs. */
const SEEDS = Number(process.env['BACKFOLD_SYNC_SEEDS'] ?? 200)
const FIRST = Number(process.env['BACKFOLD_FIRST_SEED'] ?? 1)

const SHOWN_STEPS = Number(process.env['BACKFOLD_STEPS'] ?? 60)
const SHOWN_RUNS = 3

test('[PUMP19] whatever goes wrong between them, devices end with the same sessions, and nothing is lost', async () => {
  const failed: SyncRun[] = []
  let [entries, folded, moved] = [0, 0, 0]
  for (let seed = FIRST; seed < FIRST + SEEDS; seed += 1) {
    const run = await simulateSync(seed)
    entries += run.entries
    folded += run.folded
    moved += run.moved
    if (run.failure !== undefined) failed.push(run)
  }
  if (failed.length > 0) {
    const told = failed.slice(0, SHOWN_RUNS).map(({ seed, failure, faults, trace }) => {
      const steps = trace.slice(-SHOWN_STEPS).join('\n  ')
      return `seed ${seed}: ${failure}\nfaults: ${faults.join(', ')}\n  ${steps}`
    })
    const seeds = failed.map(({ seed }) => seed).join(', ')
    expect.fail(`${failed.length} of ${SEEDS} seeds failed: ${seeds}\n\n${told.join('\n\n')}`)
  }
  // A simulation in which nothing is folded, and nobody comes in between, proves nothing.
  expect(entries).toBeGreaterThan(SEEDS * 10)
  expect(folded).toBeGreaterThan(SEEDS / 2)
  expect(moved).toBeGreaterThan(SEEDS / 2)
})
