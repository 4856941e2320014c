/** A channel to the other tabs of the origin. */
export interface Channel<T> {
  post(message: T): void
  /** Calls back for every message of another tab; returns the way to stop. */
  listen(listener: (message: T) => void): () => void
  close(): void
}

/**
 * Opens a BroadcastChannel of the origin.
 *
 * @param isMessage - Anything on the origin may post to it, another release included: the rest is not heard.
 */
export function openChannel<T>(name: string, isMessage: (data: unknown) => data is T): Channel<T> {
  const channel = new BroadcastChannel(name)
  const listeners = new Set<(message: T) => void>()
  let closed = false
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (!isMessage(data)) return
    for (const listener of [...listeners]) listener(data)
  }
  return {
    post(message) {
      if (!closed) channel.postMessage(message)
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      closed = true
      channel.close()
    },
  }
}
