import type { AbortSignalLike } from '../core/ports/abort-signal-like.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Lease } from '../core/ports/leases.ts'
import type { ClaimStanding, ClaimChannel } from './claim-bus.ts'
import { createTimers } from './timers.ts'

/** The right of this device, among those of a space, to fold a session. */
export interface Claims {
  /** Waits while another device folds it. Rejects with the signal's reason when it is aborted before that. */
  acquire(session: string, signal: AbortSignalLike): Promise<Lease>
  /** Whether no other device folds it, as far as this tab has heard. */
  isFree(session: string): boolean
  close(): void
}

/** How long the tab that syncs may take to answer before this one goes on alone, in milliseconds. */
const ANSWER_MS = 5_000
/** How often is said again what is wanted, in milliseconds: another tab may have taken over. */
export const REPEAT_MS = 20_000

interface Want {
  grant(): void
  lose(): void
  isGranted: boolean
}

/**
 * The claims of one tab: it asks the tab that syncs, which may be itself.
 *
 * @param tab - Name of this tab among those of the browser.
 * @see SPEC.md rules PUMP13–PUMP15
 */
export function createTabClaims(
  bus: Pick<ClaimChannel, 'post' | 'listen'>,
  clock: Clock,
  tab: string,
): Claims {
  const wants = new Map<string, Want>()
  const standings = new Map<string, ClaimStanding>()
  const timers = createTimers(clock)

  const hear = (session: string, standing: ClaimStanding): void => {
    standings.set(session, standing)
    timers.stop(`answer ${session}`)
    const want = wants.get(session)
    if (!want) return
    if (standing !== 'elsewhere') want.grant()
    // Another device has it now, which heard nothing of this one for too long.
    else if (want.isGranted) want.lose()
  }
  const ask = (session: string): void => {
    bus.post({ kind: 'claim-wanted', session, tab })
    timers.start(`repeat ${session}`, REPEAT_MS, () => ask(session))
  }
  const stop = bus.listen((signal) => {
    if (signal.kind === 'claim-stands') hear(signal.session, signal.standing)
    if (signal.kind === 'leading') for (const session of wants.keys()) ask(session)
  })
  const drop = (session: string, want: Want): void => {
    if (wants.get(session) !== want) return
    wants.delete(session)
    timers.stop(`repeat ${session}`)
    timers.stop(`answer ${session}`)
    bus.post({ kind: 'claim-dropped', session, tab })
  }

  return {
    isFree: (session) => standings.get(session) !== 'elsewhere',
    acquire: (session, signal) =>
      new Promise<Lease>((resolve, reject) => {
        if (signal.aborted) {
          reject(toError(signal.reason))
          return
        }
        const abandon = (): void => {
          drop(session, want)
          reject(toError(signal.reason))
        }
        let lose = (): void => {}
        const lost = new Promise<void>((settle) => {
          lose = settle
        })
        const want: Want = {
          isGranted: false,
          grant() {
            if (want.isGranted) return
            want.isGranted = true
            signal.removeEventListener('abort', abandon)
            resolve({
              lost,
              release() {
                drop(session, want)
                lose()
              },
            })
          },
          lose: () => lose(),
        }
        signal.addEventListener('abort', abandon, { once: true })
        wants.set(session, want)
        timers.start(`answer ${session}`, ANSWER_MS, () => want.grant())
        ask(session)
      }),
    close() {
      stop()
      timers.stopAll()
    },
  }
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('the request for the claim was cancelled')
}
