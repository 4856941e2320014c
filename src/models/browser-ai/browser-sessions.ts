import type { BrowserApi, BrowserSession } from './browser-api.ts'

/**
 * The sessions that calls are asked in: one for each call, so that none sees another, or, where the browser's
 * sessions forget each text anyway, one for all, because some browsers open one only during a click.
 */
export interface BrowserSessions {
  /** Whether one is held that needs no opening. */
  isHeld(): boolean
  /** A session for one call. It ends with the call's signal unless it is for all. */
  open(api: BrowserApi, system: string, signal: AbortSignal): Promise<BrowserSession>
  /** Takes over one that was opened elsewhere. */
  adopt(api: BrowserApi, session: BrowserSession): void
  /** The browser has ended this one. */
  drop(session: BrowserSession): void
}

/**
 * @param closed - Aborted when the model is closed: frees what is held.
 * @see SPEC.md rules BAI5, BAI11
 */
export function createSessions(closed: AbortSignal): BrowserSessions {
  let held: BrowserSession | undefined
  const drop = (session: BrowserSession): void => {
    if (held === session) held = undefined
    session.destroy()
  }
  const adopt = (api: BrowserApi, session: BrowserSession): void => {
    if (!api.isForgetful || closed.aborted) {
      session.destroy()
      return
    }
    const before = held
    held = session
    before?.destroy()
  }
  closed.addEventListener('abort', () => held && drop(held), { once: true })
  return {
    isHeld: () => held !== undefined,
    adopt,
    drop,
    async open(api, system, signal) {
      if (held) return held
      if (api.isForgetful) {
        const session = await api.open({ signal: closed })
        // Calls that open one at the same time each ask in their own, and the first is kept.
        if (held === undefined) adopt(api, session)
        else destroyWith(signal, session)
        return session
      }
      const session = await api.open({ system, signal })
      destroyWith(signal, session)
      return session
    },
  }
}

/** Destroys a session when a call is over, which may be so already: its signal is aborted however it ends. */
function destroyWith(signal: AbortSignal, session: BrowserSession): void {
  if (signal.aborted) session.destroy()
  else signal.addEventListener('abort', () => session.destroy(), { once: true })
}
