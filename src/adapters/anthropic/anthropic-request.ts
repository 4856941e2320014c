import { isJsonObject, type JsonObject } from '../copy-json.ts'
import { withTools } from '../requests/body-fields.ts'
import type { ChatRequest, ParsedRequest, RequestFormat } from '../requests/request-format.ts'
import { isAnthropicBlock } from './anthropic-message.ts'
import { readAnthropicAnswer } from './anthropic-answer.ts'

/** Requests of the Messages API. */
export const anthropicRequests: RequestFormat = { takeApart, readAnswer: readAnthropicAnswer }

function takeApart(request: ParsedRequest): ChatRequest | undefined {
  const { body } = request
  const { messages, system, model, stream, max_tokens: most } = body
  if (!Array.isArray(messages) || messages.length === 0) return undefined
  const values = messages.filter(isMessage)
  if (values.length < messages.length || !isOwn(request, values)) return undefined
  // The server folds such a conversation itself, or keeps a part of it.
  if (isJsonObject(body['context_management']) || 'container' in body) return undefined
  const text = systemText(system)
  if (text === undefined) return undefined
  return {
    format: 'anthropic',
    messages: values,
    ...(text === '' ? {} : { system: text }),
    ...(typeof model === 'string' ? { model } : {}),
    isStream: stream === true,
    ...(typeof most === 'number' ? { maxAnswerTokens: most } : {}),
    write: (written) => ({
      ...body,
      ...(written.system === undefined ? {} : { system: addSystem(system, written.system) }),
      messages: written.messages,
    }),
    addTools: withTools,
    toolFormat: 'anthropic',
  }
}

function isMessage(value: unknown): value is JsonObject {
  if (!isJsonObject(value)) return false
  const { role, content } = value
  if (role !== 'user' && role !== 'assistant') return false
  return typeof content === 'string' || (Array.isArray(content) && content.every(isJsonObject))
}

/** Its simplest messages look like those of chat completions; then something else must tell it. */
function isOwn(
  { url, headerNames, body }: ParsedRequest,
  messages: readonly JsonObject[],
): boolean {
  if (headerNames.includes('anthropic-version')) return true
  if (/\/messages(?:[?#]|$)/.test(url) || 'anthropic_version' in body) return true
  if ('system' in body && 'max_tokens' in body) return true
  return messages.some(
    ({ content }) =>
      Array.isArray(content) &&
      content.some((block: unknown) => isJsonObject(block) && isAnthropicBlock(block)),
  )
}

/** Empty without one; undefined for what is none. */
function systemText(system: unknown): string | undefined {
  if (system === undefined || system === null) return ''
  if (typeof system === 'string') return system
  if (!Array.isArray(system)) return undefined
  const texts = system.map((block: unknown) => (isJsonObject(block) ? block['text'] : undefined))
  return texts.every((text) => typeof text === 'string') ? texts.join('\n\n') : undefined
}

/** Behind the host's own, so that what is cached of it stays cached. */
function addSystem(system: unknown, text: string): unknown {
  if (Array.isArray(system)) return [...(system as readonly unknown[]), { type: 'text', text }]
  return typeof system === 'string' && system !== '' ? `${system}\n\n${text}` : text
}
