import { createOffscreenKeeper } from './ensure-offscreen.ts'
import { serveBackground } from './serve-background.ts'

/*
 * The background of Chrome. It has no state and no work of its own: chats and pages talk to the offscreen document, which
 * outlives it.
 */

const ensureHost = createOffscreenKeeper()

serveBackground({
  ensureHost,
  openPanel: (tab) =>
    tab?.id === undefined
      ? Promise.reject(new TypeError('there is no tab'))
      : chrome.sidePanel.open({ tabId: tab.id }),
  // Nobody may be there to hear it.
  tellHost: (message) => void chrome.runtime.sendMessage(message).catch(() => {}),
})

// The browser remembers it from a former version, whose panel it opened itself.
void chrome.sidePanel.setPanelBehavior({ openPanelOnActionClick: false }).catch(() => {})
