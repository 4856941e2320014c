/** Everything that is measured in a worker, beside the yardsticks that it is measured against. */
import { expose } from 'comlink'
import { Dexie, type Table } from 'dexie'
import { createAppendQueue } from '../../src/engine/append-queue.ts'
import { stampDraft } from '../../src/core/session/append.ts'
import type { Method, Params, Result } from '../../src/protocol/requests.ts'
import { messageCodec } from '../../src/adapters/message-codec.ts'
import { createEstimatingTokeniser } from '../../src/models/estimating-tokeniser.ts'
import { createOutbox } from '../../src/worker/outbox.ts'
import { MANUAL, openBenchEngine, type BenchEngine } from './bench-engine.ts'
import { placeHead } from './place-head.ts'
import { openRaw, putRaw, rawMessage, readRaw } from './raw-storage.ts'
import { resetCandidate, takeCandidate, type TakenCandidate } from './ready-candidate.ts'
import { createTexts } from './texts.ts'

const engines = new Map<string, Promise<BenchEngine>>()
/** Sends the page what an engine told, which in the product goes with the answer to a call. */
const answers = new Map<string, () => void>()
const candidates = new Map<string, TakenCandidate>()
const texts = createTexts()

/** Tokens that load-all-and-trim keeps; what it costs hardly depends on it. */
const TRIM_TOKENS = 16_000

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now()
  await work()
  return performance.now() - startedMs
}

/** Milliseconds of each of so many calls, one after the other. */
async function each(count: number, work: (index: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  for (let index = 0; index < count; index += 1) times.push(await timed(() => work(index)))
  return times
}

/** Lets storage finish what was written just now: a candidate has been ready for a while when it is applied. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 25))
}

async function engineOf(database: string): Promise<BenchEngine> {
  const found = engines.get(database)
  if (!found) throw new Error(`${database} is not open`)
  return found
}

const api = {
  /** Opens an engine and a session; signals go to the port, as in the product. */
  async open(database: string, session: string, signals: MessagePort): Promise<void> {
    const outbox = createOutbox()
    outbox.connect(signals)
    const opening = engines.get(database) ?? openBenchEngine(database, outbox.put)
    engines.set(database, opening)
    answers.set(database, () => signals.postMessage(outbox.take()))
    await (await opening).engine.handle('open', { session, options: MANUAL })
  },

  async handle<M extends Method>(
    database: string,
    method: M,
    params: Params<M>,
  ): Promise<Result<M>> {
    return (await engineOf(database)).engine.handle(method, params)
  },

  async appendEach(
    database: string,
    session: string,
    count: number,
    bytes: number,
  ): Promise<number[]> {
    const { engine } = await engineOf(database)
    const times: number[] = []
    for (let n = 0; n < count; n += 1) {
      const params = { session, messages: [message(bytes)], ids: [crypto.randomUUID()] }
      times.push(await timed(() => engine.handle('append', params)))
      answers.get(database)?.()
    }
    return times
  },

  /** The store and the queue before it, without reading, counting, hashing and telling. */
  async queueEach(
    database: string,
    session: string,
    count: number,
    bytes: number,
  ): Promise<number[]> {
    const queue = createAppendQueue((await engineOf(database)).store, session)
    const { count: countTokens } = createEstimatingTokeniser()
    const stamped = Array.from({ length: count }, () =>
      stampDraft(messageCodec.toDraft(message(bytes), 'message'), {
        id: crypto.randomUUID(),
        at: Date.now(),
        count: countTokens,
      }),
    )
    return each(count, (index) => queue.append(stamped.slice(index, index + 1), false))
  },

  async rawEach(database: string, count: number, bytes: number): Promise<number[]> {
    const db = await openRaw(`${database}-raw`)
    let seq = Date.now() * 1_000
    const times = await each(count, () => putRaw(db, rawMessage('s', (seq += 1), texts(bytes))))
    db.close()
    return times
  },

  async dexieEach(database: string, count: number, bytes: number): Promise<number[]> {
    const db = new Dexie(`${database}-dexie`)
    db.version(1).stores({ messages: '[session+seq]' })
    const messages = db.table('messages') as Table
    let seq = Date.now() * 1_000
    const times = await each(count, () => messages.add(rawMessage('s', (seq += 1), texts(bytes))))
    db.close()
    return times
  },

  /** Milliseconds of each burst of so many appends that don't wait for one another. */
  async burstEach(
    database: string,
    session: string,
    rounds: number,
    size: number,
    bytes: number,
  ): Promise<number[]> {
    const { engine, commits } = await engineOf(database)
    return each(rounds, async () => {
      const before = commits()
      const appended = Array.from({ length: size }, async () => {
        await engine.handle('append', { session, messages: [message(bytes)] })
        if (commits() === before) throw new Error('an append resolved before any commit')
      })
      await Promise.all(appended)
    })
  },

  async rawBurstEach(
    database: string,
    rounds: number,
    size: number,
    bytes: number,
  ): Promise<number[]> {
    const db = await openRaw(`${database}-raw`)
    let seq = Date.now() * 1_000
    const times = await each(rounds, async () => {
      const put = Array.from({ length: size }, () =>
        putRaw(db, rawMessage('s', (seq += 1), texts(bytes))),
      )
      await Promise.all(put)
    })
    db.close()
    return times
  },

  /** Makes the log so long. */
  async fill(database: string, session: string, count: number, bytes: number): Promise<void> {
    const { engine } = await engineOf(database)
    for (let left = count; left > 0; left -= 256) {
      const messages = Array.from({ length: Math.min(256, left) }, () => message(bytes))
      await engine.handle('append', { session, messages })
    }
  },

  /** Makes a head generation that covers all but so many messages; returns its mark. */
  async placeHead(database: string, session: string, tail: number): Promise<number> {
    return placeHead((await engineOf(database)).store, session, tail)
  },

  async contextEach(database: string, session: string, count: number): Promise<number[]> {
    const { engine } = await engineOf(database)
    return each(count, () => engine.handle('context', { session }))
  },

  /** What is done without a stored context: read the whole log, keep the end that fits. */
  async loadAllAndTrim(database: string, session: string): Promise<number> {
    const db = await openRaw(database)
    const ms = await timed(async () => {
      const rows = (await readRaw(db, session, 0, Infinity)) as readonly { tokens: number }[]
      let tokens = 0
      const from = rows.findLastIndex((row) => (tokens += row.tokens) > TRIM_TOKENS)
      return rows.slice(from + 1)
    })
    db.close()
    return ms
  },

  /** From nothing open to the first context. */
  firstContext(database: string, session: string): Promise<number> {
    return timed(async () => {
      const { engine } = await openBenchEngine(database)
      await engine.handle('open', { session })
      await engine.handle('context', { session })
    })
  },

  /** From nothing open to the rows of the tail. */
  firstRawTail(database: string, session: string, mark: number): Promise<number> {
    return timed(async () => readRaw(await openRaw(database), session, mark + 1, Infinity))
  },

  /** Folds the session for real and keeps what is needed to have the same candidate ready again. */
  async prepareCandidate(database: string, session: string): Promise<number> {
    const { engine, store } = await engineOf(database)
    const outcome = await engine.handle('compact', { session })
    if (outcome.kind !== 'ready') throw new Error(`no candidate: ${JSON.stringify(outcome)}`)
    const taken = await takeCandidate(store, session)
    candidates.set(session, taken)
    return taken.generation.covered
  },

  async resetCandidate(database: string, session: string): Promise<void> {
    const taken = candidates.get(session)
    if (taken) await resetCandidate((await engineOf(database)).store, taken)
  },

  /** Milliseconds of each apply of the same ready candidate. */
  async applyEach(database: string, session: string, count: number): Promise<number[]> {
    const { engine, summaries } = await engineOf(database)
    const times: number[] = []
    for (let index = 0; index < count; index += 1) {
      await api.resetCandidate(database, session)
      await settle()
      const before = summaries()
      const startedMs = performance.now()
      const applied = await engine.handle('apply', { session })
      times.push(performance.now() - startedMs)
      if (applied.kind !== 'applied') throw new Error(`refused: ${applied.reason}`)
      if (summaries() !== before) throw new Error('an apply called the summariser')
    }
    return times
  },
}

function message(bytes: number): { readonly role: string; readonly content: string } {
  return { role: 'user', content: texts(bytes) }
}

/** What the page may ask of this worker. */
export type StorageBench = typeof api

expose(api)
