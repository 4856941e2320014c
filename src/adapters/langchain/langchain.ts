import type { Context, Entry } from '../../core/session/context.ts'
import { isJsonObject, type JsonObject } from '../copy-json.ts'
import { exactWire } from '../exact-wire.ts'
import { readLangChainMessage } from './langchain-message.ts'
import { pairResults, type Piece } from '../pair-results.ts'
import { asTextBlock } from '../placed-part.ts'
import { entryText, isSystemEntry } from '../system-entries.ts'
import { NO_CALL, NO_RESULT } from '../tool-input.ts'
import { langChainCallIds } from './langchain-calls.ts'
import { renderLangChain, storedMessage } from './langchain-render.ts'

/** A message as LangChain stores it: `mapStoredMessagesToChatMessages()` makes instances of them. */
export interface LangChainMessage {
  readonly type: string
  readonly data: JsonObject
}

/** Stands where what a person said first is covered. */
const SUMMARISED = '(earlier messages are summarised in the system message)'

/**
 * Writes a context as stored messages of LangChain.
 *
 * Messages that came in this format go out exactly as they came, or as the stored form of what they were. Once
 * something is folded, and where system messages came in another format, there is one system message, the first,
 * with all of them and the digest in their order: several providers refuse any other. Legal whatever the log holds, as with
 * {@link toOpenAi}.
 *
 * @see SPEC.md rules LCH6–LCH10
 */
export function toLangChain(context: Context): LangChainMessage[] {
  const isFolded = context.entries.some(({ kind }) => kind === 'digest')
  const system = context.entries.filter((entry) => isSystemEntry(entry))
  const isJoined = isFolded || system.some((entry) => exactOf(entry) === undefined)
  const said = isJoined ? context.entries.filter((entry) => !isSystemEntry(entry)) : context.entries
  const exchanges = pairResults(said.flatMap(messagesOf).map(pieceOf))
  const messages = exchanges.flatMap(({ speech, calls, results, missing }, i) => {
    const closed = i === exchanges.length - 1 ? [] : missing
    return [
      speech ?? unrecordedCall(calls[0] ?? ''),
      ...results.map(({ value }) => value),
      ...closed.map((call) => noResult(calls[call] ?? '')),
    ]
  })
  const opening =
    isFolded && messages[0]?.['type'] !== 'human'
      ? [storedMessage('human', { content: SUMMARISED })]
      : []
  const joined = isJoined ? joinSystem(system) : []
  return [...joined, ...opening, ...messages] as unknown as LangChainMessage[]
}

function exactOf(entry: Entry): JsonObject | undefined {
  return entry.kind === 'digest'
    ? undefined
    : exactWire(entry.message, entry.kind === 'stubbed', 'langchain', readLangChainMessage)
}

/** The first keeps its other fields; where one has blocks, with cache marks perhaps, all are blocks. */
function joinSystem(entries: readonly Entry[]): readonly JsonObject[] {
  const said = entries.filter((entry) => entryText(entry).trim() !== '')
  if (said.length === 0) return []
  const known = said.map((entry) => dataOf(exactOf(entry)))
  const inBlocks = known.some((data) => Array.isArray(data?.['content']))
  const content = inBlocks
    ? said.flatMap((entry, i) => blocksOf(known[i], entryText(entry)))
    : said.map(entryText).join('\n\n')
  const first = known[0]
  return [
    first ? { type: 'system', data: { ...first, content } } : storedMessage('system', { content }),
  ]
}

function dataOf(message: JsonObject | undefined): JsonObject | undefined {
  return message && isJsonObject(message['data']) ? message['data'] : undefined
}

function blocksOf(data: JsonObject | undefined, text: string): readonly unknown[] {
  const content = data?.['content']
  return Array.isArray(content) ? content : [asTextBlock(text)]
}

function messagesOf(entry: Entry): readonly JsonObject[] {
  if (entry.kind === 'digest') return []
  const exact = exactOf(entry)
  const messages = exact ? [exact] : renderLangChain(entry.message)
  return messages.filter((message) => !saysNothing(message))
}

/** Empty replies come from broken streams; providers refuse them in a request. */
function saysNothing(message: JsonObject): boolean {
  const { content } = dataOf(message) ?? {}
  const isEmpty = content === '' || content === undefined || content === null
  const said = !isEmpty && !(Array.isArray(content) && content.length === 0)
  return message['type'] === 'ai' && !said && langChainCallIds(dataOf(message) ?? {}).length === 0
}

function pieceOf(message: JsonObject): Piece<JsonObject> {
  const data = dataOf(message) ?? {}
  if (message['type'] === 'tool') {
    return { kind: 'result', value: message, callId: String(data['tool_call_id']) }
  }
  const calls = message['type'] === 'ai' ? langChainCallIds(data) : []
  return { kind: 'speech', value: message, calls }
}

function unrecordedCall(id: string): JsonObject {
  const call = { name: NO_CALL, args: {}, id, type: 'tool_call' }
  return storedMessage('ai', { content: '', tool_calls: [call], invalid_tool_calls: [] })
}

function noResult(id: string): JsonObject {
  return storedMessage('tool', { content: NO_RESULT, tool_call_id: id, status: 'error' })
}
