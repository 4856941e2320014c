import { expect, test } from 'vitest'
import { createPeers, NAMES, runSmall } from '../../hazards/small-suite.mjs'

const { none, naiveAsync, backfold } = createPeers(() => import('../../../src/engine.ts'))

/** Scenarios are conversations in real time, if short ones. */
const DEADLINE_MS = 60_000

test.concurrent.each(NAMES)(
  '[HAZ1] ours, %s: nothing lost, no pair broken, no turn failed, one call at once',
  async (scenario) => {
    const { lost, broken, failed, hung, concurrent, repeated, points, after, laterDropped } =
      await runSmall(backfold, scenario)
    expect({ lost: lost ?? 0, broken: broken ?? 0 }).toEqual({ lost: 0, broken: 0 })
    expect({ failed: failed ?? 0, hung: hung ?? 0 }).toEqual({ failed: 0, hung: 0 })
    expect(concurrent ?? 0).toBeLessThanOrEqual(1)
    expect(repeated ?? 0).toBe(0)
    if (scenario === 'kill') expect(points).toBeGreaterThan(10)
    if (scenario === 'rollback') {
      expect(after).toEqual({ dropped: 0, lost: 0 })
      expect(laterDropped).toBe(0)
    }
  },
  DEADLINE_MS,
)

test.concurrent(
  '[HAZ2] a compactor without guards loses messages and calls its summariser many times at once',
  async () => {
    const { lost, concurrent, repeated } = await runSmall(naiveAsync, 'burst')
    expect(lost).toBeGreaterThan(0)
    expect(concurrent).toBeGreaterThan(1)
    expect(repeated).toBeGreaterThan(0)
    expect((await runSmall(naiveAsync, 'answers nothing')).lost).toBeGreaterThan(0)
    expect((await runSmall(naiveAsync, 'kill')).lost).toBeGreaterThan(0)
  },
  DEADLINE_MS,
)

test.concurrent(
  '[HAZ2] without compaction nothing is ever missing from a prompt',
  async () => {
    expect(await runSmall(none, 'burst')).toMatchObject({ dropped: 0, lost: 0, broken: 0 })
  },
  DEADLINE_MS,
)
