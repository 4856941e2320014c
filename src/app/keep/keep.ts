import { isBackfoldError } from '../../core/backfold-error.ts'
import { describeProblem } from '../view/error-advice.ts'
import { readSettings, USUAL_SETTINGS, type AppSettings } from './app-settings.ts'
import { createDeferred } from './deferred.ts'
import { createKeepSync } from './keep-sync.ts'
import { createErrorLog } from './error-log.ts'
import { idleMsOf, type LockEvent } from './idle-lock.ts'
import type { Backfold } from '../../client/session.ts'
import { readKept } from './kept-session.ts'
import { createLockKeeper } from './lock-keeper.ts'
import { nameUntitled } from './name-untitled.ts'
import type { Keep, KeepState, KeepWorld } from './keep-world.ts'

const SETTINGS_NAME = 'backfold-app'
/** Least time between two readings of the list for what comes from other devices, in milliseconds. */
const REFRESH_MS = 1_000
/** Longest wait for drafts to be stored before the page is left, in milliseconds. */
const SETTLE_MS = 3_000

/**
 * Makes the app without its looks: the sessions that are kept, the lock, the settings.
 *
 * @see SPEC.md rules KEEP11–KEEP16, LOCK5–LOCK8
 */
export function createKeep(world: KeepWorld): Keep {
  const errors = createErrorLog(world.storage, world.now)
  const listeners = new Set<() => void>()
  const leaving = new Set<() => Promise<void>>()
  let opened = createDeferred<Backfold>()
  let backfold: Backfold | null = null
  let state = firstState(world)
  const change = (patch: Partial<KeepState>): void => {
    state = { ...state, ...patch }
    for (const listener of [...listeners]) listener()
  }
  const report = (thrown: unknown, during: string): void => {
    errors.note(thrown, during)
    change({ problem: describeProblem(thrown) })
  }
  const attempt: Keep['attempt'] = async (during, work) => {
    try {
      return await work(await opened.promise)
    } catch (thrown) {
      report(thrown, during)
      return null
    }
  }

  const settle = (): Promise<void> => doAll(leaving, world)
  const sync = createKeepSync(world, {
    changed: paced(world, () => void refresh()),
    tell: () => world.tell({ kind: 'sync' }),
  })
  const keeper = createLockKeeper(world, {
    changed: (lock) => change({ lock }),
    async locked(because) {
      await settle()
      // Nothing that was read is shown or reached from here on; the new page begins without it.
      const closing = backfold?.close()
      backfold = null
      sync.closed()
      opened = createDeferred<Backfold>()
      change({ phase: 'locked', sessions: null, problem: null })
      await closing?.catch(() => {})
      world.restart(because)
    },
  })
  const step = (event: LockEvent): void => keeper.step(event)

  const read = async (): Promise<void> => {
    if (backfold === null) return
    const own = backfold
    try {
      const sessions = (await own.sessions()).map(readKept)
      if (own === backfold) change({ sessions })
    } catch (thrown) {
      if (own === backfold) report(thrown, 'reading the list of sessions')
    }
  }
  const changed = async (): Promise<void> => {
    world.tell({ kind: 'changed' })
    await read()
  }
  const refresh = async (): Promise<void> => {
    await read()
    const named = backfold && (await nameUntitled(backfold, state.sessions ?? []).catch(() => 0))
    if (named !== null && named > 0) await changed()
  }

  const open = async (passphrase: string | null): Promise<void> => {
    change({ phase: 'opening', problem: null })
    try {
      backfold = await world.open(passphrase)
    } catch (thrown) {
      const code = isBackfoldError(thrown) ? thrown.code : undefined
      if (code === 'WRONG_PASSPHRASE' && passphrase !== null) {
        step({ type: 'refused' })
        change({ phase: 'locked' })
        return
      }
      if (code === 'STORAGE_LOCKED') {
        // Another tab has encrypted it since we looked.
        keeper.begin('start')
        change({ phase: 'locked', protection: 'passphrase' })
        return
      }
      report(thrown, 'opening')
      change({ phase: 'failed' })
      return
    }
    if (passphrase !== null) keeper.unlocked(idleOf(world, state.settings))
    opened.resolve(backfold)
    if (locksByItself(world)) sync.opened(backfold, passphrase)
    await read()
    change({ phase: 'open' })
  }

  const takeSettings = (settings: AppSettings): void => {
    const isOther = settings.idleMinutes !== state.settings.idleMinutes
    change({ settings })
    if (isOther) step({ type: 'set', idleMs: idleOf(world, settings), at: world.now() })
  }

  world.listen((notice) => {
    if (notice.kind === 'changed') void read()
    else if (notice.kind === 'sync') sync.moved()
    else if (notice.kind === 'settings') takeSettings(loadSettings(world.storage, state.settings))
    else if (notice.kind === 'locked') step({ type: 'lock', because: 'other-tab' })
    else if (notice.kind === 'protected') void settle().then(() => world.restart(null))
    else if (notice.kind === 'touched') step({ type: 'touched', at: world.now() })
  })

  const describe = async (
    during: string,
    id: string,
    patch: Parameters<Awaited<ReturnType<Backfold['session']>>['describe']>[0],
  ): Promise<void> => {
    await attempt(during, async (own) => (await own.session(id)).describe(patch))
    await changed()
  }

  return {
    get: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    errors,
    sync: locksByItself(world) ? sync : null,
    locksByItself: locksByItself(world),
    async start() {
      let isUnlocked = false
      try {
        const protection = await world.readProtection()
        change({ protection })
        isUnlocked = protection === 'passphrase' && (await world.isUnlockedElsewhere?.()) === true
        if (protection === 'passphrase' && !isUnlocked) {
          keeper.begin(world.restartedBecause() ?? 'start')
          change({ phase: 'locked' })
          return
        }
      } catch (thrown) {
        report(thrown, 'looking whether the data is encrypted')
        change({ phase: 'failed' })
        return
      }
      await open(null)
      if (isUnlocked && state.phase === 'open') keeper.unlocked(idleOf(world, state.settings))
    },
    async unlock(passphrase) {
      if (state.lock.status !== 'locked') return
      step({ type: 'tried' })
      await open(passphrase)
    },
    async lock() {
      world.tell({ kind: 'locked' })
      await keeper.lock('request')
    },
    touch: keeper.touch,
    backfold: () => opened.promise,
    attempt,
    refresh,
    async create() {
      await read()
      const blank = state.sessions?.find(({ isBlank }) => isBlank)
      if (blank !== undefined) return blank.id
      const id = world.newId()
      const budget = { tokens: state.settings.budget }
      const made = await attempt('making a session', (own) => own.session(id, { budget }))
      if (made === null) return null
      await changed()
      return id
    },
    rename: (id, title) => describe('renaming', id, { title: title.trim().slice(0, 500) }),
    setTags: (id, tags) => describe('tagging', id, { tags }),
    archive: (id, archived) => describe('putting away', id, { archived }),
    async remove(ids) {
      const done = await attempt('deleting', async (own) => {
        for (const id of ids) await own.delete(id)
        return true
      })
      await changed()
      return done !== null
    },
    async protect(passphrase) {
      const isDone = await attempt('changing the encryption', async (own) => {
        await own.protect({ passphrase })
        return true
      })
      if (isDone === null) return false
      // What they have open is not what is stored any more.
      world.tell({ kind: 'protected' })
      change({ protection: passphrase === null ? 'none' : 'passphrase' })
      if (passphrase === null) step({ type: 'opened' })
      else keeper.unlocked(idleOf(world, state.settings))
      return true
    },
    change(patch) {
      const settings: AppSettings = { ...loadSettings(world.storage, state.settings), ...patch }
      quietly(() => world.storage.setItem(SETTINGS_NAME, JSON.stringify(settings)))
      takeSettings(settings)
      world.tell({ kind: 'settings' })
    },
    beforeLeaving(work) {
      leaving.add(work)
      return () => void leaving.delete(work)
    },
    settle,
    dismiss: () => change({ problem: null }),
  }
}

function firstState({ storage }: KeepWorld): KeepState {
  return {
    phase: 'starting',
    lock: { status: 'open' },
    protection: 'absent',
    sessions: null,
    settings: loadSettings(storage, USUAL_SETTINGS),
    problem: null,
  }
}

function locksByItself({ isUnlockedElsewhere }: KeepWorld): boolean {
  return isUnlockedElsewhere === undefined
}

/** Milliseconds without a touch after which it locks; null for never. */
function idleOf(world: KeepWorld, { idleMinutes }: AppSettings): number | null {
  return locksByItself(world) ? idleMsOf(idleMinutes) : null
}

/** As they are stored, which other tabs may have changed; as they are here where storage is forbidden or empty. */
function loadSettings(storage: KeepWorld['storage'], here: AppSettings): AppSettings {
  const stored = quietly(() => storage.getItem(SETTINGS_NAME))
  return typeof stored === 'string' ? readSettings(stored) : here
}

/** Where storage is forbidden, settings last as long as the page. */
function quietly<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}

/** Does it at once, and however often it is asked meanwhile, once more after a while. */
function paced({ after }: Pick<KeepWorld, 'after'>, work: () => void): () => void {
  let isWaiting = false
  let isWanted = false
  const begin = (): void => {
    isWanted = false
    isWaiting = true
    work()
    after(REFRESH_MS, () => {
      isWaiting = false
      if (isWanted) begin()
    })
  }
  return () => {
    isWanted = true
    if (!isWaiting) begin()
  }
}

/** What has to be done before the page is left, as far as there is time for it. */
async function doAll(
  works: ReadonlySet<() => Promise<void>>,
  { after }: Pick<KeepWorld, 'after'>,
): Promise<void> {
  const done = Promise.allSettled([...works].map((work) => work()))
  await Promise.race([done, new Promise<void>((resolve) => after(SETTLE_MS, resolve))])
}
