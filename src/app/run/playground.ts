import type { Backfold, Observable } from '../../client/session.ts'
import type { SessionJobs } from '../../protocol/job-registry.ts'
import type { Seq } from '../../core/session/message.ts'
import type { ReplayClock } from '../replay/replay-player.ts'
import type { Problem } from '../view/error-advice.ts'
import { describeFileProblem, describeProblem } from '../view/error-advice.ts'
import { createFrameStore } from './frame-store.ts'
import type { KeptKeys, TextStorage } from './kept-keys.ts'
import { createKeptKeys } from './kept-keys.ts'
import type { OpenedFile } from './open-file.ts'
import type { Run } from './run.ts'
import { createLateObservable } from './late-observable.ts'
import { createRun } from './run.ts'
import type { RunView } from './run-view.ts'
import type { CatalogItem } from './session-catalog.ts'
import { runId, titleOfFile } from './session-catalog.ts'
import { freshItem, listStoredRuns, recordingOf } from './stored-runs.ts'
import type { SummariserLadder } from './summariser-ladder.ts'
import { createSummariserLadder } from './summariser-ladder.ts'

/** Budget that a new session starts with: small enough that folding is seen soon. */
export const FIRST_BUDGET = 16_000

/** The page's whole state; a new value after every change. */
export interface PlaygroundState {
  readonly phase: 'opening' | 'open' | 'failed'
  readonly catalog: readonly CatalogItem[]
  /** False until the lists beside the page have been read. */
  readonly listed: boolean
  readonly chosen: CatalogItem | null
  /** The chosen session's file; null for a session without one. */
  readonly file: OpenedFile | null
  /** The session whose file is being read; the one on the page stays until that has worked. */
  readonly reading: CatalogItem | null
  readonly budget: number
  /** True from the click on Start until the session is open. */
  readonly starting: boolean
  readonly run: RunView | null
  readonly problem: Problem | null
}

/** What the page needs of the world. */
export interface PlaygroundWorld {
  readonly openBackfold: () => Promise<Backfold>
  readonly fetchCatalog: (origin: 'shipped' | 'local') => Promise<readonly CatalogItem[]>
  readonly openListedFile: (item: CatalogItem) => Promise<OpenedFile>
  readonly openDroppedFile: (file: File) => Promise<OpenedFile>
  readonly fetchLike: (url: string, init: RequestInit) => Promise<Response>
  readonly isOnline: () => boolean
  /** Where encrypted keys are kept. */
  readonly storage: TextStorage
  readonly clock: ReplayClock
  /** Unix time in milliseconds. */
  readonly today: () => number
  /** Calls back before the next frame is drawn. */
  readonly nextFrame: (callback: () => void) => void
}

/** The page without its looks. */
export interface Playground {
  get(): PlaygroundState
  subscribe(listener: () => void): () => void
  /** All jobs of all sessions and tabs. */
  readonly jobs: Observable<readonly SessionJobs[]>
  readonly summarisers: SummariserLadder
  readonly keptKeys: KeptKeys
  /** The session on the page, for commands. */
  run(): Run | null
  open(): Promise<void>
  /** Lists the stored runs anew. */
  relist(): Promise<void>
  choose(item: CatalogItem): Promise<void>
  chooseFile(file: File): Promise<void>
  /** Begins a session without a recording. */
  chooseBlank(): Promise<void>
  /** Opens the chosen session; `play` starts its replay. Resolves to null if it cannot be opened. */
  start(play: boolean): Promise<Run | null>
  /** Leaves the session on the page, which stays stored, for a new one of the same recording. */
  restart(): void
  setBudget(tokens: number): void
  setPin(seq: Seq, pinned: boolean): void
  retry(key: string): void
  dismiss(): void
}

/** A session without a recording: whatever is said in it is all there is. */
const BLANK_ITEM: CatalogItem = {
  origin: 'file',
  file: 'blank',
  title: 'Blank session',
  description: '',
  tokens: null,
  messages: null,
  bytes: null,
}

const FIRST_STATE: PlaygroundState = {
  phase: 'opening',
  catalog: [],
  listed: false,
  chosen: null,
  file: null,
  reading: null,
  budget: FIRST_BUDGET,
  starting: false,
  run: null,
  problem: null,
}

/**
 * Makes the page without its looks: what is chosen, the session that plays, and what went wrong.
 *
 * @see SPEC.md rules APP52–APP56
 */
export function createPlayground(world: PlaygroundWorld): Playground {
  let backfold: Backfold | null = null
  let run: Run | null = null
  let opening: Promise<Run | null> | null = null
  const jobs = createLateObservable<readonly SessionJobs[]>([])
  const { get, change, touch, subscribe } = createFrameStore(FIRST_STATE, world.nextFrame, () => ({
    run: run?.view() ?? null,
  }))
  const report = (error: unknown): void => change({ problem: describeProblem(error) })

  const switchTo = (item: CatalogItem, file: OpenedFile | null): void => {
    run?.dispose()
    run = null
    opening = null
    change({ run: null, starting: false, chosen: item, file, reading: null })
    // That Backfold does not open stays true whatever is chosen.
    if (get().phase !== 'failed') change({ problem: null })
  }

  /** Reads an item's file and makes it the chosen one, unless another is chosen meanwhile. */
  const take = async (item: CatalogItem, file: Promise<OpenedFile> | null): Promise<void> => {
    change({ reading: item })
    try {
      const opened = await file
      if (get().reading === item) switchTo(item, opened)
    } catch (error) {
      if (get().reading === item)
        change({ reading: null, problem: describeFileProblem(item.file, error) })
    }
  }

  const openRun = async (item: CatalogItem): Promise<Run | null> => {
    if (backfold === null) return null
    change({ starting: true })
    try {
      const stored = item.origin === 'stored'
      const session = await backfold.session(
        stored ? item.file : runId(item, world.today()),
        stored ? undefined : { budget: { tokens: get().budget } },
      )
      const { clock, fetchLike, isOnline } = world
      const drafts = get().file?.drafts ?? null
      const { title } = item
      const { turn } = backfold
      const ways = { clock, fetchLike, isOnline, turn, changed: touch, report }
      const opened = await createRun({ session, title, drafts, ...ways })
      if (get().chosen !== item) {
        opened.dispose()
        return null
      }
      run = opened
      change({ budget: session.state.get().budget.tokens })
      touch()
      return opened
    } catch (error) {
      if (get().chosen !== item) return null
      opening = null
      report(error)
      return null
    } finally {
      if (get().chosen === item) change({ starting: false })
    }
  }

  const relist = async (): Promise<void> => {
    if (backfold === null) return
    try {
      const stored = await listStoredRuns(backfold)
      change({ catalog: [...get().catalog.filter(({ origin }) => origin !== 'stored'), ...stored] })
    } catch (error) {
      report(error)
    }
  }

  const open = async (): Promise<void> => {
    change({ phase: 'opening', problem: null })
    const lists = Promise.all([world.fetchCatalog('shipped'), world.fetchCatalog('local')])
    try {
      if (backfold === null) {
        backfold = await world.openBackfold()
        jobs.connect(backfold.jobs())
      }
      change({ phase: 'open' })
    } catch (error) {
      change({ phase: 'failed', problem: describeProblem(error) })
    }
    const catalog = (await lists).flat()
    change({ catalog, listed: true })
    await relist()
    const first = catalog[0]
    if (get().chosen === null && first !== undefined) await take(first, world.openListedFile(first))
  }

  return {
    get,
    subscribe,
    jobs: jobs.observable,
    summarisers: createSummariserLadder(
      async () => (await backfold?.summarisers()) ?? null,
      world.nextFrame,
    ),
    keptKeys: createKeptKeys(world.storage),
    run: () => run,
    open,
    relist,
    choose: (item) => {
      // An earlier run goes on where it stopped, if its recording still lies beside the page.
      const source = item.origin === 'stored' ? recordingOf(item, get().catalog) : item
      return take(item, source === undefined ? null : world.openListedFile(source))
    },
    chooseFile: (file) => {
      const named = { file: file.name, title: titleOfFile(file.name), bytes: file.size }
      return take({ ...BLANK_ITEM, ...named }, world.openDroppedFile(file))
    },
    chooseBlank: () => take({ ...BLANK_ITEM }, null),
    start: async (play) => {
      const item = get().chosen
      if (item === null) return null
      opening ??= openRun(item)
      const opened = await opening
      if (play) opened?.player?.play()
      return opened
    },
    restart: () => {
      const item = get().chosen
      if (item !== null) switchTo(freshItem(item), get().file)
    },
    setPin: (seq, pinned) => void run?.commands.setPin(seq, pinned),
    retry: (key) => run?.retry(key),
    setBudget: (tokens) => {
      change({ budget: tokens })
      void run?.commands.setBudget(tokens)
    },
    dismiss: () => change({ problem: null }),
  }
}
