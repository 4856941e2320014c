import type { ExtensionSettings, SiteSettings } from '../settings/extension-settings.ts'
import { patternOf } from '../settings/pattern-of.ts'
import { siteSettingsOf } from '../settings/read-settings.ts'
import type { SiteFacts, SiteId } from '../sites/site.ts'
import type { TabState } from '../wire/panel-wire.ts'
import type { HostState, ShownTab } from './world.ts'

/** All that decides what the panel shows. */
export interface PanelFacts {
  readonly settings: ExtensionSettings | null
  readonly granted: readonly string[] | null
  readonly host: HostState
  readonly shown: ShownTab | null
  readonly tabs: readonly TabState[]
  /** Whether it is the panel of a private window. */
  readonly isPrivate: boolean
}

/** What the panel is about. */
export type PanelView =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'lost'; readonly reason: string }
  | { readonly kind: 'locked' }
  /** A window of which nothing is kept. */
  | { readonly kind: 'private' }
  /** A page that no extension works on, or no tab at all. */
  | { readonly kind: 'nowhere' }
  /** The browser does not say which page it is. */
  | { readonly kind: 'hidden' }
  | { readonly kind: 'no-access'; readonly origin: string; readonly tab: number }
  /** Allowed, but turned off. */
  | { readonly kind: 'off'; readonly origin: string; readonly tab: number }
  /** Allowed, but the page was there before. */
  | { readonly kind: 'stale'; readonly origin: string; readonly tab: number }
  /** A chat that is not looked at while everything is paused. */
  | { readonly kind: 'paused'; readonly state: TabState }
  | { readonly kind: 'nothing-yet'; readonly state: TabState }
  | { readonly kind: 'temporary'; readonly state: TabState }
  | { readonly kind: 'chat'; readonly state: TabState; readonly session: string }

/**
 * Decides what is shown of a tab. Total.
 *
 * @see SPEC.md rules PANEL1–PANEL3
 */
export function viewOf(facts: PanelFacts): PanelView {
  const { settings, granted, host, shown, tabs, isPrivate } = facts
  if (host.status === 'lost') return { kind: 'lost', reason: host.reason }
  if (settings === null || granted === null || host.status === 'connecting') {
    return { kind: 'connecting' }
  }
  if (isPrivate) return { kind: 'private' }
  const state = tabs.find(({ tab }) => tab === shown?.tab)
  if (state !== undefined) return viewOfTab(state, settings, host)
  if (shown === null || shown.place.kind === 'other') return { kind: 'nowhere' }
  if (shown.place.kind === 'hidden') return { kind: 'hidden' }
  const { origin } = shown.place
  const { tab } = shown
  const isKnown = Object.hasOwn(settings.sites, origin)
  if (!isKnown || !isGranted(granted, origin)) return { kind: 'no-access', origin, tab }
  return siteSettingsOf(settings, origin).isOn
    ? { kind: 'stale', origin, tab }
    : { kind: 'off', origin, tab }
}

function viewOfTab(state: TabState, settings: ExtensionSettings, host: HostState): PanelView {
  const { origin, tab, session, isTemporary } = state
  if (!siteSettingsOf(settings, origin).isOn) return { kind: 'off', origin, tab }
  if (isTemporary) return { kind: 'temporary', state }
  if (host.archive === 'locked') return { kind: 'locked' }
  if (session !== null) return { kind: 'chat', state, session }
  return settings.isPaused ? { kind: 'paused', state } : { kind: 'nothing-yet', state }
}

/** Whether match patterns that the browser granted let the extension work on an origin. @see SPEC.md rule PANEL3 */
export function isGranted(patterns: readonly string[], origin: string): boolean {
  const [scheme] = origin.split(':', 1)
  const wanted = [patternOf(origin), `${scheme}://*/*`, '*://*/*', '<all_urls>']
  return wanted.some((pattern) => patterns.includes(pattern))
}

/** A line above all else, with what can be done about it. */
export type PanelNotice = 'paused' | 'fallback' | 'partial' | 'unrecognised' | 'not-archived'

/** What a person has to know, whatever else is shown; the weightiest first. @see SPEC.md rule PANEL4 */
export function noticesOf(
  view: PanelView,
  settings: ExtensionSettings | null,
): readonly PanelNotice[] {
  const notices: PanelNotice[] = []
  if (settings?.isPaused === true && view.kind !== 'paused') notices.push('paused')
  if (view.kind !== 'chat' && view.kind !== 'nothing-yet') return notices
  const { health, kind, origin } = view.state
  if (kind !== 'whole') {
    if (health.state === 'none') notices.push('unrecognised')
    else if (health.state !== 'ok') notices.push(health.state)
  }
  if (settings !== null && !siteSettingsOf(settings, origin).archives) notices.push('not-archived')
  return notices
}

export const PANEL_TABS = ['context', 'inspector', 'messages', 'requests'] as const

export type PanelTab = (typeof PANEL_TABS)[number]

/** Tabs of a chat: only pages that send whole histories have requests to show. @see SPEC.md rule PANEL5 */
export function tabsOf({ kind }: Pick<TabState, 'kind'>): readonly PanelTab[] {
  return kind === 'hosted' ? PANEL_TABS.filter((tab) => tab !== 'requests') : PANEL_TABS
}

/** What the panel shows in place of the chat. */
export type Screen = 'main' | 'hand-off' | 'site' | 'chats' | 'intro'

/** What a person has chosen to see. */
export interface PanelChoice {
  readonly screen: Screen
  readonly tab: PanelTab
  /** A message that was asked for; counts up, so that the same one can be asked for twice. */
  readonly target: { readonly seq: number; readonly nth: number } | null
}

export const FIRST_CHOICE: PanelChoice = { screen: 'main', tab: 'context', target: null }

export type PanelStep =
  | { readonly type: 'screen'; readonly screen: Screen }
  | { readonly type: 'tab'; readonly tab: PanelTab }
  | { readonly type: 'message'; readonly seq: number }
  /** Another chat is shown now. */
  | { readonly type: 'other-chat' }

/** @see SPEC.md rule PANEL6 */
export function stepPanel(choice: PanelChoice, step: PanelStep): PanelChoice {
  switch (step.type) {
    case 'screen':
      return { ...choice, screen: step.screen }
    case 'tab':
      return { ...choice, tab: step.tab }
    case 'message':
      return {
        screen: 'main',
        tab: 'messages',
        target: { seq: step.seq, nth: (choice.target?.nth ?? 0) + 1 },
      }
    case 'other-chat':
      // What was being prepared was for the former one.
      return {
        ...choice,
        screen: choice.screen === 'hand-off' || choice.screen === 'site' ? 'main' : choice.screen,
        target: null,
      }
  }
}

/** Where a conversation can be continued. */
export interface Target {
  readonly site: SiteId
  readonly name: string
  readonly url: string
  /** Origin that has to be allowed before anything can be filled in there. */
  readonly origin: string
}

/** New chats to continue in: the same site first, then the others by name. @see SPEC.md rule PANEL7 */
export function targetsOf(sites: readonly SiteFacts[], own: SiteId | null): readonly Target[] {
  return sites
    .flatMap(({ id, name, newChatUrl }) => {
      const origin = originOf(newChatUrl)
      return origin === null ? [] : [{ site: id, name, url: newChatUrl, origin }]
    })
    .sort((a, b) => Number(b.site === own) - Number(a.site === own) || (a.name < b.name ? -1 : 1))
}

/**
 * The origin of what a person typed or a page is at: `https` is meant where nothing is said. Null for what no
 * extension works on, such as the browser's own pages.
 *
 * @see SPEC.md rule PANEL8
 */
export function originOf(address: string): string | null {
  const typed = address.trim().slice(0, 2_000)
  if (typed === '') return null
  try {
    const url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(typed) ? typed : `https://${typed}`)
    const isPage = url.protocol === 'https:' || url.protocol === 'http:'
    return isPage && url.hostname !== '' ? url.origin : null
  } catch {
    return null
  }
}

/** Windows in tokens that a person may set. */
const WINDOW_BOUNDS = { least: 500, most: 100_000_000 } as const

/** Tokens as a person types them: `128000`, `128,000`, `128k`, `1M`. Null for what is none, or out of bounds. @see SPEC.md rule PANEL9 */
export function readTokens(typed: string): number | null {
  const found = /^(\d{1,9}(?:\.\d{1,6})?)\s{0,3}([km]?)$/i.exec(
    typed.slice(0, 40).replace(/[,_'\s\u00A0]/g, ''),
  )
  if (found === null) return null
  const factor = { '': 1, k: 1_000, m: 1_000_000 }[found[2]?.toLowerCase() ?? ''] ?? 1
  const tokens = Math.round(Number(found[1]) * factor)
  return tokens >= WINDOW_BOUNDS.least && tokens <= WINDOW_BOUNDS.most ? tokens : null
}

/** Windows with one set, or given back to whoever else knows (null). @see SPEC.md rule PANEL9 */
export function withWindow(
  windows: SiteSettings['windows'],
  model: string,
  tokens: number | null,
): SiteSettings['windows'] {
  const others = Object.entries(windows).filter(([name]) => name !== model)
  return Object.fromEntries(tokens === null ? others : [...others, [model, tokens]])
}
