import type { Session } from '../../client/session.ts'
import type { Message } from '../../core/session/message.ts'
import type { SessionEvent } from '../../protocol/events.ts'
import type { ReplayClock } from '../replay/replay-player.ts'
import { speakDue } from '../view/announcement.ts'
import { coalesce } from './coalesce.ts'
import { rebuildChart } from '../view/chart-history.ts'
import type { FeedView } from './feed-view.ts'
import { EMPTY_FEED, takeContext, takeEvent, takeState } from './feed-view.ts'
import type { MessageLog } from './message-log.ts'

export interface FeedOptions {
  readonly session: Session
  readonly log: MessageLog
  readonly clock: ReplayClock
  readonly changed: () => void
  readonly report: (error: unknown) => void
}

/** Follows a session: its events, its state, and what others append to it. */
export interface SessionFeed {
  view(): FeedView
  /** Turns the view into another, for what only the caller knows. */
  update(change: (view: FeedView) => FeedView): void
  /** Reads the generations anew. */
  refresh(): Promise<void>
  dispose(): void
}

const PAGE = 200

/** Starts to follow a session; resolves once the log so far is read. */
export async function followSession(options: FeedOptions): Promise<SessionFeed> {
  const { session, log, clock, changed } = options
  const never = new AbortController().signal
  const wait = (ms: number): Promise<void> => clock.wait(ms, never)
  let view = EMPTY_FEED
  const update = (change: (view: FeedView) => FeedView): void => {
    const before = view
    view = change(view)
    if (view !== before) changed()
  }
  const refresh = coalesce(
    async () => {
      const generations = await session.generations()
      const newestFirst = [...generations].sort((a, b) => b.n - a.n)
      update((now) => ({ ...now, generations: newestFirst }))
    },
    250,
    wait,
  )
  const readLog = coalesce(() => readMissing(session, log).then(changed), 400, wait)

  const onEvent = (event: SessionEvent): void => {
    update((now) => takeEvent(now, event, session.state.get().newest, clock.now()))
    if (event.type === 'branched') log.branch(event.behind)
    if (event.type !== 'appended' && event.type !== 'job-progressed')
      refresh().catch(options.report)
  }
  const onState = (): void => {
    const state = session.state.get()
    update((now) => takeState(now, state))
    // Own appends are confirmed by their receipts; only what stays unknown a while is read.
    if (log.gap(state.newest) === null) return
    wait(300)
      .then(() => (log.gap(session.state.get().newest) === null ? undefined : readLog()))
      .catch(options.report)
  }

  const stored = await readMissing(session, log)
  await refresh()
  update((now) => ({ ...now, chart: rebuildChart(stored, now.generations) }))
  if (log.newest() > 0) {
    const context = await session.context({ adopt: false })
    update((now) => takeContext(now, context))
  }
  const stops = [session.on('*', onEvent), session.state.subscribe(onState)]
  const speaking = setInterval(
    () =>
      update((now) => {
        const announcer = speakDue(now.announcer, clock.now())
        return announcer === now.announcer ? now : { ...now, announcer }
      }),
    2_000,
  )
  onState()
  return {
    view: () => view,
    update,
    refresh,
    dispose: () => {
      clearInterval(speaking)
      for (const stop of stops) stop()
    },
  }
}

/** Reads what this page has not appended itself: the log of an earlier run, or another tab's. */
async function readMissing(session: Session, log: MessageLog): Promise<readonly Message[]> {
  const read: Message[] = []
  for (let gap = log.gap(session.state.get().newest); gap !== null;) {
    const range = { from: gap.from, to: Math.min(gap.to, gap.from + PAGE - 1) }
    const found = await session.recall(range, { limit: PAGE })
    if (found.kind === 'messages') {
      log.merge(found.messages)
      read.push(...found.messages.filter(({ active }) => active))
    }
    const next = log.gap(session.state.get().newest)
    if (next?.from === gap.from) break
    gap = next
  }
  return read
}
