import type { ReactElement } from 'react'
import { Profiler, StrictMode } from 'react'
import { hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { expect, onTestFinished, test, vi } from 'vitest'
import { spawnWorker } from '../../src/client/spawn-worker.ts'
import type { Backfold, Session } from '../../src/client/session.ts'
import type { OpenOptions, RecallQuery, RecallResult, Sync } from '../../src/index.ts'
import {
  BackfoldProvider,
  ContextGauge,
  useBackfold,
  useContextState,
  useRecall,
  useSession,
  useSync,
} from '../../src/react.ts'
import { asError } from '../../src/widget/view/as-error.ts'
import { draw } from './draw.tsx'
import { openPage } from './open-page.ts'

const SOON = { timeout: 20_000 }

/** Options that open a database of their own, and the workers that were started. */
function ownOptions(): { readonly options: OpenOptions; readonly workers: Worker[] } {
  const workers: Worker[] = []
  const spawn = (): Worker => {
    const worker = spawnWorker()
    workers.push(worker)
    return worker
  }
  return { options: { name: `react-${crypto.randomUUID()}`, spawnWorker: spawn }, workers }
}

/** What the provider gave at each drawing. */
function Watch({ seen }: { readonly seen: ReturnType<typeof useBackfold>[] }): ReactElement {
  const handle = useBackfold()
  seen.push(handle)
  return (
    <button type="button" data-status={handle.status} onClick={handle.retry}>
      {handle.error?.code ?? handle.status}
    </button>
  )
}

test('[REACT2] strict mode leaves one worker, new options open no other, and unmounting closes it', async () => {
  const { options, workers } = ownOptions()
  const seen: ReturnType<typeof useBackfold>[] = []
  const page = draw(
    <BackfoldProvider options={options}>
      <Watch seen={seen} />
    </BackfoldProvider>,
  )
  expect(page.count('[data-status="ready"]')).toBe(0)
  await expect.poll(() => page.text(), SOON).toBe('ready')
  page.draw(
    <BackfoldProvider options={{ ...options }}>
      <Watch seen={seen} />
    </BackfoldProvider>,
  )
  const backfold = seen.at(-1)?.backfold
  expect(await backfold?.sessions()).toEqual([])
  expect(workers).toHaveLength(1)
  page.remove()
  await expect
    .poll(() => backfold?.sessions().then(String, asError), SOON)
    .toMatchObject({ code: 'CLOSED' })
  expect(workers).toHaveLength(1)
})

test('[REACT2] a provider that comes again right away works, and one that goes while opening leaves nothing', async () => {
  const { options, workers } = ownOptions()
  const seen: ReturnType<typeof useBackfold>[] = []
  const tree = (key: string): ReactElement => (
    <BackfoldProvider key={key} options={options}>
      <Watch seen={seen} />
    </BackfoldProvider>
  )
  const page = draw(tree('a'))
  await expect.poll(() => workers.length, SOON).toBe(1)
  page.draw(tree('b'))
  await expect.poll(() => page.text(), SOON).toBe('ready')
  const backfold = seen.at(-1)?.backfold
  expect(await backfold?.sessions()).toEqual([])
  expect(workers).toHaveLength(2)
})

test('[REACT4] a worker that cannot be started is told with its code, and opening is tried again', async () => {
  const { options } = ownOptions()
  let isBroken = true
  const broken: OpenOptions = {
    ...options,
    spawnWorker: () => {
      if (isBroken) throw new Error('blocked by the policy of this page')
      return spawnWorker()
    },
  }
  const page = draw(
    <BackfoldProvider options={broken}>
      <Watch seen={[]} />
      <Current id="a" />
    </BackfoldProvider>,
  )
  await expect.poll(() => page.text(), SOON).toBe('INTERNALfailed INTERNAL')
  isBroken = false
  page.press('button')
  await expect.poll(() => page.text(), SOON).toBe('readyready a')
})

test('[REACT3] a Backfold of the host survives the provider', async () => {
  const { backfold } = await openPage()
  const page = draw(
    <BackfoldProvider backfold={backfold}>
      <Watch seen={[]} />
    </BackfoldProvider>,
  )
  await expect.poll(() => page.text()).toBe('ready')
  page.remove()
  await backfold.sessions()
  expect(await backfold.sessions()).toEqual([])
  await backfold.close()
})

test('[REACT1] what a server wrote is taken over without a mismatch', async () => {
  const { options, workers } = ownOptions()
  const complaints: unknown[] = []
  vi.spyOn(console, 'error').mockImplementation((...said) => void complaints.push(said))
  onTestFinished(() => void vi.restoreAllMocks())
  const app = (
    <StrictMode>
      <BackfoldProvider options={options}>
        <Current id="a" />
        <ContextGauge state={null} />
      </BackfoldProvider>
    </StrictMode>
  )
  const root = document.body.appendChild(document.createElement('div'))
  root.innerHTML = renderToString(app)
  expect(workers).toHaveLength(0)
  const tree = hydrateRoot(root, app, { onRecoverableError: (error) => complaints.push(error) })
  await expect.poll(() => root.querySelector('p')?.textContent, SOON).toBe('ready a')
  expect(complaints).toEqual([])
  expect(workers).toHaveLength(1)
  tree.unmount()
  root.remove()
})

/** A session's handle, and its newest message. */
function Current(props: { readonly id: string | null; readonly tokens?: number }): ReactElement {
  const { id, tokens } = props
  const options = tokens === undefined ? undefined : { budget: { tokens } }
  const { status, session, error } = useSession(id, options)
  const state = useContextState(session)
  return (
    <p data-budget={state?.budget.tokens}>
      {status} {session?.id ?? error?.code}
    </p>
  )
}

test('[REACT5, REACT6] sessions are switched, reconfigured by value, and failures told', async () => {
  const { backfold } = await openPage()
  const opened = vi.spyOn(backfold, 'session')
  const tree = (id: string | null, tokens?: number): ReactElement => (
    <BackfoldProvider backfold={backfold}>
      <Current id={id} {...(tokens !== undefined && { tokens })} />
    </BackfoldProvider>
  )
  const page = draw(tree(null))
  await expect.poll(() => page.text()).toBe('idle')
  page.draw(tree('a', 8_000))
  await expect.poll(() => page.text(), SOON).toBe('ready a')
  await expect.poll(() => page.part('p').dataset['budget']).toBe('8000')
  const before = opened.mock.calls.length
  page.draw(tree('a', 8_000))
  page.draw(tree('a', 8_000))
  // What the drawings asked for is on its way by the time this is answered.
  await backfold.sessions()
  expect(opened.mock.calls).toHaveLength(before)
  page.draw(tree('a', 9_000))
  await expect.poll(() => page.part('p').dataset['budget'], SOON).toBe('9000')
  page.draw(tree('b'))
  await expect.poll(() => page.text(), SOON).toBe('ready b')
  page.draw(tree('b', 1))
  await expect.poll(() => page.text(), SOON).toBe('failed INVALID_INPUT')
  page.draw(tree('c'))
  await expect.poll(() => page.text(), SOON).toBe('ready c')
  await backfold.close()
})

/** Sessions that open, and recalls that are answered, when the test says so. */
function slowBackfold() {
  const waiting = new Map<string, () => void>()
  const asked: string[] = []
  const hold = <T,>(name: string, value: T): Promise<T> => {
    asked.push(name)
    return new Promise((resolve) => waiting.set(name, () => resolve(value)))
  }
  const createSession = (id: string): Session => {
    const state = { get: () => ({ session: id }), subscribe: () => () => {} }
    const recall = (query: RecallQuery): Promise<RecallResult> => {
      const text = JSON.stringify(query)
      const hit = { seq: 1, role: 'user', text, score: 1, active: true, passages: [] } as const
      return hold(`${id} ${text}`, { kind: 'hits', hits: [hit] })
    }
    return { id, state, recall } as unknown as Session
  }
  const backfold = {
    session: (id: string) => hold(id, createSession(id)),
  } as unknown as Backfold
  return { backfold, asked, answer: (name: string) => waiting.get(name)?.() }
}

interface RecallingProps {
  readonly id: string
  readonly query: RecallQuery | null
  readonly debounceMs: number
}

function Recalling({ id, query, debounceMs }: RecallingProps): ReactElement {
  const { status, session } = useSession(id)
  const found = useRecall(session, query, { debounceMs })
  return (
    <p>
      {id}={status} {session?.id} {found.status} {found.hits.map(({ text }) => text).join()}
    </p>
  )
}

test('[REACT6, REACT8] late answers are dropped, and nothing of a former session is shown', async () => {
  const { backfold, asked, answer } = slowBackfold()
  const tree = (id: string, query: RecallQuery | null, debounceMs = 0): ReactElement => (
    <BackfoldProvider backfold={backfold}>
      <Recalling id={id} query={query} debounceMs={debounceMs} />
    </BackfoldProvider>
  )
  const page = draw(tree('a', null))
  await expect.poll(() => asked).toContain('a')
  page.draw(tree('b', 'x'))
  await expect.poll(() => asked).toContain('b')
  answer('b')
  await expect.poll(() => page.text()).toBe('b=ready b asking')
  answer('a')
  page.draw(tree('b', 'xy'))
  await expect.poll(() => asked).toContain('b "xy"')
  answer('b "xy"')
  await expect.poll(() => page.text()).toBe('b=ready b ready "xy"')
  answer('b "x"')
  page.draw(tree('b', { from: 1, to: 2 }, 60_000))
  await expect.poll(() => asked).toContain('b {"from":1,"to":2}')
  expect(page.text()).toBe('b=ready b asking "xy"')
  page.draw(tree('b', 'words', 60_000))
  await expect.poll(() => page.text()).toBe('b=ready b asking "xy"')
  page.draw(tree('b', '  '))
  await expect.poll(() => page.text()).toBe('b=ready b idle')
  page.draw(tree('c', 'xy'))
  await expect.poll(() => page.text()).toBe('c=opening idle')
  answer('c')
  await expect.poll(() => page.text()).toBe('c=ready c asking')
  expect(asked).not.toContain('b "words"')
})

test('[REACT8] words are asked for once typing rests', async () => {
  const { backfold, asked, answer } = slowBackfold()
  const tree = (query: string): ReactElement => (
    <BackfoldProvider backfold={backfold}>
      <Recalling id="a" query={query} debounceMs={150} />
    </BackfoldProvider>
  )
  const page = draw(tree(''))
  await expect.poll(() => asked).toContain('a')
  answer('a')
  await expect.poll(() => page.text()).toBe('a=ready a idle')
  for (const typed of ['t', 'to', 'tok', 'token']) page.draw(tree(typed))
  await expect.poll(() => asked).toContain('a "token"')
  // Each once, although strict mode begins everything twice.
  expect(asked).toEqual(['a', 'a "token"'])
})

test('[REACT7, REACT9] the gauge follows each append, and a component that is gone hears of nothing', async () => {
  const { backfold } = await openPage()
  const session = await backfold.session('gauge', { budget: { tokens: 4_000 } })
  let drawings = 0
  function Gauge(): ReactElement {
    return <ContextGauge state={useContextState(session)} />
  }
  const page = draw(
    <Profiler id="gauge" onRender={() => (drawings += 1)}>
      <Gauge />
    </Profiler>,
  )
  const now = (): number => Number(page.part('[role="meter"]').getAttribute('aria-valuenow'))
  await expect.poll(() => page.count('[role="meter"]')).toBe(1)
  expect(now()).toBe(0)
  await session.append({ role: 'user', content: 'When is low tide at the old harbour?' })
  await expect.poll(now, SOON).toBeGreaterThan(0)
  expect(page.count('[data-part="segment"][data-category="user"]')).toBe(1)
  page.remove()
  const before = drawings
  await session.append({ role: 'assistant', content: 'At six in the evening.' })
  expect(drawings).toBe(before)
  await backfold.close()
})

/** The phase of sync, and whether it can be steered. */
function Phase(): ReactElement {
  const { status, sync } = useSync()
  return <p data-phase={status.phase}>{`${status.phase} ${status.pending} ${sync !== null}`}</p>
}

test('[REACT18] the status of sync is drawn from the first on, and anew when it changes', async () => {
  const { backfold } = await openPage()
  const sync = await backfold.sync()
  let watcher = (): void => {}
  let status = { ...sync.status.get(), pending: 0 }
  const told: Sync = {
    ...sync,
    status: {
      get: () => status,
      subscribe(listener) {
        watcher = listener
        return () => {}
      },
    },
  }
  const page = draw(
    <BackfoldProvider backfold={{ ...backfold, sync: async () => told }}>
      <Phase />
    </BackfoldProvider>,
  )
  await expect.poll(() => page.text(), SOON).toBe('off 0 true')
  status = { ...status, phase: 'offline', pending: 3 }
  watcher()
  await expect.poll(() => page.text(), SOON).toBe('offline 3 true')
  page.remove()
  await backfold.close()
})
