/** What the tabs of one browser tell each other about claims: one of them makes them for all. */
export type ClaimSignal =
  /** Says all of what is wanted again: another tab makes the claims now. */
  | { readonly kind: 'leading' }
  | { readonly kind: 'claim-wanted'; readonly session: string; readonly tab: string }
  | { readonly kind: 'claim-dropped'; readonly session: string; readonly tab: string }
  | { readonly kind: 'claim-stands'; readonly session: string; readonly standing: ClaimStanding }

/**
 * What this browser may do with a session: `held`: nobody else folds it. `elsewhere`: another device does. `alone`: nobody
 * can be asked, so that this device goes on as if it was the only one.
 */
export type ClaimStanding = 'held' | 'elsewhere' | 'alone'

/** Best-effort messages between the tabs of one origin, the sender left out. */
export interface ClaimChannel {
  post(signal: ClaimSignal): void
  listen(listener: (signal: ClaimSignal) => void): () => void
  close(): void
}

/** The same, the sender included: whoever listens need not know in which tab the claims are made. */
export function createClaimBus(channel: ClaimChannel): ClaimChannel {
  const listeners = new Set<(signal: ClaimSignal) => void>()
  let isClosed = false
  const hear = (signal: ClaimSignal): void => {
    for (const listener of [...listeners]) listener(signal)
  }
  const stop = channel.listen(hear)
  return {
    post(signal) {
      if (isClosed) return
      channel.post(signal)
      hear(signal)
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      isClosed = true
      stop()
      listeners.clear()
      channel.close()
    },
  }
}

/** Where there are no other tabs. */
export function createSilentClaimChannel(): ClaimChannel {
  return { post() {}, listen: () => () => {}, close() {} }
}

/** Whether that is a signal: anything on the origin may post on the channel. */
export function isClaimSignal(data: unknown): data is ClaimSignal {
  if (typeof data !== 'object' || data === null || !('kind' in data)) return false
  if (data.kind === 'leading') return true
  if (!('session' in data) || typeof data.session !== 'string') return false
  if (data.kind === 'claim-stands') return 'standing' in data && isStanding(data.standing)
  const isWish = data.kind === 'claim-wanted' || data.kind === 'claim-dropped'
  return isWish && 'tab' in data && typeof data.tab === 'string'
}

function isStanding(value: unknown): value is ClaimStanding {
  return value === 'held' || value === 'elsewhere' || value === 'alone'
}
