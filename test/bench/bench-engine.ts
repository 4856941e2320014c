import { messageCodec } from '../../src/adapters/message-codec.ts'
import type { Digester } from '../../src/core/ports/digester.ts'
import type { SessionStore } from '../../src/core/ports/session-store.ts'
import { createDigester } from '../../src/engine/digester.ts'
import { createEngine, type Engine } from '../../src/engine/engine.ts'
import type { Emit } from '../../src/engine/engine-ports.ts'
import { createExaminer } from '../../src/engine/examiner.ts'
import { createSearcher } from '../../src/engine/searcher.ts'
import { createEstimatingTokeniser } from '../../src/models/estimating-tokeniser.ts'
import { openDexieStore } from '../../src/store/dexie-store.ts'
import { streamCompressor } from '../../src/store/stream-compressor.ts'
import { createBroadcastNotices } from '../../src/tabs/broadcast-notices.ts'
import { systemClock } from '../../src/tabs/system-clock.ts'
import { createWebLockLeases } from '../../src/tabs/web-lock-leases.ts'

/** An engine in this thread, on the store that the product uses, and how often each was called. */
export interface BenchEngine {
  readonly engine: Engine
  readonly store: SessionStore
  readonly digester: Digester
  /** Transactions that were committed. */
  commits(): number
  /** Blocks digested and digests composed: the only calls that a model could be behind. */
  summaries(): number
}

/** Composed as the store worker composes it, with the heavy work in this thread. */
export async function openBenchEngine(
  database: string,
  emit: Emit = () => {},
): Promise<BenchEngine> {
  const opened = await openDexieStore({ name: database })
  let commits = 0
  let summaries = 0
  const store: SessionStore = {
    ...opened,
    async commit(query, decide) {
      const outcome = await opened.commit(query, decide)
      commits += 1
      return outcome
    },
  }
  const tokeniser = createEstimatingTokeniser()
  const digester = createDigester({ store, tokeniser, compressor: streamCompressor })
  const engine = createEngine(
    {
      store,
      tokeniser,
      leases: createWebLockLeases(navigator.locks, database),
      notices: createBroadcastNotices(database),
      clock: systemClock,
      random: { id: () => crypto.randomUUID() },
      compressor: streamCompressor,
      digester: {
        ...digester,
        extract: (...given) => {
          summaries += 1
          return digester.extract(...given)
        },
        compose: (...given) => {
          summaries += 1
          return digester.compose(...given)
        },
      },
      searcher: createSearcher(store, tokeniser),
      examiner: createExaminer(store, createSearcher(store, tokeniser)),
      codec: messageCodec,
    },
    emit,
  )
  return { engine, store, digester, commits: () => commits, summaries: () => summaries }
}

/** Sessions of the bench are folded when asked for only, so that nothing happens by itself. */
export const MANUAL = { automatic: false, applyAt: 'manual' } as const
