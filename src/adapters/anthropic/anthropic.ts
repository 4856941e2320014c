import type { Context, Entry } from '../../core/session/context.ts'
import { textOf, type Message } from '../../core/session/message.ts'
import {
  isReadAlike,
  isSaid,
  isSaidBlock,
  renderAnthropic,
  type Saying,
} from './anthropic-render.ts'
import { isLeftOut, wireValue } from '../compact-wire.ts'
import { createCallIds, type UniqueIds } from '../call-ids.ts'
import { copyJson, isJsonObject, type JsonObject } from '../copy-json.ts'
import { readOpenAiMessage } from '../openai/openai-message.ts'
import { readAnthropicMessage } from './anthropic-message.ts'
import { pairResults, type Exchange, type Piece } from '../pair-results.ts'
import { NO_CALL, NO_RESULT } from '../tool-input.ts'
import { patchWire } from '../wire-reading.ts'

/** A context as the Messages API takes it. */
export interface AnthropicRequest {
  readonly system?: string
  readonly messages: unknown[]
}

/** Blocks on their way out, with the wire value that they make up when nothing was done to them. */
interface Chunk extends Saying {
  readonly source: Source | null
}

interface Source {
  readonly value: JsonObject
  readonly blocks: readonly JsonObject[]
}

const SUMMARISED = '(earlier messages are summarised in the system prompt)'
const BEGUN = '(the conversation begins)'

/**
 * Writes a context as a Messages API request.
 *
 * Messages that came in this format go out exactly as they came, unless two of one role meet and
 * become one. All system messages and the digest make up `system`, in their order: the format has no
 * other place with their authority, and in the user's role anybody could imitate them. Legal
 * whatever the log holds, as with {@link toOpenAi}.
 *
 * @see SPEC.md rules ADP7–ADP15
 */
export function toAnthropic(context: Context): AnthropicRequest {
  const system = context.entries.filter(isSystem).map(entryText).filter(isSaid)
  const pieces = context.entries
    .flatMap((entry) =>
      entry.kind === 'digest' || isSystem(entry)
        ? []
        : chunksOf(entry.message, entry.kind === 'stubbed'),
    )
    .flatMap(piecesOf)
  const digested = context.entries.some(({ kind }) => kind === 'digest')
  const messages = joinNeighbours(flatten(pairResults(pieces)))
  if (messages.length > 0 && messages[0]?.role !== 'user') {
    messages.unshift(say('user', [textBlock(digested ? SUMMARISED : BEGUN)]))
  }
  return {
    ...(system.length === 0 ? {} : { system: system.join('\n\n') }),
    messages: messages.map(writeMessage),
  }
}

function isSystem(entry: Entry): boolean {
  return entry.kind === 'digest' || entry.message.role === 'system'
}

function entryText(entry: Entry): string {
  return entry.kind === 'digest' ? entry.text : textOf(entry.message)
}

function chunksOf(message: Message, stubbed: boolean): readonly Chunk[] {
  const source = sourceOf(message, stubbed)
  if (source === undefined) return renderAnthropic(message).map((s) => ({ ...s, source: null }))
  const role = message.role === 'assistant' ? 'assistant' : 'user'
  const blocks = source.blocks.filter(isSaidBlock)
  return blocks.length === 0 ? [] : [{ role, blocks, source }]
}

/** The message as the host wrote it, with stubs in it where payloads were moved out. */
function sourceOf(message: Message, stubbed: boolean): Source | undefined {
  const { wire } = message
  const found = wireValue(message)
  if (wire === undefined || !found) return undefined
  const isAlike = wire.format === 'openai' && isReadAlike(found)
  if (wire.format !== 'anthropic' && !isAlike) return undefined
  const copied = copyJson(found, 'wire') as JsonObject
  const read = isAlike ? readOpenAiMessage : readAnthropicMessage
  const value =
    stubbed && !isLeftOut(message) ? patchWire(copied, read(copied, 'wire'), message.parts) : copied
  if (value === undefined) return undefined
  const { content } = value
  if (typeof content === 'string') return { value, blocks: [textBlock(content)] }
  return Array.isArray(content) ? { value, blocks: content.filter(isJsonObject) } : undefined
}

/** Takes tool results out of what stands around them, so that each can go behind its call. */
function piecesOf(chunk: Chunk): readonly Piece<Chunk>[] {
  const isResult = (block: JsonObject): boolean => block['type'] === 'tool_result'
  const rest = chunk.blocks.filter((block) => !isResult(block))
  const speech: Piece<Chunk>[] =
    rest.length === 0 && chunk.blocks.length > 0
      ? []
      : [{ kind: 'speech', value: { ...chunk, blocks: rest }, calls: rest.flatMap(callIdOf) }]
  const results = chunk.blocks.filter(isResult).map((block): Piece<Chunk> => {
    const callId = String(block['tool_use_id'])
    return { kind: 'result', value: { ...chunk, blocks: [block] }, callId }
  })
  return [...results, ...speech]
}

function callIdOf(block: JsonObject): readonly string[] {
  return block['type'] === 'tool_use' ? [String(block['id'])] : []
}

function flatten(exchanges: readonly Exchange<Chunk>[]): readonly Chunk[] {
  const ids = createCallIds()
  return exchanges.flatMap((exchange, i) => {
    const { calls, results, missing } = exchange
    const speech = exchange.speech ?? say('assistant', [unrecordedCall(calls[0] ?? '')])
    const issued = calls.map((id) => ids.issue(id))
    const closed = i === exchanges.length - 1 ? [] : missing
    return [
      renameCalls(speech, issued),
      ...results.map(({ call, value }) => renameResult(value, issued[call] ?? '')),
      ...closed.map((call) => say('user', [noResult(issued[call] ?? '')])),
    ]
  })
}

/** Blocks whose id needs no change stay the same objects: that is how exactness is told. */
function renameCalls(chunk: Chunk, issued: readonly ReturnType<UniqueIds['issue']>[]): Chunk {
  let next = 0
  const blocks = chunk.blocks.map((block) => {
    if (block['type'] !== 'tool_use') return block
    const id = issued[next++]
    return id === undefined || id === block['id'] ? block : { ...block, id }
  })
  return { ...chunk, blocks }
}

function renameResult(chunk: Chunk, id: string): Chunk {
  const rename = (block: JsonObject): JsonObject =>
    block['tool_use_id'] === id ? block : { ...block, tool_use_id: id }
  return { ...chunk, blocks: chunk.blocks.map(rename) }
}

/** Roles must alternate. A message keeps its source only if nothing of another is in it. */
function joinNeighbours(chunks: readonly Chunk[]): Chunk[] {
  const joined: { role: Saying['role']; blocks: JsonObject[]; source: Source | null }[] = []
  for (const { role, blocks, source } of chunks) {
    const before = joined.at(-1)
    if (before?.role !== role) {
      joined.push({ role, blocks: [...blocks], source })
      continue
    }
    before.blocks.push(...blocks)
    if (before.source !== source) before.source = null
  }
  return joined
}

function writeMessage({ role, blocks, source }: Chunk): JsonObject {
  const whole =
    source?.blocks.length === blocks.length &&
    source.blocks.every((block, i) => block === blocks[i])
  return source && whole ? source.value : { role, content: blocks }
}

function say(role: Saying['role'], blocks: readonly JsonObject[]): Chunk {
  return { role, blocks, source: null }
}

function textBlock(text: string): JsonObject {
  return { type: 'text', text }
}

function unrecordedCall(id: string): JsonObject {
  return { type: 'tool_use', id, name: NO_CALL, input: {} }
}

function noResult(id: string): JsonObject {
  return { type: 'tool_result', tool_use_id: id, content: NO_RESULT }
}
