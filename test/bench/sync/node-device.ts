import { openEngine } from '../../../src/client/open-engine.ts'
import type { Backfold } from '../../../src/client/session.ts'
import type { SyncOptions } from '../../../src/protocol/sync.ts'
import { readProcess } from './process-figures.ts'
import { createTexts } from '../texts.ts'

export interface DeviceWish {
  readonly sync: SyncOptions
  /** Messages that are there once all is read. */
  readonly expected: number
}

/** Sessions are folded when asked for only, so that nothing happens by itself. */
const MANUAL = { automatic: false, applyAt: 'manual' } as const

export interface CaughtUp {
  readonly ms: number
  /** Until the list of sessions is there, behind that. */
  readonly listedMs: number
  readonly peakMB: number
  readonly cpuSeconds: number
  /** Of appends to one session, then. */
  readonly appendMs: readonly number[]
}

/** A new device in this process: how long it takes until it has everything. */
export async function catchUp({ sync, expected }: DeviceWish): Promise<CaughtUp> {
  const startedMs = performance.now()
  const device = await openEngine({ sync })
  await isOnline(device)
  const ms = performance.now() - startedMs
  const listedMs = await timed(async () => {
    const messages = (await device.sessions()).reduce((sum, own) => sum + own.messages, 0)
    if (messages !== expected) throw new Error(`${messages} of ${expected} messages are there`)
  })
  const { peakMB, cpuSeconds } = readProcess(process.pid)
  const session = await device.session('s0', MANUAL)
  const texts = createTexts(3)
  // The first one writes the stock that all are cut from.
  texts(1)
  const appendMs: number[] = []
  for (let n = 0; n < 50; n += 1) {
    appendMs.push(await timed(() => session.append({ role: 'user', content: texts(600) })))
  }
  return { ms, listedMs, peakMB, cpuSeconds, appendMs }
}

export interface ConfirmWish {
  readonly sync: SyncOptions
  readonly count: number
  readonly inFlight: number
  readonly sessions: number
}

/** Milliseconds from each append to when it was acknowledged and read back, and of all together. */
export async function confirm({
  sync,
  count,
  inFlight,
  sessions,
}: ConfirmWish): Promise<{ readonly times: readonly number[]; readonly ms: number }> {
  const device = await openEngine({ sync })
  await isOnline(device)
  const texts = createTexts(5)
  texts(1)
  const open = await Promise.all(
    Array.from({ length: sessions }, (_, n) => device.session(`c${n}`, MANUAL)),
  )
  const run = async (most: number): Promise<number[]> => {
    const times: number[] = []
    let begun = 0
    const lane = async (n: number): Promise<void> => {
      const session = open[n % open.length]
      if (!session) throw new Error('there is no session')
      while (begun < most) {
        begun += 1
        const startedMs = performance.now()
        const { seqs } = await session.append({ role: 'user', content: texts(600) })
        await isConfirmed(session, seqs.at(-1) ?? 0)
        times.push(performance.now() - startedMs)
      }
    }
    await Promise.all(Array.from({ length: inFlight }, (_, n) => lane(n)))
    return times
  }
  // What runs for the first time is compiled first.
  await run(Math.min(count, 100))
  const startedMs = performance.now()
  const times = await run(count)
  const ms = performance.now() - startedMs
  await device.close()
  return { times, ms }
}

type OpenedSession = Awaited<ReturnType<Backfold['session']>>

function isConfirmed({ state }: OpenedSession, seq: number): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if ((state.get().sync?.confirmed ?? 0) < seq) return
      stop()
      resolve()
    }
    const stop = state.subscribe(look)
    look()
  })
}

async function isOnline(device: Backfold): Promise<void> {
  const { status } = await device.sync()
  await new Promise<void>((resolve, reject) => {
    const look = (): void => {
      const { phase, pending, reason } = status.get()
      if (phase === 'refused') reject(new Error(reason))
      if (phase !== 'online' || pending > 0) return
      stop()
      resolve()
    }
    const stop = status.subscribe(look)
    look()
  })
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now()
  await work()
  return performance.now() - startedMs
}
