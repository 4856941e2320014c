import type { Context, Entry } from '../../core/session/context.ts'
import { beginWithUser } from '../begin-with-user.ts'
import { isJsonObject, type JsonObject } from '../copy-json.ts'
import { exactWire } from '../exact-wire.ts'
import { readOpenAiMessage } from './openai-message.ts'
import { renderOpenAi } from './openai-render.ts'
import { pairResults, type Piece } from '../pair-results.ts'
import { NO_CALL, NO_RESULT } from '../tool-input.ts'

/**
 * Writes a context as chat-completions messages.
 *
 * Messages that came in this format go out exactly as they came. The digest is a system message of
 * its own. Legal whatever the log holds: a result stands behind its call, a call that was never
 * answered gets a result that says so (unless nothing follows it yet), a result without a call
 * gets one.
 *
 * @see SPEC.md rules ADP7–ADP16, ADP20
 */
export function toOpenAi(context: Context): unknown[] {
  const messages = context.entries.flatMap(renderEntry)
  const exchanges = pairResults(messages.map(pieceOf))
  const isFolded = context.entries.some(({ kind }) => kind === 'digest')
  const written = exchanges.flatMap(({ speech, calls, results, missing }, i) => {
    const closed = i === exchanges.length - 1 ? [] : missing
    return [
      speech ?? unrecordedCall(calls[0] ?? ''),
      ...results.map(({ value }) => value),
      ...closed.map((call) => ({ role: 'tool', tool_call_id: calls[call], content: NO_RESULT })),
    ]
  })
  return isFolded ? beginWithUser(written) : written
}

function renderEntry(entry: Entry): readonly JsonObject[] {
  if (entry.kind === 'digest') return [{ role: 'system', content: entry.text }]
  const exact = exactWire(entry.message, entry.kind === 'stubbed', 'openai', readOpenAiMessage)
  if (exact === undefined) return renderOpenAi(entry.message)
  return saysNothing(exact) ? [] : [withoutEmptyCalls(exact)]
}

/** An empty list of calls is refused; several clients write one. */
function withoutEmptyCalls(value: JsonObject): JsonObject {
  const { tool_calls: calls, ...rest } = value
  return Array.isArray(calls) && calls.length === 0 ? rest : value
}

/** Empty replies come from broken streams; the API refuses them in a request. */
function saysNothing(value: JsonObject): boolean {
  if (value['role'] !== 'assistant') return false
  const { content, tool_calls: calls, refusal, audio } = value
  const said = [content, refusal, audio].some((field) => field !== null && field !== undefined)
  return !said && !(Array.isArray(calls) && calls.length > 0)
}

function pieceOf(message: JsonObject): Piece<JsonObject> {
  if (message['role'] === 'tool') {
    return { kind: 'result', value: message, callId: String(message['tool_call_id']) }
  }
  const calls: readonly unknown[] = Array.isArray(message['tool_calls'])
    ? message['tool_calls']
    : []
  return {
    kind: 'speech',
    value: message,
    calls: calls.filter(isJsonObject).map((call) => String(call['id'])),
  }
}

function unrecordedCall(id: string): JsonObject {
  const call = { id, type: 'function', function: { name: NO_CALL, arguments: '{}' } }
  return { role: 'assistant', content: null, tool_calls: [call] }
}
