import { expect, test } from 'vitest'
import { createOrigin, openTab } from '../../support/build-engine.ts'
import { DIALECTS } from './dialects/dialects.ts'
import { simulateToolLoop } from './simulate-tool-loop.ts'

const SEEDS = Number(process.env['BACKFOLD_LOOP_SEEDS'] ?? 3)
const FIRST = Number(process.env['BACKFOLD_FIRST_SEED'] ?? 1)

test.each(Object.keys(DIALECTS))(
  '[HIST8, HIST18, HIST22, HIST24] an app with tools that speaks %s sends all of its history, legally and recorded once',
  async (format) => {
    let folded = 0
    for (let seed = FIRST; seed < FIRST + SEEDS; seed += 1) {
      const origin = createOrigin()
      const tabs = Array.from({ length: 1 + (seed % 2) }, () => openTab({ origin }))
      const run = await simulateToolLoop(format, seed, tabs, 45)
      expect(run.faults, `seed ${seed}`).toEqual([])
      folded += run.folded
      for (const { engine } of tabs) await engine.close()
    }
    expect(folded).toBeGreaterThan(SEEDS * 5)
  },
)
