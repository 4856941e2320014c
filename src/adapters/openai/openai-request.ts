import { isJsonObject, type JsonObject } from '../copy-json.ts'
import { withTools } from '../requests/body-fields.ts'
import type { ChatRequest, ParsedRequest, RequestFormat } from '../requests/request-format.ts'
import { readOpenAiAnswer } from './openai-answer.ts'

const ROLES: ReadonlySet<unknown> = new Set(['system', 'developer', 'user', 'assistant', 'tool'])

/** Headers that only the Messages API has; its simplest bodies look like these. */
const FOREIGN_HEADERS: readonly string[] = ['anthropic-version', 'anthropic-beta']

/** Requests of chat completions, and of the many servers that speak the same. */
export const openAiRequests: RequestFormat = { takeApart, readAnswer: readOpenAiAnswer }

function takeApart({ url, headerNames, body }: ParsedRequest): ChatRequest | undefined {
  const { messages, model, stream, n, store } = body
  if (!Array.isArray(messages) || messages.length === 0) return undefined
  if (headerNames.some((name) => FOREIGN_HEADERS.includes(name)) || 'system' in body) {
    return undefined
  }
  if (/\/messages(?:[?#]|$)/.test(url)) return undefined
  const values = messages.filter(isMessage)
  if (values.length < messages.length) return undefined
  // Several answers to one question, or a conversation that the server keeps, are not what a log holds.
  if ((typeof n === 'number' && n > 1) || store === true) return undefined
  const most = body['max_completion_tokens'] ?? body['max_tokens']
  return {
    format: 'openai',
    messages: values,
    ...(typeof model === 'string' ? { model } : {}),
    isStream: stream === true,
    ...(typeof most === 'number' ? { maxAnswerTokens: most } : {}),
    write: (written) => ({ ...body, messages: written.messages }),
    addTools: withTools,
    toolFormat: 'openai',
  }
}

/** Roles and content tell a message of this format; texts with other fields are another's. */
function isMessage(value: unknown): value is JsonObject {
  if (!isJsonObject(value) || !ROLES.has(value['role'])) return false
  const { content, parts } = value
  if (parts !== undefined || 'text' in value || 'images' in value) return false
  if (typeof content === 'string' || content === null || content === undefined) {
    return content !== undefined || value['role'] === 'assistant'
  }
  return Array.isArray(content) && content.every(isJsonObject)
}
