import {
  convertToModelMessages,
  modelMessageSchema,
  safeValidateUIMessages,
  type UIMessage,
} from 'ai'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toAiSdkUi } from '../../../../src/adapters/ai-sdk-ui/ai-sdk-ui.ts'
import { toDrafts } from '../../../../src/adapters/message-input.ts'
import { findAiSdkFaults } from '../../../support/legality-ai-sdk.ts'
import { findAiSdkUiFaults } from '../../../support/legality-ai-sdk-ui.ts'
import { PROPERTY_RUNS } from '../../../support/property-runs.ts'
import { aiSdkLogs } from '../ai-sdk/ai-sdk-logs.ts'
import { contextOf } from '../context-of.ts'
import { draftsOf, foreignDrafts, mixed, treatedContexts } from '../treated-contexts.ts'
import { aiSdkUiLogs } from './ai-sdk-ui-logs.ts'

const RUNS = { numRuns: PROPERTY_RUNS }
const uiDrafts = draftsOf(aiSdkUiLogs, 'ai-sdk-ui')

async function refusedBySdk(messages: readonly unknown[]): Promise<unknown> {
  if (messages.length === 0) return undefined
  const checked = await safeValidateUIMessages({ messages: [...messages] })
  return checked.success ? undefined : checked.error
}

/** What the model gets to see of UI messages, as a server makes it of them. */
async function seenByModel(messages: readonly unknown[]): Promise<readonly unknown[]> {
  const seen = await convertToModelMessages(messages as UIMessage[])
  return seen.filter(({ role }) => role !== 'system')
}

test('[AUI4] a history of UI messages goes out exactly as it came in', () => {
  fc.assert(
    fc.property(aiSdkUiLogs, (log) => {
      const written = toAiSdkUi(contextOf(toDrafts(log, 'ai-sdk-ui')))
      expect(JSON.stringify(written)).toBe(JSON.stringify(log))
    }),
    RUNS,
  )
})

test('[AUI7] whatever is done to a history of UI messages, the SDK takes what is written', async () => {
  await fc.assert(
    fc.asyncProperty(treatedContexts(uiDrafts), async (context) => {
      const messages = toAiSdkUi(context)
      expect(findAiSdkUiFaults(messages)).toEqual([])
      expect(await refusedBySdk(messages)).toBeUndefined()
    }),
    RUNS,
  )
})

test('[AUI7] the SDK takes what is written for histories of other formats', async () => {
  const drafts = fc.oneof(
    mixed(foreignDrafts, uiDrafts),
    mixed(uiDrafts, draftsOf(aiSdkLogs, 'ai-sdk')),
  )
  await fc.assert(
    fc.asyncProperty(treatedContexts(drafts), async (context) => {
      const messages = toAiSdkUi(context)
      expect(findAiSdkUiFaults(messages, true)).toEqual([])
      expect(await refusedBySdk(messages)).toBeUndefined()
    }),
    { numRuns: 500 },
  )
})

test('[AUI7] what a server makes of it is legal for the model, but for calls that still wait', async () => {
  await fc.assert(
    fc.asyncProperty(treatedContexts(fc.oneof(uiDrafts, foreignDrafts)), async (context) => {
      const seen = await seenByModel(toAiSdkUi(context))
      const refused = seen.filter((message) => !modelMessageSchema.safeParse(message).success)
      expect(refused).toEqual([])
      const faults = findAiSdkFaults(seen).filter((fault) => !fault.endsWith('no content'))
      expect(faults).toEqual([])
    }),
    { numRuns: 500 },
  )
})

test('[AUI4] the histories are ones that the SDK takes', async () => {
  await fc.assert(
    fc.asyncProperty(aiSdkUiLogs, async (log) => {
      expect(findAiSdkUiFaults(log)).toEqual([])
      expect(await refusedBySdk(log)).toBeUndefined()
    }),
    { numRuns: 500 },
  )
})
