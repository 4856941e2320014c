import type { Snapshotted } from '../ports/session-store.ts'
import type { Message, Seq } from '../session/message.ts'
import type { SessionRow } from '../session/session-row.ts'
import { createLogLine, LOG_START, type LineBase, type LogLine } from './log-line.ts'
import { branchMarks } from './marks.ts'
import type { TakenEntry, Width } from './take-query.ts'
import type { SyncState } from './sync-state.ts'

/**
 * How entries are taken in. `confirm`: own messages keep their places. `append`: nothing is provisional. `end`: provisional
 * messages move up. `whole`: anything else.
 */
export type Manner = 'confirm' | 'append' | Exclude<Width, 'narrow'>

/** What of the log each manner has to know. */
export const WIDTHS: Readonly<Record<Manner, Width>> = {
  confirm: 'narrow',
  append: 'narrow',
  end: 'end',
  whole: 'whole',
}

/**
 * Chooses the manner that reads and writes least, given what the narrow query has read.
 *
 * @param entries - Those that were not taken in yet.
 */
export function chooseManner(
  session: SessionRow,
  sync: SyncState,
  read: Snapshotted,
  entries: readonly TakenEntry[],
  device: string,
): Manner {
  const records = entries.flatMap((entry) => ('record' in entry ? [entry.record] : []))
  const isFar = records.some(
    ({ kind, ...rest }) =>
      kind === 'branch' ||
      kind === 'generation' ||
      kind === 'rollback' ||
      kind === 'repair' ||
      (kind === 'row' && 'key' in rest && rest.key === 'pins'),
  )
  // Rules are looked at for messages that have left the active path.
  const hasLeft = session.messages < session.nextSeq - 1
  const isOfRules = records.some((record) => record.kind === 'row' && record.table === 'rules')
  if (isFar || (hasLeft && isOfRules)) return 'whole'
  const messages = records.filter((record) => record.kind === 'message')
  const known = new Map(read.ids.map(({ id, seq }) => [id, seq]))
  const fresh = messages.filter(
    ({ message }) => (known.get(message.id) ?? Infinity) > sync.confirmed,
  )
  if (fresh.length === 0) return 'confirm'
  // Others may say otherwise what is said here under that id.
  if (fresh.some(({ id, by }) => by !== device && known.has(id))) return 'whole'
  if (branchMarks(sync.unsent).length > 0) return 'whole'
  const provisional = session.nextSeq - 1 - sync.confirmed
  if (provisional === 0) return 'append'
  const seqs = [...new Set(fresh.map(({ id }) => id))].map((id) => known.get(id))
  if (seqs.every((seq, index) => seq === sync.confirmed + index + 1)) return 'confirm'
  const covered = Math.max(session.mark, read.openJob?.mark ?? 0, read.candidate?.mark ?? 0)
  // What else the context or the pins would have to be changed for.
  const isPlain =
    covered <= sync.confirmed && fresh.every(({ message }) => message.role !== 'system')
  return isPlain ? 'end' : 'whole'
}

/** The log as far as the remote log has settled it; undefined if that can't be told from what was read. */
export function settledLine(
  manner: Manner,
  session: SessionRow,
  sync: SyncState,
  read: Snapshotted,
): LogLine | undefined {
  if (manner === 'confirm') {
    // Places are counted, and nothing else: the messages are there, as they will be.
    return createLogLine({ ...LOG_START, seq: sync.confirmed }, [], session.pins)
  }
  if (manner === 'append') {
    const base = { seq: sync.confirmed, chain: session.chain, through: session.tokens.log }
    return createLogLine({ ...base, active: session.messages }, [], session.pins)
  }
  const pins = session.pins.filter((seq) => seq <= sync.confirmed)
  if (manner === 'end') {
    const base = endBase(session, sync, read)
    return base && createLogLine(base, [], pins)
  }
  const branches = branchMarks(sync.unsent)
  const isLeft = (seq: Seq): boolean =>
    branches.some(({ left }) => left.some(([from, to]) => seq >= from && seq <= to))
  const messages = filled(read.range, sync.confirmed).map((message) =>
    isLeft(message.seq) ? { ...message, active: true } : message,
  )
  const line = createLogLine(LOG_START, messages, [], branches.length === 0)
  line.pin([...pins, ...branches.flatMap((mark) => mark.pins)])
  return line
}

function endBase(
  session: SessionRow,
  { confirmed }: SyncState,
  { at, range }: Snapshotted,
): LineBase | undefined {
  if (confirmed === 0) return LOG_START
  const last = at.find(({ seq }) => seq === confirmed)
  if (!last?.active) return undefined
  const above = range.filter(({ active, seq }) => active && seq > confirmed).length
  const { chain, through } = last
  return { seq: confirmed, chain, through, active: session.messages - above }
}

/** The confirmed messages, with something in the place of each that storage has lost. */
function filled(range: readonly Message[], confirmed: Seq): readonly Message[] {
  const bySeq = new Map(range.map((message) => [message.seq, message]))
  return Array.from({ length: confirmed }, (_, index) => bySeq.get(index + 1) ?? lost(index + 1))
}

function lost(seq: Seq): Message {
  const id = `lost ${seq}`
  return {
    id,
    role: 'system',
    parts: [],
    at: 0,
    seq,
    tokens: 0,
    hash: '',
    chain: '',
    through: 0,
    active: false,
  }
}
