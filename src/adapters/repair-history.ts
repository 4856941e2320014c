import { callIds, type Draft, type Part, type Wire } from '../core/session/message.ts'
import { isJsonObject } from './copy-json.ts'
import { pairResults, type Exchange, type Piece } from './pair-results.ts'
import { NO_RESULT } from './tool-input.ts'

/** A history in which every call has one result behind it, and what had to be done for that. */
export interface Repaired {
  readonly drafts: readonly Draft[]
  /** One sentence per repair, for people. */
  readonly repairs: readonly string[]
}

/** Some parts of a draft, by index. */
interface Item {
  readonly draft: Draft
  /** Position of the draft in the history; of a result that was put in, that of its call. */
  readonly position: number
  readonly parts: readonly number[]
}

/**
 * Makes an imported history legal: drops results without a call, moves results that came late
 * behind their call, and closes calls that were never answered. A history that is legal comes back
 * as it was. Total.
 *
 * @see SPEC.md rules LOAD6, LOAD7
 */
export function repairHistory(drafts: readonly Draft[]): Repaired {
  const repairs: string[] = []
  const exchanges = pairResults(drafts.flatMap(piecesOf))
  const nextPositions = positionsOfNextSpeech(exchanges)
  const items = exchanges.flatMap((exchange, i) => {
    if (exchange.speech === null) {
      repairs.push(`dropped a result: no message makes the call ${exchange.calls[0]}`)
      return []
    }
    return [exchange.speech, ...answersTo(exchange, exchange.speech, nextPositions[i], repairs)]
  })
  return { drafts: joinItems(items), repairs }
}

/** For each exchange, where the next message stands that is no result; results behind it came late. */
function positionsOfNextSpeech(
  exchanges: readonly Exchange<Item>[],
): readonly (number | undefined)[] {
  let next: number | undefined
  return exchanges
    .toReversed()
    .map(({ speech }) => {
      const after = next
      next = speech?.position ?? next
      return after
    })
    .toReversed()
}

/** Results leave their message one by one; what else it says stays together behind them. */
function piecesOf(draft: Draft, position: number): readonly Piece<Item>[] {
  const calls = callIds(draft)
  const own = new Set(calls)
  const results: Piece<Item>[] = []
  const rest: number[] = []
  const answered = new Set<string>()
  for (const [i, part] of draft.parts.entries()) {
    if (part.type !== 'tool-result') rest.push(i)
    else if (own.has(part.callId)) {
      // Hosts that keep a call and its result in one message have them in order already.
      answered.add(part.callId)
      rest.push(i)
    } else {
      const value: Item = { draft, position, parts: [i] }
      results.push({ kind: 'result', callId: part.callId, value })
    }
  }
  if (rest.length === 0 && results.length > 0) return results
  const open = calls.filter((id) => !answered.has(id))
  return [...results, { kind: 'speech', calls: open, value: { draft, position, parts: rest } }]
}

function answersTo(
  { calls, results, missing }: Exchange<Item>,
  speech: Item,
  nextPosition: number | undefined,
  repairs: string[],
): readonly Item[] {
  for (const { call, value } of results) {
    if (nextPosition === undefined || value.position <= nextPosition) continue
    repairs.push(`moved the result of call ${calls[call]} up to its call`)
  }
  const closed = missing.map((call): Item => {
    const callId = calls[call] ?? ''
    repairs.push(`closed the call ${callId}: it was never answered`)
    const draft = noResult(callId, speech.draft.wire?.format)
    return { draft, position: speech.position, parts: [0] }
  })
  return [...results.map(({ value }) => value), ...closed]
}

function noResult(callId: string, format: Wire['format'] | undefined): Draft {
  const parts: readonly Part[] = [{ type: 'tool-result', callId, output: NO_RESULT }]
  if (format !== 'openai') return { role: 'tool', parts }
  const value = { role: 'tool', tool_call_id: callId, content: NO_RESULT }
  return { role: 'tool', parts, wire: { format, value } }
}

/** Puts the parts of one message together again where nothing came between them. */
function joinItems(items: readonly Item[]): readonly Draft[] {
  const joined: { draft: Draft; parts: number[] }[] = []
  for (const { draft, parts } of items) {
    const before = joined.at(-1)
    if (before?.draft === draft) before.parts.push(...parts)
    else joined.push({ draft, parts: [...parts] })
  }
  return joined.map(({ draft, parts }) => pickParts(draft, parts))
}

/** A draft with some of its parts; an Anthropic wire value keeps the same blocks, one per part. */
function pickParts(draft: Draft, picked: readonly number[]): Draft {
  if (picked.length === draft.parts.length) return draft
  const indexes = picked.toSorted((a, b) => a - b)
  const { wire, ...rest } = draft
  const parts = indexes.flatMap((i) => draft.parts[i] ?? [])
  const onlyResults = parts.every(({ type }) => type === 'tool-result')
  const role = draft.role === 'user' && onlyResults ? 'tool' : draft.role
  const blocks = isJsonObject(wire?.value) ? wire.value['content'] : undefined
  if (wire?.format !== 'anthropic' || !isJsonObject(wire.value) || !Array.isArray(blocks)) {
    return { ...rest, role, parts }
  }
  const value = { ...wire.value, content: indexes.map((i): unknown => blocks[i]) }
  return { ...rest, role, parts, wire: { format: 'anthropic', value } }
}
