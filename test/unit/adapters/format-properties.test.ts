import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { geminiRequests } from '../../../src/adapters/gemini/gemini-request.ts'
import { ollamaRequests } from '../../../src/adapters/ollama/ollama-request.ts'
import { responsesRequests } from '../../../src/adapters/responses/responses-request.ts'
import { writeContext } from '../../../src/adapters/write-context.ts'
import type { Draft, Part, WireFormat } from '../../../src/core/session/message.ts'
import { findGeminiFaults } from '../../support/legality-gemini.ts'
import { findOllamaFaults } from '../../support/legality-ollama.ts'
import { findResponsesFaults } from '../../support/legality-responses.ts'
import { contextOf } from './context-of.ts'
import { geminiLogs, ollamaLogs, responsesLogs } from './format-logs.ts'
import { draftsOf, ownDrafts } from './random-contexts.ts'

const RUNS = 10_000

const FORMATS = [
  {
    format: 'responses',
    logs: responsesLogs,
    faults: findResponsesFaults,
  },
  { format: 'gemini', logs: geminiLogs, faults: findGeminiFaults },
  { format: 'ollama', logs: ollamaLogs, faults: findOllamaFaults },
] as const

describe.each(FORMATS)('$format', ({ format, logs, faults }) => {
  test('[RSP4, GEM4, OLL4] a history goes out exactly as it came in', () => {
    fc.assert(
      fc.property(logs, (given) => {
        const written = writeContext(contextOf(draftsOf(given)), format)
        if (JSON.stringify(written) !== JSON.stringify({ messages: given.log })) {
          expect(written).toEqual({ messages: given.log })
        }
        expect(faults(given.log)).toEqual([])
      }),
      { numRuns: RUNS },
    )
  })

  test('[RSP13, GEM11, OLL12] what was sent before is the beginning of what is sent next', () => {
    fc.assert(
      fc.property(ownDrafts[format], fc.nat(100), fc.boolean(), (drafts, at, isFolded) => {
        const turns = drafts.flatMap(({ role }, i) => (i > 0 && role === 'user' ? [i] : []))
        const end = turns[at % turns.length] ?? 0
        const options = { digestAt: isFolded ? 0 : undefined }
        const before = writeContext(contextOf(drafts.slice(0, end), options), format)
        const after = writeContext(contextOf(drafts, options), format)
        expect(after.system).toEqual(before.system)
        expect(after.messages.slice(0, before.messages.length)).toEqual(before.messages)
      }),
      { numRuns: 1_000 },
    )
  })
})

const OTHER = [{ to: 'responses' }, { to: 'gemini' }, { to: 'ollama' }] as const

test.each(OTHER)(
  '[RSP8, GEM8, OLL11] nothing that was said, called or answered is missing in $to',
  ({ to }) => {
    const others = fc.oneof(
      ownDrafts.openai,
      ownDrafts.anthropic,
      ...OTHER.filter((other) => other.to !== to).map((other) => ownDrafts[other.to]),
    )
    const check = (drafts: readonly Draft[], format: WireFormat): void => {
      const written = leavesOf(writeContext(contextOf(drafts), format))
      for (const words of drafts.flatMap(({ parts }) => parts.flatMap(wordsOf))) {
        expect(written.some((leaf) => leaf.includes(words))).toBe(true)
      }
    }
    fc.assert(
      fc.property(others, ownDrafts[to], (foreign, drafts) => {
        check(foreign, to)
        check(drafts, 'openai')
        check(drafts, 'anthropic')
      }),
      { numRuns: 300 },
    )
  },
)

const READERS = [
  { requests: responsesRequests, url: 'https://a.example/v1/responses' },
  { requests: geminiRequests, url: 'https://a.example/models/a:generateContent' },
  { requests: ollamaRequests, url: 'https://a.example/api/chat' },
] as const

test.each(READERS)(
  '[RSP12, GEM12, OLL10] whatever comes to $url is read without an error',
  ({ requests, url }) => {
    const word = fc.constantFrom(
      ...['input', 'contents', 'messages', 'message', 'parts', 'role', 'content', 'output', 'type'],
      ...['model', 'candidates', 'usage', 'response', 'completed', 'response.completed', 'STOP'],
      ...['user', 'finishReason', 'status', 'done', 'index', 'text', 'function_call', 'call_id'],
    )
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.oneof(word, fc.constantFrom(null, true, 0, '')),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(word, tie('value'), { maxKeys: 4 }),
      ),
    }))
    const body = fc.dictionary(word, value, { maxKeys: 5 })
    fc.assert(
      fc.property(body, fc.string(), (given, junk) => {
        const text = JSON.stringify(given)
        requests.takeApart({ url, headerNames: [], body: given })
        for (const answer of [text, `data: ${text}\n\n`, `[${text}]`, text.slice(1), junk]) {
          requests.readAnswer(answer)
        }
      }),
      { numRuns: 2_000 },
    )
  },
)

function wordsOf(part: Part): readonly string[] {
  if (part.type === 'text') return [part.text.slice(0, 5)]
  if (part.type === 'tool-call') return [part.name]
  return part.type === 'tool-result' ? [part.output.split('\n')[0] ?? ''] : []
}

/** All texts and names in a request, and what JSON there is in them. */
function leavesOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return [JSON.stringify(value), ...Object.values(value).flatMap(leavesOf)]
}
