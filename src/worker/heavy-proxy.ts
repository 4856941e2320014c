import { wrap, type Remote } from 'comlink'
import { BackfoldError, isBackfoldError } from '../core/backfold-error.ts'
import type { AbortSignalLike } from '../core/ports/abort-signal-like.ts'
import { BUILT_IN_EXTRACTORS } from '../core/compaction/digest-block.ts'
import type { Digester } from '../core/ports/digester.ts'
import type { Examiner } from '../core/ports/examiner.ts'
import type { Searcher } from '../core/ports/searcher.ts'
import { createPendingCalls, type PendingCalls } from '../protocol/pending-calls.ts'
import { fromReply, type Reply } from '../protocol/reply.ts'
import type { TokeniserName } from '../protocol/tokeniser-name.ts'
import type { HeavySlots } from '../tabs/heavy-slots.ts'
import { watchLifeline } from '../tabs/lifeline.ts'
import type { LockManagerLike } from '../tabs/web-lock-leases.ts'
import type { HeavyApi } from './heavy-worker.ts'
import { shareSlot } from './share-slot.ts'

export interface HeavyProxyOptions {
  readonly database: string
  readonly tokeniser: TokeniserName
  /** The key of the rows, where they are encrypted; asked for when the worker is started. */
  readonly dataKey: () => Uint8Array | undefined
  readonly spawn: () => Worker
  /** Undefined on insecure origins: then only deadlines tell that the worker died. */
  readonly locks: LockManagerLike | undefined
  readonly slots: HeavySlots
}

interface Running {
  readonly api: Remote<HeavyApi>
  /** Rejects if the worker can't be started. */
  readonly started: Promise<void>
  /** End with an error when the worker is gone. */
  readonly calls: PendingCalls
  hasEnded(): boolean
  end(reason: BackfoldError): void
}

interface HeavyControl {
  /** The next call goes to a new worker; calls under way are made once more. */
  restart(): void
  close(): void
}

/**
 * The heavy worker as the engine sees it: started when first needed, ended when a call is aborted in
 * the middle of its work (nothing else stops a busy thread), and started again for the next call. A
 * call that was only beside the aborted one is made once more.
 */
export function createHeavyProxy(
  options: HeavyProxyOptions,
): Digester & Searcher & Examiner & HeavyControl {
  const slots = shareSlot(options.slots)
  let running: Running | undefined
  let closed = false

  const attempt = async <T>(
    signal: AbortSignalLike,
    ask: (api: Remote<HeavyApi>) => Promise<Reply<T>>,
    onAborted: (own: Running, stopWaiting: (reason: BackfoldError) => void) => void,
  ): Promise<T> => {
    if (closed || signal.aborted) throw CANCELLED
    if (!running || running.hasEnded()) running = startWorker(options)
    const own = running
    const waiting = createPendingCalls()
    const onAbort = (): void => onAborted(own, waiting.fail)
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      const answer = own.started.then(async () => ask(own.api))
      const guarded = own.calls.guard(answer, 'heavy work', 0)
      return fromReply(await waiting.guard(guarded, 'heavy work', 0))
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  const call = <T>(
    signal: AbortSignalLike,
    ask: (api: Remote<HeavyApi>) => Promise<Reply<T>>,
    onAborted: Parameters<typeof attempt>[2] = (own) => own.end(CANCELLED),
  ): Promise<T> =>
    slots(async () => {
      try {
        return await attempt(signal, ask, onAborted)
      } catch (failure) {
        if (failure !== CANCELLED || signal.aborted || closed) throw failure
        return attempt(signal, ask, onAborted)
      }
    })

  /**
   * A look at what is stored. A job counts its attempts itself; a person who searches need not know that
   * a worker died. And nobody ends the work on a job by no longer waiting for a look.
   */
  const lookUp = <T>(
    signal: AbortSignalLike,
    ask: (api: Remote<HeavyApi>) => Promise<Reply<T>>,
  ): Promise<T> => {
    const look = (): Promise<T> => call(signal, ask, (_, stopWaiting) => stopWaiting(CANCELLED))
    return look().catch((failure: unknown) => {
      if (!isBackfoldError(failure) || failure.code !== 'WORKER_LOST') throw failure
      return look()
    })
  }

  return {
    name: 'built-in',
    extractors: BUILT_IN_EXTRACTORS,
    extract: (request, signal) => call(signal, (api) => api.extract(request)),
    compose: (request, signal) => call(signal, (api) => api.compose(request)),
    search: (request, signal) => lookUp(signal, (api) => api.search(request)),
    examine: (request, signal) => lookUp(signal, (api) => api.examine(request)),
    restart: () => running?.end(CANCELLED),
    close() {
      closed = true
      running?.end(CANCELLED)
    },
  }
}

const CANCELLED = new BackfoldError('CLOSED', 'the call was cancelled')

function startWorker({ database, tokeniser, dataKey, spawn, locks }: HeavyProxyOptions): Running {
  const worker = spawn()
  const watching = new AbortController()
  const calls = createPendingCalls()
  const end = (reason: BackfoldError): void => {
    watching.abort()
    worker.terminate()
    calls.fail(reason)
  }
  const lost = (): void => end(new BackfoldError('WORKER_LOST', 'the heavy worker died'))
  worker.addEventListener('error', lost)
  const api = wrap<HeavyApi>(worker)
  const lifeline = `backfold:heavy:${crypto.randomUUID()}`
  const starting: Promise<Reply<void>> = api.start({
    database,
    tokeniser,
    lifeline,
    dataKey: dataKey(),
  })
  const started = calls.guard(starting, 'start', 0).then((reply) => {
    fromReply(reply)
    if (locks) void watchLifeline(locks, lifeline, watching.signal).then(lost, () => {})
  })
  // A worker that could not start is of no use to the next call, which may have better luck.
  started.catch((failure: unknown) => end(failure instanceof BackfoldError ? failure : CANCELLED))
  return { api, started, calls, end, hasEnded: () => watching.signal.aborted }
}
