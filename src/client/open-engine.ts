import { expectExtractors } from '../core/ports/expect-extractors.ts'
import type { HostExtractor } from './host-extractor.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { SessionStore } from '../core/ports/session-store.ts'
import type { SyncJournal } from '../core/ports/sync-journal.ts'
import type { Tokeniser } from '../core/ports/tokeniser.ts'
import { createEstimatingTokeniser } from '../models/estimating-tokeniser.ts'
import { systemClock } from '../tabs/system-clock.ts'
import type { SyncSetup } from '../protocol/sync-desk.ts'
import type { SyncOptions } from '../protocol/sync.ts'
import type { SummariserChoice } from '../protocol/summariser-options.ts'
import { createMemoryStore } from '../store/memory-store.ts'
import { createSilentNotices } from '../tabs/broadcast-notices.ts'
import { createLocalLeases } from '../tabs/local-leases.ts'
import { assembleEngine } from './assemble-engine.ts'
import { createProcessSummarisers } from './process-summarisers.ts'
import { createProcessSync } from './process-sync.ts'
import { lazyTransfers } from './lazy-transfers.ts'
import type { Backfold } from './session.ts'
import { noPage } from './summarisers.ts'

export interface EngineOptions {
  /** Where sessions are kept; in memory by default. */
  readonly store?: SessionStore
  /** Counts tokens; the built-in estimator by default. */
  readonly tokeniser?: Tokeniser
  /** What adds lines of the host's own to digests, beside the built-in extractors. */
  readonly extractors?: readonly HostExtractor[]
  /** Who writes prose for digests, the best first; the built-in summariser alone by default. */
  readonly summarisers?: SummariserChoice | readonly SummariserChoice[]
  /** Tells the time and waits; that of this machine by default. It may jump, also backwards: it orders nothing. */
  readonly clock?: Clock
  /**
   * The server over which all devices of a person share their sessions; none by default. Its addresses begin with
   * `tls://`, `nats://`, `wss://` or `ws://`. This process is a device of its own.
   */
  readonly sync?: SyncOptions
  /**
   * What this process remembers of its sync beside its sessions: who it is, and how far it has read. It belongs to a `store`
   * that lasts, and is closed with the engine. In memory by default: a process that is started again is another device then.
   */
  readonly syncJournal?: SyncJournal
}

/**
 * Opens the same engine as {@link openBackfold} does, in this process and thread: for Node, for
 * servers, for tests. Jobs run in the background of the event loop, block by block.
 */
export async function openEngine(options: EngineOptions = {}): Promise<Backfold> {
  const { extractors = [], clock = systemClock } = options
  const setup = options.sync && (await readSync(options.sync))
  expectExtractors(extractors)
  const base = {
    store: options.store ?? createMemoryStore(),
    leases: createLocalLeases(),
    notices: createSilentNotices(),
  }
  const { desk: sync, ...synced } = createProcessSync(base, clock, options.syncJournal)
  const { store } = synced
  // From the first write on.
  if (setup) await sync.begin(setup)
  const tokeniser = options.tokeniser ?? createEstimatingTokeniser()
  const page = noPage()
  const backfold = assembleEngine({
    ...synced,
    clock,
    tokeniser,
    page,
    extractors,
    summariser: createProcessSummarisers(tokeniser, page, clock),
    transfers: lazyTransfers({
      store,
      tokeniser,
      clock,
      random: { id: () => crypto.randomUUID() },
    }),
    sync,
  })
  if (options.summarisers !== undefined) {
    try {
      await (await backfold.summarisers()).choose(options.summarisers)
    } catch (failure) {
      await backfold.close()
      throw failure
    }
  }
  return backfold
}

async function readSync(options: SyncOptions): Promise<SyncSetup> {
  // A process without sync need not load what checks its options.
  const { readSyncOptions } = await import('./read-sync-options.ts')
  return readSyncOptions(options, undefined)
}
