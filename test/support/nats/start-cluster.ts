import { connect } from '@nats-io/transport-node'
import { findFreePorts, startNats, waitUntil, type NatsServer } from './start-nats.ts'

export interface NatsCluster {
  readonly nodes: readonly NatsServer[]
  readonly addresses: readonly string[]
  /** Makes the node that decides for a stream give that up. */
  stepDown(stream: string): Promise<void>
  /** The node that decides for a stream; undefined while there is none. */
  findDecider(stream: string): Promise<NatsServer | undefined>
  close(): Promise<void>
}

/** Starts three servers on loopback that keep each stream three times. Users are not asked who they are. */
export async function startCluster(path: string): Promise<NatsCluster> {
  const ports = await findFreePorts(3)
  const nodes = await Promise.all(
    ports.map((port, index) =>
      startNats({ path, name: `n${index + 1}`, cluster: { port, routes: ports } }),
    ),
  )
  const addresses = nodes.map(({ address }) => address)
  const ask = async (subject: string): Promise<ClusterAnswer> => {
    const connection = await connect({ servers: addresses, timeout: 5_000 })
    try {
      return (await connection.request(subject, '', { timeout: 5_000 })).json<ClusterAnswer>()
    } finally {
      await connection.close()
    }
  }
  await waitUntil(async () => {
    const answer = await ask('$JS.API.STREAM.NAMES').catch(() => undefined)
    return answer !== undefined && !answer.error
  })
  return {
    nodes,
    addresses,
    stepDown: async (stream) => void (await ask(`$JS.API.STREAM.LEADER.STEPDOWN.${stream}`)),
    async findDecider(stream) {
      const { cluster } = await ask(`$JS.API.STREAM.INFO.${stream}`).catch(
        (): ClusterAnswer => ({}),
      )
      return nodes[Number(cluster?.leader?.slice(1)) - 1]
    },
    async close() {
      await Promise.all(nodes.map((node) => node.close()))
    },
  }
}

interface ClusterAnswer {
  readonly error?: { readonly description: string }
  readonly cluster?: { readonly leader?: string }
}
