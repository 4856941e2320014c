import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { writeContext } from '../../../src/adapters/write-context.ts'
import type { WrittenContext } from '../../../src/adapters/written-context.ts'
import { findGeminiFaults } from '../../support/legality-gemini.ts'
import { findOllamaFaults } from '../../support/legality-ollama.ts'
import { findResponsesFaults } from '../../support/legality-responses.ts'
import { findAnthropicFaults, findOpenAiFaults } from '../../support/legality.ts'
import { findSdkFaults } from '../../support/sdk-schema.ts'
import { PROPERTY_RUNS } from '../../support/property-runs.ts'
import { anyDrafts, contextsOf, DIGEST, ownDrafts } from './random-contexts.ts'

type Fields = Readonly<Record<string, unknown>>
type Find = (written: WrittenContext) => readonly string[]

const FORMATS: readonly { readonly format: keyof typeof ownDrafts; readonly strict: Find }[] = [
  { format: 'openai', strict: ({ messages }) => findOpenAiFaults(messages) },
  { format: 'anthropic', strict: findAnthropic },
  { format: 'responses', strict: ({ messages }) => findResponsesFaults(messages) },
  { format: 'gemini', strict: ({ messages }) => findGeminiFaults(messages) },
  { format: 'ollama', strict: ({ messages }) => findOllamaFaults(messages) },
]

// The first time the schemas have to be made of the clients' types.
beforeAll(() => {
  findSdkFaults('openai')
}, 120_000)

describe.each(FORMATS)('$format', ({ format, strict }) => {
  test('[ADP11, ADP12, RSP6, RSP7, GEM6, GEM7, OLL6, OLL7] a history that is folded anywhere is legal, and what the official client takes', () => {
    const findSdk = findSdkFaults(format)
    fc.assert(
      fc.property(contextsOf(ownDrafts[format]), (context) => {
        const written = writeContext(context, format)
        const faults = [...strict(written), ...findSdk(written.messages)]
        if (faults.length > 0) expect(faults).toEqual([])
      }),
      { numRuns: PROPERTY_RUNS },
    )
  })

  test('[ADP8, RSP5, GEM5, OLL5] the digest is never the user’s', () => {
    fc.assert(
      fc.property(contextsOf(anyDrafts), (context) => {
        const { messages } = writeContext(context, format)
        const asUser = messages.filter((message) => (message as Fields)['role'] === 'user')
        expect(JSON.stringify(asUser)).not.toContain(DIGEST)
      }),
      { numRuns: 300 },
    )
  })

  test('[ADP11, ADP12, RSP6, RSP7, GEM6, GEM7, OLL6, OLL7] messages of all formats in any order become a legal history', () => {
    const findSdk = findSdkFaults(format)
    fc.assert(
      fc.property(contextsOf(anyDrafts), (context) => {
        const written = writeContext(context, format)
        expect([...strict(written), ...findSdk(written.messages)]).toEqual([])
      }),
      { numRuns: 500 },
    )
  })
})

/** Unknown fields of the host's own messages are the host's business. */
function findAnthropic({ messages, ...rest }: WrittenContext): readonly string[] {
  const plain = messages.map((message) => {
    const { role, content } = message as Fields
    return { role, content }
  })
  return findAnthropicFaults({ ...rest, messages: plain })
}
