import type { EngineSignal } from '../../src/protocol/engine-signal.ts'
import type { WireFormat } from '../../src/core/session/message.ts'
import type { Method } from '../../src/protocol/requests.ts'
import type { Protection } from '../../src/client/read-protection.ts'
import type { AdapterHealth, SiteId } from '../sites/site.ts'
import type { FillOutcome, GaugeState } from './bridge-wire.ts'

/** Name of the runtime port from the extension's own pages to the host. */
export const PANEL_PORT = 'backfold:panel'

/** A tab with a chat, as the panel shows it. */
export interface TabState {
  readonly tab: number
  readonly origin: string
  readonly title: string
  readonly site: SiteId | null
  /** `hosted`: its history is on its server. `whole`: it sends whole histories. `unknown`: nothing was seen yet. */
  readonly kind: 'hosted' | 'whole' | 'unknown'
  /** Session in the archive; null while there is none. */
  readonly session: string | null
  readonly isTemporary: boolean
  readonly isPaused: boolean
  readonly gauge: GaugeState | null
  readonly health: AdapterHealth
}

/** A request that was looked at, newest last. */
export interface LoggedRequest {
  readonly id: string
  /** Unix time in milliseconds. */
  readonly at: number
  readonly tab: number
  readonly origin: string
  readonly url: string
  readonly kind: 'sent' | 'rescued' | 'passed'
  /** Why it passed as it was; empty otherwise. */
  readonly reason: string
  readonly session: string | null
  readonly format: WireFormat | null
  readonly generation: number
  readonly folded: number
  readonly restored: number
  readonly tokens: { readonly before: number; readonly after: number } | null
  /** Whether the bodies are still at hand. */
  readonly hasBodies: boolean
  readonly isUndone: boolean
}

/** What a hand-off is to do. */
export interface HandOff {
  /** Session that it was made of. */
  readonly from: string
  readonly text: string
  readonly tab: number
  readonly replaces: boolean
}

/** What the host takes from the extension's own pages. */
export interface HostForPanel {
  readonly requests: {
    /** A request to the engine, as a client makes it; bytes as `{ $bytes: base64 }`. */
    engine: {
      readonly params: { readonly method: Method; readonly params: unknown }
      readonly result: unknown
    }
    /** Pieces of a file that is to be imported, as base64; the engine's `importFile` names it in place of the file. */
    file: {
      readonly params: { readonly name: string; readonly piece: string; readonly type: string }
      readonly result: null
    }
    tabs: { readonly params: null; readonly result: readonly TabState[] }
    requests: {
      readonly params: { readonly origin?: string }
      readonly result: readonly LoggedRequest[]
    }
    bodies: {
      readonly params: { readonly id: string }
      readonly result: { readonly before: string; readonly after: string } | null
    }
    /** Takes the fold of a rewritten request back: the next request of the conversation goes out as before it. */
    undo: {
      readonly params: { readonly id: string }
      readonly result: { readonly isUndone: boolean; readonly reason: string }
    }
    /** Fills a tab's composer now, or as soon as it is there (60 s); links the new conversation to the old one. */
    handOff: { readonly params: HandOff; readonly result: FillOutcome }
    reveal: {
      readonly params: { readonly tab: number; readonly turn: string }
      readonly result: boolean
    }
    protection: {
      readonly params: null
      readonly result: { readonly protection: Protection; readonly isOpen: boolean }
    }
    unlock: { readonly params: { readonly passphrase: string }; readonly result: null }
    lock: { readonly params: null; readonly result: null }
  }
  readonly notices: { ping: null }
}

/** What the extension's own pages take from the host. */
export interface PanelForHost {
  readonly requests: Record<never, never>
  readonly notices: {
    signal: EngineSignal
    /** The store worker died and was started again. */
    restarted: { readonly reason: string }
    tab: TabState
    /** A tab was closed, or left its chat. */
    tabGone: { readonly tab: number }
    requests: null
    protection: { readonly isOpen: boolean }
  }
}
