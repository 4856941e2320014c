import type { Backfold } from '../../client/session.ts'
import type { Sync } from '../../client/backfold-sync.ts'
import { oneByOne } from '../../protocol/one-by-one.ts'
import { SYNC_OFF, type SyncOptions, type SyncStatus } from '../../protocol/sync.ts'
import { createKeptSync, openSecrets } from './kept-sync.ts'
import type { KeepWorld } from './keep-world.ts'
import { hasSecrets, joinSync, readDraft, type KeptSync, type SyncDraft } from './sync-draft.ts'

/** Sync as the app shows it; a new value after every change. */
export interface KeepSyncState {
  readonly status: SyncStatus
  /** How it is set up; null where it is not. */
  readonly kept: KeptSync | null
  /** It is set up, but what is secret of it is not open on this page. */
  readonly isLocked: boolean
}

/** The app's sync without its looks. Nothing here rejects; what fails is said in a sentence. */
export interface KeepSync {
  get(): KeepSyncState
  subscribe(listener: () => void): () => void
  /** Starts with what a person typed, and keeps it; what is wrong, or null. */
  setUp(draft: SyncDraft): Promise<string | null>
  /** Opens what is kept of it and starts. */
  unlock(passphrase: string): Promise<string | null>
  /** Ends it, and keeps nothing of it. What is stored of sessions stays. */
  forget(): Promise<string | null>
  retry(): Promise<string | null>
  /**
   * @param passphrase - Of the space from then on, where it is sealed: what is kept here of sync is kept with it.
   */
  removeDevice(id: string, passphrase?: string): Promise<string | null>
  /** A session goes on without the messages that the server lacks. */
  skipMissing(session: string): Promise<string | null>
}

/** For the keep that it is a part of. */
export interface OwnSync extends KeepSync {
  /** A Backfold is open: it is synchronised as far as that can be done without asking. */
  opened(backfold: Backfold, passphrase: string | null): void
  /** Another tab has set it up otherwise. */
  moved(): void
  /** Nothing of it stays in memory. */
  closed(): void
}

interface SyncTold {
  /** Something of a session was written elsewhere. */
  readonly changed: () => void
  /** Other tabs are to set it up alike. */
  readonly tell: () => void
}

/**
 * Synchronises what the app keeps, if a person has set that up: nothing is sent or loaded for it otherwise.
 *
 * @see SPEC.md rules KSYNC2–KSYNC6
 */
export function createKeepSync(world: Pick<KeepWorld, 'storage'>, told: SyncTold): OwnSync {
  const store = createKeptSync(world.storage)
  const listeners = new Set<() => void>()
  const inTurn = oneByOne()
  let state: KeepSyncState = stateOf(store.read())
  let backfold: Backfold | null = null
  let sync: Sync | null = null
  /** With what it was started; nothing of it is shown. */
  let started: SyncOptions | null = null
  let stops: readonly (() => void)[] = []
  const change = (patch: Partial<KeepSyncState>): void => {
    state = { ...state, ...patch }
    for (const listener of [...listeners]) listener()
  }
  const unwatch = (): void => {
    for (const stop of stops) stop()
    stops = []
    sync = null
    started = null
  }
  const begin = async (options: SyncOptions): Promise<void> => {
    const own = backfold
    if (own === null) return
    const opened = await own.sync()
    if (own !== backfold) return
    unwatch()
    sync = opened
    stops = [
      opened.status.subscribe(() => change({ status: opened.status.get() })),
      opened.onChanged(told.changed),
    ]
    await opened.start(options)
    started = options
    change({ status: opened.status.get(), isLocked: false })
  }
  const end = async (): Promise<void> => {
    const former = sync
    unwatch()
    await former?.stop()
  }
  /** Starts what is kept, as far as it can be opened. */
  const resume = async (passphrase: string | null): Promise<boolean> => {
    const { kept } = state
    if (kept === null) return false
    const secrets = !hasSecrets(kept)
      ? {}
      : passphrase === null
        ? null
        : await openSecrets(kept, passphrase)
    if (secrets === null) return false
    await begin(joinSync(kept, secrets))
    return true
  }
  const said = (work: () => Promise<string | null>): Promise<string | null> =>
    inTurn(work).catch((failure: unknown) =>
      failure instanceof Error ? failure.message : String(failure),
    )
  return {
    get: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    setUp: (draft) =>
      said(async () => {
        const options = readDraft(draft, location.protocol)
        await store.write(options, draft.keptWith || draft.passphrase)
        change({ kept: store.read() })
        await begin(options)
        told.tell()
        return null
      }),
    unlock: (passphrase) =>
      said(async () =>
        (await resume(passphrase))
          ? null
          : 'That is not the passphrase, or what was kept is damaged.',
      ),
    forget: () =>
      said(async () => {
        store.forget()
        await end()
        change(stateOf(null))
        told.tell()
        return null
      }),
    retry: () => said(async () => (await sync?.retry(), null)),
    removeDevice: (id, passphrase) =>
      said(async () => {
        const given = passphrase === undefined ? undefined : { passphrase }
        await sync?.removeDevice(id, given)
        if (given === undefined || started === null) return null
        started = { ...started, encrypt: given }
        await store.write(started, given.passphrase)
        change({ kept: store.read() })
        return null
      }),
    skipMissing: (session) => said(async () => (await sync?.skipMissing(session), null)),
    opened(own, passphrase) {
      backfold = own
      void said(async () => (await resume(passphrase), null))
    },
    moved() {
      void said(async () => {
        await end()
        change(stateOf(store.read()))
        await resume(null)
        return null
      })
    },
    closed() {
      unwatch()
      backfold = null
      change(stateOf(store.read()))
    },
  }
}

function stateOf(kept: KeptSync | null): KeepSyncState {
  return { status: SYNC_OFF, kept, isLocked: kept !== null && hasSecrets(kept) }
}
