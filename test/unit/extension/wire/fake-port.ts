import type { RuntimePort } from '../../../../extension/wire/runtime-wire.ts'

/** One end of a pair of ports. What it is sent crosses as JSON, later. */
export interface FakePort extends RuntimePort {
  readonly sent: readonly unknown[]
  readonly isOpen: () => boolean
}

/** Most characters of a message. */
const MOST = 1_000_000

/** Two ports that are each other's other end; closing one ends the other. */
export function fakePorts(): readonly [FakePort, FakePort] {
  let isOpen = true
  const make = (): FakePort & { readonly hear: (text: string) => void; other?: FakePort } => {
    const listeners: ((message: unknown) => void)[] = []
    const endings: (() => void)[] = []
    const sent: unknown[] = []
    const own = {
      sent,
      isOpen: () => isOpen,
      hear: (text: string) => listeners.forEach((listener) => listener(JSON.parse(text))),
      ended: () => endings.forEach((ending) => ending()),
      onMessage: {
        addListener: (listener: (message: unknown) => void) => void listeners.push(listener),
      },
      onDisconnect: { addListener: (listener: () => void) => void endings.push(listener) },
      postMessage(message: unknown) {
        if (!isOpen) throw new Error('Attempting to use a disconnected port object')
        const text = JSON.stringify(message)
        if (text.length > MOST) throw new Error('Message length exceeded maximum allowed length.')
        sent.push(message)
        queueMicrotask(() => isOpen && other().hear(text))
      },
      disconnect() {
        if (!isOpen) return
        isOpen = false
        other().ended()
      },
    }
    const other = (): typeof own => (own === pair[0] ? pair[1] : pair[0]) as typeof own
    return own
  }
  const pair = [make(), make()] as const
  return pair
}
