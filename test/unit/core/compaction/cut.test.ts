import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chooseCut, PATIENCE_TURNS, type Cut } from '../../../../src/core/compaction/cut.ts'
import type { Draft, Message } from '../../../../src/core/session/message.ts'
import { arbitraryLog } from '../../../support/build-arbitrary-log.ts'
import {
  approvalRequest,
  approvalResponse,
  assistant,
  buildLog,
  buildSized,
  calls,
  result,
  user,
} from '../../../support/build-log.ts'
import { isLegalGap } from './exchange-oracle.ts'

const LEAVE_ONE = { retainMessages: 1, retainTokens: 0 }

function cutOf(drafts: readonly Draft[], bounds = LEAVE_ONE): Cut {
  return chooseCut(buildLog(drafts).messages, bounds)
}

const arbitraryBounds = fc.record(
  {
    retainMessages: fc.nat(8),
    retainTokens: fc.nat(150),
    upTo: fc.nat(26),
    leastTokens: fc.nat(120),
    patienceTurns: fc.integer({ min: 1, max: 4 }),
  },
  { requiredKeys: ['retainMessages', 'retainTokens'] },
)

type Bounds = typeof arbitraryBounds extends fc.Arbitrary<infer T> ? T : never

/** Every gap that leaves the retained tail and does not pass the position named, the newest first. */
function gapsWithinBounds(messages: readonly Message[], bounds: Bounds): readonly number[] {
  return messages.flatMap((newest, index) => {
    const kept = messages.slice(index + 1)
    const tokens = kept.reduce((sum, message) => sum + message.tokens, 0)
    const leaves = kept.length >= bounds.retainMessages && tokens >= bounds.retainTokens
    return leaves && newest.seq <= (bounds.upTo ?? Infinity) ? [index + 1] : []
  })
}

function expectedCut(messages: readonly Message[], bounds: Bounds): Cut {
  if (messages.length === 0) return { kind: 'none', reason: 'nothing-new' }
  const gaps = gapsWithinBounds(messages, bounds)
  if (gaps.length === 0) return { kind: 'none', reason: 'retained-tail-covers-all' }
  const patience = bounds.patienceTurns ?? PATIENCE_TURNS
  const gap = gaps.findLast((at) => isLegalGap(messages, at, patience))
  if (gap === undefined) return { kind: 'none', reason: 'open-exchange' }
  const covered = messages.slice(0, gap)
  const tokens = covered.reduce((sum, message) => sum + message.tokens, 0)
  if (tokens < (bounds.leastTokens ?? 0)) return { kind: 'none', reason: 'too-little-to-gain' }
  return { kind: 'cut', mark: covered.at(-1)?.seq ?? 0 }
}

test('[CUT1, CUT2, CUT3, CUT4, CUT5, CUT6] the cut is the one that trying every gap finds', () => {
  const kinds = new Set<string>()
  fc.assert(
    fc.property(arbitraryLog, arbitraryBounds, (messages, bounds) => {
      const expected = expectedCut(messages, bounds)
      kinds.add(expected.kind === 'cut' ? 'cut' : expected.reason)
      expect(chooseCut(messages, bounds)).toEqual(expected)
    }),
    { numRuns: 3_000 },
  )
  expect(kinds).toEqual(
    new Set([
      'cut',
      'nothing-new',
      'retained-tail-covers-all',
      'open-exchange',
      'too-little-to-gain',
    ]),
  )
})

test('[CUT1] a call and its result stay on one side', () => {
  expect(cutOf([user('a'), calls('x'), result('x'), assistant('b')])).toEqual({
    kind: 'cut',
    mark: 3,
  })
  const bounds = { retainMessages: 2, retainTokens: 0 }
  expect(cutOf([user('a'), calls('x'), result('x'), assistant('b')], bounds)).toEqual({
    kind: 'cut',
    mark: 1,
  })
})

test('[CUT1] an approval and its answer stay on one side', () => {
  const drafts = [
    user('a'),
    calls('x'),
    approvalRequest('x', 'x'),
    // The approval's id is not the call's, although both are written alike.
    result('x'),
    approvalResponse('x'),
    assistant('b'),
  ]
  expect(cutOf(drafts, { retainMessages: 2, retainTokens: 0 })).toEqual({ kind: 'cut', mark: 1 })
  expect(cutOf(drafts)).toEqual({ kind: 'cut', mark: 5 })
})

test('[CUT2] parallel calls stay on one side with all their results', () => {
  const drafts = [user('a'), calls('x', 'y', 'z'), result('z'), result('x'), result('y'), user('b')]
  for (const retainMessages of [2, 3, 4]) {
    expect(cutOf(drafts, { retainMessages, retainTokens: 0 })).toEqual({ kind: 'cut', mark: 1 })
  }
  expect(cutOf(drafts)).toEqual({ kind: 'cut', mark: 5 })
})

test('[CUT3] the tail keeps both its messages and its tokens', () => {
  const messages = buildSized(10, 10, 10, 10, 10, 10)
  const markWith = (retainMessages: number, retainTokens: number): Cut =>
    chooseCut(messages, { retainMessages, retainTokens })
  expect(markWith(2, 0)).toEqual({ kind: 'cut', mark: 4 })
  expect(markWith(2, 20)).toEqual({ kind: 'cut', mark: 4 })
  expect(markWith(2, 21)).toEqual({ kind: 'cut', mark: 3 })
  expect(markWith(4, 21)).toEqual({ kind: 'cut', mark: 2 })
})

test('[CUT4] the mark does not pass a position that a person named', () => {
  const messages = buildSized(10, 10, 10, 10)
  const upTo = (seq: number): Cut => chooseCut(messages, { ...LEAVE_ONE, upTo: seq })
  expect(upTo(2)).toEqual({ kind: 'cut', mark: 2 })
  expect(upTo(3)).toEqual({ kind: 'cut', mark: 3 })
  expect(upTo(99)).toEqual({ kind: 'cut', mark: 3 })
  expect(upTo(0)).toEqual({ kind: 'none', reason: 'retained-tail-covers-all' })
})

test('[CUT5] a call that was given up no longer stops a cut', () => {
  const open = [user('a'), calls('lost'), user('1'), assistant('b'), user('2'), assistant('c')]
  expect(cutOf(open)).toEqual({ kind: 'cut', mark: 1 })
  expect(cutOf([...open, user('3'), assistant('d')])).toEqual({ kind: 'cut', mark: 7 })
  // Results are no turn, whatever role they come in.
  const results: Draft = { role: 'user', parts: [{ type: 'tool-result', callId: '', output: '' }] }
  expect(cutOf([...open, results, results])).toEqual({ kind: 'cut', mark: 1 })
})

test('[CUT6] no legal cut is an outcome with its reason', () => {
  expect(cutOf([])).toEqual({ kind: 'none', reason: 'nothing-new' })
  expect(cutOf([user('a')])).toEqual({ kind: 'none', reason: 'retained-tail-covers-all' })
  expect(cutOf([calls('x'), user('a')])).toEqual({ kind: 'none', reason: 'open-exchange' })
  const sized = buildSized(10, 10)
  const least = (leastTokens: number): Cut => chooseCut(sized, { ...LEAVE_ONE, leastTokens })
  expect(least(11)).toEqual({ kind: 'none', reason: 'too-little-to-gain' })
  expect(least(10)).toEqual({ kind: 'cut', mark: 1 })
})
