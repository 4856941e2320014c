import { openBackfold } from '../../client/open-backfold.ts'
import { readProtection } from '../../client/protection.ts'
import type { LockReason } from './idle-lock.ts'
import type { KeepWorld, TabNotice } from './keep-world.ts'

/** Where it is said to the page that comes next why the last one was left. */
const REASON_NAME = 'backfold-locked'
const REASONS: readonly LockReason[] = ['idle', 'request', 'other-tab']

/** The world of a browser's page. */
export function pageWorld(): KeepWorld {
  const channel = new BroadcastChannel('backfold-app:1')
  return {
    open: (passphrase) => openBackfold(passphrase === null ? {} : { passphrase }),
    readProtection: () => readProtection(),
    // Not `localStorage` itself: where storage is forbidden, naming it throws.
    storage: {
      getItem: (name) => localStorage.getItem(name),
      setItem: (name, value) => localStorage.setItem(name, value),
    },
    tell: (notice) => channel.postMessage(notice),
    listen: (listener) => {
      channel.onmessage = ({ data }: MessageEvent<TabNotice>) => listener(data)
    },
    now: () => Date.now(),
    after: (ms, callback) => {
      const timer = setTimeout(callback, ms)
      return () => clearTimeout(timer)
    },
    newId: () => {
      const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2))
      return `s-${Date.now().toString(36)}-${high.toString(36)}${low.toString(36)}`
    },
    restart: (because) => {
      quietly(() => sessionStorage.setItem(REASON_NAME, because ?? ''))
      location.reload()
    },
    restartedBecause: () => {
      const said = quietly(() => sessionStorage.getItem(REASON_NAME))
      quietly(() => sessionStorage.removeItem(REASON_NAME))
      return REASONS.find((reason) => reason === said) ?? null
    },
  }
}

function quietly<T>(work: () => T): T | null {
  try {
    return work()
  } catch {
    return null
  }
}
