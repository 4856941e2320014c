import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A way to a server on which things go wrong when a test says so. */
export interface FaultProxy {
  readonly port: number
  readonly address: string
  /** Cuts every connection, and each new one, until it is healed. */
  cut(): void
  /** Cuts every connection once; new ones are let through. */
  cutOnce(): void
  /** Nothing goes through in a direction, and connections stay open; what was kept back goes through once it is healed. */
  stall(direction: Direction): void
  /** What goes in this direction is thrown away, so that the connection is of no use from then on. */
  drop(direction: Direction): void
  /** Delays everything by so many milliseconds. */
  slow(delayMs: number): void
  /** Calls back before something is passed on; it may then cut or drop. */
  onPass(listener: (direction: Direction, bytes: Buffer) => void): void
  /**
   * Calls back once, before the last of this text is passed on towards the server, however the network cut it into pieces.
   *
   * @param text - At most 256 characters, none beyond ASCII.
   */
  onText(text: string, listener: (passing: Passing) => void): void
  heal(): void
  connections(): number
  close(): Promise<void>
}

/** `up` is towards the server. */
export type Direction = 'up' | 'down'

/** The connection on which something passes. */
export interface Passing {
  /** Cuts it in the place of the next thing that comes back from the server; `then` is called once that can't come any more. */
  loseAnswer(then: () => void): void
}

interface Pair {
  readonly up: Socket
  readonly down: Socket
  readonly held: (() => void)[]
  /** The last that was passed up. */
  tail: string
  onAnswer: (() => void) | undefined
}

const LONGEST_TEXT = 256

/** Stands between clients and the server at a port of loopback. */
export async function startFaultProxy(target: number): Promise<FaultProxy> {
  const pairs = new Set<Pair>()
  let isCut = false
  let delayMs = 0
  const stalled = new Set<Direction>()
  const dropped = new Set<Direction>()
  let tell: (direction: Direction, bytes: Buffer) => void = () => undefined
  const end = (pair: Pair): void => {
    pairs.delete(pair)
    pair.up.destroy()
    pair.down.destroy()
    pair.onAnswer?.()
    pair.onAnswer = undefined
  }
  const texts = new Map<string, (passing: Passing) => void>()
  const look = (pair: Pair, bytes: Buffer): void => {
    const seen = pair.tail + bytes.toString('latin1')
    pair.tail = seen.slice(1 - LONGEST_TEXT)
    for (const [text, listener] of [...texts]) {
      if (!seen.includes(text)) continue
      texts.delete(text)
      listener({ loseAnswer: (then) => (pair.onAnswer = then) })
    }
  }
  const pass = (pair: Pair, direction: Direction, bytes: Buffer): void => {
    tell(direction, bytes)
    if (direction === 'up') look(pair, bytes)
    else if (pair.onAnswer) {
      end(pair)
      return
    }
    const to = direction === 'up' ? pair.up : pair.down
    const write = (): void => void (to.destroyed || to.write(bytes))
    if (dropped.has(direction)) return
    if (stalled.has(direction)) pair.held.push(write)
    else if (delayMs > 0) setTimeout(write, delayMs)
    else write()
  }
  const server = createServer((down) => {
    const up = connect(target, '127.0.0.1')
    const pair: Pair = { up, down, held: [], tail: '', onAnswer: undefined }
    pairs.add(pair)
    if (isCut) end(pair)
    for (const socket of [up, down]) {
      socket.setNoDelay(true)
      socket.on('error', () => end(pair))
      socket.on('close', () => end(pair))
    }
    down.on('data', (bytes: Buffer) => pass(pair, 'up', bytes))
    up.on('data', (bytes: Buffer) => pass(pair, 'down', bytes))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('there is no port')
  const cutOnce = (): void => {
    for (const pair of [...pairs]) end(pair)
  }
  return {
    port: address.port,
    address: `nats://127.0.0.1:${address.port}`,
    cut() {
      isCut = true
      cutOnce()
    },
    cutOnce,
    stall: (direction) => void stalled.add(direction),
    drop: (direction) => void dropped.add(direction),
    slow(ms) {
      delayMs = ms
    },
    onPass(listener) {
      tell = listener
    },
    onText: (text, listener) => void texts.set(text, listener),
    heal() {
      isCut = false
      delayMs = 0
      stalled.clear()
      dropped.clear()
      for (const { held } of pairs) for (const write of held.splice(0)) write()
    },
    connections: () => pairs.size,
    async close() {
      cutOnce()
      server.close()
      await once(server, 'close')
    },
  }
}
