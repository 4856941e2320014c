import type { Remote } from 'comlink'
import { BackfoldError, isBackfoldError } from '../core/backfold-error.ts'
import type { AbortSignalLike } from '../core/ports/abort-signal-like.ts'
import { BUILT_IN_EXTRACTORS } from '../core/compaction/digest-block.ts'
import type { Digester } from '../core/ports/digester.ts'
import type { Examiner } from '../core/ports/examiner.ts'
import type { Searcher } from '../core/ports/searcher.ts'
import { createPendingCalls } from '../protocol/pending-calls.ts'
import { fromReply, type Reply } from '../protocol/reply.ts'
import type { TokeniserName } from '../protocol/tokeniser-name.ts'
import type { HeavySlots } from '../tabs/heavy-slots.ts'
import type { LockManagerLike } from '../tabs/web-lock-leases.ts'
import type { HeavyApi } from './heavy-worker.ts'
import { shareSlot } from './share-slot.ts'
import { startWatchedWorker, type WatchedWorker } from './watched-worker.ts'

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

type Running = WatchedWorker<HeavyApi>

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
  return startWatchedWorker<HeavyApi>({
    name: 'heavy',
    spawn,
    locks,
    start: (api, lifeline) => api.start({ database, tokeniser, lifeline, dataKey: dataKey() }),
    closed: CANCELLED,
  })
}
