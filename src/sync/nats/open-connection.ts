import type * as NatsCore from '@nats-io/nats-core'
import type { Authenticator, ConnectionOptions, NatsConnection } from '@nats-io/nats-core'
import type { SyncCredentials } from '../../protocol/sync.ts'
import { connectNode, type NodeParts } from './connect-node.ts'
import { connectWebSocket } from './connect-web-socket.ts'
import { newSecretName } from './create-consumer.ts'
import { judgeFailure, type ConnectVerdict } from './judge-failure.ts'

export interface Address {
  readonly servers: readonly string[]
  readonly inbox: string
  readonly timeoutMs: number
  readonly credentials: SyncCredentials | undefined
  readonly transport?: NatsTransport | undefined
}

/** Opens one connection over what browsers don't have. */
export type NatsTransport = (options: ConnectionOptions) => Promise<NatsConnection>

/** Only Node has them, and bundlers for browsers are not to look for them. */
const NODE_TRANSPORT = '@nats-io/transport-node'
const NODE_TRANSPORT_FILE = '@nats-io/transport-node/lib/node_transport.js'

/** How often a connection that says nothing is asked whether it is still there; twice without an answer is the end. */
const PING_EVERY_MS = 15_000

/** No connection came about; its message says why, and what is to be done about it. */
export class ConnectError extends Error {
  override readonly name = 'ConnectError'
  readonly verdict: ConnectVerdict

  constructor(verdict: ConnectVerdict, cause: unknown) {
    super(verdict.reason, { cause })
    this.verdict = verdict
  }
}

/**
 * Connects once, to any of the servers. A connection that ends is not mended but replaced, so that nothing of what was under
 * way is sent by itself later on.
 *
 * @throws ConnectError Nobody listens there, it is not who it says, or the credentials are not accepted.
 */
export async function openConnection(address: Address): Promise<NatsConnection> {
  try {
    return await connect(address)
  } catch (failure) {
    const origin = globalThis.location?.origin
    throw new ConnectError(judgeFailure(failure, { servers: address.servers, origin }), failure)
  }
}

async function connect(address: Address): Promise<NatsConnection> {
  const core = await import('@nats-io/nats-core')
  const options: ConnectionOptions = {
    servers: [...address.servers],
    inboxPrefix: address.inbox,
    name: 'backfold',
    reconnect: false,
    ignoreClusterUpdates: true,
    ignoreAuthErrorAbort: true,
    noAsyncTraces: true,
    pingInterval: PING_EVERY_MS,
    maxPingOut: 2,
    timeout: address.timeoutMs,
    // Without it the client would tell a server that has no TLS everything, credentials too, whatever the address says.
    ...(address.servers.some((server) => /^tls:/i.test(server)) && { tls: {} }),
    ...authenticate(core, address.credentials),
  }
  if (core.hasWsProtocol(options)) return connectWebSocket(core, options)
  if (address.transport) return address.transport(options)
  const parts = await Promise.all([
    import(/* @vite-ignore */ /* webpackIgnore: true */ /* turbopackIgnore: true */ NODE_TRANSPORT),
    import(
      /* @vite-ignore */ /* webpackIgnore: true */ /* turbopackIgnore: true */ NODE_TRANSPORT_FILE
    ),
  ])
  return connectNode(Object.assign({}, ...parts) as NodeParts, options)
}

type Core = Pick<
  typeof NatsCore,
  'tokenAuthenticator' | 'usernamePasswordAuthenticator' | 'jwtAuthenticator'
>

function authenticate(
  core: Core,
  credentials: SyncCredentials | undefined,
): { readonly authenticator?: Authenticator } {
  switch (credentials?.kind) {
    case undefined:
      return {}
    case 'token':
      return { authenticator: core.tokenAuthenticator(credentials.token) }
    case 'password':
      return {
        authenticator: core.usernamePasswordAuthenticator(credentials.user, credentials.password),
      }
    case 'jwt': {
      const seed = new TextEncoder().encode(credentials.seed)
      return { authenticator: core.jwtAuthenticator(credentials.jwt, seed) }
    }
  }
}

/** Where answers are sent to by default: what is set up for a user allows no other place. */
export function chooseInbox(credentials: SyncCredentials | undefined): string {
  const name =
    credentials?.kind === 'jwt'
      ? readSubject(credentials.jwt)
      : credentials?.kind === 'password'
        ? credentials.user
        : undefined
  return `_INBOX_${name !== undefined && /^[\w-]{1,64}$/.test(name) ? name : newSecretName()}`
}

/** The public key of the user that a JWT is of. */
function readSubject(jwt: string): string | undefined {
  try {
    const [, payload = ''] = jwt.split('.')
    const text = atob(payload.replaceAll('-', '+').replaceAll('_', '/'))
    const claims: unknown = JSON.parse(text)
    const subject = (claims as { readonly sub?: unknown } | null)?.sub
    return typeof subject === 'string' ? subject : undefined
  } catch {
    return undefined
  }
}
