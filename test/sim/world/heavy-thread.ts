import { expose } from 'comlink'
import { IDBKeyRange } from 'fake-indexeddb'
import { createDigester } from '../../../src/engine/digester.ts'
import { createExaminer } from '../../../src/engine/examiner.ts'
import { createSearcher } from '../../../src/engine/searcher.ts'
import { toReply } from '../../../src/protocol/reply.ts'
import { openDexieStore } from '../../../src/store/dexie-store.ts'
import { holdLifeline } from '../../../src/tabs/lifeline.ts'
import type { HeavyApi } from '../../../src/worker/heavy-worker.ts'
import { DATABASE } from './browser-storage.ts'
import { ChannelEnd } from './channel.ts'
import { plainCompressor, tokeniser } from './cheap-ports.ts'
import { withFaults } from './faulty-digester.ts'
import type { Origin } from './origin.ts'
import type { Thread } from './world.ts'

/**
 * The heavy worker of a tab: a thread with a connection of its own, reached by messages that are steps
 * of the world. What it does is what the real one does; only its ports are the world's.
 */
export function startHeavyThread(origin: Origin, owner: Thread): Worker {
  const { world } = origin
  const thread = world.startThread(owner.tab, `${owner.name} heavy`)
  const [page, inside] = [new ChannelEnd(), new ChannelEnd()]
  owner.endings.add(() => {
    world.killThread(thread)
    page.disconnect()
  })
  page.connect(world, thread, inside, 'is asked')
  inside.connect(world, owner, page, `hears from ${thread.name}`)
  thread.endings.add(() => {
    inside.disconnect()
    // Whether the page is told depends on what it died of; the lifeline always tells.
    if (owner.alive && world.random.chance(0.5)) {
      world.schedule(owner, 'hears of an error', () => page.reportError())
    } else {
      page.disconnect()
    }
  })
  expose(createApi(origin, thread), inside)
  page.onTerminate = () => world.killThread(thread)
  return page as unknown as Worker
}

/** The same as the worker's own, over the ports of the world. */
function createApi(origin: Origin, thread: Thread): HeavyApi {
  const { world, storage, locks } = origin
  const manager = locks.manager(thread)
  const opening = async () => {
    const indexedDB = storage.connect(thread)
    const store = await openDexieStore({ name: DATABASE, indexedDB, IDBKeyRange })
    const searcher = createSearcher(store, tokeniser)
    return {
      digester: createDigester({ store, tokeniser, compressor: plainCompressor }),
      searcher,
      examiner: createExaminer(store, searcher),
    }
  }
  let opened: ReturnType<typeof opening> | undefined
  const ready = (): ReturnType<typeof opening> => (opened ??= opening())
  const faulty = withFaults(world, thread)
  const { signal } = new AbortController()
  return {
    start: ({ lifeline }) =>
      toReply(async () => {
        await ready()
        await holdLifeline(manager, lifeline)
      }),
    extract: (request) =>
      toReply(async () => {
        const { digester } = await ready()
        return faulty.extract(() => digester.extract(request, signal))
      }),
    compose: (request) =>
      toReply(async () => {
        const { digester } = await ready()
        return faulty.compose(() => digester.compose(request, signal))
      }),
    search: (request) => toReply(async () => (await ready()).searcher.search(request, signal)),
    examine: (request) => toReply(async () => (await ready()).examiner.examine(request, signal)),
  }
}
