import type { EngineSignal } from '../protocol/engine-signal.ts'

/** What is to be told to the page, until an answer takes it along or it is sent by itself. */
export interface Outbox {
  put(signal: EngineSignal): void
  /** Everything that waits, for an answer to take along. */
  take(): readonly EngineSignal[]
  connect(port: MessagePort): void
}

/**
 * Collects signals for one turn of the event loop. Most are about a call that is just being answered,
 * and every message of its own costs the page a task.
 */
export function createOutbox(): Outbox {
  let waiting: EngineSignal[] = []
  let port: MessagePort | undefined
  const take = (): readonly EngineSignal[] => {
    const taken = waiting
    waiting = []
    return taken
  }
  return {
    take,
    put(signal) {
      waiting.push(signal)
      if (waiting.length > 1) return
      setTimeout(() => {
        if (waiting.length > 0) port?.postMessage(take())
      })
    },
    connect(to) {
      port = to
    },
  }
}
