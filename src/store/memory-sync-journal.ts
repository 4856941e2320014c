import type { KeyringPin } from '../core/sync/judge-keyring.ts'
import type { DeletedAt, Departure, JournalState, SyncJournal } from '../core/ports/sync-journal.ts'

/** What a journal remembers. Several journals over the same memory behave as those of several tabs. */
export interface JournalMemory {
  state: JournalState | undefined
  readonly departures: Map<string, Departure>
  readonly deletions: Map<string, DeletedAt>
  readonly pins: Map<string, KeyringPin>
}

export function createJournalMemory(): JournalMemory {
  return { state: undefined, departures: new Map(), deletions: new Map(), pins: new Map() }
}

/** The in-memory twin of the journal over IndexedDB. */
export function createMemorySyncJournal(
  memory: JournalMemory = createJournalMemory(),
): SyncJournal {
  return {
    read: async () => memory.state,
    async write(state) {
      memory.state = state
    },
    departures: async () => [...memory.departures.values()],
    async putDeparture(departure) {
      memory.departures.set(departure.id, departure)
    },
    async dropDeparture(id) {
      memory.departures.delete(id)
    },
    deletions: async () => [...memory.deletions.values()],
    async putDeletion(deletion) {
      memory.deletions.set(deletion.session, deletion)
    },
    dropDeletions: async () => memory.deletions.clear(),
    keyringPin: async (space) => memory.pins.get(space),
    async putKeyringPin(space, pin) {
      memory.pins.set(space, pin)
    },
    async close() {},
  }
}
