import type { StampedDraft } from '../session/append.ts'
import type { Seq } from '../session/message.ts'
import { branchMarks } from './marks.ts'
import { draftOf, leaveBranch } from './place-unsent.ts'
import { isStandIn } from './stand-in.ts'
import { channelOf, messageOf, type Channel, type SyncRecord } from './sync-record.ts'
import { settleRemoteHead, takeGeneration, takeRollback } from './take-head.ts'
import type { TakenEntry } from './take-query.ts'
import { takeRow } from './take-row.ts'
import { leaveRules } from './take-rules.ts'
import { drop, type RecordOf, type Step, type Taking } from './taking.ts'

/** What was said again of messages that the remote log has lost, by their places. */
export interface SaidAgain {
  readonly repairs: ReadonlyMap<Seq, StampedDraft>
  readonly standIns: ReadonlyMap<Seq, StampedDraft>
}

/**
 * Takes in one entry, behind all before it. `lacking`: it was said by somebody who knows more messages than there are here,
 * or behind one that is not here, or it says one in whose place another stands: nothing from it on can be taken in.
 *
 * @param again - All of it, where the session is taken in anew.
 */
export function takeEntry(taking: Taking, entry: TakenEntry, again?: SaidAgain): Step | 'lacking' {
  if (!('record' in entry)) {
    advance(taking, entry.channel, entry.position)
    return 'ignored'
  }
  const { record, position } = entry
  fill(taking, again?.repairs, messageOf(record)?.id)
  if (lacksNamed(taking, record) || (!again && bringsBack(taking, record))) return 'lacking'
  // Whoever has not heard of a deletion counts the messages of another session.
  const known = (record.since ?? 0) === taking.since ? record.confirmed : 0
  while (taking.line.end().seq < known) {
    const next = taking.line.end().seq + 1
    const missing = again?.repairs.get(next) ?? again?.standIns.get(next)
    if (!missing || isSettled(taking, missing.id)) return 'lacking'
    place(taking, missing)
  }
  advance(taking, channelOf(record), position)
  return takeRecord(taking, record)
}

/** Whether a message that the sender named is missing. One that was stored before a deletion is gone with that. */
function lacksNamed(taking: Taking, { prev = [] }: SyncRecord): boolean {
  return prev.some(({ id, position }) => position > taking.since && !isSettled(taking, id))
}

/** Whether it says a message that was given up, and that belongs elsewhere than at the end. */
function bringsBack(taking: Taking, record: SyncRecord): boolean {
  const message = messageOf(record)
  if (!taking.hasStandIns || !message || isStandIn(message)) return false
  if (taking.standIns.has(message.id)) return true
  return record.kind === 'repair' && !isSettled(taking, message.id)
}

/** Messages that belong before whatever comes next. */
function fill(
  taking: Taking,
  repairs: ReadonlyMap<Seq, StampedDraft> | undefined,
  next: string | undefined,
): void {
  if (!repairs || next === undefined) return
  for (;;) {
    const missing = repairs.get(taking.line.end().seq + 1)
    if (!missing || missing.id === next || isSettled(taking, missing.id)) return
    place(taking, missing)
  }
}

function takeRecord(taking: Taking, record: SyncRecord): Step {
  switch (record.kind) {
    case 'message':
      return takeMessage(taking, record.message, record.by)
    case 'repair':
      // Whoever has all of it takes it for one that was said twice.
      return record.seq === taking.line.end().seq + 1 && !isStandIn(record.message)
        ? takeMessage(taking, record.message)
        : 'taken'
    case 'branch':
      return takeBranch(taking, record)
    case 'row':
      return takeRow(taking, record)
    case 'generation':
      return takeGeneration(taking, record)
    case 'rollback':
      return takeRollback(taking, record)
    case 'claim':
      return takeClaim(taking, record)
    case 'deleted':
    case 'lacking':
      return 'taken'
  }
}

/**
 * A message gets the next place, unless it has one.
 *
 * @see SPEC.md rules SYNC2, SYNC4
 */
function takeMessage(taking: Taking, message: StampedDraft, by?: string): Step {
  if (!isSettled(taking, message.id)) place(taking, message, by)
  return 'taken'
}

function place(taking: Taking, message: StampedDraft, by: string = ''): void {
  const own = taking.provisional.get(message.id)
  if (own && by === taking.device) {
    taking.line.place(draftOf(own))
    return
  }
  taking.added.push(taking.line.place(message))
  if (!own) return
  taking.replaced.push(own)
  if (own.hash !== message.hash && !isStandIn(own)) taking.conflicts += 1
}

function isSettled({ line, settled }: Taking, id: string): boolean {
  return settled.has(id) || line.find(id) !== undefined
}

/**
 * Messages leave the active path, for good. The remote head is the newest that covers none of them.
 *
 * @see SPEC.md rules SYNC5, SYNC13, SYNC28
 */
function takeBranch(taking: Taking, record: RecordOf<'branch'>): Step {
  const left = leaveBranch(taking.line, record)
  const isOurs = branchMarks(taking.unsent).some(({ id }) => id === record.id)
  drop(taking, record.id)
  if (left === undefined) return 'ignored'
  if (left.length === 0) return 'taken'
  if (!isOurs) {
    taking.branches += 1
    taking.hasLeft = true
  }
  settleRemoteHead(taking)
  leaveRules(taking)
  return 'taken'
}

/** @see SPEC.md rule SYNC14 */
function takeClaim(taking: Taking, record: RecordOf<'claim'>): Step {
  // Whoever has not heard of a deletion claims a session that is gone.
  if ((record.since ?? 0) !== taking.since) return 'taken'
  const { id, device, name, state } = record
  if (state === 'held') taking.claim = { id, device, name }
  else if (taking.claim?.device === device) taking.claim = undefined
  return 'taken'
}

/** What a compare-and-swap has to name, whatever the entry says. */
function advance(taking: Taking, channel: Channel, position: number): void {
  if (channel === 'heads') taking.head = { ...taking.head, position }
  else if (channel === 'claims') taking.claimedAt = position
}
