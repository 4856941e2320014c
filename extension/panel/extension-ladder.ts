import { createFrameStore } from '../../src/app/run/frame-store.ts'
import type { KeptKeys } from '../../src/app/run/kept-keys.ts'
import type {
  LadderEntry,
  LadderState,
  SummariserLadder,
} from '../../src/app/run/summariser-ladder.ts'
import { describeProblem, type Problem } from '../../src/app/view/error-advice.ts'
import type { Summarisers } from '../../src/client/summarisers.ts'
import type { SummariserOptions } from '../../src/protocol/summariser-options.ts'
import type { LadderStep, LadderStore } from '../settings/ladder-store.ts'

/** What the extension's ladder is made of. */
export interface ExtensionLadderWorld {
  readonly store: LadderStore
  /** Those of the host, which the stored ladder is put in place for. */
  readonly summarisers: () => Promise<Summarisers>
  readonly nextFrame: (callback: () => void) => void
  /** Asks for what a summariser needs, in a click; false where it may not be asked. */
  readonly grant: (choice: SummariserOptions) => Promise<boolean>
  /** Whether a library of a local model is in the package: none may come from elsewhere. */
  readonly canRunLocally: () => Promise<boolean>
}

/** The ladder and its keys as the app's zones take them. */
export interface ExtensionLadder {
  readonly ladder: SummariserLadder
  readonly keptKeys: KeptKeys
}

const CLOSED: LadderState = {
  isOpen: false,
  entries: [],
  status: { steps: [], events: [], waits: [] },
  isChoosing: false,
  problem: null,
}

const NO_LIBRARY: Problem = {
  code: 'MODEL_UNAVAILABLE',
  message: 'This package has no library for a model in the browser',
  advice: 'Choose the browser’s own AI, or a server on this device, such as Ollama.',
}

const NOT_GRANTED: Problem = {
  code: 'MODEL_UNAVAILABLE',
  message: 'Content may not leave this device',
  advice: 'Agree when the browser asks, or choose a summariser on this device.',
}

const NO_STEP: Problem = {
  code: 'INVALID_INPUT',
  message: 'This step makes no sense',
  advice: 'Nothing was changed. Correct the value and try again.',
}

/**
 * The ladder of the extension as the app's zones show it: kept in the settings, used by the host. Steps whose keys are
 * locked stand apart until their passphrase opens them.
 *
 * @see SPEC.md rules PANEL14, PANEL15, GRANT13
 */
export function createExtensionLadder(world: ExtensionLadderWorld): ExtensionLadder {
  const { store } = world
  const ids = createNumbers()
  const added = new WeakMap<object, string>()
  const unlocked = new WeakSet<object>()
  let locked: readonly LadderStep[] = []
  let summarisers: Summarisers | null = null
  let opening: Promise<Summarisers> | null = null

  const refresh = (): Partial<LadderState> =>
    summarisers === null ? {} : { status: summarisers.status.get() }
  const { get, change, touch, subscribe } = createFrameStore(CLOSED, world.nextFrame, refresh)
  const read = async (): Promise<void> => {
    const steps = await store.read()
    locked = steps.filter(({ key }) => key === 'sealed')
    const former = get().entries
    change({
      entries: steps
        .filter(({ key }) => key !== 'sealed')
        .map(({ id, choice }): LadderEntry => {
          const number = ids.of(id)
          return { id: number, choice, test: former.find((one) => one.id === number)?.test ?? null }
        }),
    })
  }
  const open = (): Promise<Summarisers> => {
    opening ??= Promise.all([world.summarisers(), read()])
      .then(([found]) => {
        summarisers = found
        found.status.subscribe(touch)
        store.onChange(() => void read().catch(report))
        change({ isOpen: true, status: found.status.get() })
        return found
      })
      .catch((failure: unknown) => {
        opening = null
        throw failure
      })
    return opening
  }
  const report = (thrown: unknown): void => change({ problem: describeProblem(thrown) })
  const attempt = async (work: () => Promise<unknown>): Promise<void> => {
    change({ problem: null })
    try {
      await work()
    } catch (thrown) {
      report(thrown)
    }
  }
  const changeSteps = (work: () => Promise<unknown>): Promise<void> =>
    attempt(async () => {
      change({ isChoosing: true })
      try {
        await work()
        await read()
      } finally {
        change({ isChoosing: false })
      }
    })
  const placeOf = (id: number): number => get().entries.findIndex((entry) => entry.id === id)
  const setTest = (id: number, test: LadderEntry['test']): void =>
    change({
      entries: get().entries.map((entry) => (entry.id === id ? { ...entry, test } : entry)),
    })

  const add = async (choice: SummariserOptions): Promise<Problem | null> => {
    // It is one of the steps already; only its key was locked.
    if (unlocked.has(choice)) return null
    try {
      // Before anything else is awaited: browsers ask only while a click is handled.
      if (!(await world.grant(choice))) return NOT_GRANTED
      if (choice.kind === 'webllm' && !(await world.canRunLocally())) return NO_LIBRARY
      const id = await store.add(choice)
      if (id === null) return NO_STEP
      added.set(choice, id)
      await read()
      return null
    } catch (thrown) {
      return describeProblem(thrown)
    }
  }

  return {
    ladder: {
      get,
      subscribe,
      open: () => attempt(open),
      add,
      remove: (id) => changeSteps(() => store.remove(ids.name(id))),
      move: (id, by) => changeSteps(() => store.move(ids.name(id), by)),
      clear: () =>
        changeSteps(async () => {
          for (const { id } of get().entries) await store.remove(ids.name(id))
        }),
      reset: () => attempt(async () => (await open()).reset()),
      test: (id) =>
        attempt(async () => {
          setTest(id, 'asking')
          try {
            setTest(id, await (await open()).test(placeOf(id)))
          } catch (error) {
            setTest(id, null)
            throw error
          }
        }),
      command: (id, command) =>
        attempt(async () => (summarisers ?? (await open())).command(placeOf(id), command)),
      tryStep: async (id, session, stretch) => (await open()).try(session, placeOf(id), stretch),
      sent: async () => (await open()).sent(),
      dismiss: () => change({ problem: null }),
    },
    keptKeys: {
      list: () =>
        locked.flatMap(({ id, choice }) =>
          'model' in choice && choice.kind !== 'webllm'
            ? [{ id, choice, sealed: {} } as unknown as ReturnType<KeptKeys['list']>[number]]
            : [],
        ),
      async keep(choice, passphrase) {
        const former = added.get(choice)
        await store.add(choice, passphrase)
        // It stood there for a moment with its key in memory only.
        if (former !== undefined) await store.remove(former)
        await read()
      },
      async unlock(id, passphrase) {
        const step = locked.find((one) => one.id === id)
        const kind = await store.unlock(id, passphrase)
        if (kind !== 'opened' || step === undefined) {
          return kind === 'wrong-passphrase'
            ? { kind }
            : { kind: 'unreadable', reason: 'it is not stored any more' }
        }
        unlocked.add(step.choice)
        await read()
        return { kind, choice: step.choice as Parameters<KeptKeys['keep']>[0] }
      },
      forget: (id) => void changeSteps(() => store.remove(id)),
    },
  }
}

/** The app's zones count steps; the store names them. */
function createNumbers(): { of(name: string): number; name(of: number): string } {
  const names: string[] = []
  return {
    of(name) {
      const at = names.indexOf(name)
      return at >= 0 ? at + 1 : names.push(name)
    },
    name: (of) => names[of - 1] ?? '',
  }
}
