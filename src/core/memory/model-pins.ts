import type { Snapshotted, Write } from '../ports/session-store.ts'
import type { Seq } from '../session/message.ts'
import { pinGroup, pinMessage, type Pinned } from '../session/pin.ts'
import { reviseSession, type SessionRow } from '../session/session-row.ts'
import { MEMORY_BOUNDS, openActions, type ActionOf } from './memory-action.ts'
import { recordAction, refused, type Decided } from './record-action.ts'

/**
 * Pins a message with its exchange because the model wants it.
 *
 * Only what stands whole in the context: to bring back what is covered would change the beginning of the
 * context in the middle of a turn; recall puts it at the end instead.
 *
 * @param read - With `head`, `notes: 'all'` and the `range` around the message.
 * @see SPEC.md rules MEM3, MEM4
 */
export function pinByModel(read: Snapshotted, seq: Seq, now: number): Decided {
  const { session } = read
  const group = groupOf(read, seq)
  if (!session || group.length === 0) return refused(`message ${seq} is not on the active path`)
  if (group.some((own) => session.pins.includes(own)))
    return refused(`message ${seq} is pinned already`)
  if (changesPrefix(read, session, group)) {
    return refused(`message ${seq} does not stand whole in the context any more: recall it instead`)
  }
  const tokens = read.range.reduce(
    (sum, message) => (group.includes(message.seq) ? sum + message.tokens : sum),
    0,
  )
  const held = openActions(read.notes, 'pin').reduce((sum, action) => sum + action.tokens, 0)
  const most = Math.floor(session.policy.budget.tokens * MEMORY_BOUNDS.pinShare)
  if (held + tokens > most) {
    return refused(`your pins may take ${most} tokens; they have ${held}, this one ${tokens}`)
  }
  const pinned = pinMessage(read, seq, true)
  if (pinned.outcome.kind === 'refused') return refused(pinned.outcome.reason)
  return recordAction(read, 'pin', { seqs: group, tokens, status: 'done' }, now, {
    session: pinned.outcome.session,
    writes: pinned.writes,
  })
}

/**
 * Takes off a pin that a model has set, and no other: at once where that changes nothing in the context,
 * otherwise when the next turn starts.
 *
 * @param read - As for {@link pinByModel}.
 * @see SPEC.md rules MEM3, MEM4
 */
export function unpinByModel(read: Snapshotted, seq: Seq, now: number): Decided {
  const { session } = read
  const group = groupOf(read, seq)
  if (!session || group.length === 0) return refused(`message ${seq} is not on the active path`)
  const own = modelPins(read, group)
  if (own.length === 0) {
    const isPinned = group.some((one) => session.pins.includes(one))
    const why = isPinned ? 'that pin is not yours to take off' : 'it is not pinned'
    return refused(`message ${seq}: ${why}`)
  }
  const closed = own.map((action): Write => ({
    table: 'notes',
    row: { ...action, status: 'undone', undone: { by: 'model', at: now } },
  }))
  if (changesPrefix(read, session, group)) {
    const waiting = new Set([...(session.unpinAtTurn ?? []), seq])
    const row = reviseSession(session, { unpinAtTurn: [...waiting] })
    return recordAction(read, 'unpin', { seqs: group, status: 'pending' }, now, {
      session: row,
      writes: [...closed, { table: 'sessions', row }],
    })
  }
  const { writes, outcome } = pinMessage(read, seq, false)
  if (outcome.kind === 'refused') return refused(outcome.reason)
  return recordAction(read, 'unpin', { seqs: group, status: 'done' }, now, {
    session: outcome.session,
    writes: [...closed, ...writes],
  })
}

/**
 * Pins or unpins for a person or the system: what a model had pinned is its own no longer.
 *
 * @param read - As for {@link pinByModel}.
 * @see SPEC.md rule MEM3
 */
export function pinByOthers(
  read: Snapshotted,
  seq: Seq,
  pinned: boolean,
): { readonly writes: readonly Write[]; readonly outcome: Pinned } {
  const group = groupOf(read, seq)
  const waiting = read.session?.unpinAtTurn
  const kept = waiting?.filter((one) => !group.includes(one))
  const session =
    read.session && waiting && kept?.length !== waiting.length
      ? { ...read.session, unpinAtTurn: kept ?? [] }
      : read.session
  const { writes, outcome } = pinMessage({ ...read, session }, seq, pinned)
  if (outcome.kind === 'refused') return { writes, outcome }
  const taken = modelPins(read, group).map((action): Write => ({
    table: 'notes',
    row: { ...action, status: 'taken-over' },
  }))
  return { writes: [...writes, ...taken], outcome }
}

/**
 * Takes off the first of the pins that were waiting for a turn to start.
 *
 * @param read - With `head` and the `range` around the message.
 * @see SPEC.md rule MEM4
 */
export function unpinWaiting(
  read: Snapshotted,
  seq: Seq,
): { readonly writes: readonly Write[]; readonly outcome: SessionRow | undefined } {
  const { session } = read
  if (!session?.unpinAtTurn?.includes(seq)) return { writes: [], outcome: session }
  const unpinAtTurn = session.unpinAtTurn.filter((one) => one !== seq)
  const { outcome } = pinMessage({ ...read, session: { ...session, unpinAtTurn } }, seq, false)
  // Gone from the active path: then its pin is gone, too.
  const row = outcome.kind === 'pinned' ? outcome.session : reviseSession(session, { unpinAtTurn })
  return { writes: [{ table: 'sessions', row }], outcome: row }
}

function groupOf({ range }: Snapshotted, seq: Seq): readonly Seq[] {
  return pinGroup(
    range.filter((message) => message.active),
    seq,
  )
}

/** A model's pins of any message of an exchange. */
function modelPins(read: Snapshotted, group: readonly Seq[]): readonly ActionOf<'pin'>[] {
  return openActions(read.notes, 'pin').filter(({ seqs }) =>
    seqs.some((own) => group.includes(own)),
  )
}

/** Whether a pin on, or off, these would change what stands before the end of the context. */
function changesPrefix(
  { head }: Snapshotted,
  { mark }: SessionRow,
  group: readonly Seq[],
): boolean {
  return group.some((seq) => seq <= mark || head?.stubs.some((stub) => stub.seq === seq))
}
