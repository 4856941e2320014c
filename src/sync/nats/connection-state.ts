import type { ConnectionState } from '../remote-connection.ts'
import type { NatsState } from './nats-options.ts'

type Online = Extract<NatsState, { readonly kind: 'online' }>
type Up = Extract<ConnectionState, { readonly kind: 'up' }>

/** How a connection to a space that was made once stands; undefined where that is said by what follows at once. */
export function connectionState(state: NatsState, space: string): ConnectionState | undefined {
  switch (state.kind) {
    case 'online':
      return upState(state, space)
    case 'offline':
      return { kind: 'down', reason: state.reason }
    case 'refused':
      return { kind: 'refused', reason: state.reason }
    case 'connecting':
    case 'closed':
      return undefined
  }
}

/** What a connection that is there leads to. */
export function upState({ version, warning, incarnation }: Online, space: string): Up {
  return {
    kind: 'up',
    server: { version, ...(warning !== undefined && { warning }) },
    origin: { space, ...(incarnation !== undefined && { incarnation }) },
  }
}
