import { BackfoldError } from '../../src/core/backfold-error.ts'
import type { Candidate } from '../../src/core/compaction/candidate.ts'
import type { BlockResult } from '../../src/core/compaction/job.ts'
import type { AbortSignalLike } from '../../src/core/ports/abort-signal-like.ts'
import type { Clock } from '../../src/core/ports/clock.ts'
import type { Compressor } from '../../src/core/ports/compressor.ts'
import type { Digester } from '../../src/core/ports/digester.ts'
import type { Leases } from '../../src/core/ports/leases.ts'
import type { Notice, Notices } from '../../src/core/ports/notices.ts'
import type { SessionStore } from '../../src/core/ports/session-store.ts'
import type { Tokeniser } from '../../src/core/ports/tokeniser.ts'
import { messageCodec } from '../../src/adapters/message-codec.ts'
import { createDigester } from '../../src/engine/digester.ts'
import type { EnginePorts } from '../../src/engine/engine-ports.ts'
import { createExaminer } from '../../src/engine/examiner.ts'
import { createSearcher } from '../../src/engine/searcher.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import { createLocalLeases, type LocalLocks } from '../../src/tabs/local-leases.ts'
import type { TabHandle, World } from './world.ts'

/** Four characters a token: what matters here is that it is cheap and never changes. */
const tokeniser: Tokeniser = { name: 'fours', count: (text) => Math.ceil(text.length / 4) }

const compressor: Compressor = {
  pack: async (text) => ({ bytes: new TextEncoder().encode(text), encoding: 'identity' }),
  unpack: async ({ bytes }) => new TextDecoder().decode(bytes),
}

/** The ports of one tab, every one of them under the world's control. */
export function createSimPorts(world: World, tab: TabHandle, locks: LocalLocks): EnginePorts {
  const store = simulatedStore(world, tab)
  return {
    store,
    tokeniser,
    compressor,
    codec: messageCodec,
    clock: simulatedClock(world, tab),
    random: { id: () => world.issueId() },
    leases: simulatedLeases(world, tab, locks),
    notices: simulatedNotices(world, tab),
    digester: simulatedDigester(world, tab, createDigester({ store, tokeniser, compressor })),
    searcher: createSearcher(store),
    examiner: createExaminer(store, createSearcher(store)),
  }
}

/** A tab may die before a transaction, and between it and its answer. */
function simulatedStore(world: World, tab: TabHandle): SessionStore {
  const real = createMemoryStore(world.rows)
  const around = async <T>(label: string, work: () => Promise<T>): Promise<T> => {
    await world.step(tab, `${label} begins`)
    if (world.faults.failingStorage && world.random.chance(0.03)) {
      world.note(`${tab.name}: ${label} fails`)
      throw new BackfoldError('STORAGE_QUOTA_EXCEEDED', 'the simulated disk is full')
    }
    const result = await work()
    await world.step(tab, `${label} answers`)
    return result
  }
  return {
    read: (query) => around('read', () => real.read(query)),
    put: (rows) => around('put', () => real.put(rows)),
    commit: (query, decide) => around('commit', () => real.commit(query, decide)),
    listSessions: () => real.listSessions(),
    listJobs: (most) => real.listJobs(most),
    close: () => real.close(),
  }
}

function simulatedClock(world: World, tab: TabHandle): Clock {
  return {
    now: () => world.now,
    delay: (delayMs, signal) =>
      new Promise((resolve, reject) => {
        let over = false
        signal.addEventListener('abort', () => {
          over = true
          reject(new Error('cancelled'))
        })
        world.schedule(tab, 'timer', () => (over ? undefined : resolve()), delayMs)
      }),
  }
}

/** The locks are shared by all tabs; a tab's death gives back what it holds. */
function simulatedLeases(world: World, tab: TabHandle, locks: LocalLocks): Leases {
  const leases = createLocalLeases(locks)
  return {
    async acquire(session, signal) {
      const death = new AbortController()
      const abandon = (): void => death.abort(new Error('the tab died'))
      signal.addEventListener('abort', () => death.abort(signal.reason), { once: true })
      if (signal.aborted) death.abort(signal.reason)
      tab.releases.add(abandon)
      try {
        const lease = await leases.acquire(session, death.signal)
        const release = (): void => {
          tab.releases.delete(release)
          lease.release()
        }
        if (!tab.alive) lease.release()
        else tab.releases.add(release)
        return { lost: loseSometimes(world, tab, release, lease.lost), release }
      } finally {
        tab.releases.delete(abandon)
      }
    },
  }
}

/** The lock may go to another tab while its holder goes on for a while as if nothing had happened. */
function loseSometimes(
  world: World,
  tab: TabHandle,
  release: () => void,
  lost: Promise<void>,
): Promise<void> {
  if (!world.faults.lostLeases || !world.random.chance(0.4)) return lost
  const { random } = world
  return new Promise((learn) => {
    world.schedule(
      tab,
      'loses its lease',
      () => {
        release()
        world.schedule(tab, 'learns that its lease is lost', learn, random.below(4_000))
      },
      random.below(2_000),
    )
  })
}

/** Notices may come late, twice, in another order, or never. */
function simulatedNotices(world: World, own: TabHandle): Notices {
  const deliver = (tab: TabHandle, notice: Notice): void => {
    if (world.faults.lostNotices && world.random.chance(0.3)) return
    const copies = world.faults.lateNotices && world.random.chance(0.2) ? 2 : 1
    for (let copy = 0; copy < copies; copy += 1) {
      const delayMs = world.faults.lateNotices ? world.random.below(5_000) : 0
      world.schedule(tab, `notice ${notice.kind}`, () => tab.hear(notice), delayMs)
    }
  }
  return {
    post(notice) {
      for (const tab of world.tabs) if (tab !== own) deliver(tab, notice)
    },
    listen(listener) {
      own.hear = listener
      return () => {
        own.hear = () => {}
      }
    },
    close() {},
  }
}

function simulatedDigester(world: World, tab: TabHandle, real: Digester): Digester {
  const around = async <T>(
    label: string,
    signal: AbortSignalLike,
    work: () => Promise<T>,
    spoil: (result: T) => T,
  ): Promise<T> => {
    const { faults, random } = world
    await world.step(tab, `${label} begins`)
    if (faults.throwingDigester && random.chance(0.25)) throw new Error('the digester failed')
    if (faults.hangingDigester && random.chance(0.2)) return hang(signal)
    const result = await work()
    await world.step(tab, `${label} answers`, random.below(3_000))
    return faults.wrongDigester && random.chance(0.3) ? spoil(result) : result
  }
  return {
    name: real.name,
    extractors: real.extractors,
    extract: (request, signal) =>
      around(request.extractor, signal, () => real.extract(request, signal), spoilBlock),
    compose: (request, signal) =>
      around('compose', signal, () => real.compose(request, signal), spoilCandidate),
  }
}

function hang(signal: AbortSignalLike): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true })
  })
}

/** A digester that skipped a message: the coverage check must see it. */
function spoilBlock(block: BlockResult): BlockResult {
  return { ...block, digest: { ...block.digest, messages: block.digest.messages - 1 } }
}

/** A digester that made the context larger than it was, and says so. */
function spoilCandidate(candidate: Candidate): Candidate {
  return {
    ...candidate,
    checks: [{ name: 'gain', outcome: 'failed', detail: 'larger than its source' }],
  }
}
