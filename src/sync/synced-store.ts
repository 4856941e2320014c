import type { ReadQuery, Removed, SessionStore, Write } from '../core/ports/session-store.ts'
import type { Departure, SyncJournal } from '../core/ports/sync-journal.ts'
import { birthOf, type SessionRow } from '../core/session/session-row.ts'
import { markUnsent } from '../core/sync/mark-unsent.ts'
import { NEVER_SYNCED, type SyncState } from '../core/sync/sync-state.ts'

export interface SyncedStoreOptions {
  /** Ids of the entries by which others will hear of what changes here. */
  newId(): string
  /** Something was written that others have to hear of, or a session has begun or is gone. */
  onChanged(session: string, row: SessionRow | undefined): void
  readonly journal: Pick<SyncJournal, 'putDeparture' | 'dropDeparture'>
  /** Whether sessions that begin take part from then on; true by default. */
  readonly takesUp?: boolean
}

type Table = Write['table']

/** Rows of these go to other devices, or decide what does. */
const SPREADS: ReadonlySet<Table> = new Set<Table>([
  'sessions',
  'messages',
  'generations',
  'notes',
  'pads',
  'rules',
  'facts',
])

/**
 * The store as whoever is not the sync has it: what is changed is marked as unsent in the transaction that changes it, so
 * that no crash comes between the two. Appends cost nothing, because what is unsent of the log is its end.
 *
 * @see SPEC.md rules PUMP1–PUMP3
 */
export function createSyncedStore(
  store: SessionStore,
  { newId, onChanged, journal, takesUp = true }: SyncedStoreOptions,
): SessionStore {
  const begun = takesUp ? beginSynced : (writes: readonly Write[]) => writes
  const commit: SessionStore['commit'] = async (query, decide) => {
    let changed: SessionRow | undefined
    const outcome = await store.commit(withSessions(query), (read) => {
      changed = undefined
      const decision = decide(read)
      const writes = read.session
        ? markUnsent(read, decision.writes, newId)
        : begun(decision.writes)
      for (const write of writes) {
        if (write.table === 'sessions' && spreads(read.session, write.row)) changed = write.row
      }
      return { writes, outcome: decision.outcome }
    })
    if (changed) onChanged(changed.id, changed)
    return outcome
  }
  return {
    ...store,
    commit,
    async remove(session, onGone, isMeant) {
      for (;;) {
        const { session: row } = await store.read({ session })
        if (row?.sync && row.arriving === undefined) {
          const departure = departureOf(row, row.sync, newId())
          await journal.putDeparture(departure)
          const removed = await store.remove(session, onGone, isMeant)
          if (!removed) await journal.dropDeparture(departure.id)
          onChanged(session, undefined)
          return removed
        }
        const done = await removeUnsynced(store, session, onGone, isMeant)
        if (done.kind === 'removed') return done.removed
      }
    },
  }
}

function departureOf(row: SessionRow, sync: SyncState, id: string): Departure {
  const { id: session, revision } = row
  const left = { head: sync.head.position, claim: sync.claimedAt }
  return { kind: 'deleted', id, session, birth: birthOf(row), revision, ...left }
}

/** Removes a session of which the others know nothing, unless they do by then. */
async function removeUnsynced(
  store: SessionStore,
  session: string,
  onGone?: () => void,
  isMeant?: (row: SessionRow) => boolean,
): Promise<
  { readonly kind: 'synced' } | { readonly kind: 'removed'; readonly removed: Removed | undefined }
> {
  let isSynced = false
  let isTold = false
  const tell = (): void => {
    isTold = true
    onGone?.()
  }
  const removed = await store.remove(session, tell, (row) => {
    isSynced = row.sync !== undefined && row.arriving === undefined
    return !isSynced && (isMeant?.(row) ?? true)
  })
  if (isSynced) return { kind: 'synced' }
  // Where any is meant, who asks is told also that there was none.
  if (!isTold && !isMeant) tell()
  return { kind: 'removed', removed }
}

/** Whoever names the tables that are written did not think of the marks. */
function withSessions(query: ReadQuery): ReadQuery {
  const { writes } = query
  const lacks = writes?.some((table) => SPREADS.has(table)) && !writes.includes('sessions')
  return writes && lacks ? { ...query, writes: [...writes, 'sessions'] } : query
}

/** A session that begins empty is synchronised from its first message on; others are taken up when they are there. */
function beginSynced(writes: readonly Write[]): readonly Write[] {
  const [only, ...others] = writes
  if (only?.table !== 'sessions' || others.length > 0 || only.row.arriving !== undefined) {
    return writes
  }
  return [{ table: 'sessions', row: { sync: NEVER_SYNCED, ...only.row } }]
}

function spreads(before: SessionRow | undefined, after: SessionRow): boolean {
  if (after.arriving !== undefined) return false
  return (
    before === undefined ||
    after.sync === undefined ||
    before.arriving !== undefined ||
    before.nextSeq !== after.nextSeq ||
    before.sync?.unsent !== after.sync.unsent
  )
}
