import { createEstimatingTokeniser } from '../models/estimating-tokeniser.ts'
import type { SummariserDesk } from '../protocol/summariser-desk.ts'
import type { SyncCredentials } from '../protocol/sync.ts'
import { createMemoryStore } from '../store/memory-store.ts'
import { createMemorySyncJournal } from '../store/memory-sync-journal.ts'
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
import { assembleEngine } from './assemble-engine.ts'
import { noPage } from './summarisers.ts'

/** Where the sessions of jobs are read from. */
export interface FoldSource {
  readonly servers: readonly string[]
  readonly credentials?: SyncCredentials
  readonly transport?: NatsTransport
  /** What people read of who folds a session. */
  readonly name: string
  /** Who writes prose for digests, for all jobs together; code alone where it is missing. */
  readonly summariser?: SummariserDesk
}

/** Opens sessions on their own, each over a store in memory that follows the server for that session alone. */
export function createFoldDesks(source: FoldSource): OpenFoldDesk {
  const tokeniser = createEstimatingTokeniser()
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
    const { store, leases, notices } = sync
    const backfold = assembleEngine({
      ...{ store, leases, notices },
      clock: systemClock,
      sharing: { isActive: () => true },
      tokeniser,
      page: noPage(),
      // Other jobs go on asking them.
      ...(source.summariser && { summariser: { ...source.summariser, close: async () => {} } }),
    })
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
