import {
  coerceMessageLikeToMessage,
  mapChatMessagesToStoredMessages,
  mapStoredMessagesToChatMessages,
  type BaseMessage,
  type StoredMessage,
} from '@langchain/core/messages'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toLangChain } from '../../../../src/adapters/langchain/langchain.ts'
import { toDrafts } from '../../../../src/adapters/message-input.ts'
import { findLangChainFaults } from '../../../support/legality-langchain.ts'
import { PROPERTY_RUNS } from '../../../support/property-runs.ts'
import { contextOf } from '../context-of.ts'
import { draftsOf, foreignDrafts, mixed, treatedContexts } from '../treated-contexts.ts'
import { langChainLogs } from './langchain-logs.ts'

const RUNS = { numRuns: PROPERTY_RUNS }
const drafts = draftsOf(langChainLogs, 'langchain')

/** Instances keep what they are given, so it is given to them as a copy. */
function instancesOf(messages: readonly unknown[]): BaseMessage[] {
  return mapStoredMessagesToChatMessages(structuredClone(messages) as StoredMessage[])
}

/** What LangChain makes of messages must say all that they say. */
function expectTaken(messages: readonly unknown[]): void {
  const instances = instancesOf(messages)
  expect(mapChatMessagesToStoredMessages(instances)).toMatchObject(messages)
  expect(instances.map(coerceMessageLikeToMessage)).toEqual(instances)
}

test('[LCH6] a history of stored messages goes out exactly as it came in', () => {
  fc.assert(
    fc.property(langChainLogs, (log) => {
      const written = toLangChain(contextOf(toDrafts(log, 'langchain')))
      expect(JSON.stringify(written)).toBe(JSON.stringify(log))
    }),
    RUNS,
  )
})

test('[LCH7] whatever is done to a history of LangChain, it takes what is written', () => {
  fc.assert(
    fc.property(treatedContexts(drafts), (context) => {
      const messages = toLangChain(context)
      expect(findLangChainFaults(messages)).toEqual([])
      expect(() => instancesOf(messages)).not.toThrow()
    }),
    RUNS,
  )
})

test('[LCH7] LangChain takes what is written for histories of other formats', () => {
  fc.assert(
    fc.property(treatedContexts(mixed(foreignDrafts, drafts)), (context) => {
      const messages = toLangChain(context)
      expect(findLangChainFaults(messages, true)).toEqual([])
      const instances = instancesOf(messages)
      expect(instances.map(coerceMessageLikeToMessage)).toEqual(instances)
    }),
    { numRuns: 300 },
  )
})

test('[LCH1, LCH6] instances of message classes come back as equal instances', () => {
  fc.assert(
    fc.property(langChainLogs, (log) => {
      const instances = instancesOf(log)
      const given = instances as unknown as readonly Readonly<Record<string, unknown>>[]
      const written = toLangChain(contextOf(toDrafts(given, 'langchain')))
      expect(instancesOf(written)).toEqual(instances)
    }),
    { numRuns: 1_000 },
  )
})

test('[LCH6] the histories are ones that LangChain takes', () => {
  fc.assert(
    fc.property(langChainLogs, (log) => {
      expect(findLangChainFaults(log)).toEqual([])
      expectTaken(log)
    }),
    { numRuns: 300 },
  )
})
