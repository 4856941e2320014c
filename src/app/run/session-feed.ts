import type { Session } from '../../client/session.ts'
import type { Message, Seq } from '../../core/session/message.ts'
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
  /** First message that may say something else by now. */
  let doubtful: Seq = Infinity
  const readDoubtful = coalesce(
    async () => {
      while (doubtful < Infinity) {
        const from = doubtful
        doubtful = Infinity
        await readRange(session, log, from)
        changed()
        // The receipt of what is on its way names the place that it had at first.
        if (!log.items().some(({ seq, failed }) => seq === null && failed === null)) continue
        doubtful = Math.min(doubtful, from)
        await wait(300)
      }
    },
    400,
    wait,
  )
  const doubt = (from: Seq): void => {
    doubtful = Math.min(doubtful, from)
    readDoubtful().catch(options.report)
  }
  const readLog = coalesce(() => readMissing(session, log).then(changed), 400, wait)

  const onEvent = (event: SessionEvent): void => {
    update((now) => takeEvent(now, event, session.state.get().newest, clock.now()))
    if (event.type === 'branched') log.branch(event.behind)
    if (event.type === 'synced' && event.moved) doubt(event.from)
    if (event.type !== 'appended' && event.type !== 'job-progressed')
      refresh().catch(options.report)
  }
  const onState = (): void => {
    const state = session.state.get()
    update((now) => takeState(now, state))
    // Own appends are confirmed by their receipts; only what stays unknown a while is read.
    const isKnown = log.gap(state.newest) === null
    if (isKnown && !lacksBranch(session, log)) return
    wait(300)
      .then(() => (log.gap(session.state.get().newest) === null ? undefined : readLog()))
      .then(() => (lacksBranch(session, log) ? doubt(1) : undefined))
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

/** Whether messages have left the active path of which this page has not heard: by a branch in another tab or device. */
function lacksBranch(session: Session, log: MessageLog): boolean {
  const { newest, messages } = session.state.get()
  if (log.gap(newest) !== null) return false
  const left = log.items().filter(({ seq, active }) => seq !== null && !active).length
  return left !== newest - messages
}

/** Reads again from a position to the end. */
async function readRange(session: Session, log: MessageLog, first: Seq): Promise<void> {
  for (let from = first; from <= session.state.get().newest; from += PAGE) {
    const to = Math.min(session.state.get().newest, from + PAGE - 1)
    const found = await session.recall({ from, to }, { limit: PAGE })
    if (found.kind === 'messages') log.merge(found.messages)
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
