import fc from 'fast-check'
import { expect, test } from 'vitest'
import { adviceFor, summariserLine } from '../../../src/app/view/summariser-line.ts'
import { MODEL_FAILURES } from '../../../src/core/ports/language-model.ts'
import type { SummariserState } from '../../../src/protocol/summariser-state.ts'

test.each<readonly [SummariserState, string, number | null]>([
  [{ kind: 'unknown' }, 'Not looked at yet', null],
  [{ kind: 'available' }, 'Available; it is loaded when it is first asked', null],
  [{ kind: 'needs-download' }, 'Needs a download', null],
  [{ kind: 'needs-download', bytes: 880_400_000 }, 'Needs a download of 880.4 MB', null],
  [{ kind: 'needs-download', bytes: 2_000_000_000 }, 'Needs a download of 2 GB', null],
  [{ kind: 'downloading' }, 'Downloading', null],
  [{ kind: 'downloading', bytes: 5_000_000 }, 'Downloading, 5 MB', null],
  [{ kind: 'downloading', share: 0.42 }, 'Downloading 42%', 0.42],
  [{ kind: 'downloading', share: 0.999, bytes: 1_230_000_000 }, 'Downloading 99% of 1.2 GB', 0.999],
  [{ kind: 'paused', share: 0.5 }, 'Download paused at 50%', 0.5],
  [{ kind: 'paused' }, 'Download paused', null],
  [{ kind: 'loading' }, 'Loading', null],
  [{ kind: 'loading', share: 0.1 }, 'Loading 10%', 0.1],
  [{ kind: 'ready' }, 'Ready', null],
])('[APP90] %o is told as "%s"', (state, text, progress) => {
  expect(summariserLine(state)).toMatchObject({ text, progress })
})

test('[APP90] only a download that waits for a person, and a failure, ask for something', () => {
  expect(summariserLine({ kind: 'ready' })).toMatchObject({ tone: 'good', advice: null })
  expect(summariserLine({ kind: 'downloading' })).toMatchObject({ tone: 'busy', advice: null })
  expect(summariserLine({ kind: 'paused' })).toMatchObject({ tone: 'quiet', advice: null })
  expect(summariserLine({ kind: 'needs-download' }).advice).toMatch(/until you say so/)
})

test('[APP91] a failure is told with its reason, what to do, and when to try again', () => {
  const failed = { kind: 'failed', code: 'offline', reason: 'the server is out of reach' } as const
  expect(summariserLine(failed)).toEqual({
    tone: 'bad',
    text: 'The server is out of reach.',
    advice: adviceFor('offline'),
    progress: null,
  })
  const later = summariserLine({ ...failed, retryAfterMs: 30_000 })
  expect(later.advice).toBe(`${adviceFor('offline')} Worth trying again in 30 s.`)
  expect(summariserLine({ ...failed, reason: '' }).text).toBe('It failed.')
  expect(summariserLine({ ...failed, reason: 'x'.repeat(9_999) }).text).toHaveLength(301)
})

test('[APP91] every failure of a model has advice of its own, in plain words', () => {
  const advice = MODEL_FAILURES.map(adviceFor)
  expect(new Set(advice).size).toBe(MODEL_FAILURES.length)
  for (const one of advice) {
    expect(one).toMatch(/^[A-Z].*\.$/)
    expect(one).not.toMatch(/\bundefined\b|\bnull\b|\b[45]\d\d\b/)
  }
})

test('[APP90, APP91] a line is total: any figures and reasons', () => {
  const number = fc.option(fc.double(), { nil: undefined })
  const part = <K extends string>(name: K) =>
    number.map((value) => (value === undefined ? {} : { [name]: value }))
  const moving = fc
    .tuple(fc.constantFrom('downloading', 'paused', 'loading'), part('share'), part('bytes'))
    .map(([kind, share, bytes]): SummariserState => ({ kind, ...share, ...bytes }))
  const broken = fc
    .tuple(fc.constantFrom(...MODEL_FAILURES), fc.string({ unit: 'binary' }), part('retryAfterMs'))
    .map(([code, reason, again]): SummariserState => ({ kind: 'failed', code, reason, ...again }))
  fc.assert(
    fc.property(fc.oneof(moving, broken), (state) => {
      const { text, progress, advice } = summariserLine(state)
      expect(text.trim()).not.toBe('')
      expect(`${text} ${advice ?? ''}`).not.toMatch(/NaN|undefined|Infinity/)
      if (progress !== null) expect(progress).toSatisfy((share: number) => share >= 0 && share <= 1)
    }),
    { examples: [[{ kind: 'downloading', bytes: Number.POSITIVE_INFINITY }]] },
  )
})
