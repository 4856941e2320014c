import { expose } from 'comlink'
import { BackfoldError } from '../core/backfold-error.ts'
import { messageCodec } from '../adapters/message-codec.ts'
import { createEngine, type Engine } from '../engine/engine.ts'
import type { Emit, EngineSignal } from '../engine/engine-ports.ts'
import { createEstimatingTokeniser } from '../models/estimating-tokeniser.ts'
import { toReply } from '../protocol/reply.ts'
import type { StartOptions, StoreApi } from '../protocol/store-api.ts'
import { PROTOCOL_VERSION } from '../protocol/version.ts'
import { openDexieStore } from '../store/dexie-store.ts'
import { streamCompressor } from '../store/stream-compressor.ts'
import { createBroadcastNotices } from '../tabs/broadcast-notices.ts'
import { createHeavySlots } from '../tabs/heavy-slots.ts'
import { holdLifeline } from '../tabs/lifeline.ts'
import { createLocalLeases } from '../tabs/local-leases.ts'
import { systemClock } from '../tabs/system-clock.ts'
import { createWebLockLeases } from '../tabs/web-lock-leases.ts'
import { createHeavyProxy } from './heavy-proxy.ts'

let starting: Promise<Engine> | undefined

const api: StoreApi = {
  start: (options, signals) =>
    toReply(async () => {
      starting ??= start(options, signals)
      await starting
    }),
  handle: (method, params) => toReply(async () => (await running()).handle(method, params)),
  close: () => toReply(async () => (await running()).close()),
}

expose(api)

/** Composition root: this is the one place where ports meet their implementations. */
async function start(options: StartOptions, signals: MessagePort): Promise<Engine> {
  if (options.version !== PROTOCOL_VERSION) {
    throw new BackfoldError(
      'VERSION_MISMATCH',
      `the page speaks version ${options.version}, the worker ${PROTOCOL_VERSION}; reload the page`,
    )
  }
  const { database, tokeniser } = options
  // Web Locks are missing on insecure origins; then this tab is on its own.
  const locks: LockManager | undefined = navigator.locks
  if (locks) await holdLifeline(locks, options.lifeline)
  const heavy = createHeavyProxy({
    database,
    tokeniser,
    locks,
    slots: locks ? createHeavySlots(locks, navigator.hardwareConcurrency) : (work) => work(),
    spawn: () => new Worker(new URL('./heavy-worker.ts', import.meta.url), { type: 'module' }),
  })
  const engine = createEngine(
    {
      store: await openDexieStore({ name: database }),
      leases: locks ? createWebLockLeases(locks, database) : createLocalLeases(),
      notices: createBroadcastNotices(database),
      clock: systemClock,
      random: { id: () => crypto.randomUUID() },
      tokeniser: createEstimatingTokeniser(),
      compressor: streamCompressor,
      digester: heavy,
      searcher: heavy,
      codec: messageCodec,
    },
    batchSignals((batch) => signals.postMessage(batch)),
  )
  return {
    handle: engine.handle,
    async close() {
      await engine.close()
      heavy.close()
    },
  }
}

/** Sends everything that is told in one turn of the event loop as one message. */
function batchSignals(send: (batch: readonly EngineSignal[]) => void): Emit {
  let batch: EngineSignal[] = []
  return (signal) => {
    if (batch.length === 0) {
      queueMicrotask(() => {
        send(batch)
        batch = []
      })
    }
    batch.push(signal)
  }
}

function running(): Promise<Engine> {
  return (
    starting ?? Promise.reject(new BackfoldError('INTERNAL', 'the store worker was not started'))
  )
}
