import { isJsonObject, listOf, type JsonObject } from '../copy-json.ts'
import type { ChatRequest, ParsedRequest, RequestFormat } from '../requests/request-format.ts'
import { readAiSdkUiAnswer } from './ai-sdk-ui-answer.ts'
import { readAiSdkUiMessage } from './ai-sdk-ui-message.ts'
import { mergeMetadata } from './merge-metadata.ts'

/**
 * Requests that `useChat` sends to the host's own server: `{ id, messages, trigger, messageId }` and whatever the
 * host adds. Told from the shape alone, as the URL is the host's.
 *
 * @see SPEC.md rules AUI9, AUI10
 */
export const aiSdkUiRequests: RequestFormat = { takeApart, readAnswer: readAiSdkUiAnswer, goOn }

/** As the SDK's client does where the newest message is the model's. */
function goOn(before: JsonObject, { id, metadata, parts }: JsonObject): JsonObject {
  const merged = mergeMetadata(before['metadata'], metadata)
  return {
    ...before,
    ...(id === '' ? {} : { id }),
    ...(merged === undefined ? {} : { metadata: merged }),
    parts: [...listOf(before['parts']), ...listOf(parts)],
  }
}

function takeApart({ body }: ParsedRequest): ChatRequest | undefined {
  const { id, messages, model } = body
  if (!Array.isArray(messages) || messages.length === 0) return undefined
  const values: readonly unknown[] = messages
  const read = values.filter(isUiMessage)
  if (read.length !== values.length) return undefined
  return {
    format: 'ai-sdk-ui',
    messages: read,
    ...(typeof id === 'string' && id !== '' ? { conversation: id } : {}),
    ...(typeof model === 'string' ? { model } : {}),
    isStream: true,
    write: (written) => ({ ...body, messages: written.messages }),
  }
}

/** Whether the SDK would take a value for a UI message. Anything doubtful is none. */
function isUiMessage(value: unknown): value is JsonObject {
  if (!isJsonObject(value) || typeof value['id'] !== 'string') return false
  try {
    readAiSdkUiMessage(value, 'message')
    return true
  } catch {
    return false
  }
}
