import { listOf, stringOf, textOrNone } from '../../../src/adapters/copy-json.ts'
import { timeInSeconds } from '../../../src/adapters/exports/read-time.ts'
import { parseJson } from '../../../src/adapters/requests/read-events.ts'
import type { Part } from '../../../src/core/session/message.ts'
import type { Captured } from '../site.ts'
import { conversationIdOf, idOf, startingAt, type Reading } from '../responses/reading.ts'
import { treeOfTurns, type GivenTurn } from '../responses/turn-tree.ts'

/**
 * Reads what Gemini's own calls say: the history of a conversation (`hNvQHb`), or the answer that it streams. It is
 * all lists without names; what is not where it is known to be is left out. A question and its answer share one id
 * there: the answer has it, the question has `#query` behind it. @see SPEC.md rules SITE2, SITE9
 */
export function readGemini(reading: Reading): readonly Captured[] {
  if (reading.method !== 'POST') return []
  if (reading.pathname.endsWith('/StreamGenerate')) return readAnswer(reading)
  if (!reading.pathname.endsWith('/batchexecute')) return []
  return envelopes(reading.text).flatMap(({ rpc, payload }) =>
    rpc === 'hNvQHb' ? readHistory(payload, reading) : [],
  )
}

interface Envelope {
  readonly rpc: string
  readonly payload: unknown
}

/** Most envelopes of one response: a stream has one for each step of an answer. */
const MAX_ENVELOPES = 20_000

/**
 * The envelopes of a response: after a line against inclusion come chunks, each behind a line with its length. The
 * lengths count differently from browser to browser, so that chunks are told by the lines of digits between them.
 */
function envelopes(text: string): readonly Envelope[] {
  const found: Envelope[] = []
  let chunk: string[] = []
  const close = (): void => {
    const rows = chunk.length === 0 ? undefined : parseJson(chunk.join('\n'))
    chunk = []
    for (const row of listOf(rows)) {
      if (!Array.isArray(row) || row[0] !== 'wrb.fr' || found.length >= MAX_ENVELOPES) continue
      const payload = textOrNone(row[2])
      if (payload !== undefined) found.push({ rpc: stringOf(row[1]), payload: parseJson(payload) })
    }
  }
  for (const line of text.split('\n')) {
    if (/^\d{1,10}\r?$/.test(line)) close()
    else if (chunk.length > 0 || line.startsWith('[')) chunk.push(line)
  }
  close()
  return found
}

function at(value: unknown, ...path: readonly number[]): unknown {
  let found = value
  for (const index of path) found = Array.isArray(found) ? (found as unknown[])[index] : undefined
  return found
}

/** Ids come with what they are in front; the address has them without. */
function conversationFrom(id: unknown): string | undefined {
  const given = conversationIdOf(id)
  return given?.startsWith('c_') === true ? conversationIdOf(given.slice(2)) : undefined
}

function responseId(id: unknown): string | undefined {
  const given = idOf(id)
  return given?.startsWith('r_') === true ? given : undefined
}

/** Newest first; further pages begin where an earlier one ended. */
function readHistory(payload: unknown, { request }: Reading): readonly Captured[] {
  const exchanges = listOf(at(payload, 0)).filter((one) => responseId(at(one, 0, 1)) !== undefined)
  const conversation = conversationFrom(at(exchanges[0], 0, 0))
  if (conversation === undefined) return []
  const hasMore = textOrNone(at(payload, 1)) !== undefined
  const isFirstPage = !hasPageToken(request)
  const ordered = exchanges
    .filter((one) => conversationFrom(at(one, 0, 0)) === conversation)
    .map((one, index) => ({ one, index, time: Number(at(one, 4, 0)) || 0 }))
    .toSorted((a, b) => a.time - b.time || b.index - a.index)
  const given = ordered.flatMap(({ one }, index) =>
    readExchange(one, responseId(at(ordered[index - 1]?.one, 0, 1))),
  )
  const { turns, leaf } = treeOfTurns(given, undefined)
  if (leaf === null) return []
  const told = { site: 'gemini', conversation } as const
  if (!hasMore && isFirstPage) return [{ kind: 'conversation', ...told, turns, leaf }]
  const begun = hasMore ? startingAt(turns, undefined) : turns
  return [{ kind: 'turns', ...told, turns: begun, isFromStart: !hasMore, from: 'response' }]
}

/** Whether a page of a history was asked for that is not the first. */
function hasPageToken(request: string | undefined): boolean {
  const asked = formField(request)
  for (const call of listOf(at(asked, 0))) {
    if (at(call, 0) !== 'hNvQHb') continue
    const given = textOrNone(at(call, 1))
    if (given !== undefined && textOrNone(at(parseJson(given), 2)) !== undefined) return true
  }
  return false
}

function formField(request: string | undefined): unknown {
  const field = request === undefined ? null : new URLSearchParams(request).get('f.req')
  return field === null ? undefined : parseJson(field)
}

function readExchange(exchange: unknown, before: string | undefined): readonly GivenTurn[] {
  const id = responseId(at(exchange, 0, 1))
  if (id === undefined) return []
  const time = timeInSeconds(at(exchange, 4, 0))
  const query = textOrNone(at(exchange, 2, 0, 0))
  const parts: readonly Part[] = query === undefined ? [] : [{ type: 'text', text: query }]
  const candidates = listOf(at(exchange, 3, 0))
  const chosen = at(exchange, 3, 3)
  const shown = candidates.find((one) => typeof chosen === 'string' && at(one, 0) === chosen)
  return [
    { id: `${id}#query`, parent: before, role: 'user', parts, at: time },
    {
      id,
      parent: `${id}#query`,
      role: 'assistant',
      parts: partsOf(shown ?? candidates[0]),
      at: time,
    },
  ]
}

/** Thoughts are far behind the text: field 37 of a candidate (2025-03 to 2026-10). */
function partsOf(candidate: unknown): readonly Part[] {
  const text = textOrNone(at(candidate, 1, 0))
  const thought = textOrNone(at(candidate, 37, 0, 0))
  return [
    ...(thought === undefined ? [] : [{ type: 'reasoning', text: thought } as const]),
    ...(text === undefined ? [] : [{ type: 'text', text } as const]),
  ]
}

/** Each step holds the answer as far as it is; the last one counts. */
function readAnswer({ request, text }: Reading): readonly Captured[] {
  let conversation: string | undefined
  let id: string | undefined
  let parts: readonly Part[] = []
  for (const { payload } of envelopes(text)) {
    conversation = conversationFrom(at(payload, 1, 0)) ?? conversation
    id = responseId(at(payload, 1, 1)) ?? id
    const grown = partsOf(at(payload, 4, 0))
    if (grown.length > 0) parts = grown
  }
  if (conversation === undefined || id === undefined) return []
  const written = textOrNone(at(formField(request), 1))
  const asked = written === undefined ? undefined : parseJson(written)
  const query = textOrNone(at(asked, 0, 0))
  const isFirst = asked !== undefined && textOrNone(at(asked, 2, 0)) === undefined
  const said: readonly Part[] = query === undefined ? [] : [{ type: 'text', text: query }]
  const { turns } = treeOfTurns(
    [
      { id: `${id}#query`, parent: undefined, role: 'user', parts: said },
      { id, parent: `${id}#query`, role: 'assistant', parts },
    ],
    undefined,
  )
  const [first] = turns
  if (first === undefined) return []
  const before = isFirst ? null : responseId(at(asked, 2, 1))
  const begun = first.role === 'user' ? startingAt(turns, before) : startingAt(turns, undefined)
  const told = { site: 'gemini', conversation, turns: begun } as const
  return [
    { kind: 'turns', ...told, isFromStart: isFirst && first.role === 'user', from: 'response' },
  ]
}
