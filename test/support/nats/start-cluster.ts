import { connect } from '@nats-io/transport-node'
import { startRouteProxy } from './route-proxy.ts'
import { findFreePorts, startNats, waitUntil, type NatsServer } from './start-nats.ts'

export interface NatsCluster {
  readonly nodes: readonly NatsServer[]
  readonly addresses: readonly string[]
  /** Makes the node that decides for a stream give that up, to another one if that can be. */
  stepDown(stream: string, to?: NatsServer): Promise<void>
  /** The node that decides for a stream; undefined while there is none. */
  findDecider(stream: string): Promise<NatsServer | undefined>
  /** Whether all nodes have all of a stream. */
  isWhole(stream: string): Promise<boolean>
  /** Cuts a node off from all others, which go on without it; clients still reach it. */
  isolate(node: NatsServer): void
  /** All nodes reach each other again. */
  join(): void
  close(): Promise<void>
}

export interface ClusterSettings {
  /** As DEPLOY.md says; false by default. */
  readonly isDurable?: boolean
  /** Whether servers reach each other without proxies: then they can't be isolated. False by default. */
  readonly isDirect?: boolean
}

/**
 * Starts three servers on loopback that keep each stream three times. Users are not asked who they are. Servers reach each other
 * through proxies.
 */
export async function startCluster(
  path: string,
  { isDurable = false, isDirect = false }: ClusterSettings = {},
): Promise<NatsCluster> {
  const ports = await findFreePorts(6)
  const own = ports.slice(0, 3)
  const advertised = isDirect ? own : ports.slice(3)
  const names = own.map((_, index) => `n${index + 1}`)
  let apart: string | undefined
  const proxies = await Promise.all(
    (isDirect ? [] : own).map((port, index) => {
      const mayPass = (name: string): boolean => apart !== name && apart !== names[index]
      return startRouteProxy(advertised[index] ?? 0, port, mayPass)
    }),
  )
  const nodes = await Promise.all(
    own.map((port, index) => {
      const routes = advertised.filter((_, other) => other !== index)
      const cluster = { port, advertised: advertised[index] ?? 0, routes }
      return startNats({ path, name: names[index] ?? '', isDurable, cluster })
    }),
  )
  const addresses = nodes.map(({ address }) => address)
  const ask = async (subject: string, body: string = ''): Promise<ClusterAnswer> => {
    // What a node believes that is cut off from all others is not how it is.
    const servers = addresses.filter((_, index) => names[index] !== apart)
    const connection = await connect({ servers, timeout: 5_000 })
    try {
      return (await connection.request(subject, body, { timeout: 5_000 })).json<ClusterAnswer>()
    } finally {
      await connection.close()
    }
  }
  const look = async (stream: string): Promise<ClusterAnswer> =>
    ask(`$JS.API.STREAM.INFO.${stream}`).catch(() => ({}))
  await waitUntil(async () => {
    const answer = await ask('$JS.API.STREAM.NAMES').catch(() => undefined)
    return answer !== undefined && !answer.error
  })
  const separate = (name: string | undefined): void => {
    apart = name
    for (const proxy of proxies) proxy.look()
  }
  return {
    nodes,
    addresses,
    async stepDown(stream, to) {
      const preferred = to && names[nodes.indexOf(to)]
      const body = preferred === undefined ? '' : JSON.stringify({ placement: { preferred } })
      await ask(`$JS.API.STREAM.LEADER.STEPDOWN.${stream}`, body)
    },
    async findDecider(stream) {
      const { cluster } = await look(stream)
      return nodes[Number(cluster?.leader?.slice(1)) - 1]
    },
    async isWhole(stream) {
      const { cluster } = await look(stream)
      const others = cluster?.replicas ?? []
      return others.length === 2 && others.every(({ current, offline }) => current && !offline)
    },
    isolate: (node) => separate(names[nodes.indexOf(node)]),
    join: () => separate(undefined),
    async close() {
      await Promise.all(nodes.map((node) => node.close()))
      await Promise.all(proxies.map((proxy) => proxy.close()))
    },
  }
}

interface ClusterAnswer {
  readonly error?: { readonly description: string }
  readonly cluster?: {
    readonly leader?: string
    readonly replicas?: readonly { readonly current: boolean; readonly offline?: boolean }[]
  }
}
