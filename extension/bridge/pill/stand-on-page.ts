import type { PillParts } from './pill-parts.ts'

/** How often the pill comes back after the page took it away: whoever goes on wants it gone. */
const MAX_RETURNS = 3

/** Events that a page must not take for its own: keys would be typed into it, and presses close what it shows. */
const OWN_EVENTS = [
  'click',
  'dblclick',
  'auxclick',
  'contextmenu',
  'pointerdown',
  'pointerup',
  'mousedown',
  'mouseup',
  'touchstart',
  'touchend',
  'wheel',
  'focusin',
  'focusout',
] as const

const KEYS = ['keydown', 'keyup', 'keypress'] as const

export interface StandOptions {
  /** It is on the page again. */
  readonly onBack: () => void
  /** A key was pressed in it. */
  readonly onKey: (event: KeyboardEvent) => void
}

export interface Stand {
  /** Puts it on the page, or takes it away. */
  set(isWanted: boolean): void
  /** Takes it away for good. */
  end(): void
}

/**
 * Keeps the pill on the page while it is wanted: last of all, so that what is as far in front lies behind it; not in
 * full screen; and not for ever if the page takes it away.
 *
 * @see SPEC.md rules PILL8, PILL9
 */
export function standOnPage(document: Document, parts: PillParts, options: StandOptions): Stand {
  const { host } = parts
  let isWanted = false
  let returns = 0
  const listening = new AbortController()
  const update = (): void => {
    const stands = isWanted && document.fullscreenElement === null && returns <= MAX_RETURNS
    if (!stands) host.remove()
    else if (!host.isConnected) {
      document.documentElement.append(host)
      options.onBack()
    }
  }
  const observer = new MutationObserver(() => {
    if (!isWanted || host.isConnected || document.fullscreenElement !== null) return
    returns += 1
    update()
    watch()
  })
  const watch = (): void => {
    observer.disconnect()
    observer.observe(document, { childList: true })
    observer.observe(document.documentElement, { childList: true })
  }
  document.addEventListener('fullscreenchange', update, { signal: listening.signal })
  keepEvents(document, parts, options.onKey, listening.signal)
  return {
    set(wanted) {
      isWanted = wanted
      update()
      if (wanted) watch()
      else observer.disconnect()
    },
    end() {
      isWanted = false
      listening.abort()
      observer.disconnect()
      host.remove()
    },
  }
}

/**
 * What happens in the pill ends in it. Keys are caught before any listener of the page that came later, and go nowhere
 * else: what the browser does by itself on a key, it still does.
 */
function keepEvents(
  document: Document,
  parts: PillParts,
  onKey: (event: KeyboardEvent) => void,
  signal: AbortSignal,
): void {
  for (const type of OWN_EVENTS) {
    parts.frame.addEventListener(type, (event) => event.stopPropagation(), {
      signal,
      passive: true,
    })
  }
  for (const type of KEYS) {
    document.defaultView?.addEventListener(
      type,
      (event) => {
        if (event.target !== parts.host) return
        event.stopImmediatePropagation()
        if (type === 'keydown') onKey(event)
      },
      { signal, capture: true },
    )
  }
}
