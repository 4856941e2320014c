import { expect, test } from 'vitest'
import { openTab } from '../../support/build-engine.ts'
import { simulateHostApp } from './simulate-host-app.ts'

const SEEDS = Number(process.env['BACKFOLD_HOST_SEEDS'] ?? 80)
const FIRST = Number(process.env['BACKFOLD_FIRST_SEED'] ?? 1)

test('[HIST22] whatever an app does with its history, its model gets all of it, and nothing else', async () => {
  let folded = 0
  for (let seed = FIRST; seed < FIRST + SEEDS; seed += 1) {
    const tab = openTab()
    const run = await simulateHostApp(seed, tab, 40)
    expect(run.faults, `seed ${seed}: ${run.trace.join(', ')}`).toEqual([])
    folded += run.folded
    await tab.engine.close()
  }
  expect(folded).toBeGreaterThan(SEEDS * 5)
})
