import { BackfoldError, isBackfoldError } from '../../src/core/backfold-error.ts'
import { connect, issueId } from '../../src/client/connection.ts'
import { createBackfold, type Call } from '../../src/client/create-backfold.ts'
import { readProtection } from '../../src/client/protection.ts'
import type { Protection } from '../../src/client/read-protection.ts'
import type { Backfold } from '../../src/client/session.ts'
import { spawnWorker } from '../../src/client/spawn-worker.ts'
import type { PageModels } from '../../src/client/summarisers.ts'
import type { EngineSignal } from '../../src/protocol/engine-signal.ts'
import type { ProtectOutcome } from '../../src/protocol/requests.ts'
import { oneByOne } from '../../src/protocol/one-by-one.ts'

/** The one Backfold of the extension: opened when it is first needed, and locked and unlocked by a person. */
export interface Archive {
  /** Waits where it is locked. A later call tries again where opening failed. */
  open(): Promise<Backfold>
  /** @throws BackfoldError `STORAGE_LOCKED` where it is locked; else as {@link Call} does. */
  readonly call: Call
  /** Whether it is open, or can be without a passphrase. False until that is known. */
  isOpen(): boolean
  /** Null while it was not opened, or is locked. */
  opened(): Backfold | null
  protection(): Promise<Protection>
  /** @throws BackfoldError `WRONG_PASSPHRASE`. */
  unlock(passphrase: string): Promise<void>
  /** Closes it where a passphrase is needed to open it again. */
  lock(): Promise<void>
  /** Encrypts it with a passphrase, or no more with null. */
  protect(passphrase: string | null): Promise<ProtectOutcome>
}

/** What an archive tells. */
export interface ArchiveTold {
  readonly signal: (signal: EngineSignal) => void
  /** The store worker died and was started again. */
  readonly restarted: (reason: string) => void
  /** It was opened, or locked. */
  readonly changed: () => void
}

/** An engine that is there. */
export interface Opened {
  readonly call: Call
  readonly backfold: Backfold
}

/** Where an archive is kept. */
export interface ArchiveWorld {
  readonly protection: () => Promise<Protection>
  /** @throws BackfoldError as `openBackfold` does. */
  readonly open: (passphrase: string | undefined, told: ArchiveTold) => Promise<Opened>
  /** Where its passphrase outlives the host; null where the host lives as long as it is needed. */
  readonly vault: PassphraseVault | null
}

/** Holds a passphrase until the browser is closed, in memory that no page reads. */
export interface PassphraseVault {
  read(): Promise<string | null>
  write(passphrase: string | null): Promise<void>
}

const DEADLINE_MS = 30_000

/** An archive in a database of this name, with a worker of its own. */
export function archiveWorld(name: string, vault: PassphraseVault | null): ArchiveWorld {
  return {
    vault,
    protection: () => readProtection(name),
    open: (passphrase, told) => openArchive(name, passphrase, told),
  }
}

/** @see SPEC.md rules HOST3, HOST4, HOST13 */
export function createArchive(world: ArchiveWorld, told: ArchiveTold): Archive {
  let opened: Opened | null = null
  // Until it is known how it is kept, nothing is said about it.
  let isLocked: boolean | null = null
  const waiting: (() => void)[] = []
  const inTurn = oneByOne()

  const openWith = async (passphrase: string | undefined): Promise<Opened> => {
    const next = await world.open(passphrase, told)
    opened = next
    isLocked = false
    for (const go of waiting.splice(0)) go()
    told.changed()
    return next
  }
  const hold = (passphrase: string | null): Promise<void> =>
    world.vault?.write(passphrase) ?? Promise.resolve()
  const look = async (): Promise<void> => {
    isLocked = (await world.protection()) === 'passphrase' && opened === null
    const held = isLocked ? await world.vault?.read() : null
    // Another one by now: it has to be asked for.
    if (held) await openWith(held).catch(() => hold(null))
  }
  /** Null where it is locked. */
  const tryOpen = (): Promise<Opened | null> =>
    opened
      ? Promise.resolve(opened)
      : inTurn(async () => {
          if (opened) return opened
          await look()
          return opened ?? (isLocked ? null : openWith(undefined))
        })
  /** A worker that died again and again is given up for good: the next one who needs it opens it anew. */
  const examine = async (found: Opened): Promise<void> => {
    const isDead = await found.call('sessions', {}).then(() => false, isLost)
    if (!isDead || opened !== found) return
    opened = null
    await found.backfold.close()
  }
  void inTurn(look).catch(() => {})
  const open = async (): Promise<Backfold> => {
    for (;;) {
      const found = await tryOpen()
      if (found) return found.backfold
      await new Promise<void>((resolve) => waiting.push(resolve))
    }
  }
  return {
    open,
    async call(method, params) {
      const found = await tryOpen()
      if (!found) throw new BackfoldError('STORAGE_LOCKED', 'the archive is locked')
      try {
        return await found.call(method, params)
      } catch (failure) {
        if (isLost(failure)) void examine(found)
        throw failure
      }
    },
    isOpen: () => isLocked === false,
    opened: () => opened?.backfold ?? null,
    protection: world.protection,
    unlock: (passphrase) =>
      inTurn(async () => {
        if (opened) return
        await openWith(passphrase)
        await hold(passphrase)
      }),
    lock: () =>
      inTurn(async () => {
        if (!opened || (await world.protection()) !== 'passphrase') return
        const { backfold } = opened
        opened = null
        isLocked = true
        await hold(null)
        await backfold.close()
        told.changed()
      }),
    async protect(passphrase) {
      // Here it leaves what opens a worker that is started again, which no message could take along.
      const outcome = await (await open()).protect({ passphrase })
      await hold(passphrase)
      return outcome
    },
  }
}

function isLost(failure: unknown): boolean {
  return isBackfoldError(failure) && failure.code === 'WORKER_LOST'
}

async function openArchive(
  name: string,
  passphrase: string | undefined,
  told: ArchiveTold,
): Promise<Opened> {
  const page: PageModels = { models: [] }
  const connection = connect(
    {
      database: name,
      tokeniser: 'estimate',
      passphrase,
      deadlineMs: DEADLINE_MS,
      spawn: () => spawnWorker(),
      extractors: [],
      described: [],
      page,
    },
    (signal) => {
      created.tell(signal)
      told.signal(signal)
    },
    (reason) => {
      created.restarted(reason)
      told.restarted(reason)
    },
  )
  const created = createBackfold(connection.call, issueId, connection.close, page)
  try {
    await connection.call('sessions', {})
  } catch (failure) {
    await connection.close()
    throw failure
  }
  return { call: connection.call, backfold: created.backfold }
}
