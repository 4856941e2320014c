/** The host page of what is measured of sync: the product's own client, and the clock of the page's thread. */
import type { Backfold, Session } from '../../../src/client/session.ts'
import type { SyncOptions } from '../../../src/protocol/sync.ts'
import type * as Product from '../../../src/index.ts'
import { createTexts } from '../texts.ts'

const MANUAL = { automatic: false, applyAt: 'manual' } as const
const texts = createTexts(29)
const opened = new Map<string, Promise<Backfold>>()

function open(name: string, sync?: SyncOptions): Promise<Backfold> {
  const opening = opened.get(name) ?? openBackfold(name, sync)
  opened.set(name, opening)
  return opening
}

async function openBackfold(name: string, sync: SyncOptions | undefined): Promise<Backfold> {
  const file = '/client.js'
  const product = (await import(/* @vite-ignore */ file)) as typeof Product
  return product.openBackfold({ name, ...(sync && { sync }) })
}

async function sessionOf(name: string, id: string): Promise<Session> {
  return (await open(name)).session(id, MANUAL)
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now()
  await work()
  return performance.now() - startedMs
}

/** Waits until the status is in a phase, with nothing pending where it is online. */
async function isIn(name: string, wanted: 'online' | 'offline'): Promise<void> {
  const { status } = await (await open(name)).sync()
  await new Promise<void>((resolve, reject) => {
    const look = (): void => {
      const { phase, pending, reason } = status.get()
      if (phase === 'refused') reject(new Error(reason))
      if (phase !== wanted || (wanted === 'online' && pending > 0)) return
      stop()
      resolve()
    }
    const stop = status.subscribe(look)
    look()
  })
}

/** Tasks of more than 50 ms on this thread while something is done. */
async function watchTasks(work: () => Promise<void>): Promise<readonly number[]> {
  const tasks: number[] = []
  const take = (entries: readonly PerformanceEntry[]): void => {
    tasks.push(...entries.map(({ duration }) => duration))
  }
  const observer = new PerformanceObserver((list) => take(list.getEntries()))
  observer.observe({ type: 'longtask' })
  await work()
  await new Promise((resolve) => setTimeout(resolve, 150))
  take(observer.takeRecords())
  observer.disconnect()
  return tasks
}

const bench = {
  open: async (name: string, sync?: SyncOptions): Promise<void> => void (await open(name, sync)),
  isIn,

  async appendEach(
    name: string,
    id: string,
    count: number,
    bytes: number,
    gapMs: number,
  ): Promise<number[]> {
    const session = await sessionOf(name, id)
    const times: number[] = []
    for (let n = 0; n < count; n += 1) {
      const message = { role: 'user', content: texts(bytes) }
      times.push(await timed(() => session.append(message)))
      if (gapMs > 0) await new Promise((resolve) => setTimeout(resolve, gapMs))
    }
    return times
  },

  /** From nothing open to online and the list of all sessions. */
  async begin(name: string, sync: SyncOptions): Promise<Begun> {
    let [onlineMs, listedMs, messages, sessions] = [0, 0, 0, 0]
    const longTasks = await watchTasks(async () => {
      onlineMs = await timed(async () => {
        await open(name, sync)
        await isIn(name, 'online')
      })
      listedMs = await timed(async () => {
        const list = await (await open(name)).sessions()
        messages = list.reduce((sum, one) => sum + one.messages, 0)
        sessions = list.length
      })
    })
    return { onlineMs, listedMs, messages, sessions, longTasks }
  },

  /** Until the list is there, whatever sync does meanwhile. */
  async list(name: string, sync?: SyncOptions): Promise<number> {
    return timed(async () => (await open(name, sync)).sessions())
  },
}

interface Begun {
  readonly onlineMs: number
  readonly listedMs: number
  readonly messages: number
  readonly sessions: number
  readonly longTasks: readonly number[]
}

Object.assign(globalThis, { bench })
