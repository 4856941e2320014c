import type { Updates } from '../../src/app/pwa/updates.ts'

const never = { subscribe: () => () => {} }

/** The browser updates the extension, and it is always there without a connection. */
export const NO_UPDATES: Updates = {
  waiting: { ...never, get: () => false },
  offline: { ...never, get: () => true },
  start: () => {},
  take: () => {},
}
