import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawChart, niceStep, sampleAt } from '../../../src/app/view/chart-geometry.ts'

const FRAME = { width: 440, height: 220, left: 30, right: 10, top: 10, bottom: 10 }

test('[APP25] both lines start at the axes, the newest message is at the right edge, the budget is in sight', () => {
  const chart = drawChart(
    {
      samples: [
        { seq: 0, log: 0, context: 0 },
        { seq: 50, log: 500, context: 500 },
        { seq: 100, log: 4_000, context: 400 },
      ],
      marks: [{ seq: 100, kind: 'applied', generation: 1, before: 900, after: 400 }],
    },
    1_000,
    FRAME,
  )
  // The axis ends at 5k: the next step above the peak, 200 pixels high.
  expect(chart.history).toBe('M30 210L230 190L430 50')
  expect(chart.context).toBe('M30 210L230 190L430 194')
  expect(chart.contextArea).toBe(`${chart.context}L430 210L30 210Z`)
  expect(chart.savedArea).toBe(`${chart.history}L430 194L230 190L30 210Z`)
  expect(chart.budgetY).toBe(170)
  expect(chart.marks).toMatchObject([{ x: 430, labelled: true }])
  expect(chart.yTicks.map(({ label }) => label)).toEqual(['0', '1k', '2k', '3k', '4k', '5k'])
})

test('[APP25] every coordinate is finite and inside the frame, whatever the data and the size', () => {
  const amounts = fc.nat(2_000_000)
  fc.assert(
    fc.property(
      fc.array(fc.record({ seq: fc.nat(100_000), log: amounts, context: amounts }), {
        maxLength: 30,
      }),
      fc.nat(1_000_000),
      fc.nat(500),
      (samples, budget, width) => {
        const sorted = samples.sort((a, b) => a.seq - b.seq)
        const frame = { ...FRAME, width }
        const chart = drawChart({ samples: sorted, marks: [] }, budget, frame)
        const numbers = `${chart.history}${chart.savedArea}${chart.contextArea}`.match(/-?[\d.]+/g)
        for (const [index, found] of (numbers ?? []).entries()) {
          const value = Number(found)
          expect(Number.isFinite(value)).toBe(true)
          const most = index % 2 === 0 ? Math.max(width, FRAME.left) : FRAME.height
          expect(value).toBeGreaterThanOrEqual(0)
          expect(value).toBeLessThanOrEqual(most)
        }
        expect(chart.budgetY).toBeGreaterThanOrEqual(0)
        expect(chart.yTicks.length).toBeLessThan(12)
        expect(chart.xTicks.length).toBeLessThan(12)
      },
    ),
  )
})

test('[APP25] up close the axis ends just above budget and context, however long the history is', () => {
  const samples = [
    { seq: 0, log: 0, context: 0 },
    { seq: 100, log: 900_000, context: 800 },
  ]
  const chart = drawChart({ samples, marks: [] }, 1_000, FRAME, 'budget')
  expect(chart.yTicks.map(({ label }) => label)).toEqual(['0', '500', '1k', '1.5k'])
  expect(chart.context).toBe('M30 210L430 103.3')
  expect(chart.history).toMatch(/^M30 210L430 -\d+$/)
})

test('[APP26] axes step in 1, 2 and 5 times powers of ten', () => {
  expect([0, 0.2, 1, 1.2, 3, 7, 11, 260, 4_001].map(niceStep)).toEqual([
    1, 1, 1, 2, 5, 10, 20, 500, 5_000,
  ])
})

test('[APP26] pointing reads the nearest sample off', () => {
  const samples = [0, 40, 100].map((seq) => ({ seq, log: seq, context: seq }))
  expect(sampleAt(samples, 30, FRAME)?.seq).toBe(0)
  expect(sampleAt(samples, 205, FRAME)?.seq).toBe(40)
  expect(sampleAt(samples, 9_999, FRAME)?.seq).toBe(100)
  expect(sampleAt([], 30, FRAME)).toBeUndefined()
})
