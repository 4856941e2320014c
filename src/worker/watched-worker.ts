import { wrap, type Remote } from 'comlink'
import { BackfoldError } from '../core/backfold-error.ts'
import { createPendingCalls, type PendingCalls } from '../protocol/pending-calls.ts'
import { fromReply, type Reply } from '../protocol/reply.ts'
import { watchLifeline } from '../tabs/lifeline.ts'
import type { LockManagerLike } from '../tabs/web-lock-leases.ts'

/** A worker that this one started. */
export interface WatchedWorker<Api> {
  readonly api: Remote<Api>
  /** Rejects if the worker can't be started. */
  readonly started: Promise<void>
  /** End with `WORKER_LOST` when the worker is gone. */
  readonly calls: PendingCalls
  hasEnded(): boolean
  end(reason: BackfoldError): void
}

export interface WatchedWorkerOptions<Api> {
  /** Of what it does, such as `heavy`: for its lifeline and the words of its end. */
  readonly name: string
  readonly spawn: () => Worker
  /** Undefined on insecure origins: then only an error of the worker tells that it died. */
  readonly locks: LockManagerLike | undefined
  /** Asks it to start and to hold the lifeline. */
  readonly start: (api: Remote<Api>, lifeline: string) => Promise<Reply<void>>
  /** What calls end with where the start failed over nothing of ours. */
  readonly closed: BackfoldError
}

/** Starts a worker and watches it: when it dies, all calls to it end. */
export function startWatchedWorker<Api>(options: WatchedWorkerOptions<Api>): WatchedWorker<Api> {
  const { name, spawn, locks, start, closed } = options
  const worker = spawn()
  const watching = new AbortController()
  const calls = createPendingCalls()
  const end = (reason: BackfoldError): void => {
    watching.abort()
    worker.terminate()
    calls.fail(reason)
  }
  const lost = (): void => end(new BackfoldError('WORKER_LOST', `the ${name} worker died`))
  worker.addEventListener('error', lost)
  const api = wrap<Api>(worker)
  const lifeline = `backfold:${name}:${crypto.randomUUID()}`
  const started = calls.guard(start(api, lifeline), 'start', 0).then((reply) => {
    fromReply(reply)
    if (locks) void watchLifeline(locks, lifeline, watching.signal).then(lost, () => {})
  })
  // A worker that could not start is of no use to the next call, which may have better luck.
  started.catch((failure: unknown) => end(failure instanceof BackfoldError ? failure : closed))
  return { api, started, calls, end, hasEnded: () => watching.signal.aborted }
}
