import { messageCodec } from '../../src/adapters/message-codec.ts'
import { createBackfold } from '../../src/client/create-backfold.ts'
import { openDesk } from '../../src/client/transfer-desk-here.ts'
import { noPage } from '../../src/client/summarisers.ts'
import type { Backfold, Session } from '../../src/client/session.ts'
import type { Digester } from '../../src/core/ports/digester.ts'
import type { Examiner } from '../../src/core/ports/examiner.ts'
import type { HostExtractor } from '../../src/core/ports/host-extractor.ts'
import type { Notice, Notices } from '../../src/core/ports/notices.ts'
import type { SessionStore } from '../../src/core/ports/session-store.ts'
import type { Tokeniser } from '../../src/core/ports/tokeniser.ts'
import { contextHash } from '../../src/core/session/assemble.ts'
import type { PolicyOptions } from '../../src/core/session/policy.ts'
import type { SessionRow } from '../../src/core/session/session-row.ts'
import type { SummariserDesk } from '../../src/protocol/summariser-desk.ts'
import { createDigester } from '../../src/engine/digester.ts'
import { createEngine, type Engine } from '../../src/engine/engine.ts'
import type { EnginePorts } from '../../src/engine/engine-ports.ts'
import { createExaminer } from '../../src/engine/examiner.ts'
import { createSearcher } from '../../src/engine/searcher.ts'
import type { EventType, SessionEvent } from '../../src/protocol/events.ts'
import {
  createMemoryRows,
  createMemoryStore,
  type MemoryRows,
} from '../../src/store/memory-store.ts'
import { streamCompressor } from '../../src/store/stream-compressor.ts'
import {
  createLocalLeases,
  createLocalLocks,
  type LocalLocks,
} from '../../src/tabs/local-leases.ts'
import { createManualClock, type ManualClock } from './build-clock.ts'

/** Four characters a token. */
export const testTokeniser: Tokeniser = {
  name: 'fours',
  count: (text) => Math.ceil(text.length / 4),
}

/** What the tabs of one origin share. */
export interface Origin {
  readonly rows: MemoryRows
  readonly locks: LocalLocks
  readonly clock: ManualClock
  readonly listeners: Map<Notices, (notice: Notice) => void>
  /** An id that no other tab has issued. */
  issueId(): string
}

/** One tab: an engine with its public objects over it. */
export interface Tab {
  readonly engine: Engine
  readonly backfold: Backfold
  readonly store: SessionStore
  readonly clock: ManualClock
  readonly events: readonly SessionEvent[]
}

/** Ports that a test replaces, made from the real ones. */
export interface Replacements {
  readonly origin?: Origin
  readonly store?: (real: SessionStore) => SessionStore
  readonly digester?: (real: Digester) => Digester
  readonly examiner?: (real: Examiner) => Examiner
  readonly extractors?: readonly HostExtractor[]
  /** Made with the tab's clock. */
  readonly summariser?: (clock: ManualClock) => SummariserDesk
  readonly sharing?: NonNullable<EnginePorts['sharing']>
}

/** Small enough that a few turns fold, and nothing folds by itself. */
export const BY_HAND: PolicyOptions = {
  budget: { tokens: 2_000 },
  retainedTail: { messages: 2, share: 0.02 },
  largePayloadTokens: 50,
  automatic: false,
  applyAt: 'manual',
}

export function createOrigin(): Origin {
  let ids = 0
  return {
    issueId: () => `own-${(ids += 1)}`,
    rows: createMemoryRows(),
    locks: createLocalLocks(),
    clock: createManualClock(),
    listeners: new Map(),
  }
}

/** Opens one more tab of an origin, with the real digester over the in-memory store. */
export function openTab(replace: Replacements = {}): Tab {
  const origin = replace.origin ?? createOrigin()
  const memory = createMemoryStore(origin.rows)
  const store = replace.store?.(memory) ?? memory
  const digester = createDigester({
    store: memory,
    tokeniser: testTokeniser,
    compressor: streamCompressor,
  })
  const examiner = createExaminer(store, createSearcher(store, testTokeniser))
  const events: SessionEvent[] = []
  const engine = createEngine(
    {
      store,
      tokeniser: testTokeniser,
      compressor: streamCompressor,
      codec: messageCodec,
      transfers: openDesk({
        store,
        tokeniser: testTokeniser,
        clock: origin.clock,
        random: { id: origin.issueId },
        notices: noticesOf(origin),
      }),
      clock: origin.clock,
      random: { id: origin.issueId },
      leases: createLocalLeases(origin.locks),
      notices: noticesOf(origin),
      digester: replace.digester?.(digester) ?? digester,
      searcher: createSearcher(store, testTokeniser),
      examiner: replace.examiner?.(examiner) ?? examiner,
      extractors: replace.extractors ?? [],
      ...(replace.sharing ? { sharing: replace.sharing } : {}),
      ...(replace.summariser ? { summariser: replace.summariser(origin.clock) } : {}),
    },
    (signal) => {
      if (signal.kind === 'event') events.push(signal.event)
      created.tell(signal)
    },
  )
  const created = createBackfold(
    (method, params) => engine.handle(method, params),
    () => crypto.randomUUID(),
    () => engine.close(),
    noPage(),
  )
  return { engine, store, events, backfold: created.backfold, clock: origin.clock }
}

function noticesOf({ listeners }: Origin): Notices {
  const own: Notices = {
    post(notice) {
      for (const [other, listener] of listeners) if (other !== own) listener(notice)
    },
    listen(listener) {
      listeners.set(own, listener)
      return () => listeners.delete(own)
    },
    close: () => void listeners.delete(own),
  }
  return own
}

/** The next event of this type. */
export function eventOf(session: Session, type: EventType): Promise<SessionEvent> {
  return new Promise((resolve) => {
    const stop = session.on(type, (event) => {
      stop()
      resolve(event)
    })
  })
}

/** Lets everything that can happen by itself happen. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Lets things happen until it is so; a test in which it never is ends by its timeout. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await settle()
}

export async function rowOf({ store }: Pick<Tab, 'store'>, session: string): Promise<SessionRow> {
  const read = await store.read({ session })
  if (!read.session) throw new Error(`there is no session ${session}`)
  return read.session
}

/** Hash of a session's context as it stands, as snapshots are hashed. */
export async function hashOf({ store }: Pick<Tab, 'store'>, session: string): Promise<string> {
  const { head, session: row } = await store.read({ session, head: true })
  return contextHash(head, row?.pins ?? [], row?.chain ?? '')
}
