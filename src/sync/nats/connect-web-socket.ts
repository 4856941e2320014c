import type * as NatsCore from '@nats-io/nats-core'
import type { ConnectionOptions, NatsConnection } from '@nats-io/nats-core'

type Core = Pick<typeof NatsCore, 'wsconnect'>

/** The page's own policy forbids the connection. */
class ForbiddenByPolicyError extends Error {
  override readonly name = 'ForbiddenByPolicyError'
}

/** There is no web socket here, or it can't be made for such an address. */
class NoWebSocketError extends Error {
  override readonly name = 'NoWebSocketError'
}

/**
 * Connects over a web socket.
 *
 * @throws ForbiddenByPolicyError, NoWebSocketError, or what the client throws. The client itself would wait for ever where a
 * socket can't even be made, and hears nothing of policies.
 */
export async function connectWebSocket(
  core: Core,
  options: ConnectionOptions,
): Promise<NatsConnection> {
  let fail: (failure: Error) => void = () => undefined
  const notMade = new Promise<never>((_, reject) => {
    fail = reject
  })
  const policy = watchPolicy()
  try {
    const wsFactory = async (address: string) => {
      try {
        return { socket: new WebSocket(address), encrypted: address.startsWith('wss:') }
      } catch (failure) {
        const error = new NoWebSocketError(String(failure), { cause: failure })
        fail(error)
        throw error
      }
    }
    return await Promise.race([core.wsconnect({ ...options, wsFactory }), notMade])
  } catch (failure) {
    const forbidden = policy.forbidden()
    throw forbidden === undefined
      ? failure
      : new ForbiddenByPolicyError(forbidden, { cause: failure })
  } finally {
    policy.stop()
  }
}

interface Violation extends Event {
  readonly effectiveDirective: string
  readonly blockedURI: string
}

/** Sees which connection the policy of this page or worker forbids: the socket itself only breaks. */
function watchPolicy(): { forbidden(): string | undefined; stop(): void } {
  let forbidden: string | undefined
  const scope: Partial<EventTarget> = globalThis
  const see = (event: Event): void => {
    const { effectiveDirective, blockedURI } = event as Violation
    if (effectiveDirective === 'connect-src' && /^wss?\b/.test(blockedURI)) forbidden = blockedURI
  }
  scope.addEventListener?.('securitypolicyviolation', see)
  return {
    forbidden: () => forbidden,
    stop: () => scope.removeEventListener?.('securitypolicyviolation', see),
  }
}
