import { createPacer } from '../../src/app/run/page-clock.ts'
import { saveText } from '../../src/app/keep/save-stream.ts'
import { LIBRARY_INDEX, readPackagedLibraries } from '../host/allow-choices.ts'
import { disableSite, enableSite } from '../settings/enable-site.ts'
import type { ExtensionSettings } from '../settings/extension-settings.ts'
import { grantSummariser } from '../settings/grant-summariser.ts'
import { createLadderStore } from '../settings/ladder-store.ts'
import { createSettingsStore } from '../settings/settings-store.ts'
import { SITES } from '../sites/sites.ts'
import type { BackgroundMessage } from '../wire/background-wire.ts'
import { connectToHost, type HostLine } from '../wire/connect-panel.ts'
import type { TabState } from '../wire/panel-wire.ts'
import { originOf } from '../wire/sender.ts'
import { createExtensionLadder } from './extension-ladder.ts'
import { followTab, type TabsOfBrowser } from './tab-follower.ts'
import { createValue, type Value } from './value.ts'
import type { HostState, PanelWorld } from './world.ts'

/**
 * The world of an extension's page: the browser's API and the line to the host.
 *
 * @param search - Of the page's address: `?tab=7` stays with that tab.
 */
export function panelWorld(search: string, line: HostLine = connectToHost()): PanelWorld {
  const settingsStore = createSettingsStore()
  const settings = createValue<ExtensionSettings | null>(null)
  const keepSettings = (): void => void settingsStore.read().then(settings.set)
  settingsStore.onChange(settings.set)
  keepSettings()
  const { shown, pin } = followTab(browserTabs(), search)
  const { tabs, requests, host } = followHost(line)
  const { ladder, keptKeys } = createExtensionLadder({
    store: createLadderStore(),
    summarisers: () => line.backfold.summarisers(),
    nextFrame: createPacer(),
    grant: grantSummariser,
    canRunLocally: async () =>
      (await readPackagedLibraries(chrome.runtime.getURL(LIBRARY_INDEX))).length > 0,
  })
  return {
    isPrivate: chrome.extension.inIncognitoContext,
    sites: Object.values(SITES),
    shown,
    settings,
    granted: followPermissions(),
    host,
    tabs,
    requests,
    ladder,
    keptKeys,
    backfold: async () => line.backfold,
    ask: line.rpc.ask,
    // First of all, and nothing awaited before: browsers ask only while a click is handled.
    enable: (origin) => enableSite(origin).catch(() => false),
    disable: disableSite,
    changeSite: settingsStore.patchSite,
    change: settingsStore.patch,
    retry: () => location.reload(),
    reload: (tab) => chrome.tabs.reload(tab),
    async follow(tab) {
      if (!pin(tab)) await chrome.tabs.update(tab, { active: true })
    },
    open: async (url) => (await chrome.tabs.create({ url, active: true })).id ?? -1,
    async openPage(page, hash) {
      await chrome.tabs.create({ url: chrome.runtime.getURL(`${page}.html${hash}`) })
    },
    openShortcuts,
    copy: (text) =>
      navigator.clipboard.writeText(text).then(
        () => true,
        () => false,
      ),
    save: saveText,
  }
}

/** Longest time without a host that is not worth a word, in milliseconds: a first one has to be started. */
const PATIENCE_MS = { first: 10_000, again: 2_000 }

/** What the host tells, kept for whoever looks. */
function followHost(line: HostLine): {
  readonly tabs: Value<readonly TabState[]>
  readonly requests: Value<number>
  readonly host: Value<HostState>
} {
  const tabs = createValue<readonly TabState[]>([])
  const requests = createValue(0)
  const host = createValue<HostState>({ status: 'connecting', reason: '', archive: 'unknown' })
  const without = (tab: number): readonly TabState[] => tabs.get().filter((one) => one.tab !== tab)
  const look = async (): Promise<void> => {
    if (line.state.get() !== 'connected') {
      setTimeout(
        () => {
          if (line.state.get() === 'connected') return
          host.set({ ...host.get(), status: 'lost' })
        },
        host.get().status === 'connecting' ? PATIENCE_MS.first : PATIENCE_MS.again,
      )
      return
    }
    const [{ isOpen }, found] = await Promise.all([
      line.rpc.ask('protection', null),
      line.rpc.ask('tabs', null),
    ])
    tabs.set(found)
    host.set({ status: 'open', reason: '', archive: isOpen ? 'open' : 'locked' })
  }
  const looking = (): void => void look().catch(() => {})
  line.state.subscribe(looking)
  line.onTab((state) => tabs.set([...without(state.tab), state].sort((a, b) => a.tab - b.tab)))
  line.onTabGone((tab) => tabs.set(without(tab)))
  line.onRequests(() => requests.set(requests.get() + 1))
  line.onProtection(({ isOpen }) => {
    const status = host.get().status === 'lost' ? 'open' : host.get().status
    host.set({ status, reason: '', archive: isOpen ? 'open' : 'locked' })
  })
  looking()
  return { tabs, requests, host }
}

function followPermissions(): Value<readonly string[] | null> {
  const granted = createValue<readonly string[] | null>(null)
  const look = (): void =>
    void chrome.permissions.getAll().then(({ origins = [] }) => granted.set(origins))
  chrome.permissions.onAdded.addListener(look)
  chrome.permissions.onRemoved.addListener(look)
  look()
  return granted
}

function browserTabs(): TabsOfBrowser {
  return {
    get: (tab) => chrome.tabs.get(tab),
    active: async () => (await chrome.tabs.query({ active: true, currentWindow: true }))[0],
    onChange(listener) {
      chrome.tabs.onActivated.addListener(listener)
      chrome.tabs.onUpdated.addListener(listener)
      chrome.tabs.onRemoved.addListener(listener)
      // What is granted later may say which page it is, and so does a press of the button.
      chrome.permissions.onAdded.addListener(listener)
      onPressed(listener)
    },
  }
}

function onPressed(listener: () => void): void {
  const own = { id: chrome.runtime.id, root: chrome.runtime.getURL('') }
  chrome.runtime.onMessage.addListener((message: unknown, sender) => {
    // Content scripts send messages as well.
    if (originOf(sender, own).kind !== 'own') return false
    const told = message as Partial<BackgroundMessage> | null
    if (told?.to === 'panel' && told.kind === 'look') listener()
    return false
  })
}

/** Firefox has a way of its own, and lets nobody open its page. */
async function openShortcuts(): Promise<boolean> {
  const { openShortcutSettings } = chrome.commands as {
    readonly openShortcutSettings?: () => Promise<void>
  }
  try {
    if (openShortcutSettings === undefined) {
      await chrome.tabs.create({ url: 'chrome://extensions/shortcuts' })
    } else await openShortcutSettings.call(chrome.commands)
    return true
  } catch {
    return false
  }
}
