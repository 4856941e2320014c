import type { SummariserOptions } from '../../src/protocol/summariser-options.ts'
import type { ExtensionSettings, SiteSettings } from '../settings/extension-settings.ts'
import { readSettings } from '../settings/read-settings.ts'
import type { BackgroundMessage } from './background-wire.ts'
import { originOf } from './sender.ts'

/** What the host is told by the background. */
export type HostTold = Extract<BackgroundMessage, { readonly to: 'host' }>

/** The host's way to the background: by messages from an offscreen document, directly in an event page. */
export interface HostLink {
  readSettings(): Promise<ExtensionSettings>
  /** The ladder with its keys, as far as they are unlocked. */
  readLadder(): Promise<readonly SummariserOptions[]>
  writeSite(origin: string, patch: Partial<SiteSettings>): void
  /** How full the chat of a tab is; null takes the badge away. */
  badge(tab: number, share: number | null, level: string): void
  onTold(listener: (told: HostTold) => void): void
}

/** The link of an offscreen document, which has no other API than `chrome.runtime`. */
export function messageLink(): HostLink {
  const send = (message: BackgroundMessage): Promise<unknown> => chrome.runtime.sendMessage(message)
  const sendOnly = (message: BackgroundMessage): void => void send(message).catch(() => {})
  return {
    readSettings: async () => readSettings(await send({ to: 'background', kind: 'read-settings' })),
    readLadder: async () =>
      ((await send({ to: 'background', kind: 'read-ladder' })) ??
        []) as readonly SummariserOptions[],
    writeSite: (origin, patch) => sendOnly({ to: 'background', kind: 'write-site', origin, patch }),
    badge: (tab, share, level) => sendOnly({ to: 'background', kind: 'badge', tab, share, level }),
    onTold(listener) {
      const own = { id: chrome.runtime.id, root: chrome.runtime.getURL('') }
      chrome.runtime.onMessage.addListener((message: unknown, sender) => {
        // Content scripts send messages as well.
        if (originOf(sender, own).kind !== 'own') return false
        const told = message as Partial<HostTold> | null
        if (told?.to === 'host' && (told.kind === 'settings' || told.kind === 'ladder')) {
          listener(told as HostTold)
        }
        return false
      })
    },
  }
}
