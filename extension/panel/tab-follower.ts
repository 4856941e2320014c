import type { Observable } from '../../src/client/session.ts'
import { originOf } from './panel-core.ts'
import { createValue } from './value.ts'
import type { ShownTab } from './world.ts'

/** What the browser tells of tabs, as far as it is used here. */
export interface TabsOfBrowser {
  get(tab: number): Promise<BrowserTab>
  /** The active tab of the window that asks. */
  active(): Promise<BrowserTab | undefined>
  /** Another tab is active, or one has changed or gone. */
  onChange(listener: () => void): void
}

/** A tab as the browser tells it: its address and title are there where it may be known. */
export interface BrowserTab {
  readonly id?: number | undefined
  readonly url?: string | undefined
  readonly title?: string | undefined
}

export interface TabFollower {
  readonly shown: Observable<ShownTab | null>
  /** Stays with one tab, whichever is active; only where it stays with one already. */
  pin(tab: number): boolean
}

/**
 * Follows the active tab of its window, or the one tab that its own address names.
 *
 * @param search - Of the panel's address, such as `?tab=7`.
 * @see SPEC.md rule PANEL13
 */
export function followTab(tabs: TabsOfBrowser, search: string): TabFollower {
  const shown = createValue<ShownTab | null>(null)
  let pinned = readPinned(search)
  let asked = 0
  const look = async (): Promise<void> => {
    const own = (asked += 1)
    let found: BrowserTab | undefined
    try {
      found = pinned === null ? await tabs.active() : await tabs.get(pinned)
    } catch {
      // It is gone.
    }
    // An answer to an older question says nothing of what is shown now.
    if (own !== asked) return
    const next = found === undefined ? null : readTab(found)
    if (JSON.stringify(next) !== JSON.stringify(shown.get())) shown.set(next)
  }
  tabs.onChange(() => void look())
  void look()
  return {
    shown,
    pin(tab) {
      if (pinned === null) return false
      pinned = tab
      void look()
      return true
    },
  }
}

function readPinned(search: string): number | null {
  const tab = new URLSearchParams(search).get('tab') ?? ''
  return /^\d{1,15}$/.test(tab) ? Number(tab) : null
}

function readTab({ id, url, title = '' }: BrowserTab): ShownTab | null {
  if (id === undefined) return null
  const named = { tab: id, title: title.slice(0, 500) }
  if (url === undefined || url === '') return { ...named, place: { kind: 'hidden' } }
  // `data:` and the like have no origin, and nothing works on them.
  const origin = /^https?:/i.test(url) ? originOf(url) : null
  return { ...named, place: origin === null ? { kind: 'other' } : { kind: 'page', origin } }
}
