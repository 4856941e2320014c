import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toAnthropic } from '../../../../src/adapters/anthropic/anthropic.ts'
import type { Repair } from '../../../../src/adapters/history/history-findings.ts'
import { mendInputs } from '../../../../src/adapters/history/mend-inputs.ts'
import { toDrafts } from '../../../../src/adapters/message-input.ts'
import { readWire } from '../../../../src/adapters/read-wire.ts'
import { toOpenAi } from '../../../../src/adapters/openai/openai.ts'
import { repairHistory } from '../../../../src/adapters/history/repair-history.ts'
import { repairMessages } from '../../../../src/adapters/history/repair-messages.ts'
import type { Draft, Part } from '../../../../src/core/session/message.ts'
import type { MessageInput } from '../../../../src/protocol/requests.ts'
import { findAnthropicFaults, findOpenAiFaults } from '../../../support/legality.ts'
import { contextOf } from '../context-of.ts'
import { damagedHistories, legalHistories } from './damaged-histories.ts'
import { findDraftFaults } from './draft-faults.ts'
import { anthropicLogs, damagedLogs } from '../wire-logs.ts'

type History = readonly MessageInput[]

const anyDamage = fc.oneof(damagedHistories, damagedLogs)

function draftsOf(history: History): readonly Draft[] {
  return toDrafts(mendInputs(history).values as History)
}

/** What is in the drafts that somebody wrote: texts, calls and outputs, each with how often. */
function payloadsOf(drafts: readonly Draft[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const text of drafts.flatMap(({ parts }) => parts.flatMap(payloadOf))) {
    counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  return counts
}

function payloadOf(part: Part): readonly string[] {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return part.text.trim() === '' ? [] : [`${part.type} ${part.text}`]
    case 'tool-call':
      return [`call ${part.name} ${part.input}`]
    case 'tool-result':
      return [`result ${part.output}`]
    case 'image':
    case 'file':
      return [part.url]
    case 'approval-request':
    case 'approval-response':
      return []
  }
}

/** The sentences that stand for what is missing, which tell what writing a request has put in. */
function standIns(value: unknown): number {
  return JSON.stringify(value).split(/\[no result recorded\]|call_not_recorded/).length - 1
}

/** Payloads of which there are fewer than before; of copies that were left out, one is enough. */
function lostBetween(before: readonly Draft[], after: readonly Draft[], copies: number): string[] {
  const kept = payloadsOf(after)
  return [...payloadsOf(before)].flatMap(([payload, times]) =>
    (kept.get(payload) ?? 0) < (copies === 0 ? times : 1) ? [payload] : [],
  )
}

function copiesIn(repairs: readonly Repair[]): number {
  return repairs.filter(({ kind }) => /-copied$|^system-doubled$/.test(kind)).length
}

test('[HEAL1] a legal history comes back as it is, message by message', () => {
  fc.assert(
    fc.property(fc.oneof(legalHistories, anthropicLogs), (history) => {
      const drafts = draftsOf(history)
      const repaired = repairHistory(drafts)
      expect(repaired.repairs).toEqual([])
      expect(repaired.drafts).toBe(drafts)
      const { messages } = repairMessages(history)
      expect(messages.every((message, i) => message === history[i])).toBe(true)
      expect(messages).toHaveLength(history.length)
    }),
    { numRuns: 300 },
  )
})

test('[HEAL1] messages that no repair names come back as the same drafts', () => {
  fc.assert(
    fc.property(anyDamage, (history) => {
      const before = draftsOf(history)
      const { drafts, repairs } = repairHistory(before)
      const named = new Set(repairs.map(({ at }) => at))
      const after = new Set(drafts)
      const isRenaming = repairs.some(({ kind }) => kind.startsWith('call-id'))
      for (const [at, draft] of before.entries()) {
        // A renamed call takes its result along, which stands in another message.
        const follows = isRenaming && draft.parts.some(({ type }) => type === 'tool-result')
        if (named.has(at) || follows) continue
        expect(after.has(draft), `message ${at}`).toBe(true)
      }
    }),
    { numRuns: 300 },
  )
})

test('[HEAL2, HEAL3] whatever the damage, the result is legal and nothing said is lost', () => {
  fc.assert(
    fc.property(anyDamage, (history) => {
      const before = draftsOf(history)
      const { drafts, repairs } = repairHistory(before)
      expect(findDraftFaults(drafts)).toEqual([])
      expect(lostBetween(before, drafts, copiesIn(repairs))).toEqual([])
    }),
    { numRuns: 300 },
  )
})

test('[HEAL2] both providers take a repaired history without anything being put in', () => {
  fc.assert(
    fc.property(anyDamage, (history) => {
      const { drafts } = repairHistory(draftsOf(history))
      const context = contextOf(drafts)
      const openAi = toOpenAi(context)
      expect(findOpenAiFaults(openAi)).toEqual([])
      expect(standIns(openAi)).toBe(standIns(drafts.map(({ parts }) => parts)))
      const { system, messages } = toAnthropic(context)
      const plain = messages.map((message) => {
        const { role, content } = message as Readonly<Record<string, unknown>>
        return { role, content }
      })
      const faults = findAnthropicFaults({
        ...(system === undefined ? {} : { system }),
        messages: plain,
      })
      expect(faults).toEqual([])
      expect(standIns(messages)).toBe(standIns(drafts.map(({ parts }) => parts)))
    }),
    { numRuns: 300 },
  )
})

test('[HEAL2] repairing again changes nothing, in drafts as in messages', () => {
  fc.assert(
    fc.property(anyDamage, (history) => {
      const once = repairHistory(draftsOf(history)).drafts
      const twice = repairHistory(once)
      expect(twice.repairs).toEqual([])
      expect(twice.drafts).toBe(once)
      const first = repairMessages(history)
      const second = repairMessages(first.messages)
      expect(second.repairs).toEqual([])
      expect(second.messages).toEqual(first.messages)
    }),
    { numRuns: 300 },
  )
})

test('[HEAL2] every short sequence of calls and results in one message each is made legal', () => {
  const call = (...ids: string[]): Part[] =>
    ids.map((callId) => ({ type: 'tool-call', callId, name: 'run', input: '{}' }))
  const result = (callId: string, output: string): Part => ({ type: 'tool-result', callId, output })
  const kinds: readonly ((n: number) => Draft)[] = [
    () => ({ role: 'assistant', parts: call('a') }),
    () => ({ role: 'assistant', parts: call('a', 'b') }),
    (n) => ({ role: 'assistant', parts: [...call('a'), result('a', `own ${n}`)] }),
    (n) => ({ role: 'tool', parts: [result('a', `a ${n}`)] }),
    (n) => ({ role: 'tool', parts: [result('b', `b ${n}`)] }),
    (n) => ({ role: 'user', parts: [{ type: 'text', text: `go ${n}` }, result('a', `late ${n}`)] }),
    (n) => ({ role: 'user', parts: [{ type: 'text', text: `and ${n}` }] }),
  ]
  let checked = 0
  const visit = (drafts: readonly Draft[]): void => {
    const { drafts: repaired, repairs } = repairHistory(drafts)
    const faults = [
      ...findDraftFaults(repaired),
      ...lostBetween(drafts, repaired, copiesIn(repairs)),
      ...repairHistory(repaired).repairs,
      ...(findDraftFaults(drafts).length === 0 ? repairs : []),
    ]
    if (faults.length > 0) expect({ drafts, faults }).toEqual({ drafts, faults: [] })
    checked += 1
    if (drafts.length < 5) for (const kind of kinds) visit([...drafts, kind(drafts.length)])
  }
  visit([])
  expect(checked).toBe((7 ** 6 - 1) / 6)
})

test('[HEAL10] what the host wrote still says the same as the parts', () => {
  fc.assert(
    fc.property(anyDamage, (history) => {
      const before = new Set(draftsOf(history))
      for (const { parts, wire } of repairHistory([...before]).drafts) {
        if (wire === undefined || wire.format === 'plain') continue
        const read = readWire(wire.format, wire.value as Readonly<Record<string, unknown>>, 'wire')
        expect(read.parts).toEqual(parts)
      }
    }),
    { numRuns: 300 },
  )
})

test('[HEAL13] the order of times changes nothing', () => {
  fc.assert(
    fc.property(damagedHistories, fc.array(fc.nat(), { minLength: 1 }), (history, times) => {
      const drafts = draftsOf(history)
      const timed = drafts.map((draft, i) => ({ ...draft, at: times[i % times.length] ?? 0 }))
      const withoutTimes = repairHistory(timed).drafts.map(({ at, ...draft }) => {
        void at
        return draft
      })
      expect(withoutTimes).toEqual(repairHistory(drafts).drafts)
    }),
  )
})
