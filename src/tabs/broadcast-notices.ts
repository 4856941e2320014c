import type { Notice, Notices } from '../core/ports/notices.ts'
import { openChannel } from './open-channel.ts'

/** Version of the channel: tabs of releases that speak differently don't hear each other. */
const CHANNEL_VERSION = 1

/** Notices over a BroadcastChannel of the origin. */
export function createBroadcastNotices(database: string): Notices {
  return openChannel(`backfold:${database}:v${CHANNEL_VERSION}`, isNotice)
}

/** Notices where there are no other tabs to tell. */
export function createSilentNotices(): Notices {
  return { post() {}, listen: () => () => {}, close() {} }
}

function isNotice(data: unknown): data is Notice {
  if (typeof data !== 'object' || data === null) return false
  return 'session' in data && typeof data.session === 'string' && 'kind' in data
}
