import { IDBKeyRange } from 'fake-indexeddb'
import { messageCodec } from '../../../src/adapters/message-codec.ts'
import type { Clock } from '../../../src/core/ports/clock.ts'
import type { Notice, Notices } from '../../../src/core/ports/notices.ts'
import type { EnginePorts } from '../../../src/engine/engine-ports.ts'
import { openDexieStore } from '../../../src/store/dexie-store.ts'
import { createHeavySlots } from '../../../src/tabs/heavy-slots.ts'
import { createWebLockLeases } from '../../../src/tabs/web-lock-leases.ts'
import { createHeavyProxy } from '../../../src/worker/heavy-proxy.ts'
import { BrowserStorage, DATABASE, type StorageObserver } from './browser-storage.ts'
import { plainCompressor, tokeniser } from './cheap-ports.ts'
import { startHeavyThread } from './heavy-thread.ts'
import { simulatedExtractor } from './host-extractor.ts'
import { OriginLocks } from './lock-manager.ts'
import type { Thread, World } from './world.ts'

/** Cores of the device: with two, one heavy thread computes at a time over all tabs. */
const CORES = 2

/** What all tabs of one site share: storage, locks and notices, all in the hands of the world. */
export class Origin {
  readonly world: World
  readonly storage: BrowserStorage
  readonly locks: OriginLocks
  /** Whether tabs have an extractor of the host's, which stands for a model. */
  readonly hasModel: boolean
  private readonly listeners = new Map<Thread, (notice: Notice) => void>()

  constructor(world: World, observer: StorageObserver, hasModel: boolean) {
    this.world = world
    this.storage = new BrowserStorage(world, observer)
    this.locks = new OriginLocks(world)
    this.hasModel = hasModel
  }

  /** The ports of an engine in this thread: the real store, leases and heavy proxy over the world. */
  async createPorts(thread: Thread): Promise<EnginePorts> {
    const { world } = this
    const locks = this.locks.manager(thread)
    const store = await openDexieStore({
      name: DATABASE,
      indexedDB: this.storage.connect(thread),
      IDBKeyRange,
    })
    const heavy = createHeavyProxy({
      database: DATABASE,
      tokeniser: 'estimate',
      dataKey: () => undefined,
      locks,
      slots: createHeavySlots(locks, CORES),
      spawn: () => startHeavyThread(this, thread),
    })
    return {
      store,
      tokeniser,
      compressor: plainCompressor,
      codec: messageCodec,
      clock: virtualClock(world, thread),
      random: { id: () => world.issueId() },
      leases: createWebLockLeases(locks, DATABASE),
      notices: this.createNotices(thread),
      digester: heavy,
      searcher: heavy,
      examiner: heavy,
      ...(this.hasModel ? { extractors: [simulatedExtractor(world, thread)] } : {}),
    }
  }

  /** Notices may come late, twice, in another order, or never. */
  private createNotices(own: Thread): Notices {
    const { world, listeners } = this
    const deliver = (thread: Thread, notice: Notice): void => {
      const { faults, random } = world
      if (faults.lostNotices && random.chance(0.3)) return
      const copies = faults.lateNotices && random.chance(0.2) ? 2 : 1
      for (let copy = 0; copy < copies; copy += 1) {
        const delayMs = faults.lateNotices ? random.below(5_000) : 0
        const hear = (): void => listeners.get(thread)?.(notice)
        world.schedule(thread, `hears ${notice.kind}`, hear, delayMs)
      }
    }
    own.endings.add(() => listeners.delete(own))
    return {
      post(notice) {
        if (!own.alive) return
        for (const thread of listeners.keys()) if (thread !== own) deliver(thread, notice)
      },
      listen(listener) {
        listeners.set(own, listener)
        return () => listeners.delete(own)
      },
      close: () => listeners.delete(own),
    }
  }
}

export function virtualClock(world: World, thread: Thread): Clock {
  return {
    now: () => world.now,
    delay: (delayMs, signal) =>
      new Promise((resolve, reject) => {
        const timer = world.schedule(thread, 'timer', resolve, delayMs)
        signal.addEventListener('abort', () => {
          world.unschedule(timer)
          reject(signal.reason instanceof Error ? signal.reason : new Error('cancelled'))
        })
      }),
  }
}
