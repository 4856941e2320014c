import { messageCodec } from '../adapters/message-codec.ts'
import { createDigester } from '../engine/digester.ts'
import { createEngine } from '../engine/engine.ts'
import { createExaminer } from '../engine/examiner.ts'
import { createSearcher } from '../engine/searcher.ts'
import { createEstimatingTokeniser } from '../models/estimating-tokeniser.ts'
import type { SyncCredentials } from '../protocol/sync.ts'
import { createMemoryStore } from '../store/memory-store.ts'
import { createMemorySyncJournal } from '../store/memory-sync-journal.ts'
import { streamCompressor } from '../store/stream-compressor.ts'
import { createSilentClaimChannel } from '../sync/claim-bus.ts'
import type { FoldDesk, FoldDeskWish, OpenFoldDesk } from '../sync/fleet/fold-desk.ts'
import type { NatsTransport } from '../sync/nats/open-connection.ts'
import { connectionState } from '../sync/nats/connection-state.ts'
import { reachSpace } from '../sync/nats/reach-space.ts'
import type { Connected, ConnectionState } from '../sync/remote-connection.ts'
import { startSync } from '../sync/start-sync.ts'
import { createSilentNotices } from '../tabs/broadcast-notices.ts'
import { createLocalLeases } from '../tabs/local-leases.ts'
import { systemClock } from '../tabs/system-clock.ts'
import { createBackfold } from './create-backfold.ts'
import type { Backfold } from './session.ts'
import { noPage } from './summarisers.ts'

/** Where the sessions of jobs are read from. */
export interface FoldSource {
  readonly servers: readonly string[]
  readonly credentials?: SyncCredentials
  readonly transport?: NatsTransport
  /** What people read of who folds a session. */
  readonly name: string
}

/** Opens sessions on their own, each over a store in memory that follows the server for that session alone. */
export function createFoldDesks(source: FoldSource): OpenFoldDesk {
  return async (wish) => {
    const memory = createMemoryStore()
    const journal = createMemorySyncJournal()
    await journal.write({ device: wish.device, cursor: 0 })
    const random = { id: () => crypto.randomUUID() }
    const sync = startSync({
      store: memory,
      leases: createLocalLeases(),
      notices: createSilentNotices(),
      clock: systemClock,
      random,
      spread: Math.random,
      journal,
      channel: createSilentClaimChannel(),
    })
    const backfold = openOver(sync)
    const runner = await sync.run({
      deviceName: source.name,
      connect: (_, report) => connectTo(source, wish, report),
    })
    const desk: FoldDesk = {
      status: () => runner.status(),
      watch: (listener) => runner.watch(listener),
      session: async () => (await memory.listSessions())[0],
      async fold(id, policy) {
        // Only this call folds, and nothing waits for a turn that nobody takes here.
        const session = await backfold.session(id, {
          ...policy,
          automatic: false,
          applyAt: 'manual',
        })
        const made = await session.compact()
        if (made.kind !== 'ready') return made
        const applied = await session.apply()
        return applied.kind === 'applied'
          ? { ...made, kind: 'applied', generation: applied.generation }
          : { kind: 'rejected', reason: applied.reason }
      },
      async close() {
        // Nothing more is sent, whatever the engine still does.
        await runner.close()
        await backfold.close()
        await sync.close()
      },
    }
    return desk
  }
}

/** The engine of one job: code alone, as no model is set up. */
function openOver({
  store,
  leases,
  notices,
}: Pick<ReturnType<typeof startSync>, 'store' | 'leases' | 'notices'>): Backfold {
  const tokeniser = createEstimatingTokeniser()
  const searcher = createSearcher(store, tokeniser)
  const random = { id: () => crypto.randomUUID() }
  const engine = createEngine(
    {
      store,
      tokeniser,
      leases,
      notices,
      sharing: { isActive: () => true },
      clock: systemClock,
      random,
      compressor: streamCompressor,
      digester: createDigester({ store, tokeniser, compressor: streamCompressor }),
      searcher,
      examiner: createExaminer(store, searcher),
      codec: messageCodec,
    },
    (signal) => created.tell(signal),
  )
  const created = createBackfold(engine.handle, random.id, engine.close, noPage())
  return created.backfold
}

/** Connects for one session. */
async function connectTo(
  { servers, credentials, transport }: FoldSource,
  { place, sealer }: FoldDeskWish,
  report: (state: ConnectionState) => void,
): Promise<Connected> {
  const { log, state } = await reachSpace(
    {
      servers,
      space: place.space,
      session: place.token,
      ...(credentials && { credentials }),
      ...(transport && { transport }),
    },
    (next) => {
      const told = connectionState(next, place.space)
      // It has nothing of its own that another log would have to be told.
      if (told) report(told.kind === 'up' ? { kind: 'up' } : told)
    },
  )
  if (state.kind === 'online') return { kind: 'connected', log, sealer }
  await log.close()
  return { kind: state.kind === 'offline' ? 'unreachable' : 'refused', reason: state.reason }
}
