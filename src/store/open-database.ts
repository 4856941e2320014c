import { BackfoldError } from '../core/backfold-error.ts'
import { BackfoldDatabase, NEXT_SCHEMA } from './database.ts'
import { convertRows } from './convert-rows.ts'
import {
  areSame,
  locked,
  newDataKey,
  proveState,
  unwrapDataKey,
  wrapDataKey,
  type ProtectionRow,
  type Secret,
} from './data-key.ts'
import { PLAIN_CODEC, type RowCodec } from './plain-codec.ts'
import { createRowCodec } from './row-codec.ts'
import { ADVICE } from './storage-error.ts'

/** Where a database is. */
export interface DatabaseOptions {
  /** Name of the IndexedDB database; `backfold` by default. */
  readonly name?: string
  /** Another IndexedDB, for Node. */
  readonly indexedDB?: IDBFactory
  readonly IDBKeyRange?: typeof IDBKeyRange
}

/** An open database, and how its rows are read. */
export interface OpenedDatabase {
  readonly db: BackfoldDatabase
  readonly codec: RowCodec
  /** Missing where it is not encrypted. */
  readonly dataKey?: Uint8Array<ArrayBuffer>
  /** What opens it again without the passphrase. */
  readonly unlock?: CryptoKey
  /** Rows that were rewritten because encryption was being turned on or off. */
  readonly rewritten: number
}

/**
 * Opens a database, and its rows if they are encrypted. One that is empty becomes encrypted when a passphrase is given.
 *
 * @throws BackfoldError `STORAGE_*`; `STORAGE_LOCKED` without a secret for one that is encrypted, `WRONG_PASSPHRASE`
 * for a wrong one, `INVALID_INPUT` with a passphrase for one that is not encrypted and has sessions.
 * @see SPEC.md rules ENC5–ENC7
 */
export async function openDatabase(
  options: DatabaseOptions,
  secret: Secret = {},
): Promise<OpenedDatabase> {
  let db = await openKnown(options)
  try {
    let row = await db.keys.get('main')
    if (!row && secret.passphrase !== undefined) {
      if ((await db.sessions.count()) > 0) throw notEmpty()
      const { row: first } = await wrapDataKey(newDataKey(), secret.passphrase, 'on')
      db.close()
      await changeProtection(options, first, undefined, true)
      db = await openKnown(options)
      row = await db.keys.get('main')
    }
    if (!row) return { db, codec: PLAIN_CODEC, rewritten: 0 }
    const opened = await unwrapDataKey(row, secret)
    const codec = createRowCodec(opened.dataKey)
    if (row.state === 'on') return { ...opened, db, codec, rewritten: 0 }
    const rewritten = await finishChange(db, codec, opened.dataKey, row.state)
    return row.state === 'turning-on'
      ? { ...opened, db, codec, rewritten }
      : { db, codec: PLAIN_CODEC, rewritten }
  } catch (failure) {
    db.close()
    throw failure
  }
}

/** Goes on with what was begun here, or by somebody who did not finish it. */
async function finishChange(
  db: BackfoldDatabase,
  codec: RowCodec,
  dataKey: Uint8Array,
  state: 'turning-on' | 'turning-off',
): Promise<number> {
  const rewritten = await convertRows(db, codec, state === 'turning-on' ? 'sealed' : 'plain')
  await db.transaction('rw', db.keys, async () => {
    const row = await db.keys.get('main')
    if (row?.state !== state) return
    if (state === 'turning-on') await db.keys.put({ ...row, ...proveState(dataKey, 'on') })
    else await db.keys.delete('main')
  })
  return rewritten
}

/**
 * Says how the rows are to stand from now on, in one transaction that begins only once every other connection has let
 * go of the database: nobody goes on writing as it was before. The own connection must be closed.
 *
 * @param before - What it said so far, as the caller knows it: where somebody else has changed that since, rows may be
 * sealed by a key that must not be lost.
 * @throws BackfoldError `STORAGE_BLOCKED` where a connection does not let go within seconds, `STORAGE_LOCKED` where it
 * was changed elsewhere, `INVALID_INPUT` where there are sessions and must be none; then nothing has changed.
 */
export async function changeProtection(
  { name = 'backfold', indexedDB: factory = indexedDB }: DatabaseOptions,
  row: ProtectionRow,
  before: ProtectionRow | undefined,
  mustBeEmpty = false,
): Promise<void> {
  const isAsKnown = (found: ProtectionRow | undefined): boolean =>
    areSame(found?.wrapped, before?.wrapped) && found?.state === before?.state
  const { version, found } = await lookAtKeys(await settled(factory.open(name)))
  // Looked at once more below, but by then all others have let go for nothing.
  if (!isAsKnown(found)) {
    // Where it was to be made encrypted and is by now, opening will tell.
    if (mustBeEmpty) return
    throw locked()
  }
  const request = factory.open(name, version + 1)
  let reason: BackfoldError | undefined
  let giveUp: ReturnType<typeof setTimeout> | undefined
  const waited = new Promise<never>((_, reject) => {
    request.onblocked = () => {
      giveUp ??= setTimeout(() => {
        // It may be granted yet: then it must change nothing.
        reason = new BackfoldError('STORAGE_BLOCKED', ADVICE.STORAGE_BLOCKED)
        reject(reason)
      }, MAX_BLOCKED_MS)
    }
  })
  request.onupgradeneeded = () => {
    const tx = request.transaction
    if (!tx || reason) return tx?.abort()
    const keys = tx.objectStore('keys')
    const sessions = tx.objectStore('sessions').count()
    const main = keys.get('main')
    main.onsuccess = () => {
      const isChanged = !isAsKnown(main.result as ProtectionRow | undefined)
      if (isChanged && !mustBeEmpty) reason = locked()
      else if (mustBeEmpty && sessions.result > 0) reason = notEmpty()
      if (reason || isChanged) tx.abort()
      else keys.put(row)
    }
  }
  const changed = settled(request).then((db) => db.close())
  try {
    await Promise.race([changed, waited])
  } catch (failure) {
    // Also where it was another tab that has just made it encrypted: opening will tell.
    if (!mustBeEmpty || reason) throw reason ?? failure
  } finally {
    clearTimeout(giveUp)
    changed.catch(() => {})
  }
}

async function lookAtKeys(
  db: IDBDatabase,
): Promise<{ readonly version: number; readonly found: ProtectionRow | undefined }> {
  db.onversionchange = () => db.close()
  try {
    const main = db.transaction('keys').objectStore('keys').get('main')
    const found = await new Promise<ProtectionRow | undefined>((resolve, reject) => {
      main.onsuccess = () => resolve(main.result as ProtectionRow | undefined)
      main.onerror = () => reject(main.error ?? new DOMException('failed', 'UnknownError'))
    })
    return { version: db.version, found }
  } finally {
    db.close()
  }
}

function settled(request: IDBOpenDBRequest): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new DOMException('failed', 'UnknownError'))
  })
}

function notEmpty(): BackfoldError {
  return new BackfoldError(
    'INVALID_INPUT',
    'there are sessions that are not encrypted: open without a passphrase, then call protect({ passphrase })',
  )
}

async function openKnown({
  name = 'backfold',
  indexedDB,
  IDBKeyRange,
}: DatabaseOptions): Promise<BackfoldDatabase> {
  const db = new BackfoldDatabase(
    name,
    indexedDB && IDBKeyRange ? { indexedDB, IDBKeyRange } : undefined,
  )
  await openUnlessBlocked(db)
  // Dexie opens a database of a later version as it is, and would write to it.
  if (db.backendDB().version < NEXT_SCHEMA) return db
  db.close()
  throw newerRelease()
}

export function newerRelease(): BackfoldError {
  return new BackfoldError('STORAGE_NEWER', ADVICE.STORAGE_NEWER)
}

/** Longest wait for another tab to let go of an older version of the database, in milliseconds. */
const MAX_BLOCKED_MS = 5_000

/**
 * Opens the database. A tab with an older version of it open closes it when it is told to, though only
 * after what it is writing; without an end to the wait, one that never does would keep this one closed.
 */
function openUnlessBlocked(db: BackfoldDatabase): Promise<void> {
  return new Promise((resolve, reject) => {
    let giveUp: ReturnType<typeof setTimeout> | undefined
    db.on('blocked', () => {
      giveUp ??= setTimeout(() => {
        reject(new DOMException('the upgrade waits for another tab', 'BlockedError'))
        // It may open yet, when that tab is gone, with nobody to close it.
        opening.then(
          () => db.close(),
          () => {},
        )
      }, MAX_BLOCKED_MS)
    })
    const opening = db.open()
    opening.finally(() => clearTimeout(giveUp)).then(() => resolve(), reject)
  })
}
