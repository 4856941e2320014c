import type { Backfold } from '../../client/session.ts'
import type { ReplayClock } from '../replay/replay-player.ts'
import { describeProblem } from '../view/error-advice.ts'
import { createFrameStore } from './frame-store.ts'
import type { KeptKeys } from './kept-keys.ts'
import type { Playground, PlaygroundState } from './playground.ts'
import { createRun, type Run } from './run.ts'
import type { SummariserLadder } from './summariser-ladder.ts'

export interface KeptRunOptions {
  readonly backfold: Pick<Backfold, 'session' | 'jobs' | 'turn'>
  readonly id: string
  readonly title: string
  readonly summarisers: SummariserLadder
  readonly keptKeys: KeptKeys
  readonly clock: ReplayClock
  readonly nextFrame: (callback: () => void) => void
  readonly fetchLike: (url: string, init: RequestInit) => Promise<Response>
  readonly isOnline: () => boolean
}

/** A kept session for the zones of the workbench: nothing is chosen or replayed, the session is what it is. */
export interface KeptRun {
  readonly zones: Playground
  dispose(): void
}

/** Opens a kept session as the zones show it. @see SPEC.md rule KEEP19 */
export function openKeptRun(options: KeptRunOptions): KeptRun {
  const { backfold, id, title, clock, fetchLike, isOnline } = options
  let run: Run | null = null
  let isDisposed = false
  const item = { origin: 'stored', file: id, title, description: '' } as const
  const first: PlaygroundState = {
    phase: 'open',
    catalog: [],
    listed: true,
    chosen: { ...item, tokens: null, messages: null, bytes: null },
    file: null,
    reading: null,
    budget: 0,
    starting: true,
    run: null,
    problem: null,
  }
  const refresh = (): Partial<PlaygroundState> => {
    const view = run?.view() ?? null
    return view === null ? {} : { run: view, budget: view.state.budget.tokens }
  }
  const { get, change, touch, subscribe } = createFrameStore(first, options.nextFrame, refresh)
  const report = (thrown: unknown): void => {
    if (!isDisposed) change({ problem: describeProblem(thrown) })
  }
  const open = async (): Promise<Run | null> => {
    try {
      const session = await backfold.session(id)
      const { turn } = backfold
      const ways = { clock, fetchLike, isOnline, turn, changed: touch, report }
      const opened = await createRun({ session, title, drafts: null, ...ways })
      if (isDisposed) {
        opened.dispose()
        return null
      }
      run = opened
      change({ starting: false })
      touch()
      return opened
    } catch (thrown) {
      change({ starting: false })
      report(thrown)
      return null
    }
  }
  const opening = open()
  const nothing = async (): Promise<void> => {}
  return {
    zones: {
      get,
      subscribe,
      jobs: backfold.jobs(),
      summarisers: options.summarisers,
      keptKeys: options.keptKeys,
      run: () => run,
      open: nothing,
      relist: nothing,
      choose: nothing,
      chooseFile: nothing,
      chooseBlank: nothing,
      start: () => opening,
      restart: () => {},
      setBudget: (tokens) => void run?.commands.setBudget(tokens),
      setPin: (seq, pinned) => void run?.commands.setPin(seq, pinned),
      retry: (key) => run?.retry(key),
      dismiss: () => change({ problem: null }),
    },
    dispose() {
      isDisposed = true
      run?.dispose()
    },
  }
}
