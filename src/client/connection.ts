import { transfer, wrap, type Remote } from 'comlink'
import { BackfoldError, isBackfoldError } from '../core/backfold-error.ts'
import type { ExtractorDescription } from '../core/compaction/describe-extractors.ts'
import type { HostExtractor } from './host-extractor.ts'
import type { EngineSignal } from '../protocol/engine-signal.ts'
import { createPendingCalls, type PendingCalls } from '../protocol/pending-calls.ts'
import { fromReply, type Reply } from '../protocol/reply.ts'
import { REPEATABLE, type Method, type Params, type Result } from '../protocol/requests.ts'
import type { PageModels } from './summarisers.ts'
import { PROTOCOL_VERSION } from '../protocol/version.ts'
import type { TokeniserName } from '../protocol/tokeniser-name.ts'
import type { StartPorts, StoreApi } from '../protocol/store-api.ts'

/** Restarts in a row, without an answer between them, after which the worker is given up. */
const MAX_RESTARTS = 3

export interface ConnectionOptions {
  readonly database: string
  readonly tokeniser: TokeniserName
  /** Opens it the first time; then it is forgotten, and what the worker made of it opens it again. */
  passphrase?: string | undefined
  /** Longest wait for an answer, in milliseconds. */
  readonly deadlineMs: number
  readonly spawn: () => Worker
  readonly extractors: readonly HostExtractor[]
  /** What of them can cross a thread. */
  readonly described: readonly ExtractorDescription[]
  /** The ladder that a worker starts with, and the models that only the page has. */
  readonly page: PageModels
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
  end(reason: BackfoldError): void
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
  let restarts = 0
  let closed = false
  // Noticed whether or not a call is waiting: a job of that worker has to be taken up.
  const open = (): Line =>
    openLine(options, onSignal, (lost, reason) => {
      if (closed || line !== lost) return
      restarts += 1
      if (restarts > MAX_RESTARTS) return
      line = open()
      onRestart(reason.message)
    })
  let line = open()

  const call = async <M extends Method>(method: M, params: Params<M>): Promise<Result<M>> => {
    for (let repeat = false; ; repeat = true) {
      if (closed) throw new BackfoldError('CLOSED', 'Backfold was closed')
      const own = line
      try {
        const sent = repeat && method === 'append' ? { ...params, repeat } : params
        const answer = own.started.then(async () => {
          const { reply, signals } = await own.api.handle(method, sent)
          // Told also when nobody waits for the answer any more.
          signals.forEach(onSignal)
          return reply
        })
        const deadlineMs = UNHURRIED.test(method) ? 0 : options.deadlineMs
        const value = fromReply(await own.calls.guard(answer, method, deadlineMs))
        restarts = 0
        return value
      } catch (failure) {
        if (!(failure instanceof BackfoldError) || failure.code !== 'WORKER_LOST') throw failure
        if (closed) throw new BackfoldError('CLOSED', 'Backfold was closed')
        if (!REPEATABLE.includes(method) || restarts > MAX_RESTARTS) throw failure
      }
    }
  }

  return {
    call,
    async close() {
      if (closed) return
      closed = true
      options.page.unlock = undefined
      const closing = line.started.then(async () => line.api.close())
      await line.calls.guard(closing, 'close', options.deadlineMs).catch(() => {})
      line.end(new BackfoldError('CLOSED', 'Backfold was closed'))
    },
  }
}

function openLine(
  options: ConnectionOptions,
  onSignal: (signal: EngineSignal) => void,
  onLost: (line: Line, reason: BackfoldError) => void,
): Line {
  const { extractors, page } = options
  const worker = options.spawn()
  const watching = new AbortController()
  const calls = createPendingCalls()
  const { port1, port2 } = new MessageChannel()
  const extracting = new MessageChannel()
  const modelling = new MessageChannel()
  let exposed: Promise<() => void> | undefined
  page.expose = () =>
    (exposed ??= import('./expose-page.ts').then(({ exposePage }) =>
      exposePage({ extractors, models: page.models }, extracting.port1, modelling.port1),
    ))
  // A page without anything of its own need not load what runs it.
  if (extractors.length + page.models.length > 0) void page.expose()
  const end = (reason: BackfoldError): void => {
    watching.abort()
    port1.close()
    void exposed?.then((stop) => stop())
    worker.terminate()
    calls.fail(reason)
  }
  const lose = (reason: BackfoldError): void => {
    if (watching.signal.aborted) return
    end(reason)
    onLost(line, reason)
  }
  const lost = (): void =>
    lose(new BackfoldError('WORKER_LOST', 'the worker died or was not found'))
  worker.onerror = lost
  port1.onmessage = ({ data }: MessageEvent<readonly EngineSignal[]>) => data.forEach(onSignal)
  const api = wrap<StoreApi>(worker)
  const lifeline = `backfold:worker:${issueId()}`
  const ports = {
    signals: port2,
    extractors: extracting.port2,
    models: modelling.port2,
  } satisfies StartPorts
  const start: Promise<Reply<unknown>> = api.start(
    {
      version: PROTOCOL_VERSION,
      database: options.database,
      tokeniser: options.tokeniser,
      lifeline,
      extractors: options.described,
      page: page.told,
      unlock: page.unlock,
      passphrase: page.unlock ? undefined : options.passphrase,
      sync: page.sync,
    },
    transfer(ports, Object.values(ports)),
  )
  const started = calls.guard(start, 'start', options.deadlineMs).then((reply) => {
    page.unlock = fromReply(reply) as CryptoKey | undefined
    options.passphrase = undefined
    // Asked for only now that the worker holds it: getting it means that the worker is dead.
    const { signal } = watching
    navigator.locks?.request(lifeline, { signal }, lost).catch(() => {})
  })
  started.catch((failure: unknown) => {
    // It may come up later, with nobody to listen to it.
    if (isBackfoldError(failure) && failure.code === 'TIMED_OUT') lose(failure)
  })
  const line: Line = { api, started, calls, end }
  return line
}

/** Requests that wait for a model, or for other calls to it: they end by deadlines of their own. */
const UNHURRIED =
  /^(compact|delete|protect|search|verify|beginTurn|import.+|exportChunk|.+Summariser)$/

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
