import type { HostRequest } from '../../src/protocol/host-requests.ts'
import type { AdapterHealth, Captured, ObservedResponse, SiteId } from '../sites/site.ts'
import type { SiteSettings } from '../settings/extension-settings.ts'
import type { PagePlan } from './page-wire.ts'

/** Name of the runtime port from a page's bridge to the host. */
export const BRIDGE_PORT = 'backfold:bridge'

/** What fills the window of a chat, and how far. */
export interface GaugeState {
  readonly tokens: number
  /** How many of them the site adds itself, such as its instructions, roughly; 0 where requests are seen whole. */
  readonly overhead: number
  readonly window: number
  /** Who says how large the window is. */
  readonly windowFrom: 'person' | 'server' | 'known' | 'assumed'
  readonly model: string | null
  readonly level: 'ok' | 'warn' | 'urgent' | 'over'
  /** Tokens of the context as it would be sent or handed off, folded; null while nothing is folded. */
  readonly folded: number | null
  readonly isFolding: boolean
}

/** Where a page is: told once it is there, and whenever that changes. */
export interface PagePlace {
  /** Without the fragment, and without keys. */
  readonly url: string
  readonly title: string
  readonly site: SiteId | null
  /** The site's own id of the conversation; null where there is none yet. */
  readonly conversation: string | null
  /** A chat that the site itself does not keep: nothing of it is stored. */
  readonly isTemporary: boolean
  /** Only the top frame has a pill and a composer. */
  readonly isTop: boolean
}

/** The size of a model's window as a server told it. */
export interface ToldWindow {
  /** Origin of the server. */
  readonly server: string
  /** Empty where it holds for whatever model is loaded. */
  readonly model: string
  readonly tokens: number
}

export type FillOutcome =
  /** It is in the composer, and was read back to the letter. */
  | { readonly kind: 'filled'; readonly as: 'text' | 'file' }
  /** There is something in the composer already. */
  | { readonly kind: 'occupied' }
  /** It could not be put in, or not read back; the composer is as it was. */
  | { readonly kind: 'failed'; readonly reason: string }

/** What a page needs to know to do its part. */
export interface BridgeSettings {
  readonly site: SiteSettings
  readonly isPaused: boolean
}

/** What the host takes from a bridge. Its page may be hostile: no origin, no tab and no session is believed from it. */
export interface HostForBridge {
  readonly requests: {
    hello: { readonly params: PagePlace; readonly result: BridgeSettings }
    plan: { readonly params: HostRequest; readonly result: PagePlan }
    rescue: {
      readonly params: { readonly plan: string; readonly status: number; readonly answer: string }
      readonly result: PagePlan
    }
    /** Resolves once it is stored; until then the bridge keeps it, and says it again to the next host. */
    answer: {
      readonly params: { readonly plan: string; readonly answer: string }
      readonly result: null
    }
    observed: { readonly params: ObservedResponse; readonly result: null }
    captured: { readonly params: Captured; readonly result: null }
  }
  readonly notices: {
    place: PagePlace
    health: AdapterHealth
    window: ToldWindow
    /** A job may be running: it keeps an event page alive. */
    ping: null
    /** The pill was moved, or hidden. */
    pill: { readonly at: SiteSettings['pillAt'] } | { readonly isHidden: true }
  }
}

/** What a bridge takes from the host. */
export interface BridgeForHost {
  readonly requests: {
    /** Never sends; never touches a composer that is not empty, unless `replaces`. */
    fill: {
      readonly params: { readonly text: string; readonly replaces: boolean }
      readonly result: FillOutcome
    }
    /** Scrolls to a turn; false if it is not mounted. */
    reveal: { readonly params: { readonly turn: string }; readonly result: boolean }
  }
  readonly notices: {
    settings: BridgeSettings
    gauge: GaugeState | null
  }
}
