import type { BackgroundMessage } from '../wire/background-wire.ts'
import { oneByOne } from '../../src/protocol/one-by-one.ts'
import type { ExtensionSettings } from '../settings/extension-settings.ts'
import { heldSettings } from '../settings/held-settings.ts'
import { originOf } from '../wire/sender.ts'
import { createLadderStore } from '../settings/ladder-store.ts'
import { createSettingsStore } from '../settings/settings-store.ts'
import type { HostLink } from '../wire/host-link.ts'
import { showBadge } from './badge.ts'
import { readBackgroundMessage, type BackgroundRequest } from './read-message.ts'
import { createRegistrar, isPatternGranted } from './sync-registrations.ts'

/** What differs between browsers. */
export interface BackgroundParts {
  readonly ensureHost: () => Promise<void>
  /** From a gesture: nothing may be awaited before. */
  readonly openPanel: (tab: chrome.tabs.Tab | undefined) => Promise<void>
  /** Tells the host, where there is one. */
  readonly tellHost: (message: Extract<BackgroundMessage, { readonly to: 'host' }>) => void
}

/**
 * Everything that the background does, but for the host. Holds no state: it may be stopped at any moment. All
 * listeners are there once this returns, as the browser starts it for an event and asks only once.
 *
 * @returns What a host in the same page uses in place of messages.
 */
export function serveBackground(parts: BackgroundParts): Omit<HostLink, 'onTold'> {
  const settings = createSettingsStore()
  const ladder = createLadderStore()
  const register = createRegistrar(settings)
  const sync = (): void => void register().catch(() => {})
  const inTurn = oneByOne()
  const readHeld = async (): Promise<ExtensionSettings> =>
    heldSettings(await settings.read(), isPatternGranted)
  // Read anew each time: who was told last was told the newest.
  const tellSettings = (): void =>
    void inTurn(async () =>
      parts.tellHost({ to: 'host', kind: 'settings', settings: await readHeld() }),
    ).catch(() => {})

  const link: Omit<HostLink, 'onTold'> = {
    readSettings: readHeld,
    readLadder: ladder.resolve,
    writeSite: (origin, patch) => void settings.patchSite(origin, patch),
    badge: (tab, share, level) => void showBadge(tab, share, level),
  }
  const answer = (
    message: BackgroundRequest,
    tab: chrome.tabs.Tab | undefined,
  ): Promise<unknown> | null => {
    switch (message.kind) {
      case 'ensure-host':
        return parts.ensureHost().then(() => true)
      case 'open-panel':
        return parts.openPanel(tab)
      case 'read-settings':
        return link.readSettings()
      case 'read-ladder':
        return link.readLadder()
      case 'write-site':
        return settings.patchSite(message.origin, fieldsOf(message.patch))
      case 'badge':
        link.badge(message.tab, message.share, message.level)
        return null
    }
  }
  chrome.runtime.onMessage.addListener((message: unknown, sender, respond) => {
    const own = { id: chrome.runtime.id, root: chrome.runtime.getURL('') }
    const known = readBackgroundMessage(message, originOf(sender, own))
    const work = known && answer(known, sender.tab)
    if (!work) return false
    // Answered in either case: who asks would wait for ever.
    work.then(respond, () => respond(null))
    return true
  })
  chrome.runtime.onInstalled.addListener(sync)
  chrome.runtime.onStartup.addListener(sync)
  for (const changed of [chrome.permissions.onAdded, chrome.permissions.onRemoved]) {
    changed.addListener(() => {
      sync()
      // Pages that are open hear of it too.
      tellSettings()
    })
  }
  settings.onChange(() => {
    tellSettings()
    sync()
  })
  ladder.onChange(() => {
    void ladder
      .resolve()
      .then((resolved) => parts.tellHost({ to: 'host', kind: 'ladder', ladder: resolved }))
  })
  // Opened by the browser itself, the panel would not be allowed to know which page the button was pressed on.
  chrome.action.onClicked.addListener((tab) => openFor(parts, tab))
  chrome.commands?.onCommand.addListener((command, tab) => {
    if (command === 'open-panel') openFor(parts, tab)
    if (command === 'pause') {
      void settings.read().then(({ isPaused }) => settings.patch({ isPaused: !isPaused }))
    }
  })
  return link
}

/** Opens the panel for a press of the button or of its shortcut, which lets the tab's address be known. */
function openFor(parts: BackgroundParts, tab: chrome.tabs.Tab | undefined): void {
  // In this very turn: it is a gesture only now.
  void parts.openPanel(tab).catch(() => {})
  // Where it is open already, no event of the browser says that it may know more by now. Nobody may be there to hear it.
  const told: BackgroundMessage = { to: 'panel', kind: 'look' }
  void chrome.runtime.sendMessage(told).catch(() => {})
}

function fieldsOf(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {}
}
