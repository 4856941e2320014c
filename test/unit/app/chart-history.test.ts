import { expect, test } from 'vitest'
import { rebuildChart } from '../../../src/app/view/chart-history.ts'

test('[APP57] the chart of a stored session is drawn from its log and its generations', () => {
  // Ten tokens a message, one a second; a candidate made after the 4th was applied after the 6th.
  const messages = Array.from({ length: 8 }, (_, index) => ({
    seq: index + 1,
    at: (index + 1) * 1_000,
    through: (index + 1) * 10,
  }))
  const base = { tokensBefore: 40, tokensAfter: 12 }
  const chart = rebuildChart(messages, [
    { ...base, n: 2, createdAt: 7_500 },
    { ...base, n: 1, createdAt: 4_500, appliedAt: 6_500 },
  ])
  expect(chart.samples.map(({ seq, log, context }) => [seq, log, context])).toEqual([
    [1, 10, 10],
    [2, 20, 20],
    [3, 30, 30],
    [4, 40, 40],
    [5, 50, 50],
    [6, 60, 60],
    [6, 60, 32],
    [7, 70, 42],
    [8, 80, 52],
  ])
  expect(chart.marks).toEqual([{ seq: 6, kind: 'applied', generation: 1, before: 60, after: 32 }])
})

test('[APP57] a session without messages or generations is an empty chart or a plain line', () => {
  expect(rebuildChart([], [])).toEqual({ samples: [], marks: [] })
  expect(rebuildChart([{ seq: 1, at: 1, through: 5 }], []).samples).toEqual([
    { seq: 1, log: 5, context: 5 },
  ])
})
