import { wrap, type Remote } from 'comlink'
import { BackfoldError } from '../core/backfold-error.ts'
import type { AbortSignalLike } from '../core/ports/abort-signal-like.ts'
import type { Digester } from '../core/ports/digester.ts'
import type { Searcher } from '../core/ports/searcher.ts'
import { createPendingCalls, type PendingCalls } from '../protocol/pending-calls.ts'
import { fromReply, type Reply } from '../protocol/reply.ts'
import type { TokeniserName } from '../protocol/tokeniser-name.ts'
import type { HeavySlots } from '../tabs/heavy-slots.ts'
import { watchLifeline } from '../tabs/lifeline.ts'
import type { LockManagerLike } from '../tabs/web-lock-leases.ts'
import type { HeavyApi } from './heavy-worker.ts'

export interface HeavyProxyOptions {
  readonly database: string
  readonly tokeniser: TokeniserName
  readonly spawn: () => Worker
  /** Undefined on insecure origins: then only deadlines tell that the worker died. */
  readonly locks: LockManagerLike | undefined
  readonly slots: HeavySlots
}

interface Running {
  readonly worker: Worker
  readonly api: Remote<HeavyApi>
  /** End with an error when the worker is gone. */
  readonly calls: PendingCalls
  end(reason: BackfoldError): void
}

/**
 * The heavy worker as the engine sees it: started when first needed, ended when a call is aborted in
 * the middle of its work (nothing else stops a busy thread), and started again for the next call.
 */
export function createHeavyProxy(
  options: HeavyProxyOptions,
): Digester & Searcher & { close(): void } {
  let running: Promise<Running> | undefined

  const call = async <T>(
    signal: AbortSignalLike,
    ask: (api: Remote<HeavyApi>) => Promise<Reply<T>>,
  ): Promise<T> =>
    options.slots(async () => {
      if (signal.aborted) throw new BackfoldError('CLOSED', 'the call was cancelled')
      running ??= startWorker(options)
      const own = running
      let onAbort = (): void => {}
      try {
        const { api, calls, end } = await own
        onAbort = () => end(new BackfoldError('CLOSED', 'the call was cancelled'))
        signal.addEventListener('abort', onAbort, { once: true })
        return fromReply(await calls.guard(ask(api), 'heavy work', 0))
      } catch (failure) {
        if (
          failure instanceof BackfoldError &&
          (failure.code === 'WORKER_LOST' || failure.code === 'CLOSED') &&
          running === own
        ) {
          running = undefined
        }
        throw failure
      } finally {
        signal.removeEventListener('abort', onAbort)
      }
    })

  return {
    name: 'built-in',
    isModelFree: true,
    digestBlock: (request, signal) => call(signal, (api) => api.digestBlock(request)),
    compose: (request, signal) => call(signal, (api) => api.compose(request)),
    search: (request, signal) => call(signal, (api) => api.search(request)),
    close() {
      void running?.then(({ end }) => end(new BackfoldError('CLOSED', 'Backfold was closed')))
      running = undefined
    },
  }
}

async function startWorker(options: HeavyProxyOptions): Promise<Running> {
  const { database, tokeniser, spawn, locks } = options
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
  const starting: Promise<Reply<void>> = api.start({ database, tokeniser, lifeline })
  fromReply(await calls.guard(starting, 'start', 0))
  if (locks) void watchLifeline(locks, lifeline, watching.signal).then(lost, () => {})
  return { worker, api, calls, end }
}
