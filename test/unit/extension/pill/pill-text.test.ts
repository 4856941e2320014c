import { assert, double, property, record, constantFrom } from 'fast-check'
import { expect, test } from 'vitest'
import { describeGauge, pillLabels } from '../../../../extension/bridge/pill/pill-text.ts'
import type { GaugeState } from '../../../../extension/wire/bridge-wire.ts'

const GAUGE: GaugeState = {
  tokens: 92_310,
  overhead: 0,
  window: 128_000,
  windowFrom: 'server',
  model: null,
  level: 'urgent',
  folded: null,
  isFolding: true,
}

const labels = pillLabels('en')

test('[PILL1, PILL2] a gauge is told as percent, level and sentences', () => {
  expect(describeGauge(GAUGE, labels)).toEqual({
    level: 'urgent',
    percent: 72,
    isFolding: true,
    name: 'Backfold: 72% full. The context is nearly full. Folding in the background.',
    sentence: 'The context is nearly full. Folding in the background.',
    lines: ['92,310 of 128,000 tokens', 'Window: as the server told it.'],
  })
  expect(describeGauge({ ...GAUGE, overhead: 4_000 }, labels).lines).toContain(
    'About 4,000 of them are the site’s own instructions.',
  )
  expect(describeGauge({ ...GAUGE, folded: 900 }, labels).lines).toContain('Folded: 900 tokens.')
})

test('[PILL1] of no gauge, and of one that makes no sense, nothing is known', () => {
  const numbers = double()
  const gauges = record({
    tokens: numbers,
    window: numbers,
    level: constantFrom('ok', 'over', 'constructor' as 'warn'),
  })
  expect(describeGauge(null, labels)).toMatchObject({ level: 'unknown', percent: null, lines: [] })
  assert(
    property(gauges, (odd) => {
      const { percent, level, name } = describeGauge({ ...GAUGE, ...odd }, labels)
      if (percent === null) expect(level).toBe('unknown')
      else expect(percent).toSatisfy((n: number) => Number.isInteger(n) && n >= 0 && n <= 999)
      expect(name).not.toMatch(/undefined|NaN|Infinity/)
    }),
  )
})
