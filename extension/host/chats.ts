import type { Backfold } from '../../src/client/session.ts'
import type { Call } from '../../src/client/create-backfold.ts'
import type { EngineSignal } from '../../src/protocol/engine-signal.ts'
import type { ExtensionSettings, SiteSettings } from '../settings/extension-settings.ts'
import type { BridgeForHost, FillOutcome, HostForBridge } from '../wire/bridge-wire.ts'
import type { HandOff, LoggedRequest, TabState } from '../wire/panel-wire.ts'
import type { Handlers, Rpc } from '../wire/rpc.ts'

/** The bridge of one frame. What it is was told by the browser, not by the page. */
export interface BridgePeer {
  readonly tab: number
  readonly origin: string
  readonly isIncognito: boolean
  readonly rpc: Rpc<BridgeForHost>
}

/** What a host remembers between its lives, apart from sessions: small texts by name. No content of chats. */
export interface HostMemory {
  get(name: string): Promise<string | null>
  set(name: string, value: string | null): Promise<void>
}

/** What the chats of all tabs need of the world. */
export interface ChatsWorld {
  /** Resolves once the archive is open; waits where it is locked. */
  readonly backfold: () => Promise<Backfold>
  /** Whether the archive is open, or can be without a passphrase. */
  readonly isOpen: () => boolean
  /** Requests that have no method of {@link Backfold}. */
  readonly call: Call
  readonly settings: () => ExtensionSettings
  readonly patchSite: (origin: string, patch: Partial<SiteSettings>) => void
  readonly memory: HostMemory
  /** Unix time in milliseconds. */
  readonly now: () => number
  /** Calls back after a time in milliseconds; returns the way to stop. */
  readonly after: (ms: number, callback: () => void) => () => void
  readonly newId: () => string
  /** Tells the extension's pages. */
  readonly onTab: (state: TabState) => void
  readonly onTabGone: (tab: number) => void
  readonly onRequests: () => void
}

/** The chats of all tabs: archives what they say, folds what they send, and knows how full they are. */
export interface Chats {
  /** A bridge has connected: what it may ask, and what is to be done once it is gone. */
  meet(peer: BridgePeer): { readonly handlers: Handlers<HostForBridge>; readonly left: () => void }
  tabs(): readonly TabState[]
  requests(origin?: string): readonly LoggedRequest[]
  bodies(id: string): { readonly before: string; readonly after: string } | null
  undo(id: string): Promise<{ readonly isUndone: boolean; readonly reason: string }>
  handOff(handOff: HandOff): Promise<FillOutcome>
  reveal(tab: number, turn: string): Promise<boolean>
  /** Settings have changed, or the archive was opened. */
  refresh(): void
  signal(signal: EngineSignal): void
}
