import type { Context, Entry } from './context.ts'
import type { Draft, Seq } from './message.ts'

/** A message of a host's request, with its position where the log has it. */
export interface SentMessage {
  readonly draft: Draft
  readonly seq?: Seq
  /** Estimated; 0 where it does not matter. */
  readonly tokens: number
}

/** What is to be sent instead of a host's messages. */
export interface ComposedRequest {
  readonly context: Context
  /** Messages of the host that the digest stands for. */
  readonly folded: number
  /** Messages of the log that the host had left out and that are shown again, or that the digest stands for. */
  readonly restored: number
  /** Whether the host's messages would say just the same. */
  readonly isUnchanged: boolean
}

/**
 * Puts the context of a session and a host's own messages together.
 *
 * The host's messages go out as the host wrote them, down to fields that nobody knows: of the log comes only what
 * the host can't have, which is the digest, the stubs and what the host dropped. System messages are the host's
 * alone. Those among folded messages move to the head.
 *
 * @param upTo - Newest position that the host's history agrees with: what the log holds above it is not sent.
 * @returns undefined where the digest covers what the host has taken back, or what it asks now.
 * @see SPEC.md rules HIST8–HIST11
 */
export function composeRequest(
  context: Context,
  sent: readonly SentMessage[],
  dropped: readonly Seq[],
  upTo: Seq,
): ComposedRequest | undefined {
  const { mark } = context
  const newest = sent.findLast(({ draft }) => draft.role !== 'system')
  if (mark > upTo || (newest?.seq ?? Infinity) <= mark) return undefined
  const places = new Map(sent.flatMap(({ seq }, i) => (seq === undefined ? [] : [[seq, i]])))
  const isKept = ({ draft, seq }: SentMessage): boolean =>
    seq === undefined ? draft.role !== 'system' : seq > mark
  const firstKept = sent.findIndex(isKept)
  const bodyFrom = firstKept < 0 ? sent.length : firstKept
  const entries: Entry[] = sent
    .slice(0, bodyFrom)
    .flatMap((message) => (message.draft.role === 'system' ? [entryOf(message, 'pinned')] : []))
  let next = bodyFrom
  let restored = dropped.filter((seq) => seq <= mark).length
  const emitUntil = (end: number): void => {
    for (; next < end; next += 1) {
      const message = sent[next]
      if (message?.seq === undefined && message) entries.push(entryOf(message, 'message'))
    }
  }
  for (const entry of context.entries) {
    if (entry.kind === 'digest') {
      entries.push(entry)
      continue
    }
    const { seq, role } = entry.message
    if (seq > upTo || role === 'system') continue
    const place = entry.kind === 'recalled' ? undefined : places.get(seq)
    if (place !== undefined && seq > mark) {
      emitUntil(place)
      next = place + 1
    }
    if (place === undefined && entry.kind !== 'recalled' && seq > mark) restored += 1
    const message = place === undefined ? undefined : sent[place]
    // What is asked now is asked in full, whatever room that takes.
    if (message && message === newest) entries.push(entryOf(message, 'message'))
    else entries.push(message ? asSent(entry, message) : entry)
  }
  emitUntil(sent.length)
  const isUnchanged =
    restored === 0 && entries.every(({ kind }) => kind === 'pinned' || kind === 'message')
  const folded = sent.filter(({ seq }) => seq !== undefined && seq <= mark).length
  return {
    context: {
      ...context,
      entries,
      tokens: entries.reduce((sum, { tokens }) => sum + tokens, 0),
    },
    folded,
    restored,
    isUnchanged: isUnchanged && folded === 0,
  }
}

/** A message of the host that the log does not have. */
function entryOf({ draft, tokens }: SentMessage, kind: 'pinned' | 'message'): Entry {
  const unplaced = { id: '', at: 0, seq: 0, hash: '', chain: '', through: 0, active: true }
  return { kind, message: { ...unplaced, ...draft, tokens }, tokens }
}

/** An entry of the log as the host wrote its message this time. */
function asSent(entry: Exclude<Entry, { kind: 'digest' }>, { draft }: SentMessage): Entry {
  const { wire } = draft
  if (wire === undefined) return entry
  if (entry.kind !== 'stubbed') {
    const { role, parts } = draft
    return { ...entry, message: { ...entry.message, role, parts, wire } }
  }
  // Stubs stand at places of the parts as they were logged.
  return draft.parts.length === entry.message.parts.length
    ? { ...entry, message: { ...entry.message, wire } }
    : entry
}
