import type { WireFormat } from '../core/session/message.ts'
import { readAnthropicMessage } from './anthropic/anthropic-message.ts'
import type { JsonObject } from './copy-json.ts'
import { groupGemini, readGeminiMessage } from './gemini/gemini-message.ts'
import { invalidInput } from './invalid-input.ts'
import { groupOllama, readOllamaMessage } from './ollama/ollama-message.ts'
import { readOpenAiMessage } from './openai/openai-message.ts'
import { groupResponses, readResponsesMessage } from './responses/responses-message.ts'
import type { WireReading } from './wire-reading.ts'

/** How the messages of a format are read. */
interface WireReader {
  /** @throws BackfoldError `INVALID_INPUT` */
  read(value: JsonObject, at: string): WireReading
  /**
   * The values of messages from those of a history, where several belong together: reasoning with the calls
   * that follow from it. In their order, and nothing of them lost. Without it each is a message of its own.
   */
  group?(values: readonly JsonObject[]): readonly JsonObject[]
}

const READERS: Partial<Readonly<Record<WireFormat, WireReader>>> = {
  openai: { read: readOpenAiMessage },
  responses: { read: readResponsesMessage, group: groupResponses },
  anthropic: { read: readAnthropicMessage },
  gemini: { read: readGeminiMessage, group: groupGemini },
  ollama: { read: readOllamaMessage, group: groupOllama },
}

/** Whether this names a format whose messages can be read. */
export function isWireFormat(name: unknown): name is WireFormat {
  return typeof name === 'string' && (Object.hasOwn(READERS, name) || name === 'plain')
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

function readerOf(format: WireFormat): WireReader {
  const reader = Object.hasOwn(READERS, format) ? READERS[format] : undefined
  return reader ?? invalidInput(`format ${String(format)} is not known`)
}
