import type { AbortSignalLike } from '../core/ports/abort-signal-like.ts'
import type { Clock } from '../core/ports/clock.ts'

/** How work under a deadline ended. */
export type Timed<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed'; readonly failure: unknown }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'aborted' }

/**
 * Runs work until it ends, its time is over, or the outer signal is aborted; in the last two cases the
 * work's own signal is aborted and its result no longer counts. Never rejects.
 */
export async function withDeadline<T>(
  clock: Clock,
  deadlineMs: number,
  outer: AbortSignalLike,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<Timed<T>> {
  if (outer.aborted) return { kind: 'aborted' }
  const inner = new AbortController()
  const timer = new AbortController()
  let onAbort = (): void => {}
  const aborted = new Promise<Timed<T>>((resolve) => {
    onAbort = () => {
      inner.abort(outer.reason)
      resolve({ kind: 'aborted' })
    }
  })
  outer.addEventListener('abort', onAbort, { once: true })
  const timedOut = clock.delay(deadlineMs, timer.signal).then(
    (): Timed<T> => ({ kind: 'timed-out' }),
    (): Promise<Timed<T>> => new Promise(() => {}),
  )
  const done = startWork(work, inner.signal)
  const result = await Promise.race([done, aborted, timedOut])
  timer.abort()
  outer.removeEventListener('abort', onAbort)
  if (result.kind !== 'done') inner.abort()
  return result
}

async function startWork<T>(
  work: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<Timed<T>> {
  try {
    return { kind: 'done', value: await work(signal) }
  } catch (failure) {
    return { kind: 'failed', failure }
  }
}
