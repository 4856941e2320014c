import type { SyncSetup } from '../protocol/sync-desk.ts'
import type { SyncCredentials } from '../protocol/sync.ts'
import { connectNats } from './nats/connect-nats.ts'
import type { NatsState } from './nats/nats-options.ts'
import { createPlainSealer } from './plain-sealer.ts'
import type { ConnectionState, ConnectRemote } from './remote-connection.ts'

/**
 * The way to the space of a setup. A connection that is lost is made anew by itself; what came of it is reported.
 *
 * A space that is to be sealed is refused as long as its keys can't be opened: nothing is ever sent as it is instead.
 */
export function connectSpace(setup: SyncSetup): ConnectRemote {
  const { servers, space, encrypt } = setup
  return async (newer: SyncCredentials | undefined, report) => {
    if (encrypt !== undefined) {
      return { kind: 'refused', reason: 'This release can’t open the keys of a sealed space.' }
    }
    const credentials = newer ?? setup.credentials
    const log = await connectNats(
      { servers, space, ...(credentials && { credentials }) },
      (state) => {
        const told = stateOf(state)
        if (told) report(told)
      },
    )
    return {
      kind: 'connected',
      log,
      sealer: createPlainSealer(),
      renew: log.renew,
      retry: log.retry,
    }
  }
}

function stateOf(state: NatsState): ConnectionState | undefined {
  switch (state.kind) {
    case 'online': {
      const { version, warning } = state
      return { kind: 'up', server: { version, ...(warning !== undefined && { warning }) } }
    }
    case 'offline':
    case 'refused':
      return { kind: state.kind === 'offline' ? 'down' : 'refused', reason: state.reason }
    case 'connecting':
    case 'closed':
      return undefined
  }
}
