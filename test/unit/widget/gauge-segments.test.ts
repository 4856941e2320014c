import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CATEGORIES, layOutGauge } from '../../../src/widget/view/gauge-segments.ts'

const BUDGET = { tokens: 1_000, soft: 700, hard: 950 }

test('[APP21] segments stand side by side in order, each as wide as its share of the budget', () => {
  const gauge = layOutGauge({ pinned: 0, digest: 200, user: 50, assistant: 0, tools: 250 }, BUDGET)
  expect(gauge.segments).toEqual([
    { category: 'digest', tokens: 200, from: 0, width: 0.2 },
    { category: 'user', tokens: 50, from: 0.2, width: 0.05 },
    { category: 'tools', tokens: 250, from: 0.25, width: 0.25 },
  ])
  expect(gauge).toMatchObject({ soft: 0.7, hard: 0.95, budget: 1, level: 'calm' })
})

test('[APP21] nothing is ever drawn outside the gauge, whatever the context', () => {
  const tokens = fc.nat(1_000_000)
  fc.assert(
    fc.property(fc.tuple(tokens, tokens, tokens, tokens, tokens), fc.nat(500_000), (counts, b) => {
      const [pinned, digest, user, assistant, tools] = counts
      const budget = { tokens: b, soft: b * 0.7, hard: b * 0.95 }
      const gauge = layOutGauge({ pinned, digest, user, assistant, tools }, budget)
      let edge = 0
      for (const { category, from, width } of gauge.segments) {
        expect(CATEGORIES).toContain(category)
        expect(from).toBeCloseTo(edge, 9)
        edge = from + width
      }
      expect(edge).toBeLessThanOrEqual(1 + 1e-9)
      for (const mark of [gauge.soft, gauge.hard, gauge.budget]) expect(mark).toBeLessThanOrEqual(1)
    }),
  )
})

test('[APP22] the level follows the thresholds and says when a context is over its budget', () => {
  const level = (tools: number): string =>
    layOutGauge({ pinned: 0, digest: 0, user: 0, assistant: 0, tools }, BUDGET).level
  expect([699, 700, 949, 950, 1_000, 1_001].map(level)).toEqual([
    'calm',
    'soft',
    'soft',
    'hard',
    'hard',
    'over',
  ])
})

test('[REACT9] any numbers at all make a gauge that can be drawn', () => {
  const any = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, -1, 0))
  fc.assert(
    fc.property(fc.tuple(any, any, any, any, any), fc.tuple(any, any, any), (counts, limits) => {
      const [pinned, digest, user, assistant, tools] = counts
      const [tokens, soft, hard] = limits
      const gauge = layOutGauge({ pinned, digest, user, assistant, tools }, { tokens, soft, hard })
      for (const { from, width } of gauge.segments) {
        expect(from).toBeGreaterThanOrEqual(0)
        expect(from + width).toBeLessThanOrEqual(1 + 1e-9)
      }
      for (const mark of [gauge.soft, gauge.hard, gauge.budget]) {
        expect(mark).toBeGreaterThanOrEqual(0)
        expect(mark).toBeLessThanOrEqual(1)
      }
    }),
  )
})
