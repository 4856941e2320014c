import type { Backfold, Session } from '../../client/session.ts'
import type { Draft } from '../../core/session/message.ts'
import type { Endpoint } from '../../widget/chat/ask/endpoint.ts'
import type { LiveHost } from '../live/live-host.ts'
import { createLiveHost } from '../live/live-host.ts'
import type { FetchLike } from '../../widget/chat/ask/stream-answer.ts'
import type { ReplayClock, ReplayPlayer } from '../replay/replay-player.ts'
import { createReplayPlayer } from '../replay/replay-player.ts'
import { describeProblem } from '../view/error-advice.ts'
import { takeContext } from './feed-view.ts'
import type { MessageLog, Origin } from './message-log.ts'
import { createMessageLog } from './message-log.ts'
import type { RunCommands } from './run-commands.ts'
import { createRunCommands } from './run-commands.ts'
import type { RunView } from './run-view.ts'
import { followSession } from './session-feed.ts'

/** Ids of replayed messages, so that a replay goes on where it stopped and repeats nothing. */
const REPLAY_ID = /^replay-\d+$/

export interface RunOptions {
  readonly session: Session
  readonly title: string
  /** What is replayed; null for a session without a recording. */
  readonly drafts: readonly Draft[] | null
  readonly clock: ReplayClock
  readonly fetchLike: FetchLike
  readonly turn: Backfold['turn']
  readonly isOnline: () => boolean
  readonly changed: () => void
  readonly report: (error: unknown) => void
}

/** One session on the page: its replay, its live answers, and what is shown of it. */
export interface Run {
  readonly player: ReplayPlayer | null
  readonly live: LiveHost
  readonly commands: RunCommands
  view(): RunView
  /** Appends what a person typed; with an endpoint, the model is asked to answer. */
  say(text: string, endpoint: Endpoint | null): void
  /** Appends again what could not be appended. */
  retry(key: string): void
  dispose(): void
}

/**
 * Plays one session: a host like any other, on nothing but the public client. The log shown is a
 * copy; whatever else appends to the session (another tab) is read in.
 *
 * @see SPEC.md rules APP48–APP50
 */
export async function createRun(options: RunOptions): Promise<Run> {
  const { session, drafts, clock } = options
  const log = createMessageLog()
  let disposed = false
  const changed = (): void => {
    if (!disposed) options.changed()
  }
  const report = (error: unknown): void => {
    if (!disposed) options.report(error)
  }
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    await work().catch(report)
    changed()
  }
  const append = createAppend(session, log, changed)
  const feed = await followSession({ session, log, clock, changed, report })
  const live = createLiveHost({
    session,
    append: (draft) => append(draft, 'model'),
    fetchLike: options.fetchLike,
    turn: options.turn,
    isOnline: options.isOnline,
    changed,
    report,
  })
  const replayHost = {
    startTurn: async (): Promise<void> => {
      const context = await session.context()
      feed.update((view) => takeContext(view, context))
    },
    // As if live: the message is of now, not of when it was recorded.
    deliver: ({ at: _recorded, ...draft }: Draft, index: number): Promise<void> =>
      append({ ...draft, id: `replay-${index + 1}` }, 'replay'),
    changed,
    failed: report,
  }
  const replayed = log.items().filter(({ draft }) => REPLAY_ID.test(draft.id ?? '')).length
  const player = drafts === null ? null : createReplayPlayer(drafts, replayHost, clock, replayed)
  const commands = createRunCommands(session, feed, attempt)

  return {
    player,
    live,
    commands,
    view: () => ({
      ...feed.view(),
      title: options.title,
      session,
      state: session.state.get(),
      replay: player?.state() ?? null,
      items: log.items(),
      answer: live.answer(),
      liveFailure: live.failure(),
      outcome: commands.outcome(),
    }),
    say: (text, endpoint) =>
      void attempt(async () => {
        // A model takes no message between a tool call and its result.
        if (endpoint !== null) await player?.settle()
        await append({ role: 'user', parts: [{ type: 'text', text }] }, 'person')
        if (endpoint !== null) live.ask(endpoint)
      }),
    retry: (key) =>
      void attempt(async () => {
        const item = log.items().find((candidate) => candidate.key === key)
        if (item === undefined || item.failed === null) return
        log.drop(key)
        await append(item.draft, item.origin)
      }),
    dispose: () => {
      disposed = true
      player?.pause()
      live.stop()
      feed.dispose()
      commands.dispose()
    },
  }
}

/** Appends with the message shown at once: on its way, then confirmed or marked as failed. */
function createAppend(
  session: Session,
  log: MessageLog,
  changed: () => void,
): (draft: Draft, origin: Origin) => Promise<void> {
  return async (draft, origin) => {
    const key = log.expect(draft, origin)
    changed()
    try {
      const receipt = await session.append(draft)
      log.confirm(key, receipt.seqs[0] ?? 0, receipt.tokens[0] ?? 0)
    } catch (error) {
      // A replay delivers its draft again; what a person said must not vanish.
      if (origin === 'replay') log.drop(key)
      else log.fail(key, describeProblem(error).message)
      throw error
    } finally {
      changed()
    }
  }
}
