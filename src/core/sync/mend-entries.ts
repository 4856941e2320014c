import type { StampedDraft } from '../session/append.ts'
import type { SyncEntry, SyncRecord } from './sync-record.ts'
import { firstSaid, messagesOf, type TakenEntry } from './take-query.ts'

/** What a session says of itself, with what is known of its gaps. */
export interface MendedEntries {
  /** Messages that were missing stand where the remote log had stored them, as far as somebody has said them. */
  readonly entries: readonly TakenEntry[]
  /** Ids of those that nobody has said. */
  readonly missing: readonly string[]
}

/** A message that is not where somebody had seen it stored. */
interface Gap {
  readonly id: string
  readonly position: number
  readonly by: string
}

/**
 * Puts messages back that entries name as stored before them, and that are not there.
 *
 * Pure. Whoever has the same entries, and the same messages, mends them alike.
 *
 * @param entries - All of one session behind `since`, ascending.
 * @param since - Position of the deletion behind which the session began; 0 for none.
 * @param find - What is known of a message; undefined for nothing.
 */
export function mendEntries(
  entries: readonly TakenEntry[],
  since: number,
  find: (id: string) => StampedDraft | undefined,
): MendedEntries {
  const missing: string[] = []
  const mended: TakenEntry[] = [...entries]
  for (const { id, position, by } of findGaps(entries, since)) {
    const message = find(id)
    if (message) mended.push(entryOf(message, position, by))
    else missing.push(id)
  }
  return { entries: mended.toSorted((a, b) => a.position - b.position), missing }
}

/**
 * Puts messages back that have their places here, and that entries say nothing of any more: each behind the one before it.
 *
 * @param settled - Ascending.
 */
export function keepSettled(
  entries: readonly TakenEntry[],
  settled: readonly StampedDraft[],
): readonly TakenEntry[] {
  const said = new Set(messagesOf(entries).map(({ id }) => id))
  const behind = new Map<string, SyncEntry[]>()
  let last = ''
  for (const message of settled) {
    if (said.has(message.id)) last = message.id
    else behind.set(last, [...(behind.get(last) ?? []), entryOf(message, 0, '')])
  }
  const put = new Set<string>()
  const kept = entries.flatMap((entry): readonly TakenEntry[] => {
    const id = firstSaid(entry)?.id
    if (id === undefined || put.has(id)) return [entry]
    put.add(id)
    return [entry, ...(behind.get(id) ?? []).map((one) => ({ ...one, position: entry.position }))]
  })
  return [...(behind.get('') ?? []), ...kept]
}

function findGaps(entries: readonly TakenEntry[], since: number): readonly Gap[] {
  const said = new Set<string>()
  const gaps = new Map<string, Gap>()
  for (const entry of entries) {
    if (!('record' in entry)) continue
    const { prev = [], by } = entry.record
    for (const { id, position } of prev) {
      if (position <= since || said.has(id)) continue
      if (position < (gaps.get(id)?.position ?? Infinity)) gaps.set(id, { id, position, by })
    }
    const message = firstSaid(entry)
    if (message) said.add(message.id)
  }
  return [...gaps.values()]
}

function entryOf(message: StampedDraft, position: number, by: string): SyncEntry {
  const record: SyncRecord = {
    kind: 'message',
    session: '',
    id: message.id,
    by,
    confirmed: 0,
    message,
  }
  return { position, record }
}
