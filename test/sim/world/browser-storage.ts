import { IDBFactory } from 'fake-indexeddb'
import { plainClone } from './plain-clone.ts'
import type {
  RawConnection,
  RawDatabase,
  RawFactory,
  RawOpenRequest,
  RawTransaction,
} from './raw-database.ts'
import { silence, silenceTransaction } from './silence.ts'
import { StoredRows, type RowChange } from './stored-rows.ts'
import { Line, type Thread, type World } from './world.ts'

export const DATABASE = 'simulated'

/** Told of every transaction that changed what a session is made of, right after it is complete. */
export interface StorageObserver {
  committed(thread: Thread, changes: readonly RowChange[]): void
  /** The database is gone, with all that was in it. */
  deleted(): void
}

/**
 * The IndexedDB of one origin, in the hands of a world: every task of it is a step that belongs to no
 * tab, threads die with their transactions, transactions fail, and the database can be taken away.
 */
export class BrowserStorage {
  private readonly world: World
  private readonly observer: StorageObserver
  private readonly factory = new IDBFactory() as RawFactory
  private readonly open = new Map<Thread, Set<RawConnection>>()
  private readonly closers: (() => void)[] = []
  private rows = new StoredRows()
  private database: RawDatabase | undefined
  /** The transaction whose task runs now: tasks that come of it are its own. */
  private current: RawTransaction | undefined
  /** Everything that is no task of a transaction: openings, closings, and what starts transactions. */
  private readonly rest = new Line()

  constructor(world: World, observer: StorageObserver) {
    this.world = world
    this.observer = observer
  }

  /**
   * Takes over the timer by which the tasks of IndexedDB are queued, the clone of rows, and the warnings
   * in which Dexie says what is simulated; returns the way back.
   */
  install(): () => void {
    const { setImmediate, structuredClone } = globalThis
    const { console } = globalThis
    const { warn } = console
    const queue = (run: () => void): void => this.queueTask(run)
    Object.assign(globalThis, { setImmediate: queue, structuredClone: plainClone })
    Object.assign(console, { warn: () => {} })
    return () => {
      Object.assign(globalThis, { setImmediate, structuredClone })
      Object.assign(console, { warn })
    }
  }

  /** IndexedDB as one thread sees it. It dies with the thread. */
  connect(thread: Thread): IDBFactory {
    const connections = new Set<RawConnection>()
    const requests = new Set<RawOpenRequest>()
    this.open.set(thread, connections)
    thread.endings.add(() => {
      this.open.delete(thread)
      for (const request of requests) abandonOpening(request)
      for (const connection of connections) this.abandon(connection)
    })
    const view = Object.create(this.factory) as IDBFactory
    view.open = (name, version) => {
      const request = this.factory.open(name, version) as RawOpenRequest
      requests.add(request)
      const adopt = (): void => {
        const connection = request.result as RawConnection
        if (connections.has(connection)) return
        connections.add(connection)
        this.watch(thread, connection)
      }
      request.addEventListener('upgradeneeded', adopt)
      request.addEventListener('success', () => {
        requests.delete(request)
        adopt()
        this.follow(request.result as RawConnection)
      })
      return request
    }
    return view
  }

  /** Whether a thread has a transaction under way, which keeps a browser from freezing its tab. */
  isBusy(threads: Iterable<Thread>): boolean {
    const unfinished = this.database?.transactions.filter((tx) => tx._state !== 'finished') ?? []
    return [...threads].some((thread) => {
      const connections = this.open.get(thread)
      return unfinished.some((tx) => connections?.has(tx.db as RawConnection))
    })
  }

  /** A person clears the site's data: connections are told, close, and the database goes. */
  deleteDatabase(): void {
    this.factory.deleteDatabase(DATABASE)
  }

  /** The browser takes the database away: transactions are aborted, connections closed by force. */
  evictDatabase(): void {
    const { database } = this
    if (!database) return
    for (const tx of database.transactions) if (tx._state !== 'finished') tx._abort(null)
    for (const connection of database.connections) {
      connection._closePending = true
      connection._closed = true
      const { onclose } = connection
      this.queueTask(() => void onclose?.call(connection, new Event('close')))
    }
    this.factory._databases.delete(DATABASE)
    this.noticeDeletion()
  }

  /** Ends the world: every connection that there ever was is told to close, and forgotten by Dexie. */
  shutDown(): void {
    for (const forget of this.closers) forget()
  }

  private queueTask(run: () => void): void {
    const tx = this.current
    const task = (): void => {
      this.current = tx
      try {
        run()
      } finally {
        this.current = undefined
        this.noticeDeletion()
      }
    }
    const known = tx && watched.get(tx)
    this.world.schedule(undefined, known?.label ?? 'storage', task, 0, known?.line ?? this.rest)
  }

  private noticeDeletion(): void {
    if (!this.database || this.factory._databases.get(DATABASE) === this.database) return
    this.database = undefined
    this.rows = new StoredRows()
    this.world.note('browser: the database is gone')
    this.observer.deleted()
  }

  private follow({ _rawDatabase: database }: RawConnection): void {
    if (database !== this.factory._databases.get(DATABASE)) return
    this.database = database
    this.rows.follow(database)
  }

  private watch(thread: Thread, connection: RawConnection): void {
    const begin = connection.transaction.bind(connection)
    connection.transaction = (names, mode, options) => {
      const { current } = this
      // Not a task of the transaction in whose callback it begins.
      this.current = undefined
      const tx = begin(names, mode, options) as RawTransaction
      this.current = current
      const label = `storage of ${thread.name}, ${tx.mode} ${[...tx._scope].join()}`
      watched.set(tx, { label, line: new Line(true) })
      this.watchTransaction(thread, tx)
      return tx
    }
    connection.close = () => {
      connection._closePending = true
      const own = connection._rawDatabase.transactions.filter((tx) => tx.db === connection)
      const closeWhenDone = (): void => {
        if (own.some((tx) => tx._state !== 'finished')) this.queueTask(closeWhenDone)
        else markClosed(connection)
      }
      closeWhenDone()
    }
  }

  private watchTransaction(thread: Thread, tx: RawTransaction): void {
    let isAborted = false
    const { _start: start, _abort: abort } = tx
    const failAt = this.chooseFailure(tx)
    tx._abort = (errorName) => {
      isAborted = true
      abort.call(tx, errorName)
    }
    if (failAt !== undefined) failAfter(tx, failAt, this.world)
    const followed = tx._start
    tx._start = () => {
      this.current = tx
      const before = tx._state
      if (followed === start) start.call(tx)
      else followed.call(tx)
      const isDone = before !== 'finished' && tx._state === 'finished' && !isAborted
      if (!isDone || tx.mode !== 'readwrite' || !tx._scope.has('sessions')) return
      if (tx.db.name === DATABASE) this.observer.committed(thread, this.rows.takeChanges())
    }
  }

  /** How many writes of a transaction go through before the disk is full; undefined for all. */
  private chooseFailure(tx: RawTransaction): number | undefined {
    const { faults, random } = this.world
    if (tx.mode !== 'readwrite' || !faults.fullDisk || !random.chance(0.04)) return undefined
    return random.below(6)
  }

  private abandon(connection: RawConnection): void {
    for (const tx of connection._rawDatabase.transactions) {
      if (tx.db !== connection) continue
      silenceTransaction(tx)
      if (tx._state === 'finished') continue
      // Where everything was sent and the commit asked for, the browser may still carry it out.
      const goesThrough = tx._state === 'committing' && this.world.random.chance(0.5)
      if (!goesThrough) tx._abort(null)
    }
    const { onversionchange: onClosing } = connection
    const event = Object.assign(new Event('versionchange'), { newVersion: null, oldVersion: 0 })
    // Dexie keeps a list of all that are open. Nobody is left to take this one off it.
    this.closers.push(() => void onClosing?.call(connection, event))
    silence(connection)
    markClosed(connection)
    connection._rawDatabase.processTransactions()
  }
}

const watched = new WeakMap<RawTransaction, { readonly label: string; readonly line: Line }>()

function markClosed(connection: RawConnection): void {
  connection._closePending = true
  connection._closed = true
  const { _rawDatabase: database } = connection
  database.connections = database.connections.filter((other) => other !== connection)
}

/** A connection that comes when nobody is there any more is closed at once. */
function abandonOpening(request: RawOpenRequest): void {
  silence(request)
  request.addEventListener('success', () => markClosed(request.result as RawConnection))
}

/**
 * Aborts a transaction when so many of its writes went through, or, if it has fewer, instead of its
 * commit.
 */
function failAfter(tx: RawTransaction, writes: number, world: World): void {
  const errorName = world.random.chance(0.85) ? 'QuotaExceededError' : 'UnknownError'
  const { _start: start, _execRequestAsync: request } = tx
  let left = writes
  tx._execRequestAsync = (work) => {
    const { operation } = work
    if (!isWrite(operation)) return request.call(tx, work)
    const failing = (): unknown => {
      left -= 1
      if (left >= 0) return operation()
      world.note(`browser: ${errorName} after ${writes} writes`)
      throw new DOMException('simulated', errorName)
    }
    return request.call(tx, { ...work, operation: failing })
  }
  tx._start = () => {
    const isOver = tx._requests.length === 0 && tx._state !== 'finished' && left >= 0
    // Read-only in effect: nothing was written that there could be no room for.
    if (!isOver || tx._rollbackLog.length === 0) {
      start.call(tx)
      return
    }
    world.note(`browser: ${errorName} at the commit`)
    tx._abort(errorName)
  }
}

function isWrite(operation: () => unknown): boolean {
  return operation.name.includes('storeRecord')
}
