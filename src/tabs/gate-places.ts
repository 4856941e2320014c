import type { AbortSignalLike } from '../core/ports/abort-signal-like.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { GatePlaces, Place } from '../core/ports/gate-places.ts'
import type { Random } from '../core/ports/random.ts'
import type { GateNotice, GateNotices } from './gate-notices.ts'
import { GateWishes } from './gate-wishes.ts'
import { holdPlace } from './hold-place.ts'
import type { LockManagerLike } from './web-lock-leases.ts'

/** Places that are shared per provider at most; more slots need no sharing. */
const MAX_PLACES = 16

/**
 * How long a turn waits for a sign of life of whoever holds the places, and a job before it looks again
 * though it was told of nothing, in milliseconds.
 */
const PLACE_PATIENCE_MS = 1_000

export interface GatePlacesDeps {
  readonly locks: LockManagerLike
  readonly notices: GateNotices
  readonly clock: Clock
  /** Names turns' wishes over all tabs. */
  readonly random: Random
}

/**
 * A provider's places over Web Locks, one lock each, so that a tab that dies gives its own back.
 *
 * Only turns wait for these locks, in the order of asking. Jobs wait in a line of their own, whose head
 * looks whether a lock is free: so a turn is never behind a job that waits. A turn that finds no place
 * tells the other tabs; where none of them answers that turns hold the places, as where a tab is frozen,
 * it goes on without one.
 */
export function createGatePlaces(deps: GatePlacesDeps): GatePlaces {
  return new LockedPlaces(deps)
}

class LockedPlaces implements GatePlaces {
  private readonly deps: GatePlacesDeps
  private readonly wantedListeners = new Set<(provider: string) => boolean>()
  private readonly wishes = new GateWishes()
  /** Notices from other tabs, and from this one, wake those who wait. */
  private readonly wakers = new Set<(notice: GateNotice) => void>()
  /** Places that turns of this tab hold, by provider. */
  private readonly heldByTurns = new Map<string, number>()
  private readonly stopListening: () => void

  constructor(deps: GatePlacesDeps) {
    this.deps = deps
    this.stopListening = deps.notices.listen((notice) => this.hear(notice))
  }

  take(
    provider: string,
    slots: number,
    kind: 'turn' | 'job',
    signal: AbortSignalLike,
  ): Promise<Place> {
    const names = Array.from({ length: Math.min(Math.max(1, slots), MAX_PLACES) }, (_, place) => {
      return `backfold:gate:${provider}:${place}`
    })
    const stop = new AbortController()
    const abort = (): void => stop.abort(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    const taken =
      kind === 'turn'
        ? this.takeForTurn(provider, names, stop.signal)
        : this.takeForJob(provider, names, stop.signal)
    return taken.finally(() => signal.removeEventListener('abort', abort))
  }

  onWanted(listener: (provider: string) => boolean): () => void {
    this.wantedListeners.add(listener)
    return () => this.wantedListeners.delete(listener)
  }

  close(): void {
    this.stopListening()
    this.deps.notices.close()
  }

  private hear(notice: GateNotice): void {
    const { kind, provider, wish } = notice
    if ((kind === 'wanted' || kind === 'waits') && (this.heldByTurns.get(provider) ?? 0) > 0) {
      this.deps.notices.post({ kind: 'busy', provider, wish })
    }
    const isNew = this.wishes.hear(notice, this.deps.clock.now())
    if (isNew && this.askToYield(provider)) this.wishes.serve(wish)
    for (const wake of [...this.wakers]) wake(notice)
  }

  private askToYield(provider: string): boolean {
    return [...this.wantedListeners].some((listener) => listener(provider))
  }

  private async takeForTurn(
    provider: string,
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<Place> {
    const free = await this.tryEach(provider, names)
    if (!free) return this.countTurn(provider, await this.queueForAny(provider, names, signal))
    // Who was told nothing by this tab while the place was on its way here must know that it lives.
    this.deps.notices.post({ kind: 'settled', provider, wish: '' })
    return this.countTurn(provider, free)
  }

  /**
   * Waits for all places and keeps the first. Where nobody alive holds them, the turn goes on without one,
   * and holds the first that it is granted later on.
   */
  private queueForAny(
    provider: string,
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<Place> {
    return new Promise((resolve, reject) => {
      const { locks, random } = this.deps
      const wish = random.id()
      /** Aborted when no more place is wanted. */
      const queued = new AbortController()
      /** Aborted when nobody waits any more. */
      const waited = new AbortController()
      let got: Place | undefined
      let isReleased = false
      const place: Place = {
        release: () => {
          isReleased = true
          queued.abort(new Error('not needed any more'))
          got?.release()
        },
      }
      const settle = (): void => {
        if (waited.signal.aborted) return
        signal.removeEventListener('abort', cancel)
        waited.abort(new Error('not waited for any more'))
        this.deps.notices.post({ kind: 'settled', provider, wish })
        resolve(place)
      }
      const fail = (failure: unknown): void => {
        if (waited.signal.aborted) return
        // The promise keeps the first: it is rejected, and what else there is to do is done.
        reject(failure)
        settle()
        place.release()
      }
      const cancel = (): void => fail(signal.reason)
      signal.addEventListener('abort', cancel, { once: true })
      for (const name of names) {
        holdPlace(locks, name, { signal: queued.signal }, () => this.tellFreed(provider)).then(
          (granted) => {
            if (!granted) return
            if (got || isReleased) {
              granted.release()
              return
            }
            got = granted
            queued.abort(new Error('a place was got'))
            settle()
          },
          fail,
        )
      }
      if (signal.aborted) cancel()
      else this.waitForSilence(provider, wish, waited.signal).then(settle, () => {})
    })
  }

  /** Says again and again that a place is wanted; resolves once nobody has answered for a while. */
  private async waitForSilence(provider: string, wish: string, signal: AbortSignal): Promise<void> {
    let isServed = false
    let isBusy = true
    while (isBusy) {
      isBusy = false
      // A job of this tab gives way before those of others have to.
      isServed ||= this.askToYield(provider)
      const hear = (notice: GateNotice): void => {
        // A place that changes hands is a sign of life as well.
        const isSign = notice.kind === 'settled' || notice.kind === 'freed'
        const isAnswer = notice.kind === 'busy' && notice.wish === wish
        isBusy ||= notice.provider === provider && (isSign || isAnswer)
      }
      this.wakers.add(hear)
      this.deps.notices.post({ kind: isServed ? 'waits' : 'wanted', provider, wish })
      try {
        await this.deps.clock.delay(PLACE_PATIENCE_MS, signal)
      } finally {
        this.wakers.delete(hear)
      }
    }
  }

  private async takeForJob(
    provider: string,
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<Place> {
    return this.deps.locks.request(`backfold:gate:${provider}:jobs`, { signal }, async () => {
      for (;;) {
        signal.throwIfAborted()
        const freed = this.nextFreed(provider, signal)
        const place = await this.tryEach(provider, names)
        // A turn may have asked for it while it was on its way here.
        const isWanted = this.wishes.isOpen(provider, this.deps.clock.now())
        if (place && !isWanted) {
          freed.stop()
          return place
        }
        if (place) {
          freed.stop()
          place.release()
          signal.throwIfAborted()
          // Its own notice would wake it at once, again and again where the turn's tab is gone.
          await this.deps.clock.delay(PLACE_PATIENCE_MS, signal)
        } else {
          await freed.wait
        }
      }
    })
  }

  /** The next time that a place may be free. It listens from now on, so that nothing is missed. */
  private nextFreed(
    provider: string,
    signal: AbortSignal,
  ): { readonly wait: Promise<void>; stop(): void } {
    const ended = new AbortController()
    const stop = (): void => ended.abort(new Error('not needed any more'))
    const wait = new Promise<void>((resolve) => {
      const wake = (notice: GateNotice): void => {
        if (notice.kind === 'freed' && notice.provider === provider) stop()
      }
      const end = (): void => {
        signal.removeEventListener('abort', stop)
        this.wakers.delete(wake)
        resolve()
      }
      this.wakers.add(wake)
      signal.addEventListener('abort', stop, { once: true })
      if (signal.aborted) stop()
      this.deps.clock.delay(PLACE_PATIENCE_MS, ended.signal).then(end, end)
    })
    return { wait, stop }
  }

  private async tryEach(provider: string, names: readonly string[]): Promise<Place | undefined> {
    const { locks } = this.deps
    for (const name of names) {
      const place = await holdPlace(locks, name, { ifAvailable: true }, () =>
        this.tellFreed(provider),
      )
      if (place) return place
    }
    return undefined
  }

  /** The other tabs are told, and this one. */
  private tellFreed(provider: string): void {
    const notice = { kind: 'freed', provider, wish: '' } as const
    this.deps.notices.post(notice)
    for (const wake of [...this.wakers]) wake(notice)
  }

  private countTurn(provider: string, place: Place): Place {
    this.heldByTurns.set(provider, (this.heldByTurns.get(provider) ?? 0) + 1)
    let isHeld = true
    return {
      release: () => {
        if (!isHeld) return
        isHeld = false
        this.heldByTurns.set(provider, (this.heldByTurns.get(provider) ?? 1) - 1)
        place.release()
      },
    }
  }
}
