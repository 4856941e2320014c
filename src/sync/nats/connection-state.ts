import type { ConnectionState } from '../remote-connection.ts'
import type { NatsState } from './nats-options.ts'

/** How a connection that was made once stands; undefined where that is said by what follows at once. */
export function connectionState(state: NatsState): ConnectionState | undefined {
  switch (state.kind) {
    case 'online': {
      const { version, warning } = state
      return { kind: 'up', server: { version, ...(warning !== undefined && { warning }) } }
    }
    case 'offline':
      return { kind: 'down', reason: state.reason }
    case 'refused':
      return { kind: 'refused', reason: state.reason }
    case 'connecting':
    case 'closed':
      return undefined
  }
}
