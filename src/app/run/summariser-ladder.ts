import type { Summarisers } from '../../client/summarisers.ts'
import type { SummariserOptions } from '../../protocol/summariser-options.ts'
import type {
  ModelCommand,
  ModelTest,
  SentRequest,
  SummarisersStatus,
  SummaryTrial,
} from '../../protocol/summariser-status.ts'
import type { Problem } from '../view/error-advice.ts'
import { describeProblem } from '../view/error-advice.ts'
import { createFrameStore } from './frame-store.ts'

/** One step that a person has chosen. Holds its key, in memory only. */
export interface LadderEntry {
  /** Counts up; a step keeps it wherever it is moved. */
  readonly id: number
  readonly choice: SummariserOptions
  /** What came of the last test; `asking` until it has. */
  readonly test: ModelTest | 'asking' | null
}

export interface LadderState {
  readonly isOpen: boolean
  /** The best first. The built-in summariser stands behind them. */
  readonly entries: readonly LadderEntry[]
  readonly status: SummarisersStatus
  /** True while a ladder is put in place. */
  readonly isChoosing: boolean
  readonly problem: Problem | null
}

/** A stretch of a session, by positions. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** The ladder of summarisers as a person builds it. Nothing of it outlives the page. */
export interface SummariserLadder {
  get(): LadderState
  subscribe(listener: () => void): () => void
  /** Follows the ladder's status from now on; does nothing where it does already, or nothing is open. */
  open(): Promise<void>
  /** Puts a step at the end. Resolves to what is wrong with it, and leaves all as it was then. */
  add(choice: SummariserOptions): Promise<Problem | null>
  remove(id: number): Promise<void>
  /** Moves a step up (-1) or down (1). */
  move(id: number, by: -1 | 1): Promise<void>
  /** Leaves the built-in summariser alone. */
  clear(): Promise<void>
  /** Lets steps be asked again that were left alone. */
  reset(): Promise<void>
  test(id: number): Promise<void>
  command(id: number, command: ModelCommand): Promise<void>
  /** What a step makes of a stretch; nothing is stored. */
  tryStep(id: number, session: string, stretch: Stretch): Promise<SummaryTrial>
  sent(): Promise<readonly SentRequest[]>
  dismiss(): void
}

const CLOSED: LadderState = {
  isOpen: false,
  entries: [],
  status: { steps: [], events: [], waits: [] },
  isChoosing: false,
  problem: null,
}

/**
 * Holds the steps that a person chose, beside what Backfold tells of them.
 *
 * @param find - The summarisers of the open Backfold; null while there is none.
 * @see SPEC.md rules APP97, APP98
 */
export function createSummariserLadder(
  find: () => Promise<Summarisers | null>,
  nextFrame: (callback: () => void) => void,
): SummariserLadder {
  let summarisers: Summarisers | null = null
  let opening: Promise<void> | null = null
  let ids = 0
  const store = createFrameStore(CLOSED, nextFrame, () =>
    summarisers === null ? {} : { status: summarisers.status.get() },
  )
  const { get, change, touch, subscribe } = store

  const opened = async (): Promise<Summarisers> => {
    await open()
    if (summarisers === null) throw new Error('Backfold is not open yet')
    return summarisers
  }
  const open = (): Promise<void> => {
    opening ??= find().then((found) => {
      if (found === null) {
        opening = null
        return
      }
      summarisers = found
      found.status.subscribe(touch)
      change({ isOpen: true, status: found.status.get() })
    })
    return opening
  }
  const report = (error: unknown): void => change({ problem: describeProblem(error) })
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    change({ problem: null })
    await work().catch(report)
  }
  const choose = async (entries: readonly LadderEntry[]): Promise<void> => {
    change({ isChoosing: true })
    try {
      const target = await opened()
      await target.choose(entries.map(({ choice }) => choice))
      change({ entries })
      touch()
    } finally {
      change({ isChoosing: false })
    }
  }
  const placeOf = (id: number): number => get().entries.findIndex((entry) => entry.id === id)
  const setTest = (id: number, test: LadderEntry['test']): void => {
    const entries = get().entries.map((entry) => (entry.id === id ? { ...entry, test } : entry))
    change({ entries })
  }

  return {
    get,
    subscribe,
    open: () => open().catch(report),
    async add(choice) {
      change({ problem: null })
      try {
        await choose([...get().entries, { id: (ids += 1), choice, test: null }])
        return null
      } catch (error) {
        return describeProblem(error)
      }
    },
    remove: (id) => attempt(() => choose(get().entries.filter((entry) => entry.id !== id))),
    move: (id, by) =>
      attempt(async () => {
        const entries = [...get().entries]
        const at = placeOf(id)
        const [one, other] = [entries[at], entries[at + by]]
        if (one === undefined || other === undefined) return
        entries[at] = other
        entries[at + by] = one
        await choose(entries)
      }),
    clear: () => attempt(() => choose([])),
    reset: () => attempt(async () => (await opened()).reset()),
    test: (id) =>
      attempt(async () => {
        setTest(id, 'asking')
        try {
          setTest(id, await (await opened()).test(placeOf(id)))
        } catch (error) {
          setTest(id, null)
          throw error
        }
      }),
    command: (id, command) =>
      attempt(async () => {
        // At once if it can be: browsers ask that a click is being handled.
        await (summarisers ?? (await opened())).command(placeOf(id), command)
      }),
    tryStep: async (id, session, stretch) => (await opened()).try(session, placeOf(id), stretch),
    sent: async () => (await opened()).sent(),
    dismiss: () => change({ problem: null }),
  }
}
