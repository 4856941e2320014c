import { isJsonObject, type JsonObject } from '../copy-json.ts'
import { objectsIn, withTools } from '../requests/body-fields.ts'
import type { ChatRequest, ParsedRequest, RequestFormat } from '../requests/request-format.ts'
import { readResponsesAnswer } from './responses-answer.ts'
import { groupResponses } from './responses-message.ts'

/** Fields by which the server is told to take a history that it keeps itself. */
const SERVER_STATE = ['previous_response_id', 'conversation'] as const

/**
 * Requests of the Responses API, told from the shape of their bodies: servers of the same shape have any
 * address.
 *
 * @see SPEC.md rules RSP9–RSP11
 */
export const responsesRequests: RequestFormat = {
  takeApart: takeApartResponses,
  readAnswer: readResponsesAnswer,
}

function takeApartResponses({ url, body }: ParsedRequest): ChatRequest | undefined {
  const { input, instructions, model, max_output_tokens: most } = body
  if (SERVER_STATE.some((field) => (body[field] ?? undefined) !== undefined)) return undefined
  if ('messages' in body || 'contents' in body) return undefined
  // Embeddings and moderations take an `input` of texts as well.
  if (typeof input === 'string' && !isResponsesUrl(url)) return undefined
  const items = itemsOfInput(input)
  if (items === undefined || ((instructions ?? '') !== '' && typeof instructions !== 'string')) {
    return undefined
  }
  return {
    format: 'responses',
    messages: groupResponses(items),
    ...(typeof instructions === 'string' && instructions !== '' ? { system: instructions } : {}),
    ...(typeof model === 'string' ? { model } : {}),
    isStream: body['stream'] === true,
    ...(typeof most === 'number' ? { maxAnswerTokens: most } : {}),
    write: ({ messages, system }) => {
      const behind = system === undefined ? {} : { instructions: joined(instructions, system) }
      return { ...body, ...behind, input: isSame(input, messages) ? input : messages }
    },
    addTools: withTools,
    toolFormat: 'responses',
  }
}

function isResponsesUrl(url: string): boolean {
  return /\/responses\/?(?:[?#]|$)/.test(url)
}

function itemsOfInput(input: unknown): readonly JsonObject[] | undefined {
  if (typeof input === 'string') return [{ role: 'user', content: input }]
  const items = objectsIn(input)
  return items?.every(isItem) === true ? items : undefined
}

/** A reference names what only the server has. */
function isItem({ type, role, content }: JsonObject): boolean {
  if (type === 'item_reference') return false
  if (typeof type === 'string') return type !== 'message' || typeof role === 'string'
  return typeof role === 'string' && content !== undefined
}

/** Whether an input that was one text is what was written. */
function isSame(input: unknown, [message, ...more]: readonly unknown[]): boolean {
  if (typeof input !== 'string' || more.length > 0 || !isJsonObject(message)) return false
  return message['role'] === 'user' && message['content'] === input
}

function joined(instructions: unknown, system: string): string {
  return typeof instructions === 'string' && instructions !== ''
    ? `${instructions}\n\n${system}`
    : system
}
