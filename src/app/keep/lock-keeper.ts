import { lockDue, stepLock, type LockEvent, type LockReason, type LockState } from './idle-lock.ts'
import type { KeepWorld } from './keep-world.ts'

/** Least time between two tellings of other tabs that a person is here, in milliseconds. */
const TELL_EVERY_MS = 10_000
/** A sleeping machine stops timers: what is due is looked at this often all the same, in milliseconds. */
const LOOK_EVERY_MS = 30_000

interface LockTold {
  readonly changed: (lock: LockState) => void
  /** It was unlocked and is not any more. */
  readonly locked: (because: LockReason) => Promise<void>
}

/** The lock at work: the state machine with a clock, and with the other tabs. */
export interface LockKeeper {
  /** It is encrypted: nothing was opened yet. */
  begin(because: LockReason): void
  unlocked(idleMs: number | null): void
  lock(because: 'request' | 'other-tab'): Promise<void>
  touch(): void
  step(event: LockEvent): void
}

/** @see SPEC.md rules LOCK5, LOCK6 */
export function createLockKeeper(world: KeepWorld, told: LockTold): LockKeeper {
  let state: LockState = { status: 'open' }
  let toldAt = -Infinity
  let stop: (() => void) | null = null

  const watch = (): void => {
    stop?.()
    const due = lockDue(state)
    if (due === null) return
    const wait = Math.min(Math.max(0, due - world.now()), LOOK_EVERY_MS)
    stop = world.after(wait, () => void step({ type: 'ticked', at: world.now() }))
  }
  const set = (next: LockState): Promise<void> => {
    const before = state
    state = next
    watch()
    if (next !== before) told.changed(next)
    const isLocked = before.status === 'unlocked' && next.status === 'locked'
    return isLocked ? told.locked(next.because) : Promise.resolve()
  }
  const step = (event: LockEvent): Promise<void> => set(stepLock(state, event))
  return {
    begin: (because) => void set({ status: 'locked', because }),
    unlocked: (idleMs) => void step({ type: 'unlocked', at: world.now(), idleMs }),
    lock: (because) => step({ type: 'lock', because }),
    touch() {
      if (state.status !== 'unlocked') return
      const at = world.now()
      void step({ type: 'touched', at })
      if (state.status !== 'unlocked' || at - toldAt < TELL_EVERY_MS) return
      toldAt = at
      world.tell({ kind: 'touched' })
    },
    step: (event) => void step(event),
  }
}
