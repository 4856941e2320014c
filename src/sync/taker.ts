import type { Notices, SyncedChange } from '../core/ports/notices.ts'
import type { RemoteEntry } from '../core/ports/remote-log.ts'
import type { DeletedAt } from '../core/ports/sync-journal.ts'
import type { SessionStore } from '../core/ports/session-store.ts'
import type { StampedDraft } from '../core/session/append.ts'
import type { SessionRow } from '../core/session/session-row.ts'
import { adoptSession } from './adopt-session.ts'
import type { SyncEntry } from '../core/sync/sync-record.ts'
import { takeAnew } from '../core/sync/take-anew.ts'
import { channelEnds } from '../core/sync/begin-behind.ts'
import { takeEntries, type TakeContext, type Taken } from '../core/sync/take-entries.ts'
import { takeQuery, wholeQuery, type TakenEntry } from '../core/sync/take-query.ts'
import type { Departures } from './departures.ts'
import { openEntries, type Tokens } from './open-entries.ts'
import type { Sealer } from './sealer.ts'

export interface TakerPorts {
  readonly store: SessionStore
  readonly sealer: Sealer
  readonly tokens: Tokens
  readonly departures: Departures
  readonly notices: Pick<Notices, 'post'>
  readonly device: string
  newId(): string
  now(): number
  /** Entries of a session were delivered; its row as it is now, undefined if there is none. */
  onTaken(session: string, row: SessionRow | undefined, entries: readonly TakenEntry[]): void
  /** So many entries did not open or made no sense. */
  onIgnored(count: number): void
}

/**
 * Takes in what the remote log delivers. Resolves once all of a batch is stored; taking in the same twice is taking it in
 * once.
 *
 * @see SPEC.md rules PUMP5–PUMP8
 */
export function createTaker(ports: TakerPorts): (entries: readonly RemoteEntry[]) => Promise<void> {
  const { sealer, tokens } = ports
  /** Nonsense of sessions that are not known yet, which counts once they are. */
  const waiting = new Map<string, TakenEntry[]>()

  return async (entries) => {
    const opened = await openEntries(sealer, tokens, entries)
    for (const { token, position, channel } of opened.strange) {
      waiting.set(token, [...(waiting.get(token) ?? []), { position, channel }])
    }
    for (const group of opened.sessions) {
      const token = await tokens.of(group.session)
      const before = waiting.get(token) ?? []
      waiting.delete(token)
      const all = [...before, ...group.entries].toSorted((a, b) => a.position - b.position)
      await takeSession(ports, group.session, all)
    }
    if (opened.nonsense > 0) ports.onIgnored(opened.nonsense)
  }
}

/**
 * Takes a session that lacks messages in from its beginning, with all that was delivered of it. Resolves with the ids of those
 * that are still missing.
 *
 * @see SPEC.md rule PUMP22
 */
export async function takeSessionAnew(
  ports: TakerPorts,
  session: string,
  entries: readonly TakenEntry[],
): Promise<readonly string[]> {
  const { departures } = ports
  // It is gone, or about to go.
  const rest = departures.deletionOf(session) ? [] : behindLast(departures, session, entries)
  if (rest.length === 0 || rest.some(isDeletion)) return []
  const ctx = contextOf(ports, session)
  const { before, taken, missing } = await ports.store.commit(wholeQuery(session), (read) => {
    const { writes, outcome } = takeAnew(read, rest, ctx)
    return { writes, outcome: { ...outcome, before: read.session } }
  })
  if (taken) tell(ports, taken, before)
  ports.onTaken(session, taken?.session ?? before, [])
  return missing
}

/** What one look at a session came to. */
type Looked =
  | { readonly kind: 'looked'; readonly taken: Taken; readonly before: SessionRow | undefined }
  /** It is not here, or has just begun: perhaps one of that name was deleted in another tab meanwhile. */
  | { readonly kind: 'new'; readonly as: 'here' | 'missing' }
  /** It is here, and was never synchronised. */
  | { readonly kind: 'unsynced'; readonly row: SessionRow }

async function takeSession(
  ports: TakerPorts,
  session: string,
  entries: readonly TakenEntry[],
): Promise<void> {
  const { departures } = ports
  let isMoreLeft = await noteLeft(departures, session, entries)
  const told = await behindOwnDeletion(ports, session, entries)
  let rest = behindLast(departures, session, told)
  /** As what it was found new, and looked after. */
  let known: 'here' | 'missing' | undefined
  let query = takeQuery(session, rest)
  while (rest.length > 0 || isMoreLeft) {
    isMoreLeft = false
    const looked = await look(ports, session, rest, query, known)
    if (looked.kind === 'new') {
      await departures.refresh()
      // Nothing is left of what was deleted before it was ever here.
      const left = behindLast(departures, session, await behindOwnDeletion(ports, session, rest))
      rest = looked.as === 'here' ? left : await behindDeletions(ports, session, left)
      known = looked.as
    } else if (looked.kind === 'unsynced') {
      await makeRoom(ports, looked.row)
    } else if (looked.taken.kind === 'needs') {
      query = looked.taken.query
      continue
    } else if (looked.taken.kind === 'deleted') {
      const { keep, through } = looked.taken
      const gone = rest.filter(({ position }) => position <= through)
      const isGone = await leaveBehind(departures, session, looked.before, gone, keep)
      if (isGone) rest = rest.filter(({ position }) => position > through)
      if (looked.before) known = undefined
    } else {
      tell(ports, looked.taken, looked.before)
      ports.onTaken(session, looked.taken.session, entries)
      return
    }
    query = takeQuery(session, rest)
  }
  ports.onTaken(session, undefined, entries)
}

function look(
  ports: TakerPorts,
  session: string,
  entries: readonly TakenEntry[],
  query: ReturnType<typeof takeQuery>,
  known: 'here' | 'missing' | undefined,
): Promise<Looked> {
  const ctx = contextOf(ports, session)
  return ports.store.commit<Looked>(query, (read) => {
    const { session: before } = read
    if (before && !before.sync) return { writes: [], outcome: { kind: 'unsynced', row: before } }
    const as = before ? 'here' : 'missing'
    // One that goes in between leaves word of it behind.
    if (!before?.sync?.cursor && as !== known) return { writes: [], outcome: { kind: 'new', as } }
    const { writes, outcome } = takeEntries(read, entries, ctx)
    return { writes, outcome: { kind: 'looked', taken: outcome, before } }
  })
}

function contextOf(ports: TakerPorts, session: string): TakeContext {
  const left = ports.departures.deletedAt(session)
  const birth = `sync-${ports.newId()}`
  return { session, device: ports.device, now: ports.now(), birth, ...(left && { left }) }
}

/** Entries before a deletion that were not shown when it was taken in: what comes next has to name them. Whether there are. */
async function noteLeft(
  departures: Departures,
  session: string,
  entries: readonly TakenEntry[],
): Promise<boolean> {
  const at = departures.deletedAt(session)
  if (!at) return false
  const { head, claim } = channelEnds(entries.filter(({ position }) => position <= at.position))
  if (head <= at.head && claim <= at.claim) return false
  await departures.noteDeletion({ ...at, head, claim })
  return true
}

/** What was said of a session that is gone counts for nothing, and a deletion that is said twice is said once. */
function behindLast(
  departures: Departures,
  session: string,
  entries: readonly TakenEntry[],
): readonly TakenEntry[] {
  const { position, id } = departures.deletedAt(session) ?? { position: 0, id: '' }
  let last = id
  return entries.filter((entry) => {
    if (entry.position <= position) return false
    if (!isDeletion(entry)) return true
    const isAgain = entry.record.id === last
    last = entry.record.id
    return !isAgain
  })
}

/** What was said before this device's own deletion counts for nothing; all of it, where that was not seen yet. */
async function behindOwnDeletion(
  { departures }: TakerPorts,
  session: string,
  entries: readonly TakenEntry[],
): Promise<readonly TakenEntry[]> {
  const deletion = departures.deletionOf(session)
  if (!deletion) return entries
  const at = entries.findIndex((entry) => 'record' in entry && entry.record.id === deletion.id)
  await departures.passed(deletion, channelEnds(at < 0 ? entries : entries.slice(0, at + 1)))
  if (at < 0) return []
  const { head, claim } = departures.deletionOf(session) ?? deletion
  await departures.told({ ...deletion, head, claim }, entries[at]?.position ?? 0)
  return behindLast(departures, session, entries)
}

async function behindDeletions(
  { departures }: TakerPorts,
  session: string,
  entries: readonly TakenEntry[],
): Promise<readonly TakenEntry[]> {
  const last = entries.findLast(isDeletion)
  if (!last) return entries
  const { position, record } = last
  const ends = channelEnds(entries.filter((entry) => entry.position <= position))
  await departures.noteDeletion({ session, position, id: record.id, ...ends })
  return behindLast(departures, session, entries)
}

/** Removes a session, if there is one, and notes what it leaves behind. False if it was changed since it was read. */
async function leaveBehind(
  departures: Departures,
  session: string,
  row: SessionRow | undefined,
  entries: readonly TakenEntry[],
  keep: readonly StampedDraft[],
): Promise<boolean> {
  const { head, claim } = channelEnds(entries)
  const last = entries.findLast(isDeletion)
  const before = departures.deletedAt(session)
  const at: DeletedAt = {
    session,
    position: last?.position ?? before?.position ?? 0,
    id: last?.record.id ?? before?.id ?? '',
    head: Math.max(head, row?.sync?.head.position ?? 0),
    claim: Math.max(claim, row?.sync?.claimedAt ?? 0),
  }
  if (row) return departures.leave(row, at, keep)
  // What does not begin a session has to be named by the next one all the same.
  if (last || head > 0 || claim > 0) await departures.noteDeletion(at)
  return true
}

function isDeletion(entry: TakenEntry): entry is SyncEntry {
  return 'record' in entry && entry.record.kind === 'deleted'
}

/** A session that is being imported gives way to the one that others have; one that is whole takes part from now on. */
async function makeRoom({ store, newId }: TakerPorts, { id, arriving }: SessionRow): Promise<void> {
  if (arriving === undefined) await adoptSession(store, id, newId)
  else await store.remove(id, undefined, (row) => row.arriving !== undefined)
}

function tell(
  { notices }: TakerPorts,
  taken: Extract<Taken, { readonly kind: 'taken' }>,
  before: SessionRow | undefined,
): void {
  const { id, revision } = taken.session
  if (before?.revision === revision) return
  const change = changeOf(taken)
  notices.post({ session: id, kind: 'synced', ...(change && { change }) })
}

/** Undefined where nothing changed of what a host shows. */
function changeOf({
  session,
  added,
  moved,
  headChanged,
}: Extract<Taken, { readonly kind: 'taken' }>): SyncedChange | undefined {
  const newest = session.nextSeq - 1
  if (added) return { from: added.from, to: moved ? newest : added.to, moved }
  if (moved) return { from: (session.sync?.confirmed ?? 0) + 1, to: newest, moved }
  return headChanged ? { from: newest + 1, to: newest, moved } : undefined
}
