import type { Notices } from '../core/ports/notices.ts'
import type { SessionStore, Write } from '../core/ports/session-store.ts'
import type {
  DeletedAt,
  Deletion,
  Departure,
  Renewal,
  SyncJournal,
} from '../core/ports/sync-journal.ts'
import { appendToLog, type StampedDraft } from '../core/session/append.ts'
import { draftOf } from '../core/sync/place-unsent.ts'
import { newSession } from '../core/session/new-session.ts'
import { birthOf, type SessionRow } from '../core/session/session-row.ts'
import { beginBehind, type ChannelEnds } from '../core/sync/begin-behind.ts'
import { NEVER_SYNCED } from '../core/sync/sync-state.ts'

export interface DeparturePorts {
  readonly store: SessionStore
  readonly journal: SyncJournal
  readonly notices: Pick<Notices, 'post'>
  newId(): string
  now(): number
}

/** Sessions that leave, here or elsewhere. What a crash cuts short is gone on with by {@link Departures.resume}. */
export interface Departures {
  /** Goes on with what was cut short. */
  resume(): Promise<void>
  /** Reads anew what other tabs have written down. */
  refresh(): Promise<void>
  /** The deletion of a session of which the others were not told yet, as far as it was read. */
  deletionOf(session: string): Deletion | undefined
  /** Sessions of which the others have to be told that they are gone. */
  sessions(): readonly string[]
  /** The others were told, by the entry at a position. */
  told(deletion: Deletion, position: number): Promise<void>
  /** Entries are passed over that the others said of a session before they were told. */
  passed(deletion: Deletion, ends: ChannelEnds): Promise<void>
  /** Where in the remote log a session of a name was deleted last, and what it left there. */
  deletedAt(session: string): DeletedAt | undefined
  /** A session was deleted, or more is known of what it left. */
  noteDeletion(at: DeletedAt): Promise<void>
  /**
   * Removes a session that others have deleted, unless it was changed since it was read: then false. Messages that the
   * others never saw begin it anew.
   */
  leave(row: SessionRow, at: DeletedAt, keep: readonly StampedDraft[]): Promise<boolean>
}

/** @see SPEC.md rules PUMP10–PUMP12 */
export function createDepartures({
  store,
  journal,
  notices,
  newId,
  now,
}: DeparturePorts): Departures {
  let known: readonly Departure[] = []
  const deletions = new Map<string, DeletedAt>()
  /** Ids of departures that are done, for whoever began to read before. */
  const done = new Set<string>()

  const remove = async ({
    session,
    birth,
    revision,
  }: Omit<Departure, 'kind'>): Promise<boolean> => {
    const post = (): void => notices.post({ session, kind: 'deleted' })
    const removed = await store.remove(session, post, (row) => {
      return birthOf(row) === birth && row.revision === revision
    })
    return removed !== undefined
  }

  const drop = async (id: string): Promise<void> => {
    done.add(id)
    await journal.dropDeparture(id)
    known = known.filter((departure) => departure.id !== id)
  }

  const learn = (at: DeletedAt): void => {
    const before = deletions.get(at.session) ?? at
    const newest = before.position > at.position ? before : at
    const head = Math.max(before.head, at.head)
    const claim = Math.max(before.claim, at.claim)
    deletions.set(at.session, { ...newest, head, claim })
  }

  const noteDeletion = async (at: DeletedAt): Promise<void> => {
    learn(at)
    await journal.putDeletion(deletions.get(at.session) ?? at)
  }

  /** The session that was put aside takes the place of the one that is gone. */
  const renew = async (renewal: Renewal): Promise<void> => {
    const { id, session, at } = renewal
    await noteDeletion(at)
    const aside = await store.read({ session: id, range: { from: 1, to: Infinity } })
    if (aside.session) {
      const { policy } = aside.session
      const ids = aside.range.map((message) => message.id)
      await store.commit({ session, ids }, (read) => {
        const there = new Set(read.ids.map((message) => message.id))
        const sync = { ...beginBehind(NEVER_SYNCED, deletions.get(session)), cursor: at.position }
        const fresh = { ...newSession(session, policy, now()), birth: `sync-${id}`, sync }
        const kept = aside.range.filter((message) => !there.has(message.id))
        return {
          writes: appendWrites(read.session ?? fresh, kept.map(draftOf)),
          outcome: undefined,
        }
      })
    }
    await store.remove(id)
    await drop(id)
    notices.post({ session, kind: 'synced' })
  }

  const finish = async (departure: Departure): Promise<void> => {
    const isAside =
      departure.kind === 'deleted' || (await store.read({ session: departure.id })).session
    // Nothing was put aside yet, and so nothing may go: it is read once more that it was deleted.
    if (!isAside) {
      await drop(departure.id)
      return
    }
    const { session } = await store.read({ session: departure.session })
    const isThere = session !== undefined && birthOf(session) === departure.birth
    // Somebody went on with it since: then it is read once more that it was deleted, or it stays.
    if (isThere && !(await remove(departure))) {
      await store.remove(departure.id)
      await drop(departure.id)
    } else if (departure.kind === 'renewed') await renew(departure)
  }

  const refresh = async (): Promise<void> => {
    for (const at of await journal.deletions()) learn(at)
    const found = await journal.departures()
    known = found.filter(({ id }) => !done.has(id))
  }

  return {
    refresh,
    async resume() {
      await refresh()
      for (const departure of known) await finish(departure)
    },
    deletionOf: (session) => known.filter(isDeletion).findLast((one) => one.session === session),
    sessions: () => known.filter(isDeletion).map(({ session }) => session),
    deletedAt: (session) => deletions.get(session),
    noteDeletion,
    async told({ id, session, head, claim }, position) {
      await noteDeletion({ session, position, id, head, claim })
      await drop(id)
    },
    async passed(deletion, { head, claim }) {
      const own = known.find(({ id }) => id === deletion.id)
      if (own?.kind !== 'deleted' || (own.head >= head && own.claim >= claim)) return
      const after = { ...own, head: Math.max(own.head, head), claim: Math.max(own.claim, claim) }
      known = known.map((one) => (one === own ? after : one))
      await journal.putDeparture(after)
    },
    async leave(row, at, keep) {
      const { id: session, revision } = row
      const leaving = { id: newId(), session, birth: birthOf(row), revision }
      if (keep.length === 0) {
        const isGone = await remove(leaving)
        if (isGone) await noteDeletion(at)
        return isGone
      }
      const renewal: Renewal = { ...leaving, kind: 'renewed', at }
      await journal.putDeparture(renewal)
      const aside = newSession(renewal.id, row.policy, now())
      await store.commit({ session: renewal.id }, () => ({
        writes: appendWrites({ ...aside, arriving: 'sync' }, keep),
        outcome: undefined,
      }))
      if (await remove(renewal)) {
        await renew(renewal)
        return true
      }
      await store.remove(renewal.id)
      await drop(renewal.id)
      return false
    },
  }
}

function isDeletion(departure: Departure): departure is Deletion {
  return departure.kind === 'deleted'
}

function appendWrites(session: SessionRow, drafts: readonly StampedDraft[]): readonly Write[] {
  const appended = appendToLog(session, drafts)
  return [
    ...appended.messages.map((message): Write => ({
      table: 'messages',
      row: { ...message, session: session.id },
    })),
    { table: 'sessions', row: appended.session },
  ]
}
