import { messageCodec } from '../adapters/message-codec.ts'
import { expectExtractors } from '../core/ports/expect-extractors.ts'
import type { HostExtractor } from './host-extractor.ts'
import type { SessionStore } from '../core/ports/session-store.ts'
import type { Tokeniser } from '../core/ports/tokeniser.ts'
import { createDigester } from '../engine/digester.ts'
import { createEngine } from '../engine/engine.ts'
import { createExaminer } from '../engine/examiner.ts'
import { createSearcher } from '../engine/searcher.ts'
import { createEstimatingTokeniser } from '../models/estimating-tokeniser.ts'
import { createGate } from '../models/gate.ts'
import { createLocalDesk } from '../models/local-desk.ts'
import type { SyncSetup } from '../protocol/sync-desk.ts'
import type { SyncOptions } from '../protocol/sync.ts'
import type { SummariserChoice } from '../protocol/summariser-options.ts'
import { createMemoryStore } from '../store/memory-store.ts'
import { streamCompressor } from '../store/stream-compressor.ts'
import { createSilentNotices } from '../tabs/broadcast-notices.ts'
import { createLocalLeases } from '../tabs/local-leases.ts'
import { systemClock } from '../tabs/system-clock.ts'
import { createBackfold } from './create-backfold.ts'
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
  /**
   * The server over which all devices of a person share their sessions; none by default. Its addresses begin with
   * `tls://`, `nats://`, `wss://` or `ws://`. This process is a device of its own.
   */
  readonly sync?: SyncOptions
}

/**
 * Opens the same engine as {@link openBackfold} does, in this process and thread: for Node, for
 * servers, for tests. Jobs run in the background of the event loop, block by block.
 */
export async function openEngine(options: EngineOptions = {}): Promise<Backfold> {
  const { extractors = [] } = options
  const setup = options.sync && (await readSync(options.sync))
  expectExtractors(extractors)
  const base = {
    store: options.store ?? createMemoryStore(),
    leases: createLocalLeases(),
    notices: createSilentNotices(),
  }
  const { desk: sync, ...synced } = createProcessSync(base)
  const { store } = synced
  // From the first write on.
  if (setup) await sync.begin(setup)
  const tokeniser = options.tokeniser ?? createEstimatingTokeniser()
  const searcher = createSearcher(store, tokeniser)
  const page = noPage()
  const random = { id: () => crypto.randomUUID() }
  const summariser = createLocalDesk({
    random,
    clock: systemClock,
    count: (text) => tokeniser.count(text),
    gate: createGate({ clock: systemClock }),
    open: async (choice) => {
      // Who asks no model need not load what opens them.
      const { openLadderModel } = await import('../models/open-ladder-model.ts')
      return openLadderModel(choice, {
        clock: systemClock,
        random: Math.random,
        pageModel: ({ place }) => page.models[place],
      })
    },
  })
  const engine = createEngine(
    {
      ...synced,
      tokeniser,
      clock: systemClock,
      random,
      compressor: streamCompressor,
      digester: createDigester({ store, tokeniser, compressor: streamCompressor }),
      searcher,
      examiner: createExaminer(store, searcher),
      extractors,
      summariser,
      codec: messageCodec,
      transfers: lazyTransfers({ store, tokeniser, random }),
      sync,
    },
    (signal) => created.tell(signal),
  )
  const created = createBackfold(engine.handle, random.id, engine.close, page)
  if (options.summarisers !== undefined) {
    try {
      await (await created.backfold.summarisers()).choose(options.summarisers)
    } catch (failure) {
      await created.backfold.close()
      throw failure
    }
  }
  return created.backfold
}

async function readSync(options: SyncOptions): Promise<SyncSetup> {
  // A process without sync need not load what checks its options.
  const { readSyncOptions } = await import('./read-sync-options.ts')
  return readSyncOptions(options, undefined)
}
