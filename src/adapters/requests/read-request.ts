import type { Draft, WireFormat } from '../../core/session/message.ts'
import type { ReadReply, ReadRequest } from '../../engine/codec.ts'
import type { HostRequest, PassReason } from '../../protocol/host-requests.ts'
import { aiSdkUiRequests } from '../ai-sdk-ui/ai-sdk-ui-request.ts'
import { anthropicRequests } from '../anthropic/anthropic-request.ts'
import { isJsonObject } from '../copy-json.ts'
import { geminiRequests } from '../gemini/gemini-request.ts'
import { draftOf } from '../message-input.ts'
import { ollamaRequests } from '../ollama/ollama-request.ts'
import { openAiRequests } from '../openai/openai-request.ts'
import { plainRequests } from '../plain/plain-request.ts'
import { responsesRequests } from '../responses/responses-request.ts'
import { ungroupWire } from '../read-wire.ts'
import { writeContext } from '../write-context.ts'
import { hasExactNumbers } from './exact-numbers.ts'
import { parseJsonObject } from './read-events.ts'
import type { ChatRequest, ParsedRequest, RequestFormat } from './request-format.ts'

/** In the order in which they are asked: what is told more surely comes first. */
const REQUESTS: Partial<Readonly<Record<WireFormat, RequestFormat>>> = {
  'ai-sdk-ui': aiSdkUiRequests,
  plain: plainRequests,
  gemini: geminiRequests,
  responses: responsesRequests,
  anthropic: anthropicRequests,
  ollama: ollamaRequests,
  openai: openAiRequests,
}

/**
 * Reads a host's request, whatever protocol it speaks. Total.
 *
 * @returns Why it goes out as it was, if it can't be rewritten for certain.
 * @see SPEC.md rules REQ1–REQ4
 */
export function readRequest(request: HostRequest): ReadRequest | PassReason {
  const body = parseJsonObject(request.body)
  if (!body) return 'unknown-format'
  const found = takeApart({ url: request.url, headerNames: request.headerNames, body })
  if (!found) return 'unknown-format'
  if (!hasExactNumbers(request.body)) return 'inexact-numbers'
  try {
    return describe(found)
  } catch {
    // A message that an adapter does not know: the request is left alone.
    return 'unknown-format'
  }
}

function describe(chat: ChatRequest): ReadRequest {
  const { format, system, conversation, model, isStream, maxAnswerTokens, addTools } = chat
  return {
    format,
    drafts: chat.messages.map((value, i) => draftOf(format, value, `messages[${i}]`)),
    ...(system === undefined ? {} : { system }),
    ...(conversation === undefined ? {} : { conversation }),
    manner: {
      isStream,
      ...(model === undefined ? {} : { model }),
      ...(maxAnswerTokens === undefined ? {} : { maxAnswerTokens }),
    },
    ...(addTools && chat.toolFormat ? { toolFormat: chat.toolFormat } : {}),
    write(context, { tools = [], messages = [] } = {}) {
      const written = writeContext(context, format)
      const body = chat.write({ ...written, messages: [...written.messages, ...messages] })
      return JSON.stringify(
        addTools && tools.length > 0 ? addTools(body, tools.filter(isJsonObject)) : body,
      )
    },
  }
}

function takeApart(request: ParsedRequest): ChatRequest | undefined {
  for (const format of Object.values(REQUESTS)) {
    const found = format.takeApart(request)
    if (found) return found
  }
  return undefined
}

/**
 * Reads an answer of a protocol. Total.
 *
 * @see SPEC.md rule ANS4
 */
export function readReply(
  answer: string,
  format: WireFormat,
  newest?: Draft,
): ReadReply | undefined {
  try {
    const requests = REQUESTS[format]
    const read = requests?.readAnswer(answer)
    if (!read) return undefined
    const { message: said, inputTokens, model } = read
    const before = newest?.role === 'assistant' ? newest.wire?.value : undefined
    const grows = requests?.goOn !== undefined
    const message = isJsonObject(before) ? (requests?.goOn?.(before, said) ?? said) : said
    const draft = draftOf(format, message, 'the answer')
    return {
      draft,
      sent: ungroupWire(format, message),
      isWhole: grows ? !hasOpenCall(draft) : newest?.role !== 'assistant',
      ...(inputTokens === undefined ? {} : { inputTokens }),
      ...(model === undefined ? {} : { model }),
    }
  } catch {
    return undefined
  }
}

function hasOpenCall({ parts }: Draft): boolean {
  const answered = new Set(
    parts.flatMap((part) => (part.type === 'tool-result' ? part.callId : [])),
  )
  return parts.some((part) => part.type === 'tool-call' && !answered.has(part.callId))
}
