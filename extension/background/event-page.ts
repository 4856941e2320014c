import type { PassphraseVault } from '../host/archive.ts'
import { hostWorld } from '../host/host-world.ts'
import { startHost } from '../host/start-host.ts'
import type { HostTold } from '../wire/host-link.ts'
import { serveBackground } from './serve-background.ts'

/*
 * The background of Firefox: an event page, in which the host is too. The browser ends it when it is idle, and starts it
 * again for the next message.
 */

const listeners: ((told: HostTold) => void)[] = []

const link = serveBackground({
  ensureHost: () => Promise.resolve(),
  // A click in a page is none here: only those on the toolbar, in a menu, of a shortcut and in own pages are.
  openPanel: () => sidebar().open(),
  tellHost: (told) => listeners.forEach((listener) => listener(told)),
})

/** It is ended after half a minute without a message: asking again each time would be no lock but a nuisance. */
const vault: PassphraseVault = {
  async read() {
    const { passphrase } = await chrome.storage.session.get('passphrase')
    return typeof passphrase === 'string' ? passphrase : null
  },
  write: (passphrase) =>
    passphrase === null
      ? chrome.storage.session.remove('passphrase')
      : chrome.storage.session.set({ passphrase }),
}

startHost({
  ...hostWorld({ ...link, onTold: (listener) => void listeners.push(listener) }, vault),
  // The browser ends it by itself.
  close: () => {},
})

/** Firefox's own: Chrome's types have none. */
function sidebar(): { open(): Promise<void> } {
  const { sidebarAction } = chrome as unknown as { sidebarAction: { open(): Promise<void> } }
  return sidebarAction
}
