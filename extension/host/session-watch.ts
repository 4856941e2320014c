import type { Call } from '../../src/client/create-backfold.ts'
import type { PolicyOptions } from '../../src/core/session/policy.ts'
import { createKeyedQueue } from '../../src/engine/keyed-queue.ts'
import { createNewest } from '../../src/engine/newest.ts'
import type { EngineSignal } from '../../src/protocol/engine-signal.ts'
import type { SessionState } from '../../src/protocol/events.ts'

/** How the sessions of chats stand, and that they are kept to their windows. */
export interface SessionWatch {
  /** As far as it is known. */
  state(session: string): SessionState | null
  /** Gets to know a session; null where there is none. */
  look(session: string): Promise<SessionState | null>
  /** Keeps a session to a policy from now on, unless it is kept to it already. */
  settle(session: string, policy: PolicyOptions): Promise<void>
  signal(signal: EngineSignal): void
}

const MOST_SESSIONS = 64
/** Name under which a session remembers what it was last kept to. */
const SETTLED = 'window'

/**
 * @param onChange - A session that is watched has changed.
 * @see SPEC.md rule GAUGE5
 */
export function createSessionWatch(call: Call, onChange: (session: string) => void): SessionWatch {
  const states = createNewest<SessionState | null>({ entries: MOST_SESSIONS })
  const settled = createNewest<string>({ entries: MOST_SESSIONS })
  const queue = createKeyedQueue()
  const know = (state: SessionState): void => {
    states.add(state.session, state)
    onChange(state.session)
  }
  const look = async (session: string): Promise<SessionState | null> => {
    try {
      const state = await call('state', { session })
      know(state)
      return state
    } catch {
      return null
    }
  }
  return {
    state: (session) => states.get(session) ?? null,
    look,
    settle: (session, policy) =>
      queue.run(session, async () => {
        const wish = JSON.stringify(policy)
        if (settled.get(session) === wish) return
        const state = states.get(session) ?? (await look(session))
        if (!state) return
        // A budget that a refused request taught is not undone by each new life of the host.
        if (state.details.host[SETTLED] !== wish) {
          know(await call('configure', { session, options: policy }))
          await call('describe', { session, patch: { host: { [SETTLED]: wish } } })
        }
        settled.add(session, wish)
      }),
    signal(signal) {
      if (signal.kind === 'deleted') {
        if (!states.get(signal.session)) return
        states.add(signal.session, null)
        settled.add(signal.session, '')
        onChange(signal.session)
      } else if (signal.kind === 'state' && states.get(signal.state.session)) know(signal.state)
    },
  }
}
