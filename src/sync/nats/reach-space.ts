import { connectNats } from './connect-nats.ts'
import type { NatsLog, NatsOptions, NatsState } from './nats-options.ts'

/** A connection, with the first word of how it went. */
export interface Reached {
  readonly log: NatsLog
  readonly state: Extract<NatsState, { readonly kind: 'online' | 'offline' | 'refused' }>
}

/**
 * Connects, and waits until it is known how that went; from then on the connection is made anew by itself.
 *
 * @param onState - Is called with every state behind the first one.
 */
export function reachSpace(
  options: NatsOptions,
  onState: (state: NatsState) => void,
): Promise<Reached> {
  return new Promise((resolve, reject) => {
    let isKnown = false
    const opening = connectNats(options, (state) => {
      if (isKnown) onState(state)
      else if (state.kind !== 'connecting' && state.kind !== 'closed') {
        isKnown = true
        opening.then((log) => resolve({ log, state }), reject)
      }
    })
    opening.catch(reject)
  })
}
