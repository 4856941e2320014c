import { expect, test } from 'vitest'
import type { OpenedFile } from '../../../src/app/run/open-file.ts'
import type { Playground } from '../../../src/app/run/playground.ts'
import { createPlayground, FIRST_BUDGET } from '../../../src/app/run/playground.ts'
import type { CatalogItem } from '../../../src/app/run/session-catalog.ts'
import type { Backfold } from '../../../src/client/session.ts'
import { BackfoldError } from '../../../src/core/backfold-error.ts'
import { NO_DETAILS } from '../../../src/core/session/session-details.ts'
import type { PolicyOptions } from '../../../src/core/session/policy.ts'
import { createFakeSession } from './fake-session.ts'
import { createTestClock } from './test-clock.ts'

const item = (file: string): CatalogItem => ({
  origin: 'shipped',
  file,
  title: file,
  description: '',
  tokens: null,
  messages: null,
  bytes: null,
})
const opened = (text: string): OpenedFile => ({
  title: text,
  drafts: [{ role: 'user', parts: [{ type: 'text', text }] }],
  repairs: [],
})

interface Stage {
  readonly playground: Playground
  readonly sessions: { readonly id: string; readonly options: PolicyOptions | undefined }[]
  readonly clock: ReturnType<typeof createTestClock>
}

interface Given {
  readonly open?: () => Promise<Backfold>
  readonly read?: (file: string) => Promise<OpenedFile>
  readonly stored?: readonly string[]
  readonly jobs?: Backfold['jobs']
}

async function refuse(): Promise<never> {
  throw new Error('not part of this fake')
}

function stage(given: Given = {}): Stage {
  const clock = createTestClock()
  const sessions: { id: string; options: PolicyOptions | undefined }[] = []
  const backfold: Backfold = {
    session: async (id, options) => {
      sessions.push({ id, options })
      return createFakeSession(id)
    },
    import: refuse,
    importFile: refuse,
    export: () => new ReadableStream(),
    search: refuse,
    protect: refuse,
    delete: refuse,
    sessions: async () =>
      (given.stored ?? []).map((id) => ({
        id,
        createdAt: 0,
        updatedAt: 0,
        details: NO_DETAILS,
        messages: 4,
        tokens: 9,
        generation: 1,
      })),
    jobs: given.jobs ?? (() => ({ get: () => [], subscribe: () => () => {} })),
    fetch: () => fetch,
    summarisers: refuse,
    sync: refuse,
    turn: refuse,
    close: async () => undefined,
  }
  const read = given.read ?? (async (file) => opened(file))
  let now = 1_790_000_000_000
  const playground = createPlayground({
    openBackfold: given.open ?? (async () => backfold),
    fetchCatalog: async (origin) => (origin === 'shipped' ? [item('a.json'), item('b.json')] : []),
    openListedFile: ({ file }) => read(file),
    openDroppedFile: (file) => read(file.name),
    fetchLike: () => Promise.reject(new Error('no network here')),
    isOnline: () => true,
    storage: { getItem: () => null, setItem: () => {} },
    clock,
    today: () => ++now,
    nextFrame: (callback) => queueMicrotask(callback),
  })
  return { playground, sessions, clock }
}

test('[APP52] a stranger finds the first shipped session chosen, and nothing stored before Start', async () => {
  const { playground, sessions, clock } = stage()
  await playground.open()
  expect(playground.get()).toMatchObject({ phase: 'open', chosen: { file: 'a.json' }, run: null })
  expect(playground.get().file).toEqual(opened('a.json'))
  expect(sessions).toEqual([])
  await playground.start(true)
  await clock.advance(0)
  expect(sessions).toHaveLength(1)
  expect(sessions[0]?.id).toMatch(/^shipped:a\.json:/)
  expect(sessions[0]?.options).toEqual({ budget: { tokens: FIRST_BUDGET } })
  expect(playground.get().run?.replay?.status).toBe('finished')
  playground.run()?.dispose()
})

test('[APP52] starting twice opens one session, and what is said before Start opens it too', async () => {
  const { playground, sessions, clock } = stage()
  await playground.open()
  const [first, second] = await Promise.all([playground.start(false), playground.start(true)])
  expect(first).toBe(second)
  expect(sessions).toHaveLength(1)
  first?.say('early', null)
  await clock.advance(0)
  expect(playground.get().run?.items.length).toBeGreaterThan(0)
  first?.dispose()
})

test('[APP53] of two files chosen in a row the later one counts, whichever is read first', async () => {
  const waiting = new Map<string, (file: OpenedFile) => void>()
  const { playground } = stage({
    read: (file) => new Promise((resolve) => waiting.set(file, resolve)),
  })
  const opening = playground.open()
  while (!waiting.has('a.json')) await Promise.resolve()
  const choosing = playground.choose(item('b.json'))
  waiting.get('b.json')?.(opened('b'))
  await choosing
  waiting.get('a.json')?.(opened('a'))
  await opening
  expect(playground.get()).toMatchObject({ chosen: { file: 'b.json' }, file: opened('b') })
})

test('[APP53] a session goes on while another file is read, and after that has failed', async () => {
  const { playground } = stage({
    read: (file) =>
      file === 'a.json' ? Promise.resolve(opened('a')) : Promise.reject(new Error('torn')),
  })
  await playground.open()
  const run = await playground.start(false)
  const choosing = playground.choose(item('b.json'))
  expect(playground.get()).toMatchObject({
    chosen: { file: 'a.json' },
    reading: { file: 'b.json' },
  })
  await choosing
  expect(playground.run()).toBe(run)
  expect(playground.get()).toMatchObject({
    chosen: { file: 'a.json' },
    reading: null,
    problem: { message: 'b.json: torn' },
  })
  run?.dispose()
})

test('[APP53] a file that cannot be read is a problem with its name; the page goes on', async () => {
  const { playground } = stage({ read: () => Promise.reject(new Error('not a session')) })
  await playground.open()
  expect(playground.get()).toMatchObject({
    phase: 'open',
    chosen: null,
    reading: null,
    problem: { code: 'FILE', message: 'a.json: not a session' },
  })
  playground.dismiss()
  expect(playground.get().problem).toBeNull()
})

test('[APP54] a restart is a new session of the same recording; the old one stays stored', async () => {
  const { playground, sessions } = stage()
  await playground.open()
  await playground.start(false)
  playground.restart()
  expect(playground.get().run).toBeNull()
  const run = await playground.start(false)
  expect(sessions).toHaveLength(2)
  expect(sessions[0]?.id).not.toBe(sessions[1]?.id)
  expect(run?.player?.state()).toMatchObject({ status: 'ready', total: 1 })
  run?.dispose()
})

test('[APP54] an earlier run is opened under its own id, with the recording it was played from', async () => {
  const id = 'shipped:b.json:mf9k2x1a'
  const { playground, sessions } = stage({ stored: [id, 'somebody-elses'] })
  await playground.open()
  const stored = playground.get().catalog.filter(({ origin }) => origin === 'stored')
  expect(stored.map(({ file, title }) => [file, title])).toEqual([[id, 'b']])
  const [earlier] = stored
  if (earlier === undefined) throw new Error('no earlier run listed')
  await playground.choose(earlier)
  const run = await playground.start(false)
  expect(sessions).toEqual([{ id, options: undefined }])
  expect(run?.player?.state().total).toBe(1)
  run?.dispose()
})

test('[APP55] a Backfold that does not open is shown by its code, and opening can be tried again', async () => {
  let blocked = true
  const { playground } = stage({
    open: async () => {
      if (blocked) throw new BackfoldError('STORAGE_BLOCKED', 'another tab holds it')
      return {
        session: async () => createFakeSession(),
        import: refuse,
        importFile: refuse,
        export: () => new ReadableStream(),
        search: refuse,
        protect: refuse,
        delete: refuse,
        sessions: async () => [],
        jobs: () => ({ get: () => [], subscribe: () => () => {} }),
        fetch: () => fetch,
        summarisers: refuse,
        sync: refuse,
        turn: refuse,
        close: async () => undefined,
      }
    },
  })
  await playground.open()
  expect(playground.get()).toMatchObject({ phase: 'failed', problem: { code: 'STORAGE_BLOCKED' } })
  expect(await playground.start(true)).toBeNull()
  blocked = false
  await playground.open()
  expect(playground.get()).toMatchObject({ phase: 'open', problem: null })
})

test('[APP56] the page is told of changes at most once a frame', async () => {
  const frames: (() => void)[] = []
  const playground = createPlayground({
    openBackfold: () => new Promise(() => undefined),
    fetchCatalog: async () => [],
    openListedFile: async () => opened('x'),
    openDroppedFile: async () => opened('x'),
    fetchLike: () => Promise.reject(new Error('no network here')),
    isOnline: () => true,
    storage: { getItem: () => null, setItem: () => {} },
    clock: createTestClock(),
    today: () => 0,
    nextFrame: (callback) => void frames.push(callback),
  })
  let told = 0
  playground.subscribe(() => told++)
  for (let tokens = 1_000; tokens < 1_100; tokens++) playground.setBudget(tokens)
  expect([told, frames.length]).toEqual([0, 1])
  frames[0]?.()
  expect(told).toBe(1)
  expect(playground.get().budget).toBe(1_099)
})

test('[APP58] who looks at the jobs before Backfold is open is told of them all the same', async () => {
  const listeners = new Set<() => void>()
  const all = [{ session: 's', jobs: [] }]
  const { playground } = stage({
    jobs: () => ({
      get: () => all,
      subscribe: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    }),
  })
  let told = 0
  const stop = playground.jobs.subscribe(() => void (told += 1))
  playground.jobs.subscribe(() => {})()
  expect(playground.jobs.get()).toEqual([])
  await playground.open()
  expect(told).toBe(1)
  expect(playground.jobs.get()).toBe(all)
  expect(listeners.size).toBe(1)
  for (const listener of listeners) listener()
  expect(told).toBe(2)
  stop()
  expect(listeners.size).toBe(0)
})
