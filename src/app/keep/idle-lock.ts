/** Whether what is kept can be read now, and until when without a touch. Times are Unix times in milliseconds. */
export type LockState =
  /** What is kept is not encrypted: there is nothing to lock. */
  | { readonly status: 'open' }
  | { readonly status: 'locked'; readonly because: LockReason }
  /** The passphrase is being tried. */
  | { readonly status: 'unlocking' }
  | { readonly status: 'unlocked'; readonly touchedAt: number; readonly idleMs: number | null }

export type LockReason = 'start' | 'wrong-passphrase' | 'idle' | 'request' | 'other-tab'

export type LockEvent =
  | { readonly type: 'tried' }
  | { readonly type: 'refused' }
  | { readonly type: 'unlocked'; readonly at: number; readonly idleMs: number | null }
  /** A person did something, here or in another tab. */
  | { readonly type: 'touched'; readonly at: number }
  /** Some time went by; also after sleep, when the clock leaps. */
  | { readonly type: 'ticked'; readonly at: number }
  | { readonly type: 'set'; readonly idleMs: number | null; readonly at: number }
  | { readonly type: 'lock'; readonly because: 'request' | 'other-tab' }
  /** Encryption was turned off. */
  | { readonly type: 'opened' }

/** Least and most minutes after which an idle page may lock; 0 is never. */
export const IDLE_MINUTES: {
  readonly least: number
  readonly most: number
  readonly usual: number
} = {
  least: 1,
  most: 1_440,
  usual: 15,
}

/** Minutes as a person set them, in milliseconds; null for never. */
export function idleMsOf(minutes: number): number | null {
  if (!Number.isFinite(minutes) || minutes <= 0) return null
  return Math.min(Math.max(minutes, IDLE_MINUTES.least), IDLE_MINUTES.most) * 60_000
}

/**
 * What becomes of the lock. Total: an event that does not fit changes nothing.
 *
 * @see SPEC.md rules LOCK1–LOCK4
 */
export function stepLock(state: LockState, event: LockEvent): LockState {
  switch (event.type) {
    case 'tried':
      return state.status === 'locked' ? { status: 'unlocking' } : state
    case 'refused':
      return state.status === 'unlocking' ? locked('wrong-passphrase') : state
    case 'unlocked':
      return { status: 'unlocked', touchedAt: event.at, idleMs: event.idleMs }
    case 'opened':
      return { status: 'open' }
    case 'lock':
      return state.status === 'unlocked' || state.status === 'unlocking'
        ? locked(event.because)
        : state
    case 'touched':
      if (state.status !== 'unlocked') return state
      // A touch after the time is over comes too late: it may be somebody else's.
      if (isOver(state, event.at)) return locked('idle')
      return { ...state, touchedAt: Math.max(state.touchedAt, event.at) }
    case 'ticked':
      return state.status === 'unlocked' && isOver(state, event.at) ? locked('idle') : state
    case 'set':
      return state.status === 'unlocked'
        ? { ...state, touchedAt: event.at, idleMs: event.idleMs }
        : state
  }
}

/** When it has to be looked at again, in Unix time; null while nothing can lock by itself. */
export function lockDue(state: LockState): number | null {
  return state.status === 'unlocked' && state.idleMs !== null
    ? state.touchedAt + state.idleMs
    : null
}

/** Why it is locked, as a sentence for people. */
export function lockText(because: LockReason): string {
  switch (because) {
    case 'start':
      return 'What is kept in this browser is encrypted. Enter its passphrase.'
    case 'wrong-passphrase':
      return 'That is not the passphrase. Nothing was opened; try again.'
    case 'idle':
      return 'Locked, because nothing was done for a while.'
    case 'request':
      return 'Locked.'
    case 'other-tab':
      return 'Locked from another tab.'
  }
}

function isOver(state: LockState, at: number): boolean {
  const due = lockDue(state)
  return due !== null && at >= due
}

function locked(because: LockReason): LockState {
  return { status: 'locked', because }
}
