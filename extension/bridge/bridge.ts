import { BRIDGE_PORT } from '../wire/bridge-wire.ts'
import type { BackgroundMessage } from '../wire/background-wire.ts'
import { createPill } from './pill/create-pill.ts'
import { startBridge } from './start-bridge.ts'

/** Both stay undefined where the extension that this script came from is gone. */
function isOrphan(): boolean {
  try {
    return globalThis.chrome?.runtime?.id === undefined
  } catch {
    return true
  }
}

/** Firefox opens its sidebar for no press on a page. */
function hasSidePanel(): boolean {
  return chrome.runtime.getManifest().side_panel !== undefined
}

const say = (message: BackgroundMessage): Promise<unknown> => chrome.runtime.sendMessage(message)

startBridge({
  page: window,
  createPill: (options) => createPill({ ...options, canOpen: hasSidePanel() }),
  fetch: (...args) => fetch(...args),
  isOrphan,
  ensureHost: () => say({ to: 'background', kind: 'ensure-host' }),
  connect: () => chrome.runtime.connect({ name: BRIDGE_PORT }),
  openPanel() {
    void say({ to: 'background', kind: 'open-panel' }).catch(() => {})
  },
  now: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
})
