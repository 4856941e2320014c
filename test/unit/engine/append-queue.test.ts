import { expect, test } from 'vitest'
import { BackfoldError } from '../../../src/core/backfold-error.ts'
import type { SessionStore } from '../../../src/core/ports/session-store.ts'
import { stampDraft, type StampedDraft } from '../../../src/core/session/append.ts'
import {
  createAppendQueue,
  type Committed,
  type QueuedResult,
} from '../../../src/engine/append-queue.ts'
import { createMemoryStore } from '../../../src/store/memory-store.ts'
import { openTab, settle } from '../../support/build-engine.ts'
import { buildSession, countCharacters, user } from '../../support/build-log.ts'

interface Gated {
  readonly store: SessionStore
  /** Transactions that were begun. */
  begun(): number
  /** Lets the transaction that waits be carried out, or fail. */
  open(failure?: Error): Promise<void>
}

/** A store whose transactions wait for the test. */
async function gatedStore(): Promise<Gated> {
  const store = createMemoryStore()
  await store.commit({ session: 's' }, () => ({
    writes: [{ table: 'sessions', row: buildSession() }],
    outcome: undefined,
  }))
  let begun = 0
  let gate: ((failure?: Error) => void) | undefined
  return {
    begun: () => begun,
    async open(failure) {
      gate?.(failure)
      await settle()
    },
    store: {
      ...store,
      async commit(query, decide) {
        begun += 1
        await new Promise<void>((resolve, reject) => {
          gate = (failure) => (failure ? reject(failure) : resolve())
        })
        return store.commit(query, decide)
      },
    },
  }
}

function drafts(...texts: readonly string[]): readonly StampedDraft[] {
  return texts.map((text) => stampDraft(user(text), { id: text, at: 0, count: countCharacters }))
}

async function logOf(store: SessionStore): Promise<readonly string[]> {
  const { range } = await store.read({ session: 's', range: { from: 1, to: 999 } })
  return range.map(({ id, seq }) => `${seq} ${id}`)
}

test('[LOG6] appends that come during a transaction are written together in the next, in order', async () => {
  const { store, begun, open } = await gatedStore()
  const committed: Committed[] = []
  const queue = createAppendQueue(store, 's', (each) => committed.push(each))
  const append = (texts: readonly string[]): Promise<QueuedResult> =>
    queue.append(drafts(...texts), false)
  const first = append(['a'])
  await settle()
  expect(begun()).toBe(1)
  const appends = [first, ...[['b', 'c'], ['d'], []].map(append)]
  await open()
  expect(begun()).toBe(2)
  const fifth = append(['e'])
  await open()
  expect(begun()).toBe(3)
  await open()
  const seqs = (await Promise.all([...appends, fifth])).map(({ messages }) =>
    messages.map(({ seq }) => seq),
  )
  expect(seqs).toEqual([[1], [2, 3], [4], [], [5]])
  expect(committed.map(({ added }) => added.map(({ id }) => id))).toEqual([
    ['a'],
    ['b', 'c', 'd'],
    ['e'],
  ])
  expect(await logOf(store)).toEqual(['1 a', '2 b', '3 c', '4 d', '5 e'])
})

test('[LOG6] a group is bounded, and one large append goes alone', async () => {
  const { store, begun, open } = await gatedStore()
  const queue = createAppendQueue(store, 's')
  const many = (count: number, name: string): readonly StampedDraft[] =>
    drafts(...Array.from({ length: count }, (_, index) => `${name}${index}`))
  const appends = [200, 56, 1, 999, 1].map((count, index) =>
    queue.append(many(count, `${index}-`), false),
  )
  await settle()
  const sizes: number[] = []
  let before = 0
  while (begun() > sizes.length) {
    await open()
    const { session } = await store.read({ session: 's' })
    sizes.push((session?.messages ?? 0) - before)
    before = session?.messages ?? 0
  }
  expect(sizes).toEqual([256, 1, 999, 1])
  const last = (await Promise.all(appends)).at(-1)
  expect(last?.messages[0]?.seq).toBe(1_257)
})

test('[LOG7] an append resolves only after its transaction is complete', async () => {
  const { store, open } = await gatedStore()
  const queue = createAppendQueue(store, 's')
  let done = 0
  const append = (text: string): Promise<number> =>
    queue.append(drafts(text), false).then(() => (done += 1))
  const first = append('a')
  await settle()
  const appends = [first, append('b')]
  await settle()
  expect([done, await logOf(store)]).toEqual([0, []])
  await open()
  expect([done, await logOf(store)]).toEqual([1, ['1 a']])
  await open()
  expect([done, await logOf(store)]).toEqual([2, ['1 a', '2 b']])
  await Promise.all(appends)
})

test('[LOG7] when a transaction fails, all appends of its group reject, and the next goes on', async () => {
  const { store, open } = await gatedStore()
  const queue = createAppendQueue(store, 's')
  const first = queue.append(drafts('a'), false)
  await settle()
  const group = ['b', 'c'].map((text) => queue.append(drafts(text), false))
  const failures = Promise.allSettled(group)
  await open()
  const failure = new BackfoldError('STORAGE_QUOTA_EXCEEDED', 'full')
  await open(failure)
  expect(await failures).toEqual([
    { status: 'rejected', reason: failure },
    { status: 'rejected', reason: failure },
  ])
  const next = queue.append(drafts('d'), false)
  await settle()
  await open()
  expect((await next).messages[0]?.seq).toBe(2)
  await first
  expect(await logOf(store)).toEqual(['1 a', '2 d'])
})

test('[LOG8] a message whose id is in the log appends nothing and answers with its position', async () => {
  const { backfold } = openTab()
  const session = await backfold.session('s')
  const first = await session.append({ ...user('one'), id: 'x' }, { ...user('two'), id: 'y' })
  expect(first).toMatchObject({ seqs: [1, 2], ids: ['x', 'y'] })
  const again = await session.append({ ...user('two'), id: 'y' }, { ...user('three'), id: 'z' })
  expect(again).toMatchObject({ seqs: [2, 3], ids: ['y', 'z'] })
  expect(session.state.get()).toMatchObject({ messages: 3, newest: 3 })
})

test('[LOG8] the same id twice in one append, or in appends at once, is one message', async () => {
  const { backfold } = openTab()
  const session = await backfold.session('s')
  const draft = { ...user('one'), id: 'x' }
  const twice = await session.append(draft, user('other'), draft)
  expect(twice.seqs).toEqual([1, 2, 1])
  const fresh = { ...user('again'), id: 'y' }
  const atOnce = await Promise.all([1, 2, 3].map(() => session.append(fresh)))
  expect(atOnce.map(({ seqs }) => seqs)).toEqual([[3], [3], [3]])
  expect(session.state.get().messages).toBe(3)
})
