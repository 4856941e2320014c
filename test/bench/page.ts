/** The host page of the bench: what is measured on the thread of a page, and the way to the worker. */
import { transfer, wrap, type Remote } from 'comlink'
import { Dexie, type Table } from 'dexie'
import { createBackfold } from '../../src/client/create-backfold.ts'
import { noPage } from '../../src/client/summarisers.ts'
import type { Backfold, Session } from '../../src/client/session.ts'
import type { EngineSignal } from '../../src/protocol/engine-signal.ts'
import type { Method, Params, Result } from '../../src/protocol/requests.ts'
import type * as Product from '../../src/index.ts'
import { fetchBench } from './fetch/page-fetch.ts'
import type * as OnMainThread from './main-thread-engine.ts'
import { rawMessage } from './raw-storage.ts'
import { writeSession } from './session-corpus.ts'
import type { StorageBench } from './storage-worker.ts'
import { createTexts } from './texts.ts'
import { watchFrames, type Frames } from './watch-frames.ts'

type Kind = 'client' | 'main-thread'

const MANUAL = { automatic: false, applyAt: 'manual' } as const
const texts = createTexts(23)
const backfolds = new Map<string, Promise<Backfold>>()
const sessions = new Map<string, Session>()
const dexies = new Map<string, Table>()
const subscriptions: (() => void)[] = []

let worker: Remote<StorageBench> | undefined

function storageWorker(): Remote<StorageBench> {
  worker ??= wrap<StorageBench>(new Worker('/storage-worker.js', { type: 'module' }))
  return worker
}

/** Each from a file of its own, so that time spent in it can be told by the file's address. */
async function openBackfold(kind: Kind, database: string): Promise<Backfold> {
  if (kind === 'client') {
    const file = '/client.js'
    const product = (await import(/* @vite-ignore */ file)) as typeof Product
    return product.openBackfold({ name: database })
  }
  return (await loadControl()).openOnMainThread(database)
}

function loadControl(): Promise<typeof OnMainThread> {
  const file = '/main-thread-engine.js'
  return import(/* @vite-ignore */ file) as Promise<typeof OnMainThread>
}

/** Opened once, as the client is. */
function dexieTable(database: string): Table {
  const found = dexies.get(database)
  if (found) return found
  const db = new Dexie(`${database}-dexie`)
  db.version(1).stores({ messages: '[session+seq]' })
  const table = db.table('messages') as Table
  dexies.set(database, table)
  return table
}

function sessionOf(kind: Kind, database: string): Session {
  const found = sessions.get(`${kind} ${database}`)
  if (!found) throw new Error(`${database} is not open by ${kind}`)
  return found
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now()
  await work()
  return performance.now() - startedMs
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function message(bytes: number): { readonly role: string; readonly content: string } {
  return { role: 'user', content: texts(bytes) }
}

/** Appends one message at a time until told to stop; a person or an agent goes on. */
async function appendUntil(
  session: Session,
  gapMs: number,
  signal: AbortSignal,
): Promise<number[]> {
  const times: number[] = []
  while (!signal.aborted) {
    times.push(await timed(() => session.append(message(1_000))))
    await wait(gapMs)
  }
  return times
}

/** Takes the fold back, so that the next one covers the same messages. */
async function undoFold(session: Session): Promise<void> {
  const applied = await session.apply()
  if (applied.kind !== 'applied') throw new Error(`refused: ${applied.reason}`)
  await session.rollback(0)
}

const bench = {
  /** Calls a function of the worker. */
  worker(method: keyof StorageBench, ...args: unknown[]): Promise<unknown> {
    const call = storageWorker()[method] as unknown as (...given: unknown[]) => Promise<unknown>
    return call(...args)
  },

  /** Opens a session in the worker; what its engine tells arrives here, as in the product. */
  async attach(database: string, id: string, subscribers: number): Promise<void> {
    const { port1, port2 } = new MessageChannel()
    await storageWorker().open(database, id, transfer(port2, [port2]))
    const call = <M extends Method>(method: M, params: Params<M>): Promise<Result<M>> =>
      storageWorker().handle(database, method, params)
    const created = createBackfold(
      call,
      () => crypto.randomUUID(),
      async () => {},
      noPage(),
    )
    port1.onmessage = ({ data }: MessageEvent<readonly EngineSignal[]>) =>
      data.forEach(created.tell)
    const session = await created.backfold.session(id)
    for (let n = 0; n < subscribers; n += 1) {
      subscriptions.push(session.state.subscribe(() => void session.state.get().tokens.context))
      subscriptions.push(session.on('*', () => {}))
    }
  },

  async open(kind: Kind, database: string): Promise<void> {
    const key = `${kind} ${database}`
    const opening = backfolds.get(key) ?? openBackfold(kind, database)
    backfolds.set(key, opening)
    sessions.set(key, await (await opening).session('s', MANUAL))
  },

  async fill(kind: Kind, database: string, seed: number, tokens: number): Promise<number> {
    const session = sessionOf(kind, database)
    const messages = writeSession(seed, tokens)
    for (let from = 0; from < messages.length; from += 256) {
      await session.append(...messages.slice(from, from + 256))
    }
    return session.state.get().tokens.log
  },

  async appendEach(kind: Kind, database: string, count: number, bytes: number): Promise<number[]> {
    const session = sessionOf(kind, database)
    const times: number[] = []
    for (let n = 0; n < count; n += 1) {
      times.push(await timed(() => session.append(message(bytes))))
    }
    return times
  },

  /** Plain Dexie on this thread, as most pages use it. */
  async dexieEach(database: string, count: number, bytes: number): Promise<number[]> {
    const messages = dexieTable(database)
    const times: number[] = []
    let seq = Date.now() * 1_000
    for (let n = 0; n < count; n += 1) {
      const row = rawMessage('s', (seq += 1), texts(bytes))
      times.push(await timed(() => messages.add(row)))
    }
    return times
  },

  async burstEach(kind: Kind, database: string, rounds: number, size: number): Promise<number[]> {
    const session = sessionOf(kind, database)
    const times: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      const burst = Array.from({ length: size }, () => message(1_000))
      times.push(await timed(() => Promise.all(burst.map((one) => session.append(one)))))
    }
    return times
  },

  /** From nothing open to the first context, the start of the workers included. */
  async firstContext(database: string, id: string): Promise<number> {
    return timed(async () => {
      const backfold = await openBackfold('client', database)
      await (await backfold.session(id)).context()
    })
  },

  /** Milliseconds of one apply; the candidate must be ready. */
  async applyOnce(database: string, id: string): Promise<number> {
    const opening = backfolds.get(`client ${database}`)
    if (!opening) throw new Error(`${database} is not open`)
    const session = await (await opening).session(id)
    await wait(25)
    return timed(async () => {
      const applied = await session.apply()
      if (applied.kind !== 'applied') throw new Error(`refused: ${applied.reason}`)
    })
  },

  /** Appends while nothing else happens. */
  async appendsWhileIdle(database: string, gapMs: number, forMs: number): Promise<number[]> {
    const session = sessionOf('client', database)
    return appendUntil(session, gapMs, AbortSignal.timeout(forMs))
  },

  /** Appends from the start of a fold to its end. */
  async appendsWhileFolding(database: string, gapMs: number): Promise<number[]> {
    const session = sessionOf('client', database)
    const done = new AbortController()
    const folded = session.compact().finally(() => done.abort())
    const times = await appendUntil(session, gapMs, done.signal)
    const outcome = await folded
    if (outcome.kind !== 'ready') throw new Error(`no candidate: ${JSON.stringify(outcome)}`)
    await undoFold(session)
    return times
  },

  /** A live page for as long as the work takes; idle, for so many milliseconds. */
  async window(kind: Kind, database: string, work: Work, idleMs: number): Promise<LiveWindow> {
    const session = sessionOf(kind, database)
    const done = new AbortController()
    const frames = watchFrames(kind === 'client' ? '/client.js' : '/main-thread-engine.js')
    const appends = appendUntil(session, 100, done.signal)
    const ms = await timed(async () => {
      if (work === 'idle') return wait(idleMs)
      if (work === 'digest') return (await loadControl()).digestAtOnce(database, session.id)
      const outcome = await session.compact()
      if (outcome.kind !== 'ready') throw new Error(`no candidate: ${JSON.stringify(outcome)}`)
    })
    done.abort()
    const { length } = await appends
    return { ms, appends: length, ...(await frames.stop()) }
  },

  undoFold: (kind: Kind, database: string): Promise<void> => undoFold(sessionOf(kind, database)),

  ...fetchBench,

  async openFetchApp(name: string, url: string, bytes: number, budget: number): Promise<void> {
    await fetchBench.openApp(await openBackfold('client', name), name, url, bytes, budget)
  },
}

type Work = 'idle' | 'fold' | 'digest'

interface LiveWindow extends Frames {
  readonly ms: number
  readonly appends: number
}

Object.assign(globalThis, { bench })
