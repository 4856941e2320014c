import { WebSocket, type RawData } from 'ws'

/** Longest wait for an answer, in milliseconds. */
const DEADLINE_MS = 60_000

/** WebDriver BiDi as it is on the wire: commands and their answers. */
export interface BidiSocket {
  /** @throws Error as the browser names it, or when no answer comes. */
  send(method: string, params: object): Promise<Readonly<Record<string, unknown>>>
  /** What the browser tells without being asked, once it was subscribed to. */
  onEvent(listener: (method: string, params: unknown) => void): void
  close(): void
}

interface Waiting {
  readonly resolve: (result: Readonly<Record<string, unknown>>) => void
  readonly reject: (reason: Error) => void
}

interface Incoming {
  readonly id?: number
  readonly method?: string
  readonly params?: unknown
  readonly result?: Readonly<Record<string, unknown>>
  readonly error?: string
  readonly message?: string
}

export async function openBidiSocket(address: string): Promise<BidiSocket> {
  const socket = new WebSocket(address)
  const waiting = new Map<number, Waiting>()
  const listeners: ((method: string, params: unknown) => void)[] = []
  let next = 0
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  socket.on('message', (data: RawData) => {
    const message = JSON.parse((data as Buffer).toString()) as Incoming
    if (message.id === undefined) {
      for (const listener of listeners) listener(message.method ?? '', message.params)
      return
    }
    const call = waiting.get(message.id)
    waiting.delete(message.id)
    if (message.error === undefined) call?.resolve(message.result ?? {})
    else call?.reject(new Error(`${message.error}: ${message.message ?? ''}`))
  })
  socket.on('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('the browser is gone'))
    waiting.clear()
  })
  return {
    send(method, params) {
      const id = (next += 1)
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(id)
          reject(new Error(`no answer to ${method}`))
        }, DEADLINE_MS)
        const settle =
          <T>(then: (value: T) => void) =>
          (value: T): void => {
            clearTimeout(timer)
            then(value)
          }
        waiting.set(id, { resolve: settle(resolve), reject: settle(reject) })
        socket.send(JSON.stringify({ id, method, params }))
      })
    },
    onEvent: (listener) => void listeners.push(listener),
    close: () => socket.close(),
  }
}
