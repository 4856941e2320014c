import type { Reply } from '../protocol/reply.ts'
import type { SyncCredentials, SyncStatus } from '../protocol/sync.ts'

/** What any tab may ask of the one that synchronises. */
export type SyncCommand =
  | { readonly name: 'retry' }
  | { readonly name: 'renew'; readonly credentials: SyncCredentials }
  | { readonly name: 'remove-device'; readonly device: string; readonly passphrase?: string }
  | { readonly name: 'skip-missing'; readonly session: string }

/** What the tabs of a browser tell each other about sync. */
export type SyncNotice =
  /** A tab is new: whoever synchronises says how it stands. */
  | { readonly kind: 'asked' }
  /** How it stands, and which tab says so. */
  | { readonly kind: 'status'; readonly from: string; readonly status: SyncStatus }
  /** Something was written in another tab that is not sent yet. */
  | { readonly kind: 'changed'; readonly session: string }
  | { readonly kind: 'command'; readonly id: string; readonly command: SyncCommand }
  /** The space has another passphrase, by which any tab may be the next to open it. */
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  /** What came of a command. */
  | { readonly kind: 'done'; readonly id: string; readonly reply: Reply<void> }

/** Messages between the tabs that synchronise one database. */
export interface SyncNotices {
  post(notice: SyncNotice): void
  /** Calls back for every notice of another tab; returns the way to stop. */
  listen(listener: (notice: SyncNotice) => void): () => void
  close(): void
}

/** Version of the notices: tabs of releases that speak differently don't hear each other. */
const VERSION = 1

/** Name of the channel on which the tabs of one database speak of its sync. */
export function nameSyncChannel(database: string): string {
  return `backfold:${database}:sync:v${VERSION}`
}

/** Notices where there are no other tabs. */
export function createNoSyncNotices(): SyncNotices {
  return { post() {}, listen: () => () => {}, close() {} }
}

/** What has to be there besides the kind, and of which type. */
const FIELDS: Readonly<Record<SyncNotice['kind'], Readonly<Record<string, string>>>> = {
  asked: {},
  status: { from: 'string', status: 'object' },
  changed: { session: 'string' },
  command: { id: 'string', command: 'object' },
  passphrase: { passphrase: 'string' },
  done: { id: 'string', reply: 'object' },
}

/** Whether that is a notice: anything on the origin may post on the channel. */
export function isSyncNotice(data: unknown): data is SyncNotice {
  if (typeof data !== 'object' || data === null) return false
  const given = data as Readonly<Record<string, unknown>>
  const kind = given['kind']
  if (typeof kind !== 'string' || !Object.hasOwn(FIELDS, kind)) return false
  return Object.entries(FIELDS[kind as SyncNotice['kind']]).every(
    ([name, type]) => typeof given[name] === type && given[name] !== null,
  )
}
