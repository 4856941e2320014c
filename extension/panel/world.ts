import type { KeptKeys } from '../../src/app/run/kept-keys.ts'
import type { SummariserLadder } from '../../src/app/run/summariser-ladder.ts'
import type { Backfold, Observable } from '../../src/client/session.ts'
import type { ExtensionSettings, SiteSettings } from '../settings/extension-settings.ts'
import type { SiteFacts } from '../sites/site.ts'
import type { HostForPanel, TabState } from '../wire/panel-wire.ts'
import type { Rpc } from '../wire/rpc.ts'

/** The tab that the panel is about, as far as the browser tells without a permission for its page. */
export interface ShownTab {
  readonly tab: number
  /** Empty where the browser does not say. */
  readonly title: string
  /** `hidden`: the browser does not say which page it is. `other`: a page that no extension works on. */
  readonly place:
    | { readonly kind: 'page'; readonly origin: string }
    | { readonly kind: 'hidden' }
    | { readonly kind: 'other' }
}

/** The host as a page of the extension sees it. */
export interface HostState {
  readonly status: 'connecting' | 'open' | 'lost'
  /** Why it is lost; empty otherwise. */
  readonly reason: string
  readonly archive: 'unknown' | 'open' | 'locked'
}

/** What the extension's own pages need of the world. Nothing here throws at once; what rejects, rejects with a BackfoldError. */
export interface PanelWorld {
  /** Whether its page is in a private window. */
  readonly isPrivate: boolean
  /** Hosted chats that are known. */
  readonly sites: readonly SiteFacts[]
  /** Null until the browser has told, and where there is no tab. */
  readonly shown: Observable<ShownTab | null>
  /** Null until they were first read. */
  readonly settings: Observable<ExtensionSettings | null>
  /** Match patterns of what the extension may work on; null until they were first read. */
  readonly granted: Observable<readonly string[] | null>
  readonly host: Observable<HostState>
  /** All tabs with a bridge. */
  readonly tabs: Observable<readonly TabState[]>
  /** Counts up whenever the log of requests has changed. */
  readonly requests: Observable<number>
  /** The ladder of summarisers, which the settings hold and the host uses. */
  readonly ladder: SummariserLadder
  readonly keptKeys: KeptKeys
  /** Resolves once the archive is open. */
  backfold(): Promise<Backfold>
  readonly ask: Rpc<HostForPanel>['ask']
  /** Asks the person for an origin, and turns Backfold on there. Has to be called while a click is handled. */
  enable(origin: string): Promise<boolean>
  /** Gives an origin back. What is in the archive stays. */
  disable(origin: string): Promise<void>
  changeSite(origin: string, patch: Partial<SiteSettings>): Promise<void>
  change(patch: Partial<Omit<ExtensionSettings, 'sites'>>): Promise<void>
  /** Connects to the host anew. */
  retry(): void
  reload(tab: number): Promise<void>
  /** Brings a tab to the front and follows it. */
  follow(tab: number): Promise<void>
  /** Opens an address in a new tab in front; resolves to that tab. */
  open(url: string): Promise<number>
  /** Opens a page of the extension in a tab. */
  openPage(page: 'options' | 'archive', hash: string): Promise<void>
  /** Opens the browser's page of keyboard shortcuts; false where an extension can't. */
  openShortcuts(): Promise<boolean>
  copy(text: string): Promise<boolean>
  save(name: string, text: string): void
}
