import { createDomWatcher, type DomWatcher } from '../sites/create-dom-watcher.ts'
import type { AdapterHealth, Captured, SiteId } from '../sites/site.ts'
import type { BridgeSettings, GaugeState } from '../wire/bridge-wire.ts'
import { isActive } from './page-mode.ts'
import type { Pill, PillOptions, PillPlace } from './pill/create-pill.ts'

/** What is shown on a page, and read from it. */
export interface SceneState {
  readonly settings: BridgeSettings | undefined
  readonly site: SiteId | null
  readonly gauge: GaugeState | null
}

export interface SceneOptions {
  readonly document: Document
  readonly createPill: (options: PillOptions) => Pill
  readonly onCaptured: (captured: Captured) => void
  readonly onHealth: (health: AdapterHealth) => void
  readonly hasResponses: () => boolean
  /** Called in a person's click. */
  readonly onOpen: () => void
  readonly onPill: (moved: { readonly at: PillPlace } | { readonly isHidden: true }) => void
}

/** The pill on a page, and what watches the page itself. */
export interface PageScene {
  /** Draws and watches what is to be; nothing where the settings say so, or are not known. */
  show(state: SceneState): void
  reveal(turn: string): boolean
  remove(): void
}

/** Of the top frame only, and only once its document is there. */
export function createPageScene(options: SceneOptions): PageScene {
  const { document } = options
  let pill: Pill | undefined
  let watcher: DomWatcher | undefined
  let watched: SiteId | null = null

  const watch = (site: SiteId | null): void => {
    if (site === watched) return
    watcher?.stop()
    watched = site
    watcher = undefined
    if (site === null) return
    watcher = createDomWatcher({
      site,
      document,
      hasResponses: options.hasResponses,
      tell(told) {
        if ('state' in told) options.onHealth(told)
        else options.onCaptured(told)
      },
    })
  }
  const remove = (): void => {
    watch(null)
    pill?.remove()
    pill = undefined
  }
  return {
    show({ settings, site, gauge }) {
      if (!settings || !isActive(settings)) {
        remove()
        return
      }
      watch(site)
      pill ??= options.createPill({
        document,
        onOpen: options.onOpen,
        onMove: (at) => options.onPill({ at }),
        onHide: () => options.onPill({ isHidden: true }),
      })
      pill.show(gauge, settings.site)
    },
    reveal: (turn) => watcher?.reveal(turn) ?? false,
    remove,
  }
}
