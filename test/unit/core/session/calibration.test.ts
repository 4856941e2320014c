import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  calibrate,
  INITIAL_CALIBRATION,
  learn,
  MAX_MODELS,
  MAX_REPORTS,
  type Calibration,
  type Observation,
} from '../../../../src/core/session/calibration.ts'

const report = (
  estimated: number,
  reported: number,
  rest: Partial<Observation> = {},
): Observation => ({ estimated, reported, contextKey: '0', ...rest })

const learnAll = (observations: readonly Observation[], from = INITIAL_CALIBRATION): Calibration =>
  observations.reduce(learn, from)

/** A model that spends `factor` tokens for each of ours, and `base` beside the context. */
const reportsOf = (
  { factor, base = 0 }: { factor: number; base?: number },
  estimates: readonly number[],
  rest: Partial<Observation> = {},
): readonly Observation[] => estimates.map((e) => report(e, Math.round(base + factor * e), rest))

test('[CAL1] before any report a context counts what was estimated', () => {
  expect(calibrate(INITIAL_CALIBRATION, 1234, { contextKey: '0' })).toBe(1234)
  expect(calibrate(INITIAL_CALIBRATION, 1234, { contextKey: '0', model: 'm' })).toBe(1234)
})

test('[CAL2] while a context only grows, the newest report stands and only the growth is estimated', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 100, max: 500_000 }),
      fc.double({ min: 0.7, max: 1.6, noNaN: true }),
      (e, f) => {
        const reported = Math.round(e * f)
        const learned = learn(INITIAL_CALIBRATION, report(e, reported))
        expect(calibrate(learned, e, { contextKey: '0' })).toBe(reported)
        const grown = calibrate(learned, e + 100, { contextKey: '0' })
        expect(grown - reported).toBeGreaterThanOrEqual(50)
        expect(grown - reported).toBeLessThanOrEqual(250)
      },
    ),
  )
})

describe('after five reports another context is within 3 percent', () => {
  const estimates = [800, 2500, 6000, 11_000, 18_000]
  test.each([
    ['a model that counts like we do', 1, 0],
    ['a model that counts more', 1.42, 0],
    ['a model that counts less', 0.8, 0],
    ['tool definitions beside the context', 1, 12_000],
    ['both', 1.3, 5000],
  ])('[CAL3] %s', (_name, factor, base) => {
    const learned = learnAll(reportsOf({ factor, base }, estimates))
    for (const folded of [3000, 5000, 9000]) {
      const real = base + factor * folded
      const counted = calibrate(learned, folded, { contextKey: '1' })
      expect(Math.abs(counted / real - 1)).toBeLessThan(0.03)
    }
  })
})

test('[CAL4] after an apply, what reports told about messages that are still there stands', () => {
  // The messages 5 to 8 really cost twice what was estimated; the rest is as estimated.
  const learned = learnAll([
    report(10_000, 10_000, { through: 2 }),
    report(20_000, 20_000, { through: 4 }),
    report(24_000, 28_000, { through: 8 }),
  ])
  const folded = 1000 + 4000
  const counted = calibrate(learned, folded, { contextKey: '1', verbatimFrom: 5 })
  const forgotten = calibrate(learned, folded, { contextKey: '1' })
  expect(Math.abs(counted - 9000)).toBeLessThan(300)
  expect(forgotten).toBeLessThan(6500)
  // A stub among them: only what is verbatim counts.
  expect(calibrate(learned, folded, { contextKey: '1', verbatimFrom: 9 })).toBe(forgotten)
})

test('[CAL5] a report that can not be true changes nothing', () => {
  const learned = learnAll(reportsOf({ factor: 1.1 }, [1000, 5000, 9000]))
  for (const reported of [0, -5, NaN, Infinity, -Infinity, 1, 3000, 1e9]) {
    expect(learn(learned, report(10_000, reported)), String(reported)).toBe(learned)
  }
  // A host that reports uncached tokens only goes on doing so: never believed, however often.
  const cachedOnly = learnAll(
    [300, 320, 290, 310].map((n) => report(40_000, n)),
    learned,
  )
  expect(cachedOnly).toBe(learned)
})

test('[CAL6] a report that is far off is believed only when the next one confirms it', () => {
  const learned = learnAll(reportsOf({ factor: 1 }, [1000, 2000, 3000]))
  const shape = { contextKey: '0' }
  const once = learn(learned, report(4000, 60_000))
  expect(calibrate(once, 4000, shape)).toBe(calibrate(learned, 4000, shape))
  const back = learn(once, report(5000, 5000))
  expect(calibrate(back, 5000, shape)).toBe(5000)
  expect(calibrate(learn(back, report(5500, 61_000)), 5500, shape)).toBeLessThan(6000)
  const twice = learn(once, report(4100, 60_100))
  expect(calibrate(twice, 4100, shape)).toBe(60_100)
})

test('[CAL7] every model has a factor of its own', () => {
  const learned = learnAll([
    ...reportsOf({ factor: 1 }, [1000, 5000, 9000, 12_000], { model: 'a' }),
    ...reportsOf({ factor: 1.5 }, [13_000, 15_000, 18_000, 20_000], { model: 'b' }),
  ])
  const at = (model?: string): number =>
    calibrate(learned, 10_000, { contextKey: '1', ...(model === undefined ? {} : { model }) })
  expect(Math.abs(at('a') / 10_000 - 1)).toBeLessThan(0.03)
  expect(Math.abs(at('b') / 15_000 - 1)).toBeLessThan(0.05)
  expect(at()).toBe(at('b'))
  expect(at('never seen')).toBe(at('b'))
})

test('[CAL8] it stays small: the models and reports of longest ago are forgotten', () => {
  let calibration = INITIAL_CALIBRATION
  for (let i = 1; i <= 500; i++) {
    const model = `model-${i % 20}`
    calibration = learn(calibration, report(i * 1000, i * 1000, { model, through: i }))
  }
  expect(calibration.models).toHaveLength(MAX_MODELS)
  expect(calibration.models[0]?.model).toBe('model-0')
  let one = INITIAL_CALIBRATION
  for (let e = 10; e < 1e6; e *= 1.03) one = learn(one, report(e, e))
  expect(one.models[0]?.reports).toHaveLength(MAX_REPORTS)
  expect(structuredClone(one)).toEqual(one)
  expect(JSON.stringify(one).length).toBeLessThan(6000)
})

const anyNumber = fc.oneof(
  fc.double(),
  fc.integer({ min: -10, max: 300_000 }),
  fc.constantFrom(NaN, Infinity, -Infinity, -0, Number.MAX_VALUE, Number.MIN_VALUE),
)
const anyReport = fc.record(
  {
    estimated: anyNumber,
    reported: anyNumber,
    contextKey: fc.constantFrom('0', '1', ''),
    through: fc.nat(50),
    model: fc.constantFrom('a', 'b', '__proto__'),
  },
  { requiredKeys: ['estimated', 'reported', 'contextKey'] },
)

test('[CAL9] no sequence of reports makes it throw, or count anything but whole tokens from 0', () => {
  fc.assert(
    fc.property(
      fc.array(anyReport, { maxLength: 30 }),
      anyNumber,
      fc.nat(50),
      (all, e, verbatimFrom) => {
        const learned = learnAll(all)
        for (const contextKey of ['0', '1', 'other']) {
          const tokens = calibrate(learned, e, { contextKey, verbatimFrom })
          expect(Number.isInteger(tokens) && tokens >= 0).toBe(true)
        }
        for (const { factor, base, reports } of learned.models) {
          expect(factor >= 0.5 && factor <= 2.5).toBe(true)
          expect(base >= 0 && base <= 200_000).toBe(true)
          expect(reports.length).toBeGreaterThan(0)
        }
      },
    ),
    { numRuns: 2000 },
  )
})
