import type { Context, Entry } from '../../core/session/context.ts'
import { beginWithUser } from '../begin-with-user.ts'
import { createUniqueIds, type UniqueIds } from '../call-ids.ts'
import { idsOfCalls } from '../call-names.ts'
import { isJsonObject, type JsonObject } from '../copy-json.ts'
import { exactWire } from '../exact-wire.ts'
import { pairResults, type Exchange, type Piece } from '../pair-results.ts'
import { NO_CALL, NO_RESULT } from '../tool-input.ts'
import { callsOf, isGrouped, readOllamaMessage } from './ollama-message.ts'
import { renderOllama } from './ollama-render.ts'

const NO_ANSWER: JsonObject = { role: 'tool', content: NO_RESULT, tool_name: '' }

/**
 * Writes a context as messages of Ollama's chat.
 *
 * Messages that came in this format go out exactly as they came. The digest is a system message of its own.
 * Legal whatever the log holds: a result stands behind its call and names its tool, a call that was never
 * answered gets a result that says so (unless nothing follows it yet), a result without a call gets one.
 *
 * @see SPEC.md rules OLL4–OLL7
 */
export function toOllama(context: Context): unknown[] {
  const exchanges = pairResults(context.entries.flatMap(piecesOf))
  const isFolded = context.entries.some(({ kind }) => kind === 'digest')
  const ids = createUniqueIds()
  const written = exchanges.flatMap((exchange, i) =>
    writeExchange(exchange, ids, i === exchanges.length - 1),
  )
  return isFolded ? beginWithUser(written) : written
}

function piecesOf(entry: Entry): readonly Piece<JsonObject>[] {
  if (entry.kind === 'digest') {
    return [{ kind: 'speech', value: { role: 'system', content: entry.text }, calls: [] }]
  }
  const { message } = entry
  const exact = exactWire(message, entry.kind === 'stubbed', 'ollama', readOllamaMessage)
  if (exact === undefined) return renderOllama(message).flatMap(pieceOf)
  const { messages } = exact
  if (!isGrouped(exact) || !Array.isArray(messages)) return pieceOf(withoutGaps(exact))
  const { parts } = readOllamaMessage(exact, 'wire')
  return messages.filter(isJsonObject).map((value, i): Piece<JsonObject> => {
    const part = parts[i]
    return { kind: 'result', value, callId: part?.type === 'tool-result' ? part.callId : '' }
  })
}

function pieceOf(value: JsonObject): readonly Piece<JsonObject>[] {
  if (value['role'] === 'tool') {
    const [part] = readOllamaMessage(value, 'wire').parts
    return [{ kind: 'result', value, callId: part?.type === 'tool-result' ? part.callId : '' }]
  }
  if (saysNothing(value)) return []
  return [{ kind: 'speech', value, calls: idsOfCalls(callsOf(value)) }]
}

/** Leaves out the empty places of images that were moved out, and lists of nothing. */
function withoutGaps(value: JsonObject): JsonObject {
  const { images, ...rest } = value
  if (!Array.isArray(images) || !images.includes(null)) return value
  const shown = images.filter((image) => image !== null)
  return shown.length === 0 ? rest : { ...rest, images: shown }
}

/** Empty replies come from broken streams. */
function saysNothing({ role, content, thinking, tool_calls: calls }: JsonObject): boolean {
  if (role !== 'assistant') return false
  return !content && !thinking && !(Array.isArray(calls) && calls.length > 0)
}

function writeExchange(
  { speech, calls, results, missing }: Exchange<JsonObject>,
  ids: UniqueIds,
  isLast: boolean,
): readonly JsonObject[] {
  const said = speech ?? unrecordedCall(calls[0] ?? '', results[0]?.value ?? {})
  const made = callsOf(said)
  // A call without an id is found by its name and place, so it needs none.
  const issued = made.map(({ id }) => (id === undefined ? undefined : ids.issue(id)))
  // Calls of one tool without ids are told apart by the order of their results, so none may lack its own.
  const isTold =
    !issued.includes(undefined) || new Set(made.map(({ name }) => name)).size === made.length
  const closed = isLast && (isTold || results.length === 0) ? [] : missing
  const answers = [...results, ...closed.map((call) => ({ call, value: NO_ANSWER }))]
  const ordered = isTold ? answers : answers.toSorted((a, b) => a.call - b.call)
  const isInOrder = ordered.every(({ call }, i) => call === i)
  return [
    renameCalls(said, issued),
    ...ordered.map(({ call, value }) => {
      const id = issued[call]
      return nameResult(isInOrder ? value : told(value, id), made[call]?.name, id)
    }),
  ]
}

/** A result that says what it answers, as its place does not tell it. */
function told(result: JsonObject, id: string | undefined): JsonObject {
  if ('tool_call_id' in result) return result
  if (id !== undefined) return { ...result, tool_call_id: id }
  return 'tool_name' in result || 'name' in result ? result : { ...result, tool_name: '' }
}

/** Messages that need no change stay the same objects. */
function renameCalls(said: JsonObject, issued: readonly (string | undefined)[]): JsonObject {
  const { tool_calls: calls } = said
  if (!Array.isArray(calls)) return said
  const renamed = calls.map((call: unknown, i) => {
    const id = issued[i]
    return !isJsonObject(call) || id === undefined || call['id'] === id ? call : { ...call, id }
  })
  return renamed.every((call, i) => call === calls[i]) ? said : { ...said, tool_calls: renamed }
}

/** A result of this format that found its call by name stays as it is; another one says what it answers. */
function nameResult(result: JsonObject, name = NO_CALL, id?: string): JsonObject {
  const { tool_call_id: was, ...rest } = result
  if (rest['tool_name'] !== '' && (was === undefined || was === id)) return result
  const named = rest['tool_name'] === '' ? { tool_name: name } : {}
  return { ...rest, ...named, ...(id === undefined ? {} : { tool_call_id: id }) }
}

function unrecordedCall(id: string, result: JsonObject): JsonObject {
  const { tool_name: name, tool_call_id: named } = result
  const made = { name: typeof name === 'string' && name !== '' ? name : NO_CALL, arguments: {} }
  const call = { ...(named === undefined ? {} : { id }), function: made }
  return { role: 'assistant', content: '', tool_calls: [call] }
}
