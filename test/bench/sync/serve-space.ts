import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { connect } from '@nats-io/transport-node'
import { findNats } from '../../support/nats/find-nats.ts'
import { startCluster } from '../../support/nats/start-cluster.ts'
import { startNats, type NatsServer } from '../../support/nats/start-nats.ts'
import { fillSpace, type Filling } from './fill-space.ts'
import { folderMB, readProcess } from './process-figures.ts'
import { say } from './say.ts'

export interface ServeWish {
  readonly nodes: 1 | 3
  /** Writes everything to the disk before it confirms it. */
  readonly isDurable: boolean
  readonly fillings: readonly Filling[]
}

/** What is told of one server. */
export interface ServerSizes {
  readonly residentMB: number
  readonly diskMB: number
}

/** Starts servers, fills them, and answers `sizes` until the end of its input. */
export async function serveSpace({ nodes, isDurable, fillings }: ServeWish): Promise<void> {
  const { nodes: servers, close } = await start(nodes, isDurable)
  const [first] = servers
  if (!first) throw new Error('there is no server')
  for (const filling of fillings) await fillSpace(first.address, filling)
  const addresses = servers.map(({ address }) => address)
  const webSockets = servers.map(({ webSocket }) => webSocket)
  say({ addresses, webSockets })
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'sizes') say(sizesOf(first))
  }
  await close()
}

async function start(nodes: 1 | 3, isDurable: boolean) {
  const { path, missing } = await findNats()
  if (missing !== undefined) throw new Error(missing)
  if (nodes === 3) return startCluster(path, { isDurable, isDirect: true })
  const server = await startNats({ path, isDurable, maxFile: '20GB' })
  return { nodes: [server], close: () => server.close() }
}

export function sizesOf(server: NatsServer): ServerSizes {
  const pid = server.pid()
  if (pid === undefined) throw new Error('the server was ended')
  return { residentMB: readProcess(pid).residentMB, diskMB: folderMB(server.storeFolder) }
}

/**
 * Ends it, starts it on what it has, and returns the milliseconds until it answers of its stream.
 *
 * @param how - `asked` lets it write down what it knows of its files; `killed`, it has to read all of them again.
 */
export async function restart(server: NatsServer, how: 'asked' | 'killed'): Promise<number> {
  const pid = server.pid()
  if (how === 'asked' && pid !== undefined) {
    process.kill(pid, 'SIGTERM')
    while (existsSync(`/proc/${pid}`)) await pause()
  }
  await server.kill()
  const startedMs = performance.now()
  // With very many entries it is not ready as soon as tests expect.
  await server.start().catch(() => undefined)
  while (!(await answers(server))) await pause()
  return performance.now() - startedMs
}

async function answers({ address }: NatsServer): Promise<boolean> {
  try {
    const connection = await connect({ servers: address, reconnect: false })
    const answer = await connection.request('$JS.API.STREAM.INFO.BF', '', { timeout: 5_000 })
    await connection.close()
    return !answer.json<{ readonly error?: unknown }>().error
  } catch {
    return false
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20))
}
