import { expose } from 'comlink'
import { BackfoldError } from '../core/backfold-error.ts'
import { messageCodec } from '../adapters/message-codec.ts'
import { createEngine, type Engine } from '../engine/engine.ts'
import { createEstimatingTokeniser } from '../models/estimating-tokeniser.ts'
import { toReply } from '../protocol/reply.ts'
import type { StartOptions, StartPorts, StoreApi } from '../protocol/store-api.ts'
import { PROTOCOL_VERSION } from '../protocol/version.ts'
import { openDexieStore } from '../store/dexie-store.ts'
import { streamCompressor } from '../store/stream-compressor.ts'
import { createBroadcastNotices } from '../tabs/broadcast-notices.ts'
import { createHeavySlots } from '../tabs/heavy-slots.ts'
import { holdLifeline } from '../tabs/lifeline.ts'
import { createLocalLeases } from '../tabs/local-leases.ts'
import { systemClock } from '../tabs/system-clock.ts'
import { createWebLockLeases } from '../tabs/web-lock-leases.ts'
import { createModelProxy } from './model-proxy.ts'
import { createOutbox } from './outbox.ts'
import { createHeavyProxy } from './heavy-proxy.ts'
import { pageExtractors } from './page-extractors.ts'
import { trustOwnWorkers } from './trust-own-workers.ts'

const outbox = createOutbox()
let starting: Promise<Engine> | undefined

const api: StoreApi = {
  start: (options, ports) =>
    toReply(async () => {
      starting ??= start(options, ports)
      await starting
    }),
  async handle(method, params) {
    const reply = await toReply(async () => (await running()).handle(method, params))
    return { reply, signals: outbox.take() }
  },
  close: () => toReply(async () => (await running()).close()),
}

trustOwnWorkers()
expose(api)

/** Composition root: this is the one place where ports meet their implementations. */
async function start(options: StartOptions, ports: StartPorts): Promise<Engine> {
  outbox.connect(ports.signals)
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
  const models = createModelProxy({
    locks,
    page: ports.models,
    ...(options.page ?? { chosen: [], device: {} }),
    spawn: () => new Worker(new URL('./model-worker.ts', import.meta.url), { type: 'module' }),
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
      examiner: heavy,
      extractors: pageExtractors(options.extractors, ports.extractors),
      summariser: models,
      codec: messageCodec,
    },
    outbox.put,
  )
  return {
    handle: engine.handle,
    async close() {
      await engine.close()
      heavy.close()
    },
  }
}

function running(): Promise<Engine> {
  return (
    starting ?? Promise.reject(new BackfoldError('INTERNAL', 'the store worker was not started'))
  )
}
