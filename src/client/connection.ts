import { transfer, wrap, type Remote } from 'comlink'
import { BackfoldError } from '../core/backfold-error.ts'
import type { EngineSignal } from '../protocol/engine-signal.ts'
import { createPendingCalls, type PendingCalls } from '../protocol/pending-calls.ts'
import { fromReply, type Reply } from '../protocol/reply.ts'
import { REPEATABLE, type Method, type Params, type Result } from '../protocol/requests.ts'
import { PROTOCOL_VERSION } from '../protocol/version.ts'
import type { TokeniserName } from '../protocol/tokeniser-name.ts'
import type { StoreApi } from '../protocol/store-api.ts'

/** Restarts in a row, without an answer between them, after which the worker is given up. */
const MAX_RESTARTS = 3

export interface ConnectionOptions {
  readonly database: string
  readonly tokeniser: TokeniserName
  /** Longest wait for an answer, in milliseconds. */
  readonly deadlineMs: number
  readonly spawn: () => Worker
}

/** The way to the store worker: it may die at any moment, and no call may hang for it. */
export interface Connection {
  call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>>
  close(): Promise<void>
}

interface Line {
  readonly api: Remote<StoreApi>
  readonly started: Promise<void>
  /** End with `WORKER_LOST` when the worker is gone. */
  readonly calls: PendingCalls
  end(): void
}

/**
 * Connects to a store worker and keeps it alive. When it dies, calls that are safe to repeat are sent
 * again to a new one, and all others end with `WORKER_LOST`.
 */
export function connect(
  options: ConnectionOptions,
  onSignal: (signal: EngineSignal) => void,
  onRestart: (reason: string) => void,
): Connection {
  let line = openLine(options, onSignal)
  let restarts = 0
  let closed = false

  const replace = (lost: Line, reason: BackfoldError): void => {
    if (line !== lost || closed) return
    lost.end()
    restarts += 1
    if (restarts > MAX_RESTARTS) return
    line = openLine(options, onSignal)
    onRestart(reason.message)
  }

  const call = async <M extends Method>(method: M, params: Params<M>): Promise<Result<M>> => {
    for (let repeat = false; ; repeat = true) {
      if (closed) throw new BackfoldError('CLOSED', 'Backfold was closed')
      const own = line
      try {
        const sent = repeat && method === 'append' ? { ...params, repeat } : params
        const answer = own.started.then(async () => own.api.handle(method, sent))
        // What is made by a model may take long, and ends by its own deadlines.
        const deadlineMs = method === 'compact' ? 0 : options.deadlineMs
        const { reply, signals } = await own.calls.guard(answer, method, deadlineMs)
        signals.forEach(onSignal)
        const value = fromReply(reply)
        restarts = 0
        return value
      } catch (failure) {
        if (!(failure instanceof BackfoldError) || failure.code !== 'WORKER_LOST') throw failure
        if (!closed) replace(own, failure)
        if (!REPEATABLE[method] || restarts > MAX_RESTARTS) throw failure
      }
    }
  }

  return {
    call,
    async close() {
      if (closed) return
      closed = true
      const closing = line.started.then(async () => line.api.close())
      await line.calls.guard(closing, 'close', options.deadlineMs).catch(() => {})
      line.end()
    },
  }
}

function openLine(options: ConnectionOptions, onSignal: (signal: EngineSignal) => void): Line {
  const worker = options.spawn()
  const watching = new AbortController()
  const calls = createPendingCalls()
  const lost = (): void => calls.fail(new BackfoldError('WORKER_LOST', 'the worker died'))
  worker.onerror = lost
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = ({ data }: MessageEvent<readonly EngineSignal[]>) => data.forEach(onSignal)
  const api = wrap<StoreApi>(worker)
  const lifeline = `backfold:worker:${issueId()}`
  const start: Promise<Reply<void>> = api.start(
    {
      version: PROTOCOL_VERSION,
      database: options.database,
      tokeniser: options.tokeniser,
      lifeline,
    },
    transfer(port2, [port2]),
  )
  const started = calls.guard(start, 'start', options.deadlineMs).then((reply) => {
    fromReply(reply)
    // Asked for only now that the worker holds it: getting it means that the worker is dead.
    navigator.locks?.request(lifeline, { signal: watching.signal }, lost).catch(() => {})
  })
  started.catch(() => {})
  return {
    api,
    started,
    calls,
    end() {
      watching.abort()
      port1.close()
      worker.terminate()
      lost()
    },
  }
}

/** A prefix that no other page has, and a number: also where `crypto.randomUUID` is missing. */
export const issueId: () => string = (() => {
  let next = 0
  let prefix = ''
  return () => {
    prefix ||= crypto.getRandomValues(new Uint32Array(4)).join('-')
    next += 1
    return `${prefix}-${next}`
  }
})()
