import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { writeContext } from '../../../src/adapters/write-context.ts'
import { findGeminiFaults } from '../../support/legality-gemini.ts'
import { findOllamaFaults } from '../../support/legality-ollama.ts'
import { findResponsesFaults } from '../../support/legality-responses.ts'
import { contextOf } from './context-of.ts'
import { geminiLogs, ollamaLogs, responsesLogs } from './format-logs.ts'
import { anyDrafts, contextsOf, DIGEST, draftsOf, ownDrafts } from './random-contexts.ts'

const RUNS = 10_000

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
      fc.property(contextsOf(ownDrafts[format]), (context) => {
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
      fc.property(contextsOf(anyDrafts), (context) => {
        expect(faults(writeContext(context, format).messages)).toEqual([])
      }),
      { numRuns: 500 },
    )
  })
})
