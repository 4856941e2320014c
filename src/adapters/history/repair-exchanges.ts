import type { Draft, Wire } from '../../core/session/message.ts'
import { createUniqueIds, type UniqueIds } from '../call-ids.ts'
import { quoteId, type Flag, type Repair } from './history-findings.ts'
import { isEmpty, type Placed } from './leave-out-copies.ts'
import { pairResults, type Exchange } from '../pair-results.ts'
import { reworkDraft } from './rework-draft.ts'
import { settleStrays } from './settle-strays.ts'
import { takeApart, type Item } from './take-apart.ts'
import { NO_CALL, NO_RESULT } from '../tool-input.ts'

/** What repairing writes its findings to, and where new ids come from. */
export interface RepairDesk {
  readonly repairs: Repair[]
  readonly flags: Flag[]
  readonly messageIds: UniqueIds
  /** Whether calls that nothing follows stay open, because somebody will still answer them. */
  readonly keepPending: boolean
}

/** A message of the repaired history, and where it, or what it was put beside, stood before. */
export interface Repaired extends Placed {
  /** Whether repairing put it in. */
  readonly isNew: boolean
}

/** Some parts of a message on their way out, with the ids that its calls get. */
interface Outgoing {
  readonly placed: Placed
  readonly parts: readonly number[]
  readonly ids: ReadonlyMap<number, string>
  readonly isNew?: true
}

interface Naming {
  readonly callIds: UniqueIds
  /** Newest id given for an id of the history, for what refers to calls. */
  readonly newest: Map<string, string>
}

/**
 * Puts every result behind its call: moves what stands elsewhere, closes calls that were never
 * answered, puts a call before results that have none, and gives calls of the same id different
 * ones. Messages that need nothing of it come back as they are.
 *
 * @see SPEC.md rules HEAL6–HEAL10
 */
export function repairExchanges(history: readonly Placed[], desk: RepairDesk): readonly Repaired[] {
  const exchanges = settleStrays(pairResults(history.flatMap(takeApart)), desk.repairs)
  reportMoved(exchanges, desk.repairs)
  const naming: Naming = { callIds: createUniqueIds(), newest: new Map() }
  const outgoing = exchanges.flatMap((exchange, i) =>
    writeExchange(exchange, exchanges[i + 1], naming, desk),
  )
  return joinMessages(outgoing, desk.messageIds)
}

function reportMoved(exchanges: readonly Exchange<Item>[], repairs: Repair[]): void {
  let next: Item | undefined
  for (const { speech, calls, results } of exchanges.toReversed()) {
    if (speech === null) {
      next = results[0]?.value
      continue
    }
    for (const { call, value } of results) {
      const early = comparePlaces(value, speech, speech.openCalls[call]) < 0
      if (!early && (next === undefined || comparePlaces(value, next) < 0)) continue
      const where = early ? 'stands before it' : 'comes after other messages'
      const detail = `The result of call ${quoteId(calls[call] ?? '')} ${where}; it was moved behind it.`
      repairs.push({ kind: 'result-misplaced', at: value.placed.at, detail })
    }
    next = speech
  }
}

function comparePlaces(a: Item, b: Item, part: number = b.parts[0] ?? 0): number {
  return a.placed.at - b.placed.at || (a.parts[0] ?? 0) - part
}

function writeExchange(
  exchange: Exchange<Item>,
  next: Exchange<Item> | undefined,
  naming: Naming,
  desk: RepairDesk,
): readonly Outgoing[] {
  const { speech, calls, results } = exchange
  const asked =
    speech === null ? writeCalls(exchange, naming, desk) : nameCalls(speech, naming, desk)
  const closed = exchange.missing.flatMap((call) => {
    const [id, was] = [asked.issued[call] ?? '', calls[call] ?? '']
    return speech === null ? [] : closeCall(id, was, speech, next === undefined, desk)
  })
  const answers = results.map(({ call, value }): Outgoing => {
    const { draft } = value.placed
    const index = value.parts.find((i) => draft.parts[i]?.type === 'tool-result') ?? -1
    return { ...value, ids: new Map([[index, asked.issued[call] ?? '']]) }
  })
  // Results stay with what else their message says, so that it need not be taken apart.
  const [beside, behind] = [speech?.placed, next?.speech?.placed]
  const isBeside = ({ placed }: Outgoing): boolean => placed === beside
  const isBefore = ({ placed }: Outgoing): boolean => placed !== beside && placed === behind
  return [
    asked.outgoing,
    ...answers.filter(isBeside),
    ...closed,
    ...answers.filter((answer) => !isBeside(answer) && !isBefore(answer)),
    ...answers.filter(isBefore),
  ]
}

/** Ids for all calls of a message and whatever names them in it; `issued` are those of its open calls. */
function nameCalls(
  speech: Item,
  { callIds, newest }: Naming,
  { repairs }: RepairDesk,
): { readonly outgoing: Outgoing; readonly issued: readonly string[] } {
  const { placed, parts, openCalls, ownAnswers } = speech
  const ids = new Map<number, string>()
  for (const i of parts) {
    const part = placed.draft.parts[i]
    const own = ownAnswers.get(i)
    if (own !== undefined) ids.set(i, ids.get(own) ?? '')
    else if (part?.type === 'approval-request') {
      const id = newest.get(part.callId)
      if (id !== undefined) ids.set(i, id)
    } else if (part?.type === 'tool-call') {
      const id = callIds.issue(part.callId || 'call')
      newest.set(part.callId, id)
      ids.set(i, id)
      if (id !== part.callId) repairs.push({ at: placed.at, ...describeNewId(part.callId, id) })
    }
  }
  const issued = openCalls.map((i) => ids.get(i) ?? '')
  return { outgoing: { placed, parts, ids }, issued }
}

function describeNewId(was: string, id: string): Pick<Repair, 'kind' | 'detail'> {
  if (was === '') {
    return { kind: 'call-id-missing', detail: `A call has no id; it became ${quoteId(id)}.` }
  }
  const became = `it became ${quoteId(id)}, for its result too`
  const detail = `The call id ${quoteId(was)} is another call's already; ${became}.`
  return { kind: 'call-id-doubled', detail }
}

/** A message that makes the calls of results which have none. */
function writeCalls(
  { calls, results }: Exchange<Item>,
  { callIds }: Naming,
  { repairs }: RepairDesk,
): { readonly outgoing: Outgoing; readonly issued: readonly string[] } {
  const issued = calls.map((id) => callIds.issue(id || 'call'))
  for (const { call, value } of results) {
    const detail = `No call is open for the result of ${quoteId(calls[call] ?? '')}; one was put before it.`
    repairs.push({ kind: 'result-without-call', at: value.placed.at, detail })
  }
  const first = results[0]?.value.placed
  const draft = unrecordedCalls(issued, first?.draft)
  return { outgoing: insert(draft, first?.at ?? 0), issued }
}

function closeCall(
  issued: string,
  was: string,
  { placed }: Item,
  last: boolean,
  { repairs, flags, keepPending }: RepairDesk,
): readonly Outgoing[] {
  if (last && keepPending) {
    const detail = `The call ${quoteId(was)} waits for its result; it was left open.`
    flags.push({ kind: 'call-pending', at: placed.at, detail })
    return []
  }
  const detail = `The call ${quoteId(was)} was never answered; a result says so now.`
  repairs.push({ kind: 'call-unanswered', at: placed.at, detail })
  return [insert(noResult(issued, placed.draft), placed.at)]
}

function insert(draft: Draft, at: number): Outgoing {
  return { placed: { draft, at }, parts: [...draft.parts.keys()], ids: new Map(), isNew: true }
}

function unrecordedCalls(ids: readonly string[], beside: Draft | undefined): Draft {
  const parts = ids.map(
    (callId) => ({ type: 'tool-call', callId, name: NO_CALL, input: '{}' }) as const,
  )
  return insertedDraft('assistant', parts, beside, {
    openai: {
      role: 'assistant',
      content: null,
      tool_calls: ids.map((id) => ({
        id,
        type: 'function',
        function: { name: NO_CALL, arguments: '{}' },
      })),
    },
    anthropic: {
      role: 'assistant',
      content: ids.map((id) => ({ type: 'tool_use', id, name: NO_CALL, input: {} })),
    },
  })
}

function noResult(callId: string, beside: Draft): Draft {
  const block = { type: 'tool_result', tool_use_id: callId, content: NO_RESULT }
  return insertedDraft('tool', [{ type: 'tool-result', callId, output: NO_RESULT }], beside, {
    openai: { role: 'tool', tool_call_id: callId, content: NO_RESULT },
    anthropic: { role: 'user', content: [block] },
  })
}

/** A message that nobody wrote takes format and time from the one that it stands beside. */
function insertedDraft(
  role: Draft['role'],
  parts: Draft['parts'],
  beside: Draft | undefined,
  values: Readonly<Record<'openai' | 'anthropic', unknown>>,
): Draft {
  const format = beside?.wire?.format
  const wire: Wire | undefined =
    format === 'openai' || format === 'anthropic' ? { format, value: values[format] } : undefined
  return {
    role,
    parts,
    ...(beside?.at === undefined ? {} : { at: beside.at }),
    ...(wire === undefined ? {} : { wire }),
  }
}

/** Puts the parts of one message together again where nothing came between them. */
function joinMessages(outgoing: readonly Outgoing[], messageIds: UniqueIds): readonly Repaired[] {
  const joined: { placed: Placed; parts: number[]; ids: Map<number, string>; isNew: boolean }[] = []
  for (const { placed, parts, ids, isNew = false } of outgoing) {
    const before = joined.at(-1)
    if (before?.placed !== placed) {
      joined.push({ placed, parts: [...parts], ids: new Map(ids), isNew })
      continue
    }
    before.parts.push(...parts)
    for (const [index, id] of ids) before.ids.set(index, id)
  }
  const written = new Set<Placed>()
  return joined.flatMap(({ placed, parts, ids, isNew }) => {
    const draft = reworkDraft(placed.draft, parts, ids)
    if (parts.length < placed.draft.parts.length && isEmpty(draft)) return []
    const { at } = placed
    const again = written.has(placed)
    written.add(placed)
    if (!again || draft.id === undefined) return [{ draft, at, isNew }]
    return [{ draft: { ...draft, id: messageIds.issue(draft.id) }, at, isNew }]
  })
}
