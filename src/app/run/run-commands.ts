import type { Session } from '../../client/session.ts'
import type { Seq } from '../../core/session/message.ts'
import { describeOutcome } from '../view/job-line.ts'
import type { SessionFeed } from './session-feed.ts'

/** What a person can ask of a session by hand. None rejects: errors are reported. */
export interface RunCommands {
  /** What came of the last one, as a sentence; null for none, or while it is under way. */
  outcome(): string | null
  compact(): Promise<void>
  cancel(): Promise<void>
  apply(): Promise<void>
  rollback(n: number): Promise<void>
  setPin(seq: Seq, pinned: boolean): Promise<void>
  setBudget(tokens: number): Promise<void>
  dispose(): void
}

export function createRunCommands(
  session: Session,
  feed: SessionFeed,
  attempt: (work: () => Promise<void>) => Promise<void>,
): RunCommands {
  let outcome: string | null = null
  // What was announced as coming has come: saying so on would be wrong.
  const stop = session.on('applied', () => {
    outcome = null
  })
  const act = (work: () => Promise<string | null>): Promise<void> =>
    attempt(async () => {
      outcome = null
      outcome = await work()
      await feed.refresh()
    })
  return {
    outcome: () => outcome,
    dispose: stop,
    compact: () => act(async () => describeOutcome(await session.compact())),
    cancel: () =>
      act(async () => ((await session.cancel()) ? 'The job was cancelled.' : 'No job runs here.')),
    apply: () => act(async () => describeOutcome(await session.apply())),
    rollback: (n) => act(async () => describeOutcome(await session.rollback(n))),
    setPin: (seq, pinned) =>
      act(async () => {
        const pins = new Set(await (pinned ? session.pin(seq) : session.unpin(seq)))
        feed.update((view) => ({ ...view, pins }))
        return pinned ? `#${seq} is pinned.` : `#${seq} is no longer pinned.`
      }),
    setBudget: (tokens) =>
      act(async () => {
        await session.configure({ budget: { tokens } })
        return null
      }),
  }
}
