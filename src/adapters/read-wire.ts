import type { WireFormat } from '../core/session/message.ts'
import { copyAiSdkMessage, readAiSdkMessage } from './ai-sdk/ai-sdk-message.ts'
import { readAiSdkUiMessage } from './ai-sdk-ui/ai-sdk-ui-message.ts'
import { readAnthropicMessage } from './anthropic/anthropic-message.ts'
import { groupGemini, readGeminiMessage } from './gemini/gemini-message.ts'
import { contentsOf } from './gemini/gemini-parts.ts'
import { copyJsonObject, type JsonObject } from './copy-json.ts'
import { invalidInput } from './invalid-input.ts'
import { groupOllama, readOllamaMessage } from './ollama/ollama-message.ts'
import { readLangChainMessage } from './langchain/langchain-message.ts'
import { copyLangChainMessage } from './langchain/stored-message.ts'
import { readOpenAiMessage } from './openai/openai-message.ts'
import { itemsOf } from './responses/responses-items.ts'
import { groupResponses, readResponsesMessage } from './responses/responses-message.ts'
import { readPlainMessage } from './plain/plain-message.ts'
import type { WireReading } from './wire-reading.ts'

/** How the messages of a format are read. */
interface WireReader {
  /**
   * The wire value of what a host hands over, where that is not JSON already: instances of classes, bytes.
   *
   * @throws BackfoldError `INVALID_INPUT`
   */
  copy?(value: JsonObject, at: string): JsonObject
  /** @throws BackfoldError `INVALID_INPUT` */
  read(value: JsonObject, at: string): WireReading
  /**
   * The values of messages from those of a history, where several belong together: reasoning with the calls
   * that follow from it. In their order, and nothing of them lost. Without it each is a message of its own.
   */
  group?(values: readonly JsonObject[]): readonly JsonObject[]
  /** The values of a history from that of a message. */
  ungroup?(value: JsonObject): readonly JsonObject[]
}

const READERS: Readonly<Record<WireFormat, WireReader>> = {
  openai: { read: readOpenAiMessage },
  responses: { read: readResponsesMessage, group: groupResponses, ungroup: itemsOf },
  anthropic: { read: readAnthropicMessage },
  gemini: { read: readGeminiMessage, group: groupGemini, ungroup: contentsOf },
  ollama: { read: readOllamaMessage, group: groupOllama },
  'ai-sdk': { read: readAiSdkMessage, copy: copyAiSdkMessage },
  'ai-sdk-ui': { read: readAiSdkUiMessage },
  langchain: { read: readLangChainMessage, copy: copyLangChainMessage },
  plain: { read: readPlainMessage },
}

/** Whether this names a format whose messages can be read. */
export function isWireFormat(name: unknown): name is WireFormat {
  return typeof name === 'string' && Object.hasOwn(READERS, name)
}

/** The wire value of a message as a host hands it over: a copy. @throws BackfoldError `INVALID_INPUT` */
export function copyWire(format: WireFormat, value: JsonObject, at: string): JsonObject {
  return (readerOf(format).copy ?? copyJsonObject)(value, at)
}

/**
 * Reads a wire value of a known format.
 *
 * @param at - Where the message stands, for error messages.
 * @throws BackfoldError `INVALID_INPUT`
 */
export function readWire(format: WireFormat, value: JsonObject, at: string): WireReading {
  return readerOf(format).read(value, at)
}

/** The values of messages from those of a history. @throws BackfoldError `INVALID_INPUT` */
export function groupWire(
  format: WireFormat,
  values: readonly JsonObject[],
): readonly JsonObject[] {
  return readerOf(format).group?.(values) ?? values
}

/** The values of a history from that of one message, as they are sent. */
export function ungroupWire(format: WireFormat, value: JsonObject): readonly JsonObject[] {
  return readerOf(format).ungroup?.(value) ?? [value]
}

function readerOf(format: WireFormat): WireReader {
  const reader = Object.hasOwn(READERS, format) ? READERS[format] : undefined
  return (
    reader ??
    invalidInput(`format must be one of ${Object.keys(READERS).join(', ')}, got ${String(format)}`)
  )
}
