import { expect, test } from 'vitest'
import { assembleContext } from '../../../../src/core/session/assemble.ts'
import type { Generation, Stub } from '../../../../src/core/session/generation.ts'
import type { Draft, Message } from '../../../../src/core/session/message.ts'
import { MAX_PINS, pinGroup, pinMessage } from '../../../../src/core/session/pin.ts'
import type { SessionRow } from '../../../../src/core/session/session-row.ts'
import { buildGeneration, buildRead } from '../../../support/build-generation.ts'
import {
  approvalRequest,
  assistant,
  buildLog,
  calls,
  result,
  user,
} from '../../../support/build-log.ts'

const DRAFTS: readonly Draft[] = [
  user('a'),
  calls('x', 'y'),
  approvalRequest('p', 'x'),
  result('y', 'long output'),
  result('x'),
  calls('z'),
  result('z'),
  assistant('b'),
]

const log = buildLog(DRAFTS)

function groupOf(seq: number, around: readonly Message[] = log.messages): readonly number[] {
  return pinGroup(around, seq)
}

function pin(
  seq: number,
  row: Partial<SessionRow> = {},
  pinned: boolean = true,
  head?: Generation,
): SessionRow {
  const read = buildRead({ session: { ...log.session, ...row }, range: log.messages, head })
  const { writes, outcome } = pinMessage(read, seq, pinned)
  if (outcome.kind === 'refused') throw new Error(outcome.reason)
  expect(writes).toEqual([{ table: 'sessions', row: outcome.session }])
  return outcome.session
}

test('[PIN1] a message is pinned with the rest of its tool exchange', () => {
  expect(groupOf(1)).toEqual([1])
  for (const seq of [2, 4, 5]) expect(groupOf(seq)).toEqual([2, 4, 5])
  for (const seq of [6, 7]) expect(groupOf(seq)).toEqual([6, 7])
  expect(groupOf(9)).toEqual([])
})

test('[PIN1] calls that are numbered anew in every message are not taken for one exchange', () => {
  const { messages } = buildLog([
    user('a'),
    calls('call_0', 'call_1'),
    result('call_0'),
    result('call_1'),
    calls('call_0'),
    result('call_0'),
    user('b'),
    calls('call_0'),
  ])
  for (const seq of [2, 3, 4]) expect(groupOf(seq, messages)).toEqual([2, 3, 4])
  for (const seq of [5, 6]) expect(groupOf(seq, messages)).toEqual([5, 6])
  expect(groupOf(8, messages)).toEqual([8])
})

test('[PIN1] exchanges that hang together are pinned together', () => {
  const { messages } = buildLog([calls('x'), { ...result('x'), parts: mixed() }, result('y')])
  expect(groupOf(3, messages)).toEqual([1, 2, 3])
})

/** A result and the next call in one message, as some agents write them. */
function mixed(): Draft['parts'] {
  return [...result('x').parts, ...calls('y').parts]
}

test('[PIN1] pins are kept in order and once, and taken off with their exchange', () => {
  const row = pin(4, { pins: [1, 5] })
  expect(row.pins).toEqual([1, 2, 4, 5])
  expect(pin(2, { pins: row.pins }, false).pins).toEqual([1])
  expect(pin(7, { pins: row.pins }, false).pins).toEqual(row.pins)
})

test('[PIN1, CTX4] a covered message enters and leaves the context with its pin', () => {
  const own = log.messages.filter(({ seq }) => [2, 4, 5].includes(seq))
  const cost = own.reduce((sum, { tokens }) => sum + tokens, 0)
  const context = { pinned: 7, digest: 1, user: 2, assistant: 3, tools: 4 }
  const covered = { mark: 7, tokens: { log: 99, context } }
  const row = pin(4, covered)
  expect(row.tokens).toEqual({ log: 99, context: { ...context, pinned: 7 + cost } })
  expect(pin(4, { ...covered, pins: row.pins, tokens: row.tokens }).tokens).toEqual(row.tokens)
  const off = pin(5, { ...covered, pins: row.pins, tokens: row.tokens }, false)
  expect(off.tokens.context).toEqual(context)
  // Above the mark it is in the context already.
  expect(pin(4, { tokens: { log: 99, context } }).tokens.context).toEqual(context)
})

test('[PIN1] what is not on the active path can’t be pinned', () => {
  const range = log.messages.map((message) => ({ ...message, active: message.seq < 4 }))
  const read = buildRead({ session: log.session, range })
  expect(pinMessage(read, 5, true)).toMatchObject({ writes: [], outcome: { kind: 'refused' } })
  expect(pinMessage(read, 2, true)).toMatchObject({ outcome: { session: { pins: [2] } } })
  expect(pinMessage(buildRead(), 1, true).outcome.kind).toBe('refused')
})

test('[PIN2] the number of pins is bounded, and all of an exchange counts', () => {
  const pins = Array.from({ length: MAX_PINS - 2 }, (_, index) => 1_000 + index)
  expect(pin(6, { pins }).pins).toHaveLength(MAX_PINS)
  const read = buildRead({ session: { ...log.session, pins }, range: log.messages })
  expect(pinMessage(read, 2, true)).toMatchObject({
    writes: [],
    outcome: { kind: 'refused', reason: `at most ${MAX_PINS} messages can be pinned` },
  })
  expect(pinMessage(read, 2, false).outcome.kind).toBe('pinned')
})

test('[PIN3] what the head has stubbed is shown whole while it is pinned, and the counters follow', () => {
  const large = log.messages[3]
  if (!large) throw new Error('the log is too short')
  const stub: Stub = {
    seq: large.seq,
    part: 0,
    artifact: 'a',
    text: 'stub',
    tokensBefore: large.tokens - 5,
    tokens: 1,
  }
  const head = buildGeneration(
    { seq: 0, chain: '' },
    { digest: [], digestTokens: 0, stubs: [stub] },
  )
  const shown = (pinned: readonly number[]) =>
    assembleContext({ head, pins: [], tail: log.messages, pinned })
  const before = shown([])
  expect(before.entries.some(({ kind }) => kind === 'stubbed')).toBe(true)
  const tokens = { log: log.session.tokens.log, context: before.categories }
  const row = pin(large.seq, { tokens }, true, head)
  expect(shown(row.pins).entries.some(({ kind }) => kind === 'stubbed')).toBe(false)
  expect(row.tokens.context).toEqual(shown(row.pins).categories)
  const back = pin(large.seq, row, false, head)
  expect(back.tokens.context).toEqual(before.categories)
})
