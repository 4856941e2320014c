import type { Wire } from './rpc.ts'

/** As much of a runtime port as a wire needs. */
export interface RuntimePort {
  postMessage(message: unknown): void
  disconnect(): void
  readonly onMessage: { addListener(listener: (message: unknown) => void): void }
  readonly onDisconnect: { addListener(listener: () => void): void }
}

/** What browsers say of a port whose other end, or whose own extension, is gone: not every end is told. */
const GONE = /disconnected|invalidated/i

/**
 * A runtime port as a wire. What can't be sent never throws: an answer that is too long for the browser becomes an
 * error, and a question that is too long is answered by one.
 *
 * @see SPEC.md rules RPC1, RPC2
 */
export function runtimeWire(port: RuntimePort): Wire {
  const listeners: ((message: unknown) => void)[] = []
  const endings: (() => void)[] = []
  let isOpen = true
  const end = (): void => {
    if (!isOpen) return
    isOpen = false
    for (const ending of endings) ending()
  }
  port.onMessage.addListener((message) => {
    for (const listener of listeners) listener(message)
  })
  port.onDisconnect.addListener(() => {
    // Reading it tells the browser that it was noticed.
    void globalThis.chrome?.runtime?.lastError
    end()
  })
  return {
    send(message) {
      if (!isOpen) return
      try {
        port.postMessage(message)
      } catch (failure) {
        if (GONE.test(String(failure))) {
          end()
          return
        }
        const { ask, answer } = message as { readonly ask?: number; readonly answer?: number }
        const error = { code: 'INVALID_INPUT', message: `it can't be sent: ${String(failure)}` }
        const reply = { ok: false, error }
        if (answer !== undefined) trySend(port, { answer, reply })
        else if (ask !== undefined) {
          queueMicrotask(() => {
            for (const listener of listeners) listener({ answer: ask, reply })
          })
        }
      }
    },
    listen: (listener) => void listeners.push(listener),
    onEnd(listener) {
      if (isOpen) endings.push(listener)
      else queueMicrotask(listener)
    },
    close() {
      isOpen = false
      try {
        port.disconnect()
      } catch {
        // Its extension is gone, and the port with it.
      }
    },
  }
}

/** The port may be closed, or its extension gone. */
function trySend(port: RuntimePort, message: unknown): void {
  try {
    port.postMessage(message)
  } catch {
    // Whoever waits hears of it by the end of the port.
  }
}
