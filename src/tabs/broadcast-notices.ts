import type { Notice, Notices } from '../core/ports/notices.ts'

/** Version of the channel: tabs of releases that speak differently don't hear each other. */
const CHANNEL_VERSION = 1

/** Notices over a BroadcastChannel of the origin. */
export function createBroadcastNotices(database: string): Notices {
  const channel = new BroadcastChannel(`backfold:${database}:v${CHANNEL_VERSION}`)
  let closed = false
  const listeners = new Set<(notice: Notice) => void>()
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (!isNotice(data)) return
    for (const listener of [...listeners]) listener(data)
  }
  return {
    post(notice) {
      if (!closed) channel.postMessage(notice)
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

/** Notices where there are no other tabs to tell. */
export function createSilentNotices(): Notices {
  return { post() {}, listen: () => () => {}, close() {} }
}

/** Anything on the origin may post to the channel, another release included. */
function isNotice(data: unknown): data is Notice {
  if (typeof data !== 'object' || data === null) return false
  return 'session' in data && typeof data.session === 'string' && 'kind' in data
}
