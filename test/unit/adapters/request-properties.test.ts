import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toAnthropic } from '../../../src/adapters/anthropic/anthropic.ts'
import { toDrafts } from '../../../src/adapters/message-input.ts'
import { toOpenAi } from '../../../src/adapters/openai/openai.ts'
import type { Context } from '../../../src/core/session/context.ts'
import type { MessageInput } from '../../../src/protocol/requests.ts'
import { findAnthropicFaults, findOpenAiFaults } from '../../support/legality.ts'
import { PROPERTY_RUNS } from '../../support/property-runs.ts'
import { contextOf, type Treatment } from './context-of.ts'
import { anthropicLogs, damagedLogs, openAiLogs } from './wire-logs.ts'

/** Contexts with a digest anywhere and messages pinned, stubbed or missing at random. */
function contextsOf(logs: fc.Arbitrary<readonly MessageInput[]>): fc.Arbitrary<Context> {
  const treatment = fc.constantFrom<Treatment>(
    'message',
    'message',
    'pinned',
    'stubbed',
    'left-out',
  )
  return fc
    .tuple(logs, fc.option(fc.nat()), fc.array(treatment, { minLength: 1 }))
    .map(([log, digest, treatments]) => {
      const drafts = toDrafts(log)
      const digestAt = digest === null ? undefined : digest % (drafts.length + 1)
      const treat = (i: number): Treatment => treatments[i % treatments.length] ?? 'message'
      return contextOf(drafts, { digestAt, treat })
    })
}

const anyLogs = fc.oneof(openAiLogs, anthropicLogs, damagedLogs)

test('[ADP9] a chat-completions log goes out exactly as it came in', () => {
  fc.assert(
    fc.property(openAiLogs, (log) => {
      const written = toOpenAi(contextOf(toDrafts(log)))
      if (JSON.stringify(written) !== JSON.stringify(log)) expect(written).toEqual(log)
      expect(findOpenAiFaults(log)).toEqual([])
    }),
    { numRuns: PROPERTY_RUNS },
  )
})

test('[ADP9] a Messages API log goes out exactly as it came in', () => {
  fc.assert(
    fc.property(anthropicLogs, (log) => {
      const written = toAnthropic(contextOf(toDrafts(log)))
      const messages = log
      if (JSON.stringify(written) !== JSON.stringify({ messages })) {
        expect(written).toEqual({ messages })
      }
      expect(findAnthropicFaults({ messages })).toEqual([])
    }),
    { numRuns: PROPERTY_RUNS },
  )
})

test('[ADP11] chat completions take whatever context is written for them', () => {
  fc.assert(
    fc.property(contextsOf(anyLogs), (context) => {
      expect(findOpenAiFaults(toOpenAi(context))).toEqual([])
    }),
    { numRuns: 300 },
  )
})

test('[ADP12] the Messages API takes whatever context is written for it', () => {
  fc.assert(
    fc.property(contextsOf(anyLogs), (context) => {
      expect(findAnthropicFaults(withoutExtras(toAnthropic(context)))).toEqual([])
    }),
    { numRuns: 300 },
  )
})

test('[ADP13] nothing that was said, called or answered is missing in the other format', () => {
  fc.assert(
    fc.property(fc.oneof(openAiLogs, anthropicLogs), (log) => {
      const context = contextOf(toDrafts(log))
      const said = context.entries.flatMap((entry) =>
        entry.kind === 'digest' ? [] : entry.message.parts.flatMap(wordsOf),
      )
      const openAi = leavesOf(toOpenAi(context))
      const anthropic = leavesOf(toAnthropic(context))
      for (const words of said) {
        expect(openAi.some((leaf) => leaf.includes(words))).toBe(true)
        expect(anthropic.some((leaf) => leaf.includes(words))).toBe(true)
      }
    }),
  )
})

test('[ADP16] what was sent before is the beginning of what is sent next', () => {
  fc.assert(
    fc.property(fc.oneof(openAiLogs, anthropicLogs), fc.nat(), (log, at) => {
      const drafts = toDrafts(log)
      const turns = drafts.flatMap(({ role }, i) => (role === 'user' ? [i] : []))
      const end = turns[at % turns.length] ?? 0
      const before = toOpenAi(contextOf(drafts.slice(0, end)))
      expect(toOpenAi(contextOf(drafts)).slice(0, before.length)).toEqual(before)
    }),
  )
})

/** Unknown fields of the host's own messages are the host's business. */
function withoutExtras({ messages, ...rest }: ReturnType<typeof toAnthropic>): {
  readonly messages: readonly unknown[]
} {
  const plain = messages.map((message) => {
    const { role, content } = message as Readonly<Record<string, unknown>>
    return { role, content }
  })
  return { ...rest, messages: plain }
}

function wordsOf(part: { readonly type: string }): readonly string[] {
  if ('text' in part && part.type === 'text') return [String(part.text)]
  return 'output' in part ? [String(part.output).split('\n')[0] ?? ''] : []
}

function leavesOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(leavesOf)
}
