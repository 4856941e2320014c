import { expose } from 'comlink'
import { BackfoldError } from '../core/backfold-error.ts'
import type { Engine } from '../engine/engine.ts'
import { summarise } from '../engine/summarise-session.ts'
import type { Method, Params, Result } from '../protocol/requests.ts'
import { toReply } from '../protocol/reply.ts'
import type { StartOptions, StartPorts, StoreApi } from '../protocol/store-api.ts'
import { PROTOCOL_VERSION } from '../protocol/version.ts'
import { openDexieStore } from '../store/dexie-store.ts'
import { holdLifeline } from '../tabs/lifeline.ts'
import { createOutbox } from './outbox.ts'
import { trustOwnWorkers } from './trust-own-workers.ts'

/** Time after the start in which a page may ask for its list before the rest is loaded unasked, in milliseconds. */
const LOAD_AFTER_MS = 1_000

/** An engine over a store that may be encrypted. */
interface Started extends Engine {
  unlock(): CryptoKey | undefined
}

const outbox = createOutbox()
let starting: Promise<Started> | undefined

const api: StoreApi = {
  start: (options, ports) =>
    toReply(async () => {
      starting ??= start(options, ports)
      return (await starting).unlock()
    }),
  async handle(method, params) {
    const reply = await toReply(async () => (await running()).handle(method, params))
    return { reply, signals: outbox.take() }
  },
  close: () => toReply(async () => (await running()).close()),
}

trustOwnWorkers()
expose(api)

/**
 * Opens the store. The engine is loaded by what asks for more than the list of sessions: a page shows that first, and
 * can then do so in a third of the time.
 */
async function start(options: StartOptions, ports: StartPorts): Promise<Started> {
  outbox.connect(ports.signals)
  if (options.version !== PROTOCOL_VERSION) {
    throw new BackfoldError(
      'VERSION_MISMATCH',
      `the page speaks version ${options.version}, the worker ${PROTOCOL_VERSION}; reload the page`,
    )
  }
  const { database: name, passphrase, unlock } = options
  // Web Locks are missing on insecure origins; then this tab is on its own.
  const locks: LockManager | undefined = navigator.locks
  if (locks) await holdLifeline(locks, options.lifeline)
  const store = await openDexieStore({
    name,
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(unlock && { unlock }),
  })
  let engine: Promise<Engine> | undefined
  let isClosed = false
  const load = (): Promise<Engine> => {
    engine ??= import('./start-engine.ts').then(({ startEngine }) =>
      startEngine({ store, options, ports, locks, emit: outbox.put }),
    )
    // A connection that failed may be back for the next request.
    engine.catch(() => (engine = undefined))
    return engine
  }
  setTimeout(() => {
    if (!isClosed) load().catch(() => {})
  }, LOAD_AFTER_MS)
  // What is wrong with extractors of the host's is said when Backfold is opened, and not later.
  if (options.extractors.length > 0) await load()
  return {
    unlock: store.unlock,
    async handle<M extends Method>(method: M, params: Params<M>): Promise<Result<M>> {
      if (isClosed) throw new BackfoldError('CLOSED', 'Backfold was closed')
      if (method === 'sessions' && !engine) {
        return (await store.listSessions()).map(summarise)
      }
      return (await load()).handle(method, params)
    },
    async close() {
      isClosed = true
      // One that can't be loaded has nothing to close.
      const loaded = await engine?.catch(() => undefined)
      await (loaded ?? store).close()
    },
  }
}

function running(): Promise<Started> {
  return (
    starting ?? Promise.reject(new BackfoldError('INTERNAL', 'the store worker was not started'))
  )
}
