import type { JsonObject } from '../copy-json.ts'
import { parseJsonObject, readEvents } from '../requests/read-events.ts'
import type { ReadAnswer } from '../requests/request-format.ts'
import { mergeMetadata } from './merge-metadata.ts'
import type { ChunkReader, StreamedPart } from './streamed-part.ts'
import { createToolParts } from './streamed-tools.ts'

/** A message on its way. */
interface Streamed {
  id: string
  metadata: unknown
  readonly parts: StreamedPart[]
  isFinished: boolean
}

/**
 * Reads a UI message stream as the SDK's client does.
 *
 * The message is the one that the stream makes. A stream that goes on with the message before (a tool's result
 * was sent back) has its id and only what is new of it.
 *
 * @returns undefined if it is no such stream, was stopped, ended early, or broke.
 * @see SPEC.md rules AUI11, AUI12
 */
export function readAiSdkUiAnswer(text: string): ReadAnswer | undefined {
  const state: Streamed = { id: '', metadata: undefined, parts: [], isFinished: false }
  const readers = [createTexts(state.parts), createToolParts(state.parts), createOthers(state)]
  for (const { data } of readEvents(text)) {
    if (data === '[DONE]') continue
    const chunk = parseJsonObject(data)
    if (!chunk || typeof chunk['type'] !== 'string') return undefined
    if (readers.every((read) => read(chunk) !== 'read')) return undefined
  }
  const isHalf = state.parts.some((part) => part['state'] === 'input-streaming')
  if (!state.isFinished || isHalf) return undefined
  const { id, metadata, parts } = state
  return {
    message: { id, ...(metadata === undefined ? {} : { metadata }), role: 'assistant', parts },
  }
}

/** A copy without fields that are undefined, which JSON has none of. */
function definedFields(fields: JsonObject): StreamedPart {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

/** Texts and reasoning, several of which may be on their way at a time. */
function createTexts(parts: StreamedPart[]): ChunkReader {
  const active = new Map<string, StreamedPart>()
  return (chunk) => {
    const { type, id, delta, providerMetadata } = chunk
    if (type === 'finish-step') active.clear()
    const [, kind, step] = /^(text|reasoning)-(start|delta|end)$/.exec(String(type)) ?? []
    if (kind === undefined || step === undefined || typeof id !== 'string') return undefined
    const key = `${kind} ${id}`
    if (step === 'start') {
      const named = kind === 'reasoning' ? { id } : {}
      const part = definedFields({ type: kind, ...named, text: '', providerMetadata })
      part['state'] = 'streaming'
      active.set(key, part)
      parts.push(part)
      return 'read'
    }
    const part = active.get(key)
    if (!part || (step === 'delta' && typeof delta !== 'string')) return undefined
    if ((providerMetadata ?? null) !== null) part['providerMetadata'] = providerMetadata
    if (step === 'delta') part['text'] = String(part['text']) + String(delta)
    else {
      part['state'] = 'done'
      active.delete(key)
    }
    return 'read'
  }
}

/** All that is neither text nor a tool's. */
function createOthers(state: Streamed): ChunkReader {
  const data = new Map<string, StreamedPart>()
  return (chunk) => {
    const { type, messageId, messageMetadata } = chunk
    switch (type) {
      case 'start':
        if (typeof messageId === 'string') state.id = messageId
        state.metadata = mergeMetadata(state.metadata, messageMetadata)
        return 'read'
      case 'finish':
        state.isFinished = true
        state.metadata = mergeMetadata(state.metadata, messageMetadata)
        return 'read'
      case 'message-metadata':
        state.metadata = mergeMetadata(state.metadata, messageMetadata)
        return 'read'
      case 'start-step':
        state.parts.push({ type: 'step-start' })
        return 'read'
      case 'finish-step':
        return 'read'
      case 'file':
        state.parts.push(pick(chunk, ['type', 'mediaType', 'url', 'providerMetadata']))
        return 'read'
      case 'source-url':
        state.parts.push(pick(chunk, ['type', 'sourceId', 'url', 'title', 'providerMetadata']))
        return 'read'
      case 'source-document':
        state.parts.push(
          pick(chunk, ['type', 'sourceId', 'mediaType', 'title', 'filename', 'providerMetadata']),
        )
        return 'read'
      default:
        return readData(chunk, data, state.parts)
    }
  }
}

function readData(
  chunk: JsonObject,
  known: Map<string, StreamedPart>,
  parts: StreamedPart[],
): 'read' | undefined {
  if (!String(chunk['type']).startsWith('data-')) return undefined
  if (chunk['transient'] === true) return 'read'
  const key =
    typeof chunk['id'] === 'string' ? `${String(chunk['type'])} ${chunk['id']}` : undefined
  const before = key === undefined ? undefined : known.get(key)
  if (before) {
    before['data'] = chunk['data']
    return 'read'
  }
  const part = { ...chunk }
  if (key !== undefined) known.set(key, part)
  parts.push(part)
  return 'read'
}

function pick(chunk: JsonObject, fields: readonly string[]): StreamedPart {
  return definedFields(Object.fromEntries(fields.map((field) => [field, chunk[field]])))
}
