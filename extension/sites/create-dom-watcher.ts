import { findLayer } from './dom/find-turns.ts'
import { lookAtPage, newWatch, noteChanges } from './dom/look-at-page.ts'
import { SITE_DOMS } from './dom/site-doms.ts'
import type { AdapterHealth, Captured, SiteId } from './site.ts'

export interface DomWatcherOptions {
  readonly site: SiteId
  readonly document: Document
  readonly tell: (told: Captured | AdapterHealth) => void
  /**
   * Whether responses of the conversation have been read: on sites whose messages carry no ids on the page, it is
   * they that count. Asked often.
   */
  readonly hasResponses?: () => boolean
  /** Address of the page; by default that of the document. */
  readonly address?: () => string
}

export interface DomWatcher {
  stop(): void
  /** Scrolls to a turn by its id; false if it is not mounted. */
  reveal(turn: string): boolean
}

/** Milliseconds between a change and a look at it. */
const DEBOUNCE = 300
/** How much longer than a look the pause after it is. */
const PAUSE = 10
/** Attributes that say something of a turn. Others change all the time. */
const ATTRIBUTES: readonly string[] = [
  'data-chatgpt-search-message-ids',
  'data-chatgpt-selection-message-id',
  'data-is-streaming',
  'data-message-author-role',
  'data-message-id',
  'data-turn-key',
  'data-virtual-list-item-key',
]

/**
 * Reads what is mounted of a chat, whenever it changes, and tells it: stretches of turns with the site's own ids in
 * the order of the page, and whether the adapter still fits. What has no id, or does not say whose it is, is not told.
 * The newest answer is told once it is whole. Only what has changed is read, a few milliseconds at a time.
 *
 * @see SPEC.md rules DOM1–DOM12
 */
export function createDomWatcher(options: DomWatcherOptions): DomWatcher {
  const { site, document, tell } = options
  const dom = SITE_DOMS[site]
  const watch = newWatch(performance.now())
  let timer: ReturnType<typeof setTimeout> | undefined
  let due = 0
  let isStopped = false
  const look = (): void => {
    timer = undefined
    const begun = performance.now()
    const { told, again } = lookAtPage(
      {
        site,
        document,
        address: options.address?.() ?? document.URL,
        hasResponses: options.hasResponses?.() ?? false,
        now: begun,
      },
      watch,
    )
    for (const one of told) tell(one)
    const cost = performance.now() - begun
    if (again !== null) later(again, cost)
  }
  const later = (ms: number, cost = 0): void => {
    if (isStopped) return
    const at = performance.now() + Math.max(ms, ms > 0 ? cost * PAUSE : 0)
    if (timer !== undefined && due <= at) return
    clearTimeout(timer)
    due = at
    timer = setTimeout(look, at - performance.now())
  }
  const observer = new MutationObserver((records) => {
    noteChanges(records, dom, watch)
    later(DEBOUNCE)
  })
  observer.observe(document, {
    childList: true,
    characterData: true,
    subtree: true,
    attributeFilter: [...ATTRIBUTES],
  })
  later(0)
  return {
    stop: () => {
      isStopped = true
      clearTimeout(timer)
      observer.disconnect()
    },
    reveal: (turn) => {
      const found = findLayer(document, dom)?.turns.find(({ id }) => id === turn)
      const element = found?.pieces[0]?.element
      element?.scrollIntoView({ block: 'start' })
      return element !== undefined
    },
  }
}
