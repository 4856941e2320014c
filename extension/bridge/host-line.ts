import { isBackfoldError } from '../../src/core/backfold-error.ts'
import type {
  BridgeForHost,
  BridgeSettings,
  HostForBridge,
  PagePlace,
} from '../wire/bridge-wire.ts'
import { createRpc, type Handlers, type Rpc } from '../wire/rpc.ts'
import { type RuntimePort, runtimeWire } from '../wire/runtime-wire.ts'
import { sizeOfResponse } from './read-page-messages.ts'
import { retryDelay } from './retry-delay.ts'
import {
  acknowledge,
  keep,
  type KeptBounds,
  NONE_KEPT,
  type Unacknowledged,
} from './unacknowledged.ts'

/** What waits for a host that stores it. */
const KEPT: KeptBounds = { items: 64, size: 32_000_000 }

/** Longest wait for the first answer of a host, in milliseconds; it may have an archive to open. */
const HELLO_MS = 20_000

/** Browsers end a host that hears nothing for 30 s, in milliseconds. */
const PING_MS = 15_000

/** A connection that lasted so long was a good one, in milliseconds. */
const GOOD_MS = 10_000

/** Longest wait for a plan, in milliseconds. The page has gone on long before. */
const ASK_MS = 30_000

/** Nothing was said about what was asked: the host is gone, or what stores it there is. */
const UNANSWERED: readonly string[] = ['WORKER_LOST', 'TIMED_OUT']

/** When it is said again to the same host, in milliseconds, and how often it is said to it at most. */
const AGAIN_MS = 5_000
const MOST_TIMES = 4

type Requests = HostForBridge['requests']

/** What is kept until it is stored. */
export type Said =
  | { readonly method: 'answer'; readonly params: Requests['answer']['params'] }
  | { readonly method: 'observed'; readonly params: Requests['observed']['params'] }
  | { readonly method: 'captured'; readonly params: Requests['captured']['params'] }

export interface HostLineWorld {
  /** Resolves once there is a host to connect to. */
  readonly ensureHost: () => Promise<unknown>
  /** @throws Where the extension is gone. */
  readonly connect: () => RuntimePort
  /** Whether the extension that this belongs to was replaced or removed. */
  readonly isOrphan: () => boolean
  /** Whether somebody looks at the page: then it is connected also with nothing to say. */
  readonly isSeen: () => boolean
  readonly now: () => number
  /** Calls back after a time in milliseconds; returns the way to stop. */
  readonly after: (ms: number, callback: () => void) => () => void
}

export interface HostLineOptions {
  readonly handlers: Handlers<BridgeForHost>
  readonly place: () => PagePlace
  readonly onSettings: (settings: BridgeSettings) => void
  /** Asked once the settings are known, which may be later than the question. */
  readonly mayAsk: (method: 'plan' | 'rescue') => boolean
  /** Whether a job may be running. */
  readonly isFolding: () => boolean
  /** The extension is gone: nothing is to be done any more. */
  readonly onOrphan: () => void
}

/** The way to whichever host there is. */
export interface HostLine {
  /** Connects if it is not yet, and not about to. */
  wake(): void
  /** @throws BackfoldError where there is no host in time. */
  ask<M extends 'plan' | 'rescue'>(
    method: M,
    params: Requests[M]['params'],
  ): Promise<Requests[M]['result']>
  /** Says it to this host and, until one has stored it, to the next. */
  say(said: Said): void
  /** Lost where there is no host. */
  tell<N extends keyof HostForBridge['notices']>(
    notice: N,
    payload: HostForBridge['notices'][N],
  ): void
  close(): void
}

/** Connects a page to the host, again and again: hosts come and go. */
export function createHostLine(world: HostLineWorld, options: HostLineOptions): HostLine {
  let rpc: Rpc<HostForBridge> | undefined
  /** Whether the host has said what holds here. */
  let isGreeted = false
  let kept: Unacknowledged<Said> = NONE_KEPT
  let attempts = 0
  let asking = 0
  let isConnecting = false
  let isClosed = false
  let stopTimer: (() => void) | undefined
  let stopPing: (() => void) | undefined
  let waiting: (() => void)[] = []

  const isBusy = (): boolean => asking > 0 || kept.items.length > 0 || options.isFolding()

  const close = (): void => {
    isClosed = true
    stopTimer?.()
    stopPing?.()
    rpc?.close()
    rpc = undefined
  }
  const endIfOrphan = (): boolean => {
    if (isClosed || !world.isOrphan()) return isClosed
    close()
    options.onOrphan()
    return true
  }
  const retry = (): void => {
    if (endIfOrphan() || isConnecting) return
    // A host that nobody needs may rest: a browser ended it because nothing was to do.
    if (!isBusy() && !world.isSeen()) return
    isConnecting = true
    stopTimer = world.after(retryDelay(attempts), () => void connect())
    attempts += 1
  }
  const pingOn = (): void => {
    stopPing?.()
    stopPing = world.after(PING_MS, () => {
      if (endIfOrphan()) return
      if (isBusy()) rpc?.tell('ping', null)
      pingOn()
    })
  }
  const sayTo = async (
    host: Rpc<HostForBridge>,
    id: number,
    said: Said,
    times = 1,
  ): Promise<void> => {
    try {
      await host.ask(said.method, said.params)
    } catch (failure) {
      // What one host can't take, the next can't either; unless it was no answer at all.
      if (isBackfoldError(failure) && UNANSWERED.includes(failure.code)) {
        const isKept = (): boolean => rpc === host && kept.items.some((item) => item.id === id)
        // The host is there: what stores it is started again.
        if (isKept() && times < MOST_TIMES) {
          world.after(AGAIN_MS, () => isKept() && void sayTo(host, id, said, times + 1))
        }
        return
      }
    }
    kept = acknowledge(kept, id)
  }
  const lost = (host: Rpc<HostForBridge>, since: number): void => {
    if (rpc !== host) return
    rpc = undefined
    isGreeted = false
    if (world.now() - since > GOOD_MS) attempts = 0
    retry()
  }
  const connect = async (): Promise<void> => {
    try {
      await world.ensureHost()
      if (isClosed) return
      const since = world.now()
      const wire = runtimeWire(world.connect())
      const host = createRpc<BridgeForHost, HostForBridge>(wire, options.handlers)
      rpc = host
      wire.onEnd(() => lost(host, since))
      const settings = await host.ask('hello', options.place(), HELLO_MS)
      isGreeted = true
      options.onSettings(settings)
      for (const go of waiting) go()
      waiting = []
      for (const { id, value } of kept.items) void sayTo(host, id, value)
      pingOn()
    } catch {
      rpc?.close()
      rpc = undefined
    } finally {
      isConnecting = false
    }
    if (!rpc) retry()
  }
  const wake = (): void => {
    // A page that was put away and taken out again may not have heard that its port was closed.
    if (isGreeted) rpc?.tell('ping', null)
    if (rpc || isConnecting || endIfOrphan()) return
    isConnecting = true
    void connect()
  }
  const host = async (): Promise<Rpc<HostForBridge> | undefined> => {
    if (!isGreeted && !endIfOrphan()) {
      wake()
      await new Promise<void>((go) => {
        waiting.push(go)
        world.after(ASK_MS, go)
      })
    }
    return rpc
  }
  return {
    wake,
    async ask(method, params) {
      asking += 1
      try {
        const there = await host()
        if (!there || !options.mayAsk(method)) throw new Error('there is no host to ask')
        return await there.ask(method, params, ASK_MS)
      } finally {
        asking -= 1
      }
    },
    say(said) {
      if (endIfOrphan()) return
      const id = kept.nextId
      kept = keep(kept, said, sizeOf(said), KEPT)
      if (rpc && isGreeted) void sayTo(rpc, id, said)
      else wake()
    },
    tell(notice, payload) {
      if (isGreeted) rpc?.tell(notice, payload)
    },
    close,
  }
}

/** In characters. */
function sizeOf({ method, params }: Said): number {
  if (method === 'answer') return params.answer.length
  if (method === 'observed') return sizeOfResponse(params)
  return JSON.stringify(params).length
}
