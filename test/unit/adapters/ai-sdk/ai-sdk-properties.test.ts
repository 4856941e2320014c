import { modelMessageSchema } from 'ai'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toAiSdk } from '../../../../src/adapters/ai-sdk/ai-sdk.ts'
import { toDrafts } from '../../../../src/adapters/message-input.ts'
import { findAiSdkFaults } from '../../../support/legality-ai-sdk.ts'
import { contextOf } from '../context-of.ts'
import { draftsOf, foreignDrafts, mixed, treatedContexts } from '../treated-contexts.ts'
import { aiSdkLogs } from './ai-sdk-logs.ts'

const RUNS = { numRuns: 10_000 }

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

test('[AIS4] the histories are ones that the SDK takes', () => {
  fc.assert(
    fc.property(aiSdkLogs, (log) => {
      expect(findAiSdkFaults(log)).toEqual([])
      expect(refusedBySdk(log)).toEqual([])
    }),
    { numRuns: 500 },
  )
})
