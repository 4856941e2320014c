import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toDrafts } from '../../../src/adapters/message-input.ts'
import { writeContext } from '../../../src/adapters/write-context.ts'
import type { Context } from '../../../src/core/session/context.ts'
import type { Draft } from '../../../src/core/session/message.ts'
import { findGeminiFaults } from '../../support/legality-gemini.ts'
import { findOllamaFaults } from '../../support/legality-ollama.ts'
import { findResponsesFaults } from '../../support/legality-responses.ts'
import { contextOf, type Treatment } from './context-of.ts'
import { geminiLogs, ollamaLogs, responsesLogs, type FormatLog } from './format-logs.ts'
import { anthropicLogs, damagedLogs, openAiLogs } from './wire-logs.ts'

const RUNS = 10_000
const DIGEST = 'what happened so far'

const FORMATS = [
  {
    format: 'responses',
    logs: responsesLogs,
    faults: findResponsesFaults,
    exact: 'RSP4',
    legal: 'RSP6',
  },
  { format: 'gemini', logs: geminiLogs, faults: findGeminiFaults, exact: 'GEM4', legal: 'GEM6' },
  { format: 'ollama', logs: ollamaLogs, faults: findOllamaFaults, exact: 'OLL4', legal: 'OLL6' },
] as const

const foreignDrafts = fc.oneof(openAiLogs, anthropicLogs, damagedLogs).map((log) => toDrafts(log))
const anyFormatLog = fc.oneof(responsesLogs, geminiLogs, ollamaLogs)

/** Messages of all formats in any order, with calls and results that miss each other. */
const mixedDrafts = fc
  .tuple(fc.array(anyFormatLog, { maxLength: 2 }), foreignDrafts, fc.nat(100))
  .map(([logs, foreign, turn]) =>
    [...logs.flatMap(draftsOf), ...foreign]
      .map((draft, i) => ({ draft, key: (i * 37 + turn) % 101 }))
      .toSorted((a, b) => a.key - b.key)
      .map(({ draft }) => draft),
  )

const treatments = fc.array(
  fc.constantFrom<Treatment>('message', 'message', 'pinned', 'stubbed', 'left-out'),
  { minLength: 1, maxLength: 6 },
)

function contextsOf(drafts: fc.Arbitrary<readonly Draft[]>): fc.Arbitrary<Context> {
  return fc.tuple(drafts, fc.option(fc.nat(1_000)), treatments).map(([log, digest, treated]) =>
    contextOf(log, {
      digestAt: digest === null ? undefined : digest % (log.length + 1),
      digest: DIGEST,
      treat: (i) => treated[i % treated.length] ?? 'message',
    }),
  )
}

function draftsOf({ format, log }: FormatLog): readonly Draft[] {
  return toDrafts(log, format)
}

describe.each(FORMATS)('$format', ({ format, logs, faults, exact, legal }) => {
  test(`[${exact}] a history goes out exactly as it came in`, () => {
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

  test(`[${legal}] a history that is folded anywhere is legal, and never speaks for the user`, () => {
    fc.assert(
      fc.property(contextsOf(logs.map(draftsOf)), (context) => {
        const { messages } = writeContext(context, format)
        expect(faults(messages)).toEqual([])
        const asUser = messages.filter((message) => (message as { role?: unknown }).role === 'user')
        expect(JSON.stringify(asUser)).not.toContain(DIGEST)
      }),
      { numRuns: RUNS },
    )
  })

  test(`[${legal}] messages of all formats in any order become a legal history`, () => {
    fc.assert(
      fc.property(contextsOf(mixedDrafts), (context) => {
        expect(faults(writeContext(context, format).messages)).toEqual([])
      }),
      { numRuns: 500 },
    )
  })
})
