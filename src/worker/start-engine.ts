import { messageCodec } from '../adapters/message-codec.ts'
import type { Random } from '../core/ports/random.ts'
import { createEngine, type Engine } from '../engine/engine.ts'
import { createEstimatingTokeniser } from '../models/estimating-tokeniser.ts'
import type { EngineSignal } from '../protocol/engine-signal.ts'
import type { StartOptions, StartPorts } from '../protocol/store-api.ts'
import type { ProtectedStore } from '../store/dexie-store.ts'
import { openDexieSyncJournal } from '../store/dexie-sync-journal.ts'
import { streamCompressor } from '../store/stream-compressor.ts'
import { createSyncedStore } from '../sync/synced-store.ts'
import type { SyncSwitch } from '../sync/sync-switch.ts'
import { createBroadcastNotices } from '../tabs/broadcast-notices.ts'
import { createHeavySlots } from '../tabs/heavy-slots.ts'
import { createLocalLeases } from '../tabs/local-leases.ts'
import { systemClock } from '../tabs/system-clock.ts'
import { createWebLockLeases } from '../tabs/web-lock-leases.ts'
import { createModelProxy } from './model-proxy.ts'
import { createHeavyProxy } from './heavy-proxy.ts'
import { createImportProxy } from './import-proxy.ts'
import { pageExtractors } from './page-extractors.ts'
import { createTabSync } from './tab-sync.ts'

/** What a worker has before its engine is there. */
export interface EngineStart {
  readonly store: ProtectedStore
  readonly options: StartOptions
  readonly ports: StartPorts
  /** Undefined on insecure origins; then this tab is on its own. */
  readonly locks: LockManager | undefined
  readonly emit: (signal: EngineSignal) => void
}

/** Composition root: this is the one place where ports meet their implementations. */
export async function startEngine(start: EngineStart): Promise<Engine> {
  const { store, options, ports, locks, emit } = start
  const { database, tokeniser } = options
  const heavy = createHeavyProxy({
    database,
    tokeniser,
    dataKey: store.dataKey,
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
  const imports = createImportProxy({
    database,
    dataKey: store.dataKey,
    locks,
    spawn: () => new Worker(new URL('./import-worker.ts', import.meta.url), { type: 'module' }),
  })
  const sync = openTabSync(start)
  // From the first write on.
  if (options.sync) await sync.desk.begin(options.sync)
  const engine = createEngine(
    {
      store: {
        ...sync.store,
        async protect(change) {
          try {
            return await store.protect(change)
          } finally {
            // Also where it failed: they were told to let go of the database.
            heavy.restart()
            imports.restart()
          }
        },
      },
      leases: sync.leases,
      notices: sync.notices,
      clock: systemClock,
      random: createRandom(),
      tokeniser: createEstimatingTokeniser(),
      compressor: streamCompressor,
      digester: heavy,
      searcher: heavy,
      examiner: heavy,
      extractors: pageExtractors(options.extractors, ports.extractors),
      summariser: models,
      codec: messageCodec,
      transfers: imports,
      sync: sync.desk,
      sharing: sync.sharing,
    },
    emit,
  )
  return {
    handle: engine.handle,
    async close() {
      await engine.close()
      heavy.close()
      imports.close()
    },
  }
}

function createRandom(): Random {
  return { id: () => crypto.randomUUID() }
}

/** What the engine shares with other tabs, and where it is synchronised, with other devices. */
function openTabSync({ store, options: { database }, locks }: EngineStart): SyncSwitch {
  const base = {
    store,
    leases: locks ? createWebLockLeases(locks, database) : createLocalLeases(),
    notices: createBroadcastNotices(database),
  }
  return createTabSync(base, {
    // What changes while nobody is told has to be told later on.
    meanwhile: createSyncedStore(store, {
      newId: () => crypto.randomUUID(),
      onChanged() {},
      journal: openDexieSyncJournal({ name: database }),
      takesUp: false,
    }),
    database,
    locks,
    clock: systemClock,
    random: createRandom(),
    prepare: async (own) => (await import('./prepare-tab-sync.ts')).prepareTabSync(own, database),
  })
}
