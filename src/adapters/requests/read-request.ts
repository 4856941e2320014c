import type { WireFormat } from '../../core/session/message.ts'
import type { ReadReply, ReadRequest } from '../../engine/codec.ts'
import type { HostRequest, PassReason } from '../../protocol/host-requests.ts'
import { anthropicRequests } from '../anthropic/anthropic-request.ts'
import { isJsonObject, type JsonObject } from '../copy-json.ts'
import { toDrafts } from '../message-input.ts'
import { openAiRequests } from '../openai/openai-request.ts'
import { writeContext } from '../write-context.ts'
import { hasExactNumbers } from './exact-numbers.ts'
import type { ChatRequest, ParsedRequest, RequestFormat } from './request-format.ts'

/** In the order in which they are asked: what is told more surely comes first. */
const REQUESTS: Partial<Readonly<Record<WireFormat, RequestFormat>>> = {
  anthropic: anthropicRequests,
  openai: openAiRequests,
}

/**
 * Reads a host's request, whatever protocol it speaks. Total.
 *
 * @returns Why it goes out as it was, if it can't be rewritten for certain.
 * @see SPEC.md rules REQ1–REQ4
 */
export function readRequest(request: HostRequest): ReadRequest | PassReason {
  const body = parse(request.body)
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
    drafts: toDrafts(chat.messages, format),
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

/** Reads an answer of a protocol. Total. */
export function readReply(answer: string, format: WireFormat): ReadReply | undefined {
  try {
    const read = REQUESTS[format]?.readAnswer(answer)
    const draft = read && toDrafts([read.message], format)[0]
    if (!read || !draft) return undefined
    const { inputTokens, model } = read
    return {
      draft,
      sent: [read.message],
      ...(inputTokens === undefined ? {} : { inputTokens }),
      ...(model === undefined ? {} : { model }),
    }
  } catch {
    return undefined
  }
}

function parse(text: string): JsonObject | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    return isJsonObject(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}
