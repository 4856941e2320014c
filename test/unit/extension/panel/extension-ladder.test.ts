import { expect, test } from 'vitest'
import { createExtensionLadder } from '../../../../extension/panel/extension-ladder.ts'
import type { LadderStep, LadderStore } from '../../../../extension/settings/ladder-store.ts'
import type { Summarisers } from '../../../../src/client/summarisers.ts'
import type { SummariserOptions } from '../../../../src/protocol/summariser-options.ts'

const REMOTE = {
  kind: 'openai-compatible',
  baseUrl: 'http://localhost:11434/v1',
  model: 'llama3.2',
  apiKey: 'k',
} as const satisfies SummariserOptions

function fakeStore(first: readonly LadderStep[] = []): LadderStore & { steps: LadderStep[] } {
  const listeners = new Set<() => void>()
  let ids = 0
  return {
    steps: [...first],
    async read() {
      return this.steps
    },
    async add({ ...choice }, passphrase) {
      if (choice.kind === 'built-in') return null
      const id = `step-${(ids += 1)}`
      const key = passphrase === undefined ? 'held' : 'open'
      this.steps = [...this.steps, { id, choice, key }]
      return id
    },
    async remove(id) {
      this.steps = this.steps.filter((step) => step.id !== id)
    },
    async move() {
      this.steps = this.steps.toReversed()
    },
    async unlock(id, passphrase) {
      if (passphrase !== 'right') return 'wrong-passphrase'
      this.steps = this.steps.map((step) => (step.id === id ? { ...step, key: 'open' } : step))
      return 'opened'
    },
    resolve: async () => [],
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

const asked: unknown[] = []
const SUMMARISERS = {
  status: { get: () => ({ steps: [], events: [], waits: [] }), subscribe: () => () => {} },
  reset: async () => void asked.push('reset'),
  test: async (step: number) => {
    asked.push(['test', step])
    return { kind: 'failed', code: 'refused', reason: 'r', ms: 1 }
  },
} as unknown as Summarisers

function make(
  store: LadderStore,
  canRunLocally = true,
  isGranted = true,
): ReturnType<typeof createExtensionLadder> {
  return createExtensionLadder({
    store,
    summarisers: async () => SUMMARISERS,
    nextFrame: (callback) => callback(),
    grant: async () => isGranted,
    canRunLocally: async () => canRunLocally,
  })
}

test('[PANEL14] steps are stored as they are added, moved and taken off', async () => {
  const store = fakeStore()
  const { ladder } = make(store)
  await ladder.open()
  expect(ladder.get()).toMatchObject({ isOpen: true, entries: [] })
  expect(await ladder.add({ kind: 'browser-ai' })).toBeNull()
  expect(await ladder.add(REMOTE)).toBeNull()
  expect(ladder.get().entries.map(({ choice }) => choice.kind)).toEqual([
    'browser-ai',
    'openai-compatible',
  ])
  const [first, second] = ladder.get().entries.map(({ id }) => id)
  await ladder.move(second ?? 0, -1)
  // A step keeps its number wherever it is moved.
  expect(ladder.get().entries.map(({ id }) => id)).toEqual([second, first])
  await ladder.test(first ?? 0)
  expect(asked).toContainEqual(['test', 1])
  expect(ladder.get().entries[1]?.test).toMatchObject({ kind: 'failed' })
  await ladder.remove(second ?? 0)
  expect(store.steps.map(({ choice }) => choice.kind)).toEqual(['browser-ai'])
  await ladder.clear()
  expect(store.steps).toEqual([])
  expect(await ladder.add({ kind: 'built-in' })).toMatchObject({ code: 'INVALID_INPUT' })
})

test('[PANEL14] a key that is kept replaces the one in memory, and a locked one stands apart', async () => {
  const store = fakeStore([{ id: 'old', choice: REMOTE, key: 'sealed' }])
  const { ladder, keptKeys } = make(store)
  await ladder.open()
  expect(ladder.get().entries).toEqual([])
  expect(keptKeys.list().map(({ id }) => id)).toEqual(['old'])
  expect(await keptKeys.unlock('old', 'wrong')).toEqual({ kind: 'wrong-passphrase' })
  const opened = await keptKeys.unlock('old', 'right')
  if (opened.kind !== 'opened') throw new Error(opened.kind)
  // What the zones do next: it is one of the steps already.
  expect(await ladder.add(opened.choice)).toBeNull()
  expect(ladder.get().entries).toHaveLength(1)
  expect(keptKeys.list()).toEqual([])
  await ladder.add(REMOTE)
  await keptKeys.keep(REMOTE, 'a passphrase')
  expect(store.steps.map(({ key }) => key)).toEqual(['open', 'open'])
  expect((await keptKeys.unlock('none', 'right')).kind).toBe('unreadable')
})

test('[PANEL15] a local model without a library in the package is refused', async () => {
  const store = fakeStore()
  const { ladder } = make(store, false)
  expect(await ladder.add({ kind: 'webllm' })).toMatchObject({ code: 'MODEL_UNAVAILABLE' })
  expect(store.steps).toEqual([])
  expect(await make(store).ladder.add({ kind: 'webllm' })).toBeNull()
})

test('[GRANT13] a summariser that nobody lets content go to is not added', async () => {
  const store = fakeStore()
  const { ladder } = make(store, true, false)
  await ladder.open()
  expect(await ladder.add(REMOTE)).toMatchObject({ code: 'MODEL_UNAVAILABLE' })
  expect(store.steps).toEqual([])
})
