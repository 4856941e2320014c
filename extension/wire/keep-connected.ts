import { BackfoldError, isBackfoldError } from '../../src/core/backfold-error.ts'
import type { Observable } from '../../src/client/session.ts'
import type { HostForPanel, PanelForHost } from './panel-wire.ts'
import { createRpc, type Rpc } from './rpc.ts'
import { runtimeWire, type RuntimePort } from './runtime-wire.ts'

/** What a line needs of the browser. */
export interface LineWorld {
  /** Resolves once a host is there. */
  readonly ensureHost: () => Promise<unknown>
  readonly connect: () => RuntimePort
  readonly after: (ms: number, callback: () => void) => () => void
}

/** Waits between attempts to connect, in milliseconds; the last one is repeated. */
const WAITS_MS = [0, 200, 1_000, 5_000]
const PING_MS = 15_000
/** Longest wait for the first answer of a host, in milliseconds. */
const GREET_MS = 10_000
/** Times that a request is asked again of another host. */
const MOST_REPEATS = 3
type Notices = PanelForHost['notices']

/** Hears what the host tells. */
export type NoticeListener = <N extends keyof Notices>(notice: N, payload: Notices[N]) => void

/** The way to whatever host there is. */
export interface Way {
  /** Asks as soon as a host is there; again of the next one, if that does no harm. */
  ask<T>(
    isRepeatable: boolean,
    work: (rpc: Rpc<HostForPanel>, isRepeat: boolean) => Promise<T>,
  ): Promise<T>
  now(): Rpc<HostForPanel> | null
  readonly state: Observable<'connecting' | 'connected' | 'lost'>
  close(): void
}

/** What is told of it. */
export interface WayTold {
  readonly told: NoticeListener
  /** It is another host than before. */
  readonly again: (reason: string) => void
}

/** @see SPEC.md rules RPC6 to RPC8 */
export function keepConnected(world: LineWorld, { told, again }: WayTold): Way {
  let state: ReturnType<Way['state']['get']> = 'connecting'
  let current: Rpc<HostForPanel> | null = null
  let isClosed = false
  let hosts = 0
  let failures = 0
  const watchers = new Set<() => void>()
  let waiting: (() => void)[] = []
  const set = (next: typeof state): void => {
    if (state === next) return
    state = next
    for (const watcher of [...watchers]) watcher()
  }
  const ping = (): void => {
    if (isClosed) return
    current?.tell('ping', null)
    world.after(PING_MS, ping)
  }
  const retry = (): void => {
    if (isClosed) return
    set('lost')
    const wait = WAITS_MS[Math.min(failures, WAITS_MS.length - 1)] ?? 0
    failures += 1
    world.after(wait, () => void attempt())
  }
  const attempt = async (): Promise<void> => {
    try {
      await world.ensureHost()
      const wire = runtimeWire(world.connect())
      const rpc = createRpc<PanelForHost, HostForPanel>(wire, {
        requests: {},
        notices: noticeHandlers(told),
      })
      // Only an answer shows that somebody is at the other end.
      const { isOpen } = await rpc.ask('protection', null, GREET_MS).catch((failure: unknown) => {
        rpc.close()
        throw failure
      })
      if (isClosed) {
        rpc.close()
        return
      }
      greet(rpc, wire.onEnd)
      told('protection', { isOpen })
    } catch {
      retry()
    }
  }
  const greet = (rpc: Rpc<HostForPanel>, onEnd: (listener: () => void) => void): void => {
    current = rpc
    failures = 0
    hosts += 1
    onEnd(() => {
      current = null
      retry()
    })
    set('connected')
    const ready = waiting
    waiting = []
    for (const go of ready) go()
    if (hosts > 1) again('the host was started again')
  }
  void attempt()
  world.after(PING_MS, ping)
  const connected = async (): Promise<Rpc<HostForPanel>> => {
    for (;;) {
      if (isClosed) throw new BackfoldError('CLOSED', 'Backfold was closed')
      if (current) return current
      await new Promise<void>((resolve) => waiting.push(resolve))
    }
  }
  return {
    async ask(isRepeatable, work) {
      for (let times = 0; ; times += 1) {
        const rpc = await connected()
        try {
          return await work(rpc, times > 0)
        } catch (failure) {
          const isLost = isBackfoldError(failure) && failure.code === 'WORKER_LOST'
          // Where the host is still there it was its worker, which it has asked again itself.
          const isHostThere = current === rpc
          if (!isLost || isHostThere || !isRepeatable || times >= MOST_REPEATS) throw failure
        }
      }
    },
    now: () => current,
    state: {
      get: () => state,
      subscribe(watcher) {
        const own = (): void => watcher()
        watchers.add(own)
        return () => watchers.delete(own)
      },
    },
    close() {
      isClosed = true
      current?.close()
      current = null
      set('lost')
      for (const go of waiting.splice(0)) go()
    },
  }
}

function noticeHandlers(told: NoticeListener): {
  readonly [N in keyof Notices]: (payload: Notices[N]) => void
} {
  return {
    signal: (payload) => told('signal', payload),
    restarted: (payload) => told('restarted', payload),
    tab: (payload) => told('tab', payload),
    tabGone: (payload) => told('tabGone', payload),
    requests: (payload) => told('requests', payload),
    protection: (payload) => told('protection', payload),
  }
}
