import { expect, test } from 'vitest'
import { messageCodec } from '../../src/adapters/message-codec.ts'
import { appendToLog, stampDraft } from '../../src/core/session/append.ts'
import { newSession } from '../../src/core/session/new-session.ts'
import { resolvePolicy } from '../../src/core/session/policy.ts'
import { openDexieStore } from '../../src/store/dexie-store.ts'
import { createHeavySlots } from '../../src/tabs/heavy-slots.ts'
import { createHeavyProxy } from '../../src/worker/heavy-proxy.ts'
import { prose } from './open-page.ts'

/** A stored session of some megabytes, and the proxy of a heavy worker over it. */
async function openHeavy(messages: number) {
  const database = `heavy-${crypto.randomUUID()}`
  const store = await openDexieStore({ name: database })
  const drafts = Array.from({ length: messages }, (_, index) =>
    stampDraft(messageCodec.toDraft({ role: 'user', content: prose(2_000, `h${index}`) }, 'it'), {
      id: `m${index}`,
      at: 0,
      count: (text) => Math.ceil(text.length / 4),
    }),
  )
  const { session, messages: log } = appendToLog(newSession('s', resolvePolicy(), 0), drafts)
  await store.commit({ session: 's' }, () => ({
    writes: [
      ...log.map((message) => ({ table: 'messages', row: { ...message, session: 's' } }) as const),
      { table: 'sessions', row: session },
    ],
    outcome: undefined,
  }))
  const workers: Worker[] = []
  const heavy = createHeavyProxy({
    database,
    tokeniser: 'estimate',
    dataKey: () => undefined,
    locks: navigator.locks,
    slots: createHeavySlots(navigator.locks, 2),
    spawn: () => {
      const url = new URL('../../src/worker/heavy-worker.ts', import.meta.url)
      const worker = new Worker(url, { type: 'module' })
      workers.push(worker)
      return worker
    },
  })
  const digest = (signal: AbortSignal) =>
    heavy.extract(
      {
        session: 's',
        job: 1,
        range: { from: 1, to: messages },
        extractor: 'digest',
        largePayloadTokens: 300,
        maxQuoteTokens: 2_000,
        pins: [],
      },
      signal,
    )
  return { heavy, digest, workers, store, database }
}

/** Until some heavy worker has its place, and with it its work; or until none has. */
async function untilPlaceIs(taken: boolean): Promise<void> {
  const isPlace = ({ name }: LockInfo): boolean => /^backfold:heavy:\d+$/.test(name ?? '')
  for (;;) {
    const { held = [] } = await navigator.locks.query()
    if (held.some(isPlace) === taken) return
  }
}

/** Keeps everybody from reading the log, so that whoever needs it can't end. */
async function holdLog(database: string): Promise<() => void> {
  const connection = await new Promise<IDBDatabase>((resolve, reject) => {
    const opening = indexedDB.open(database)
    opening.onsuccess = () => resolve(opening.result)
    opening.onerror = () => reject(opening.error ?? new Error('not opened'))
  })
  const log = connection.transaction('messages', 'readwrite').objectStore('messages')
  let isHeld = true
  const hold = (): void => {
    if (isHeld) log.count().onsuccess = hold
    else connection.close()
  }
  hold()
  return () => void (isHeld = false)
}

test('[CLI5] a heavy worker that dies in the middle of a block costs that block only', async () => {
  const { heavy, digest, workers, store, database } = await openHeavy(60)
  const { signal } = new AbortController()
  const before = await digest(signal)
  expect(before.digest.messages).toBe(60)
  await untilPlaceIs(false)
  const release = await holdLog(database)
  const pending = digest(signal)
  await untilPlaceIs(true)
  workers[0]?.terminate()
  await expect(pending).rejects.toMatchObject({ code: 'WORKER_LOST' })
  release()
  const after = await digest(signal)
  expect(after.digest).toEqual(before.digest)
  expect(workers).toHaveLength(2)
  heavy.close()
  await store.close()
})

test('[CLI5] who no longer waits for a search does not end the work on a job', async () => {
  const { heavy, digest, workers, store } = await openHeavy(60)
  const { signal } = new AbortController()
  await digest(signal)
  const pending = digest(signal)
  for (let impatient = 0; impatient < 3; impatient += 1) {
    const looking = new AbortController()
    const search = heavy.search({ session: 's', query: 'h7', limit: 5 }, looking.signal)
    looking.abort()
    await expect(search).rejects.toMatchObject({ code: 'CLOSED' })
  }
  expect((await pending).digest.messages).toBe(60)
  expect(workers).toHaveLength(1)
  heavy.close()
  await store.close()
})

test('[CLI5] a search whose worker dies is asked once more', async () => {
  const { heavy, digest, workers, store } = await openHeavy(60)
  const { signal } = new AbortController()
  await digest(signal)
  const pending = heavy.search({ session: 's', query: 'h7', limit: 5 }, signal)
  workers[0]?.terminate()
  expect((await pending).length).toBeGreaterThan(0)
  expect(workers).toHaveLength(2)
  heavy.close()
  await store.close()
})

test('[CLI5] a heavy worker that is cancelled stops at once and is started again', async () => {
  const { heavy, digest, workers, store } = await openHeavy(60)
  const cancelled = new AbortController()
  const pending = digest(cancelled.signal)
  cancelled.abort()
  await expect(pending).rejects.toMatchObject({ code: 'CLOSED' })
  const { digest: result } = await digest(new AbortController().signal)
  expect(result.messages).toBe(60)
  expect(workers.length).toBeGreaterThanOrEqual(1)
  heavy.close()
  await store.close()
})
