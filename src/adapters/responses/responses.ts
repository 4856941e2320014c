import type { Context, Entry } from '../../core/session/context.ts'
import { createUniqueIds } from '../call-ids.ts'
import { isLeftOut, wireValue } from '../compact-wire.ts'
import { isText, type JsonObject } from '../copy-json.ts'
import { exactWire } from '../exact-wire.ts'
import { pairResults, type Exchange, type Piece } from '../pair-results.ts'
import { formatToolName, NO_CALL, NO_RESULT } from '../tool-input.ts'
import { describeCall, outputText, readResponsesMessage } from './responses-message.ts'
import {
  callIdOf,
  functionCall,
  functionOutput,
  isGrouped,
  itemsOf,
  outputTypeOf,
  resultIdOf,
  sayItem,
} from './responses-items.ts'
import { renderResponses } from './responses-render.ts'

type Items = readonly JsonObject[]

/** Longest id of a call that the API takes. */
const MAX_ID = 64

/**
 * Writes a context as `input` items of the Responses API.
 *
 * Messages that came in this format go out exactly as they came. The digest is an item of role `developer` at
 * its place, so that the instructions stay as they are. Legal whatever the log holds: a result stands behind
 * its call and is of its kind, a call that was never answered gets a result that says so (unless nothing
 * follows it yet), a result without a call gets one, no id comes twice.
 *
 * @see SPEC.md rules RSP4–RSP8
 */
export function toResponses(context: Context): unknown[] {
  const exchanges = pairResults(context.entries.map(itemsOfEntry).flatMap(piecesOf))
  const ids = createUniqueIds()
  const items = exchanges.flatMap((exchange, i) =>
    writeExchange(
      exchange,
      exchange.calls.map((id) => ids.issue(shorten(id))),
      i === exchanges.length - 1,
    ),
  )
  return withUniqueIds(settleApprovals(items))
}

function itemsOfEntry(entry: Entry): Items {
  if (entry.kind === 'digest') return [{ role: 'developer', content: entry.text }]
  const { message } = entry
  const stubbed = entry.kind === 'stubbed'
  const exact = exactWire(message, stubbed, 'responses', readResponsesMessage)
  if (exact === undefined) return renderResponses(message)
  if (!isGrouped(exact)) return [exact]
  const written = itemsOf(exact)
  const was = stubbed && !isLeftOut(message) ? wireValue(message) : undefined
  return was === undefined ? written : dropLooseReasoning(itemsOf(was), written)
}

/** Reasoning is refused without the item that followed from it, so it goes where that became another. */
function dropLooseReasoning(was: Items, written: Items): Items {
  let follows = true
  const kept: JsonObject[] = []
  for (let i = written.length - 1; i >= 0; i--) {
    const item = written[i]
    if (item === undefined) continue
    if (item['type'] !== 'reasoning') follows = item['type'] === was[i]?.['type']
    else if (!follows) continue
    kept.push(item)
  }
  return kept.reverse()
}

/** Takes results out of what stands around them, so that each can go behind its call. */
function piecesOf(items: Items): readonly Piece<Items>[] {
  const pieces: Piece<Items>[] = []
  let said: JsonObject[] = []
  const flush = (): void => {
    const calls = said.flatMap((item) => callIdOf(item) ?? [])
    if (said.length > 0) pieces.push({ kind: 'speech', value: said, calls })
    said = []
  }
  for (const item of items) {
    const callId = resultIdOf(item)
    if (callId === undefined) {
      said.push(item)
      continue
    }
    flush()
    pieces.push({ kind: 'result', value: [item], callId })
  }
  flush()
  return pieces
}

/** Items that need no change stay the same objects: nothing else of them is written anew. */
function writeExchange(
  { speech, calls, results, missing }: Exchange<Items>,
  issued: readonly string[],
  isLast: boolean,
): Items {
  const said = speech ?? [functionCall(calls[0] ?? '', NO_CALL, '{}')]
  const open = new Set(isLast ? [] : missing)
  const answers = new Map(results.map(({ call, value }) => [call, value[0]]))
  let next = 0
  const written = said.map((item) => {
    if (callIdOf(item) === undefined) return item
    const call = next++
    const answer = answers.get(call)
    const renamed = withId(item, 'call_id', issued[call] ?? '')
    return fits(item, answer, open.has(call)) ? renamed : asFunctionCall(renamed)
  })
  const types = written.flatMap((item) => (callIdOf(item) === undefined ? [] : [item['type']]))
  const outputs = results.map(({ call, value }) =>
    asOutput(value[0] ?? {}, issued[call] ?? '', outputTypeOf(types[call])),
  )
  const closing = [...open].map((call) =>
    asOutput(functionOutput('', NO_RESULT), issued[call] ?? '', outputTypeOf(types[call])),
  )
  return [...dropLooseReasoning(said, written), ...outputs, ...closing]
}

/** Whether a call can stay of its kind: only two kinds take any text for a result. */
function fits(call: JsonObject, answer: JsonObject | undefined, isClosed: boolean): boolean {
  const { type } = call
  if (type === 'function_call' || type === 'custom_tool_call') return true
  return answer === undefined ? !isClosed : answer['type'] === outputTypeOf(type)
}

function asFunctionCall(call: JsonObject): JsonObject {
  const { name, input } = describeCall(call)
  return functionCall(String(call['call_id']), formatToolName(name), input)
}

function asOutput(item: JsonObject, id: string, type: string): JsonObject {
  if (item['type'] !== type) return { type, call_id: id, output: outputText(item) }
  const field = type === 'local_shell_call_output' && !('call_id' in item) ? 'id' : 'call_id'
  return withId(item, field, id)
}

function withId(item: JsonObject, field: string, id: string): JsonObject {
  return item[field] === id ? item : { ...item, [field]: id }
}

function shorten(id: string): string {
  return id.length > MAX_ID ? id.slice(0, MAX_ID - 8) : id
}

/**
 * A request for leave needs its answer before anything else is said, unless nothing is said yet, and an answer its
 * request.
 */
function settleApprovals(items: Items): Items {
  const open = new Map<unknown, number>()
  const loose = new Set<number>()
  for (const [i, item] of items.entries()) {
    const { type, id, approval_request_id: asked } = item
    if (type === 'mcp_approval_request') open.set(id, i)
    else if (type === 'mcp_approval_response') {
      if (!open.delete(asked)) loose.add(i)
    } else if (callIdOf(item) === undefined && resultIdOf(item) === undefined) {
      for (const at of open.values()) loose.add(at)
      open.clear()
    }
  }
  return items.flatMap((item, i) => {
    if (!loose.has(i)) return [item]
    return item['type'] === 'mcp_approval_request' ? [sayItem(JSON.stringify(item))] : []
  })
}

/** No two items may have one id. Reasoning can't be renamed: what repeats it is left out. */
function withUniqueIds(items: Items): JsonObject[] {
  const ids = createUniqueIds()
  return items.flatMap((item) => {
    const { id, type } = item
    if (!isText(id) || type === 'local_shell_call_output') return [item]
    const issued = ids.issue(id)
    if (issued === id) return [item]
    return type === 'reasoning' ? [] : [{ ...item, id: issued }]
  })
}
