import type { AdapterHealth } from '../sites/site.ts'
import type { GaugeState, PagePlace } from '../wire/bridge-wire.ts'
import type { TabState } from '../wire/panel-wire.ts'

/** What is known of one frame of a tab. */
export interface FrameFacts {
  /** As the browser says it. */
  readonly origin: string
  readonly place: PagePlace | null
  readonly health: AdapterHealth | null
  /** Whether it sends whole histories. */
  readonly isWhole: boolean
}

const ORDER = ['ok', 'fallback', 'partial', 'none'] as const
const NOT_SEEN: AdapterHealth = { state: 'none', layer: '', detail: '' }
const WHOLE: AdapterHealth = { state: 'ok', layer: 'requests', detail: '' }
const MOST_TITLE = 300

/** The frame that a tab is known by: the top one, else the first that said where it is. */
export function mainFrame<F extends FrameFacts>(frames: readonly F[]): F | undefined {
  return (
    frames.findLast(({ place }) => place?.isTop === true) ??
    frames.find(({ place }) => place !== null) ??
    frames[0]
  )
}

/** A tab as the panel shows it. @see SPEC.md rules CHATS1, CHATS2 */
export function tabStateOf(
  tab: number,
  frames: readonly FrameFacts[],
  {
    session,
    gauge,
    isPaused,
  }: {
    readonly session: string | null
    readonly gauge: GaugeState | null
    readonly isPaused: boolean
  },
): TabState {
  const main = mainFrame(frames)
  const isWhole = frames.some((frame) => frame.isWhole)
  const isTemporary = main?.place?.isTemporary === true
  const site = main?.place?.site ?? null
  return {
    tab,
    origin: main?.origin ?? '',
    title: main?.place?.title.slice(0, MOST_TITLE) ?? '',
    site,
    kind: site === null ? (isWhole ? 'whole' : 'unknown') : 'hosted',
    session,
    isTemporary,
    isPaused,
    gauge,
    health: healthOf(frames, isWhole && site === null),
  }
}

/** The best of its frames: one that holds no chat says nothing about the one that does. */
function healthOf(frames: readonly FrameFacts[], isWhole: boolean): AdapterHealth {
  if (isWhole) return WHOLE
  const told = frames.flatMap(({ health }) => health ?? [])
  for (const state of ORDER) {
    const found = told.find((health) => health.state === state)
    if (found) return found
  }
  return NOT_SEEN
}
