/**
 * What fake-indexeddb keeps behind its public face, as far as a browser's power over it needs it: to
 * abort what a dead tab left open, to see what is committed, and to take a database away.
 */

export interface RawListener {
  readonly callback: unknown
}

export interface RawTarget {
  listeners: readonly RawListener[]
}

export interface RawRequest extends RawTarget, IDBRequest {}

export interface RawOpenRequest extends RawTarget, IDBOpenDBRequest {}

export interface RawTransaction extends RawTarget, IDBTransaction {
  readonly _scope: ReadonlySet<string>
  readonly _state: 'active' | 'inactive' | 'committing' | 'finished'
  readonly _rollbackLog: readonly unknown[]
  readonly _requests: readonly { readonly request: RawRequest }[]
  _start(): void
  _abort(errorName: string | null): void
  _execRequestAsync(work: { operation: () => unknown; readonly source: unknown }): IDBRequest
}

export interface RawConnection extends RawTarget, IDBDatabase {
  _closed: boolean
  _closePending: boolean
  readonly _rawDatabase: RawDatabase
}

export interface RawRecord {
  readonly key: unknown
  readonly value: unknown
}

/** The rows of one object store, by key. */
export interface RawRecords {
  values(): Iterable<RawRecord>
  put(record: RawRecord, noOverwrite?: boolean): RawRecord | undefined
  delete(key: unknown): RawRecord[]
  clear(): RawRecord[]
}

export interface RawStore {
  readonly records: RawRecords
}

export interface RawDatabase {
  readonly transactions: readonly RawTransaction[]
  connections: readonly RawConnection[]
  readonly rawObjectStores: ReadonlyMap<string, RawStore>
  readonly processTransactions: () => void
}

export interface RawFactory extends IDBFactory {
  readonly _databases: Map<string, RawDatabase>
}
