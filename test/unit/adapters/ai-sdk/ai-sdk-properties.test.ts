import { generateText, modelMessageSchema, type ModelMessage } from 'ai'
import { MockLanguageModelV3 } from 'ai/test'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toAiSdk } from '../../../../src/adapters/ai-sdk/ai-sdk.ts'
import { toDrafts } from '../../../../src/adapters/message-input.ts'
import { findAiSdkFaults } from '../../../support/legality-ai-sdk.ts'
import { PROPERTY_RUNS } from '../../../support/property-runs.ts'
import { contextOf } from '../context-of.ts'
import { draftsOf, foreignDrafts, mixed, treatedContexts } from '../treated-contexts.ts'
import { aiSdkLogs } from './ai-sdk-logs.ts'

const RUNS = { numRuns: PROPERTY_RUNS }

function refusedBySdk(messages: readonly unknown[]): readonly unknown[] {
  return messages.filter((message) => !modelMessageSchema.safeParse(message).success)
}

test('[AIS4] a history of model messages goes out exactly as it came in', () => {
  fc.assert(
    fc.property(aiSdkLogs, (log) => {
      const written = toAiSdk(contextOf(toDrafts(log, 'ai-sdk')))
      expect(JSON.stringify(written)).toBe(JSON.stringify({ messages: log }))
    }),
    RUNS,
  )
})

test('[AIS7] whatever is done to a history of model messages, the SDK takes what is written', () => {
  fc.assert(
    fc.property(treatedContexts(draftsOf(aiSdkLogs, 'ai-sdk')), (context) => {
      const { messages } = toAiSdk(context)
      expect(findAiSdkFaults(messages)).toEqual([])
      expect(refusedBySdk(messages)).toEqual([])
    }),
    RUNS,
  )
})

test('[AIS7] the SDK takes what is written for histories of other formats', () => {
  const drafts = mixed(foreignDrafts, draftsOf(aiSdkLogs, 'ai-sdk'))
  fc.assert(
    fc.property(treatedContexts(drafts), (context) => {
      const { messages } = toAiSdk(context)
      expect(findAiSdkFaults(messages)).toEqual([])
      expect(refusedBySdk(messages)).toEqual([])
    }),
    { numRuns: 500 },
  )
})

/** Answers whatever it is asked. */
const model = new MockLanguageModelV3({
  doGenerate: {
    content: [{ type: 'text', text: 'ok' }],
    finishReason: { unified: 'stop', raw: 'stop' },
    usage: {
      inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
      outputTokens: { total: 1, text: 1, reasoning: 0 },
    },
    warnings: [],
  },
})

test('[AIS7] the SDK sends what is written to a model, whatever was done to the history', async () => {
  // Something follows, so that no call may be waiting.
  const asked = contextOf(toDrafts([{ role: 'user', content: 'go on' }], 'ai-sdk')).entries
  const drafts = fc.oneof(draftsOf(aiSdkLogs, 'ai-sdk'), foreignDrafts)
  await fc.assert(
    fc.asyncProperty(treatedContexts(drafts), async (context) => {
      const entries = [...context.entries, ...asked]
      const { system, messages } = toAiSdk({ ...context, entries })
      const answer = await generateText({
        model,
        ...(system === undefined ? {} : { system }),
        messages: messages as ModelMessage[],
        // Nothing is loaded from anywhere.
        experimental_download: (links) => Promise.resolve(links.map(() => null)),
        maxRetries: 0,
      })
      expect(answer.text).toBe('ok')
    }),
    { numRuns: 300 },
  )
})

test('[AIS4] the histories are ones that the SDK takes', () => {
  fc.assert(
    fc.property(aiSdkLogs, (log) => {
      expect(findAiSdkFaults(log)).toEqual([])
      expect(refusedBySdk(log)).toEqual([])
    }),
    { numRuns: 500 },
  )
})
