import type { ConnectionOptions, NatsConnection } from '@nats-io/nats-core'
import type {
  NatsConnectionImpl,
  setTransportFactory,
  Transport,
} from '@nats-io/nats-core/internal'

/** What of `@nats-io/transport-node` connections are made of, some of it from the file behind its front. */
export interface NodeParts {
  readonly NatsConnectionImpl: typeof NatsConnectionImpl
  readonly setTransportFactory: typeof setTransportFactory
  readonly NodeTransport: new () => Transport & { readonly connected: boolean }
  readonly nodeResolveHost: (host: string) => Promise<string[]>
}

/**
 * Connects as the client's own `connect` does, but leaves no socket behind: that one forgets the socket of a connection that did
 * not come about in time (https://github.com/nats-io/nats.js/issues/64), which then stays open for as long as the server lets it.
 */
export function connectNode(parts: NodeParts, options: ConnectionOptions): Promise<NatsConnection> {
  class MortalTransport extends parts.NodeTransport {
    override close(failure?: Error): Promise<void> {
      if (!this.connected) this.discard()
      return super.close(failure)
    }
  }
  parts.setTransportFactory({
    factory: () => new MortalTransport(),
    dnsResolveFn: parts.nodeResolveHost,
  })
  return parts.NatsConnectionImpl.connect(options)
}
