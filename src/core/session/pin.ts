import type { Snapshotted, Write } from '../ports/session-store.ts'
import { withStubs } from './assemble.ts'
import { addCategories, categoryOf } from './categories.ts'
import type { Generation } from './generation.ts'
import type { Message, Seq } from './message.ts'
import { reviseSession, type SessionRow } from './session-row.ts'

/** Most messages that may be pinned in one session. */
export const MAX_PINS = 200

export type Pinned =
  | { readonly kind: 'pinned'; readonly session: SessionRow }
  | { readonly kind: 'refused'; readonly reason: string }

/**
 * Pins a message with its tool exchange, or takes the pin off all of it.
 *
 * A covered message enters or leaves the context with its pin; one whose payload the head generation has
 * stubbed is shown whole while it is pinned.
 *
 * @param read - With the `head`, and the `range` of messages around it.
 * @see SPEC.md rules PIN1–PIN3
 */
export function pinMessage(
  read: Snapshotted,
  seq: Seq,
  pinned: boolean,
): { readonly writes: readonly Write[]; readonly outcome: Pinned } {
  const { session } = read
  const around = read.range.filter((message) => message.active)
  const group = new Set(pinGroup(around, seq))
  if (!session || group.size === 0) return refuse(`message ${seq} is not on the active path`)
  const before = new Set(session.pins)
  const after = new Set(
    pinned ? [...before, ...group] : session.pins.filter((own) => !group.has(own)),
  )
  if (after.size > MAX_PINS) return refuse(`at most ${MAX_PINS} messages can be pinned`)
  const row = repin(session, read.head, around, after)
  return { writes: [{ table: 'sessions', row }], outcome: { kind: 'pinned', session: row } }
}

/**
 * The session with the rest of the exchanges that its pins are part of: the result of a pinned call may
 * have come after the pin.
 *
 * @param messages - Active messages, pinned ones below the mark included, ascending.
 * @see SPEC.md rule PIN4
 */
export function pinWholeExchanges(
  session: SessionRow,
  head: Generation | undefined,
  messages: readonly Message[],
): SessionRow {
  if (session.pins.length === 0) return session
  const whole = new Set([...session.pins, ...exchangeOf(messages, session.pins)])
  if (whole.size === session.pins.length || whole.size > MAX_PINS) return session
  return repin(session, head, messages, whole)
}

/** The session with other pins, and the counters that follow from them. */
function repin(
  session: SessionRow,
  head: Generation | undefined,
  around: readonly Message[],
  pins: ReadonlySet<Seq>,
): SessionRow {
  const before = new Set(session.pins)
  const changed = around.filter(({ seq }) => before.has(seq) !== pins.has(seq))
  const context = changed.reduce((sums, message) => {
    const sign = pins.has(message.seq) ? 1 : -1
    // A covered message enters or leaves the context with its pin.
    if (message.seq <= session.mark) return addCategories(sums, 'pinned', sign * message.tokens)
    const stubs = (head?.stubs ?? []).filter((stub) => stub.seq === message.seq)
    const hidden = message.tokens - withStubs(message, stubs).tokens
    return addCategories(sums, categoryOf(message), sign * hidden)
  }, session.tokens.context)
  return reviseSession(session, {
    pins: [...pins].toSorted((a, b) => a - b),
    tokens: { ...session.tokens, context },
  })
}

function refuse(reason: string): { readonly writes: readonly Write[]; readonly outcome: Pinned } {
  return { writes: [], outcome: { kind: 'refused', reason } }
}

/**
 * The messages that must be pinned together: a message with the rest of its tool exchange, because a
 * call without its result, or the other way round, is a request that providers refuse.
 *
 * @param around - Active messages around the one asked for, ascending.
 * @see SPEC.md rules PIN1–PIN2
 */
export function pinGroup(around: readonly Message[], seq: Seq): readonly Seq[] {
  return exchangeOf(around, [seq])
}

/** Messages that are linked with these by calls and their results, those themselves included. */
function exchangeOf(around: readonly Message[], seqs: readonly Seq[]): readonly Seq[] {
  const links = linkExchanges(around)
  const there = new Set(around.map(({ seq }) => seq))
  const group = new Set(seqs.filter((seq) => there.has(seq)))
  // What is added while it is gone through is gone through, too.
  for (const seq of group) for (const other of links.get(seq) ?? []) group.add(other)
  return [...group].toSorted((a, b) => a - b)
}

/**
 * Which messages hold a call of another, or the result of one. A result belongs to the newest call of
 * its id that is open: some servers number the calls of every message from zero.
 */
function linkExchanges(messages: readonly Message[]): ReadonlyMap<Seq, readonly Seq[]> {
  const links = new Map<Seq, Seq[]>()
  const link = (from: Seq, to: Seq): void => {
    links.set(from, [...(links.get(from) ?? []), to])
  }
  const open = new Map<string, Seq[]>()
  for (const { seq, parts } of messages) {
    for (const part of parts) {
      if (part.type === 'tool-call') {
        open.set(part.callId, [...(open.get(part.callId) ?? []), seq])
      } else if (part.type === 'tool-result') {
        const call = open.get(part.callId)?.pop()
        if (call === undefined || call === seq) continue
        link(call, seq)
        link(seq, call)
      }
    }
  }
  return links
}
