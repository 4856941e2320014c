import type { LeftBehind } from '../sync/begin-behind.ts'
import type { LogOrigin } from '../sync/log-origin.ts'
import type { KeyringPin } from '../sync/judge-keyring.ts'

/**
 * What a device remembers of its sync that belongs to no session. It may be lost: then all is read from the beginning,
 * which changes nothing, and a deletion of which nobody was told yet is undone by those who were not.
 */
export interface SyncJournal {
  read(): Promise<JournalState | undefined>
  write(state: JournalState): Promise<void>
  departures(): Promise<readonly Departure[]>
  /** Remembers a departure, in the place of one of the same id. */
  putDeparture(departure: Departure): Promise<void>
  dropDeparture(id: string): Promise<void>
  /** Where in the remote log sessions were deleted last. */
  deletions(): Promise<readonly DeletedAt[]>
  putDeletion(deletion: DeletedAt): Promise<void>
  /** Their positions are those of a log that is gone. */
  dropDeletions(): Promise<void>
  /** What this device has seen last of the keys of a space, so that older ones are not taken for the newest. */
  keyringPin(space: string): Promise<KeyringPin | undefined>
  putKeyringPin(space: string, pin: KeyringPin): Promise<void>
  close(): Promise<void>
}

export interface JournalState {
  /** Id of this device, the same for as long as the journal is there. */
  readonly device: string
  /** Position in the remote log up to which all was taken in; 0 for none. */
  readonly cursor: number
  /** The log that the cursor is a position of; missing where none was connected yet. */
  readonly origin?: LogOrigin
}

/** What is said of a session of that name is about another one behind this position than before it. */
export interface DeletedAt extends LeftBehind {
  readonly session: string
  /** Of the entry that said so: said twice, it is said once. */
  readonly id: string
}

/** A session that leaves, written down before it does, so that what is left to do outlives a crash. */
export type Departure = Deletion | Renewal

/** A session is removed here, and the others have to be told, by an entry of this id. */
export interface Deletion extends Leaving, Omit<LeftBehind, 'position'> {
  readonly kind: 'deleted'
}

/**
 * A session was deleted by others, but messages of this device that they never saw begin it anew. Meanwhile those are kept
 * in a session that nobody finds, of the departure's id.
 */
export interface Renewal extends Leaving {
  readonly kind: 'renewed'
  /** The deletion. */
  readonly at: DeletedAt
}

interface Leaving {
  readonly id: string
  readonly session: string
  /** Of the session that leaves: another one of that id stays. */
  readonly birth: string
  /** Of its row: one that was changed since stays. */
  readonly revision: number
}
