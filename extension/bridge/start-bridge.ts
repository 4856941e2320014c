import type { HostRequest } from '../../src/protocol/host-requests.ts'
import { conversationOf } from '../sites/conversation-of.ts'
import { isTemporaryPage } from '../sites/is-temporary-page.ts'
import { recogniseSite } from '../sites/recognise-site.ts'
import type { ObservedResponse, SiteId } from '../sites/site.ts'
import { SITES } from '../sites/sites.ts'
import type { BridgeSettings, FillOutcome, GaugeState, PagePlace } from '../wire/bridge-wire.ts'
import type { PageMode, PagePlan } from '../wire/page-wire.ts'
import { fillComposer } from './composer/fill-composer.ts'
import { createHostLine, type HostLineOptions, type HostLineWorld } from './host-line.ts'
import { openPageDoor } from './page-door.ts'
import { NO_MODE, pageMode } from './page-mode.ts'
import { createPageScene } from './page-scene.ts'
import type { Pill, PillOptions } from './pill/create-pill.ts'
import { sizeOfResponse, tellableUrl } from './read-page-messages.ts'
import { keep, type KeptBounds, NONE_KEPT, type Unacknowledged } from './unacknowledged.ts'
import { watchPlace } from './watch-place.ts'
import { createWindowScout } from './windows/window-scout.ts'

/** What was read before it is known whether it may be, and of which chat it is. */
const EARLY: KeptBounds = { items: 32, size: 32_000_000 }

const MAX_TITLE = 300

const NO_COMPOSER = 'This part of the page has no composer.'

export interface BridgeWorld extends Omit<HostLineWorld, 'isSeen'> {
  readonly page: Window
  readonly createPill: (options: PillOptions) => Pill
  readonly fetch: typeof fetch
  /** Called in a person's click, whose gesture passes with it. */
  readonly openPanel: () => void
}

/**
 * Joins what is done in a page: its own world, its document, and the host. To be called before any script of the page
 * can run.
 */
export function startBridge(world: BridgeWorld): void {
  const { page } = world
  const { document } = page
  const isTop = page.top === page
  let settings: BridgeSettings | undefined
  let gauge: GaugeState | null = null
  let site: SiteId | null = recogniseSite(page.location, document)
  let conversation: string | null = null
  let responses = 0
  let early: Unacknowledged<ObservedResponse> = NONE_KEPT
  let mode: PageMode | undefined
  /** Where it was said to be last, and in the newest greeting, as text. */
  let told = ''
  let greeted = ''

  const place = (): PagePlace => placeOf(page, site, isTop)
  const scene = createPageScene({
    document,
    createPill: world.createPill,
    onCaptured: (params) => line.say({ method: 'captured', params }),
    onHealth(health) {
      line.tell('health', health)
      lookAgain()
    },
    hasResponses: () => responses > 0,
    onOpen: world.openPanel,
    onPill: (moved) => line.tell('pill', moved),
  })
  const scout = createWindowScout({
    origin: page.location.origin,
    fetch: world.fetch,
    tell: (window) => line.tell('window', window),
  })

  const observe = (response: ObservedResponse): void => {
    if (scout.observed(response) || mode?.observes !== true) return
    if (site === null) {
      early = keep(early, response, sizeOfResponse(response), EARLY)
      return
    }
    responses += 1
    // A page may become temporary where it is; what is said then must not outlive it, even while no host is there.
    if (lookAgain().isTemporary) return
    line.say({ method: 'observed', params: response })
  }
  /** Tells where the page is, if that is another place than was told. */
  const lookAgain = (): PagePlace => {
    const now = place()
    const text = JSON.stringify(now)
    if (text !== told) line.tell('place', now)
    told = text
    return now
  }
  const draw = (): void => {
    if (isTop && document.readyState !== 'loading') scene.show({ settings, site, gauge })
  }
  const apply = (): void => {
    if (!settings) return
    const next = pageMode(settings, site)
    if (JSON.stringify(next) !== JSON.stringify(mode)) door.setMode(next)
    mode = next
    const waiting = early.items
    early = NONE_KEPT
    if (mode.observes) for (const { value } of waiting) observe(value)
    draw()
  }
  const moved = (): void => {
    if (isTop && document.visibilityState === 'visible') line.wake()
    const known = site
    site = recogniseSite(page.location, document)
    const now = lookAgain()
    // A chat that has just got its name is the one whose first answer was read.
    if (conversation !== null && now.conversation !== conversation) responses = 0
    conversation = now.conversation
    if (site !== known) apply()
    else draw()
  }
  const plan = async (request: HostRequest): Promise<PagePlan> => {
    const known = await line.ask('plan', request)
    if (known.plan !== undefined) {
      scout.sent(request)
      // It sends its whole history, so it is no hosted chat: what waited for it to be seen as one need not be held.
      if (site === null) early = NONE_KEPT
    }
    return known
  }

  const lineOptions = (): HostLineOptions => ({
    handlers: {
      requests: {
        fill: async (request) =>
          isTop ? fill(document, site, request) : { kind: 'failed', reason: NO_COMPOSER },
        reveal: async ({ turn }) => scene.reveal(turn),
      },
      notices: {
        settings(now) {
          settings = now
          apply()
        },
        gauge(now) {
          gauge = now
          draw()
        },
      },
    },
    place() {
      const now = place()
      greeted = JSON.stringify(now)
      return now
    },
    onSettings(now) {
      settings = now
      // Where the page went while the host was being greeted, nobody was told.
      told = greeted
      lookAgain()
      apply()
    },
    mayAsk: (method) => (method === 'plan' ? mode?.rewrites : mode?.rescues) === true,
    isFolding: () => gauge?.isFolding === true,
    onOrphan: end,
  })
  const isSeen = (): boolean => isTop && document.visibilityState === 'visible'
  const line = createHostLine({ ...world, isSeen }, lineOptions())
  const door = openPageDoor(page, {
    now: world.now,
    plan: async (request) => (mode?.rewrites === false ? { kind: 'pass' } : plan(request)),
    rescue: (refusal) => line.ask('rescue', refusal),
    answer: (answered) => line.say({ method: 'answer', params: answered }),
    observed(response) {
      if (settings) observe(response)
      else {
        early = keep(early, response, sizeOfResponse(response), EARLY)
        line.wake()
      }
    },
  })
  const stopWatching = watchPlace(page, moved)
  if (isTop) line.wake()

  /** The extension was replaced or removed: the page is left as if it had never been there. */
  function end(): void {
    mode = NO_MODE
    settings = undefined
    door.close()
    scene.remove()
    stopWatching()
  }
}

function placeOf({ location, document }: Window, site: SiteId | null, isTop: boolean): PagePlace {
  const { href, origin } = location
  const at = site === null ? { conversation: null, isTemporary: false } : conversationOf(site, href)
  const isTemporary = at.isTemporary || (site !== null && isTemporaryPage(site, document))
  const title = document.title.slice(0, MAX_TITLE)
  return { url: tellableUrl(href) ?? origin, title, site, ...at, isTemporary, isTop }
}

function fill(
  document: Document,
  site: SiteId | null,
  { text, replaces }: { readonly text: string; readonly replaces: boolean },
): Promise<FillOutcome> {
  const hints = site === null ? [] : SITES[site].composer
  return fillComposer({ document, hints, text, replaces })
}
