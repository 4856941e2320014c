import { Dexie, type Table } from 'dexie'
import type { KeyringPin } from '../core/sync/judge-keyring.ts'
import type { DeletedAt, Departure, JournalState, SyncJournal } from '../core/ports/sync-journal.ts'
import type { DatabaseOptions } from './open-database.ts'
import { toStorageError } from './storage-error.ts'

interface PinRow extends KeyringPin {
  readonly space: string
}

interface StateRow extends JournalState {
  readonly id: 'main'
}

/** A database of its own, which may be deleted at any time: what belongs to a session is in that session's row. */
class JournalDatabase extends Dexie {
  declare readonly state: Table<StateRow, string>
  declare readonly departures: Table<Departure, string>
  declare readonly deletions: Table<DeletedAt, string>
  declare readonly pins: Table<PinRow, string>

  constructor(
    name: string,
    factory?: { readonly indexedDB: IDBFactory; readonly IDBKeyRange: typeof IDBKeyRange },
  ) {
    super(name, { ...factory })
    this.version(1).stores({ state: 'id', departures: 'id', deletions: 'session', pins: 'space' })
  }
}

/**
 * The journal over IndexedDB, beside the database of the sessions.
 *
 * @param options.name - Of the database of the sessions; `backfold` by default.
 */
export function openDexieSyncJournal(options: DatabaseOptions = {}): SyncJournal {
  const { name = 'backfold', indexedDB, IDBKeyRange } = options
  const db = new JournalDatabase(
    `${name}:sync`,
    indexedDB && IDBKeyRange ? { indexedDB, IDBKeyRange } : undefined,
  )
  const guarded = async <T>(work: () => PromiseLike<T>): Promise<T> => {
    try {
      return await work()
    } catch (failure) {
      throw toStorageError(failure)
    }
  }
  return {
    read: () =>
      guarded(async () => {
        const row = await db.state.get('main')
        if (!row) return undefined
        const { id: _, ...state } = row
        return state
      }),
    write: (state) => guarded(async () => void (await db.state.put({ ...state, id: 'main' }))),
    departures: () => guarded(() => db.departures.toArray()),
    putDeparture: (departure) => guarded(async () => void (await db.departures.put(departure))),
    dropDeparture: (id) => guarded(() => db.departures.delete(id)),
    deletions: () => guarded(() => db.deletions.toArray()),
    putDeletion: (deletion) => guarded(async () => void (await db.deletions.put(deletion))),
    dropDeletions: () => guarded(() => db.deletions.clear()),
    keyringPin: (space) =>
      guarded(async () => {
        const row = await db.pins.get(space)
        if (!row) return undefined
        const { space: _, ...pin } = row
        return pin
      }),
    putKeyringPin: (space, pin) => guarded(async () => void (await db.pins.put({ ...pin, space }))),
    close: async () => db.close(),
  }
}
