import { messageTokens } from '../core/session/append.ts'
import { mayBeAuxiliary, type RequestManner } from '../core/session/auxiliary-request.ts'
import type { SentMessage } from '../core/session/compose-request.ts'
import { textOf, type Draft, type Seq } from '../core/session/message.ts'
import { reconcile, type KnownMessage, type Reconciled } from '../core/session/reconcile.ts'
import type { PassReason } from '../protocol/host-requests.ts'
import type { AppendReceipt, MessageInput } from '../protocol/requests.ts'
import type { ReadRequest } from './codec.ts'
import type { OpenSession } from './open-session.ts'
import { linkOf, type KeyedDraft, type RequestLine } from './request-line.ts'
import { branchAfter } from './session-history.ts'

/** Where a host's request stands in the log. */
export interface PlacedRequest {
  /** Its messages, with positions. */
  readonly sent: readonly SentMessage[]
  /** Newest position that it agrees with. */
  readonly upTo: Seq
  /** Positions that the host has left out at its head. */
  readonly dropped: readonly Seq[]
  /** It may be no turn, so nothing of it is recorded until a later request goes on from it. */
  readonly isHeld: boolean
  /** The log goes on behind it: an answer that is another than the log's makes a branch. */
  readonly isShorter: boolean
}

/** What is remembered of a session's requests, while this engine lives. */
export interface RequestMemory {
  /** How the turns ask. */
  usual?: RequestManner
  /** Keys of the requests that may be no turns, the newest last. */
  readonly held: (readonly string[])[]
  /** Position of the answer that was recorded last, until the next turn. */
  answer?: Seq
  /** Answers that the app sent again in words of its own. */
  reworded: number
}

/** Requests that may be no turns are few at a time. */
const MAX_HELD = 8

/** What placing a request needs of the session. */
export interface PlacingTools {
  readonly open: OpenSession
  readonly line: RequestLine
  readonly memory: RequestMemory
  append(inputs: readonly MessageInput[]): Promise<AppendReceipt>
}

/**
 * Finds a request's place in the log, and records what of it is new: the new tail is appended, a divergence makes
 * a branch. A request that may be no turn of the conversation changes nothing until a later one confirms it.
 *
 * @see SPEC.md rules HIST13–HIST17
 */
export async function placeRequest(
  tools: PlacingTools,
  read: ReadRequest,
  messages: readonly KeyedDraft[],
): Promise<PlacedRequest | PassReason> {
  const { open, line, memory } = tools
  const keys = messages.flatMap(({ key }) => key ?? [])
  const known = line.known()
  const relation = reconcile(known, keys)
  const count = (text: string): number => open.cell.ports.tokeniser.count(text)
  const tokensAt = new Map(known.map(({ seq, tokens }) => [seq, tokens]))
  const goesOn = memory.held.some((held) => goesOnFrom(keys, held))
  const isUnheard = relation.kind === 'foreign' && !goesOn
  // Turns that are asked otherwise from now on: what goes on from one of them, and says more, shows that they are.
  const isNew = relation.kind !== 'foreign' && relation.seqs.length < keys.length
  const usual = goesOn && isNew ? undefined : memory.usual
  if (isUnheard || mayBeAuxiliary(newestWords(read.drafts), read.manner, usual)) {
    memory.held.push(keys)
    memory.held.splice(0, memory.held.length - MAX_HELD)
    if (relation.kind === 'foreign') return 'auxiliary'
    const { seqs, upTo, dropped } = relation
    const sent = withPlaces(messages, seqs, tokensAt, count)
    return { sent, upTo, dropped, isHeld: true, isShorter: false }
  }
  memory.usual ??= read.manner
  if (isReworded(relation, messages, known, memory)) memory.reworded += 1
  // A later request may have another one for better reasons: it was asked again, and broken off.
  delete memory.answer
  const isAskedAgain = relation.kind === 'shorter' && open.cell.row().mark >= relation.upTo
  const { seqs, upTo, dropped } = agreed(relation, isAskedAgain)
  if (isAskedAgain || relation.kind === 'foreign' || relation.kind === 'diverges') {
    await open.cell.exclusive(() => branchAfter(open.cell, open.slot, upTo))
    await line.refresh()
  }
  const added = await appendNew(tools, read, messages, seqs.length, upTo)
  const places = [...seqs, ...added]
  return {
    sent: withPlaces(messages, places, tokensAt, count),
    upTo: places.at(-1) ?? 0,
    dropped,
    isHeld: false,
    isShorter: relation.kind === 'shorter' && !isAskedAgain,
  }
}

/** What the log goes on from. A question that a digest covers is asked anew behind the message before it. */
function agreed(
  relation: Reconciled,
  isAskedAgain: boolean,
): { readonly seqs: readonly Seq[]; readonly upTo: Seq; readonly dropped: readonly Seq[] } {
  if (relation.kind === 'foreign') return { seqs: [], upTo: 0, dropped: [] }
  if (!isAskedAgain) return relation
  const seqs = relation.seqs.slice(0, -1)
  const upTo = seqs.at(-1) ?? 0
  return { seqs, upTo, dropped: relation.dropped.filter((seq) => seq < upTo) }
}

/** Appends what comes behind the first messages, and the system's own words to an empty log. */
async function appendNew(
  { line, append }: PlacingTools,
  { drafts, system }: ReadRequest,
  messages: readonly KeyedDraft[],
  known: number,
  upTo: Seq,
): Promise<readonly Seq[]> {
  const branch = line.branch()
  const leading = upTo === 0 && !line.hasSystem() ? leadingSystem(drafts, system) : []
  let link = line.known().findLast(({ seq }) => seq === upTo)?.link
  const said = messages.filter(({ key }) => key !== undefined)
  // What the model goes on with becomes another message: it is recorded once something follows it.
  const upToEnd = said.at(-1)?.draft.role === 'assistant' ? said.slice(0, -1) : said
  const fresh = upToEnd.slice(known).map(({ draft, key = '' }) => {
    link = linkOf(link, key)
    return inputOf(draft, `sent-${branch}-${link}`)
  })
  if (fresh.length === 0) return []
  const inputs = leading.map((draft, i) => inputOf(draft, `sent-${branch}-system-${i}`))
  const { seqs } = await append([...inputs, ...fresh])
  return seqs.slice(inputs.length)
}

/** The same message gets the same id, so that a request that is planned twice is recorded once. */
export function inputOf({ role, parts, name, wire }: Draft, id: string): MessageInput {
  return { id, role, parts, ...(name === undefined ? {} : { name }), ...(wire && { wire }) }
}

function leadingSystem(drafts: readonly Draft[], system: string | undefined): readonly Draft[] {
  const apart: readonly Draft[] =
    system === undefined ? [] : [{ role: 'system', parts: [{ type: 'text', text: system }] }]
  const first = drafts.findIndex(({ role }) => role !== 'system')
  return [...apart, ...drafts.slice(0, Math.max(0, first))]
}

function withPlaces(
  messages: readonly KeyedDraft[],
  seqs: readonly Seq[],
  tokensAt: ReadonlyMap<Seq, number>,
  count: (text: string) => number,
): readonly SentMessage[] {
  let next = 0
  return messages.map(({ draft, key }) => {
    const seq = key === undefined ? undefined : seqs[next++]
    const tokens =
      (seq === undefined ? undefined : tokensAt.get(seq)) ?? messageTokens(draft, count)
    return { draft, tokens, ...(seq === undefined ? {} : { seq }) }
  })
}

/** Whether a host has, in place of the answer that was recorded last, another one. */
function isReworded(
  relation: Reconciled,
  messages: readonly KeyedDraft[],
  known: readonly KnownMessage[],
  { answer }: RequestMemory,
): boolean {
  if (relation.kind !== 'diverges' || known.at(-1)?.seq !== answer) return false
  const said = messages.filter(({ key }) => key !== undefined)
  const other = said[relation.seqs.length]
  return known.at(-2)?.seq === relation.upTo && other?.draft.role === 'assistant'
}

/** Whether a history goes on from one that was asked with before. */
function goesOnFrom(keys: readonly string[], before: readonly string[]): boolean {
  return keys.length > before.length && before.every((key, i) => keys[i] === key)
}

/** What is asked now, in words; empty where a model or a tool has the last word. */
export function newestWords(drafts: readonly Draft[]): string {
  const newest = drafts.at(-1)
  return newest && newest.role !== 'assistant' && newest.role !== 'tool' ? textOf(newest) : ''
}
