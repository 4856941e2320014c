import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** Stands before the port at which a node of a cluster hears the others, and knows by their names whose connections there are. */
export interface RouteProxy {
  /** Who may come through has become another: connections of those that may not are ended. */
  look(): void
  close(): Promise<void>
}

interface Pair {
  readonly up: Socket
  readonly down: Socket
  /** What the other node has said so far, until its name is known. */
  heard: string
  name: string | undefined
}

/** A node says its name with the first thing that it says of itself. */
const NAME = /"server_name":"([^"]+)"/

/**
 * Listens at `port` for the node that listens at `target`.
 *
 * @param mayPass - Asked with the name of whoever connects.
 */
export async function startRouteProxy(
  port: number,
  target: number,
  mayPass: (name: string) => boolean,
): Promise<RouteProxy> {
  const pairs = new Set<Pair>()
  const end = (pair: Pair): void => {
    pairs.delete(pair)
    pair.up.destroy()
    pair.down.destroy()
  }
  const look = (): void => {
    for (const pair of [...pairs]) {
      if (pair.name !== undefined && !mayPass(pair.name)) end(pair)
    }
  }
  const hear = (pair: Pair, bytes: Buffer): void => {
    if (pair.name !== undefined) return
    pair.heard += bytes.toString('latin1')
    pair.name = NAME.exec(pair.heard)?.[1]
    look()
  }
  const server = createServer((down) => {
    const up = connect(target, '127.0.0.1')
    const pair: Pair = { up, down, heard: '', name: undefined }
    pairs.add(pair)
    for (const socket of [up, down]) {
      socket.setNoDelay(true)
      socket.on('error', () => end(pair))
      socket.on('close', () => end(pair))
    }
    down.on('data', (bytes: Buffer) => {
      hear(pair, bytes)
      if (!up.destroyed) up.write(bytes)
    })
    up.on('data', (bytes: Buffer) => void (down.destroyed || down.write(bytes)))
  }).listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    look,
    async close() {
      for (const pair of [...pairs]) end(pair)
      server.close()
      await once(server, 'close')
    },
  }
}
