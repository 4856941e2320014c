import { expect, test } from 'vitest'
import fc from 'fast-check'
import {
  foldProgress,
  LOAD_PHASES,
  startProgress,
  type LoadReport,
} from '../../../../src/core/models/load-progress.ts'

const FETCHING = 'Fetching param cache[3/8]: 120MB fetched. 45% completed, 12 secs elapsed.'

test('[WEB3] phases are told apart by what is reported, and only go on', () => {
  const texts = [
    'Start to fetch params',
    FETCHING,
    'Loading model from cache[1/8]: 30MB loaded. 10% completed, 1 secs elapsed.',
    'Loading GPU shader modules[5/73]: 6% completed, 1 secs elapsed.',
    FETCHING,
    'something new',
    'Finish loading on WebGPU - google',
  ]
  let progress = startProgress(300_000_000)
  const phases = texts.map((text) => {
    progress = foldProgress(progress, { text, progress: 0.45 })
    return progress.phase
  })
  expect(phases).toEqual([
    'starting',
    'downloading',
    'loading',
    'compiling',
    'compiling',
    'compiling',
    'done',
  ])
  expect(progress).toMatchObject({ fraction: 1, totalBytes: 300_000_000 })
})

test('[WEB3] bytes are those that were counted, or those that the text tells', () => {
  const told = foldProgress(startProgress(300_000_000), { text: FETCHING, progress: 0.45 })
  expect(told.bytes).toBe(119 * 2 ** 20)
  const counted = foldProgress(told, { text: FETCHING, progress: 0.45, bytes: 400_000_000 })
  expect(counted).toMatchObject({ bytes: 400_000_000, totalBytes: 400_000_000, fraction: 0.8 })
  const first = { text: 'Start to fetch params', progress: 0, bytes: 30_000_000 }
  const early = foldProgress(startProgress(300_000_000), first)
  expect(early).toMatchObject({ phase: 'downloading', bytes: 30_000_000 })
  expect(early.fraction).toBeCloseTo(0.08)
})

test('[WEB3] nothing goes back or leaves its bounds, whatever is reported', () => {
  const text = fc.oneof(
    fc.constantFrom(
      FETCHING,
      'Loading model from cache[',
      'Loading GPU shader modules[',
      'Start to',
    ),
    fc.string({ maxLength: 40 }),
  )
  const report: fc.Arbitrary<LoadReport> = fc.record({
    text,
    progress: fc.double(),
    bytes: fc.double(),
  })
  fc.assert(
    fc.property(
      fc.array(report, { maxLength: 30 }),
      fc.integer({ max: 10 ** 9 }),
      (reports, total) => {
        let before = startProgress(total)
        for (const each of reports) {
          const after = foldProgress(before, each)
          expect(after.fraction).toBeGreaterThanOrEqual(before.fraction)
          expect(after.fraction).toBeLessThanOrEqual(1)
          expect(after.bytes).toBeGreaterThanOrEqual(before.bytes)
          expect(after.totalBytes).toBeGreaterThanOrEqual(after.bytes)
          const order = (phase: (typeof LOAD_PHASES)[number]) => LOAD_PHASES.indexOf(phase)
          expect(order(after.phase)).toBeGreaterThanOrEqual(order(before.phase))
          before = after
        }
      },
    ),
  )
})
