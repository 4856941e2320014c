import { expect, test } from 'vitest'
import type { ChartData } from '../../../src/app/view/chart-samples.ts'
import { addMark, addSample, MOST_SAMPLES, NO_CHART } from '../../../src/app/view/chart-samples.ts'

const sample = (seq: number, log: number, context = log): ChartData['samples'][number] => ({
  seq,
  log,
  context,
})

test('[APP23] a moment that changes nothing adds no sample; a step keeps both its ends and no more', () => {
  let data = [sample(1, 10), sample(1, 10), sample(2, 30)].reduce(addSample, NO_CHART)
  expect(data.samples).toHaveLength(2)
  data = [sample(2, 30, 12), sample(2, 30, 11)].reduce(addSample, data)
  expect(data.samples).toEqual([sample(1, 10), sample(2, 30), sample(2, 30, 11)])
})

test('[APP23] a session that got shorter drops the samples that lie after it', () => {
  const data = [sample(1, 10), sample(5, 50), sample(3, 30)].reduce(addSample, NO_CHART)
  expect(data.samples).toEqual([sample(1, 10), sample(3, 30)])
})

test('[APP24] a long session is thinned out, but every peak before a fold and the fall after it stay', () => {
  let data = NO_CHART
  const folds: number[] = []
  let context = 0
  for (let seq = 1; seq <= 5_000; seq++) {
    context += 10
    data = addSample(data, sample(seq, seq * 10, context))
    if (seq % 100 === 50) {
      folds.push(seq)
      context = 100
      data = addSample(data, sample(seq, seq * 10, context))
    }
    expect(data.samples.length).toBeLessThanOrEqual(MOST_SAMPLES + 1)
  }
  for (const seq of folds) {
    const here = data.samples.filter((kept) => kept.seq === seq)
    expect(here.map((kept) => kept.context > 100)).toEqual([true, false])
  }
  expect(data.samples.at(-1)?.seq).toBe(5_000)
  expect(data.samples.map(({ seq }) => seq)).toEqual(
    data.samples.map(({ seq }) => seq).sort((a, b) => a - b),
  )
})

test('[APP24] marks are kept in order, the oldest of too many dropped', () => {
  let data = NO_CHART
  for (let generation = 1; generation <= 450; generation++)
    data = addMark(data, { seq: generation, kind: 'applied', generation, before: 9, after: 1 })
  expect(data.marks).toHaveLength(400)
  expect(data.marks.at(-1)?.generation).toBe(450)
})
