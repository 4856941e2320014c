import { useCallback, useEffect, useRef, useState } from 'react'
import type { BackfoldError } from '../../core/backfold-error.ts'
import { asError } from '../view/as-error.ts'

/** What came of a question. */
export type Settled<T> =
  | { readonly kind: 'answer'; readonly value: T }
  | { readonly kind: 'failure'; readonly error: BackfoldError; readonly thrown: unknown }

/** A question's answer as far as it is known. */
export interface Answer<T> {
  /** The newest answer of the same scope; maybe to an older question. */
  readonly settled: Settled<T> | null
  /** The question of now is not answered yet. */
  readonly isAsking: boolean
  /** Asks the same once more. */
  readonly again: () => void
}

interface Kept<T> {
  readonly scope: unknown
  readonly key: string
  readonly attempt: number
  readonly settled: Settled<T>
}

/**
 * Asks whenever the question changes. The last one wins: an answer to an older question is dropped, and nothing of
 * another scope is ever given out.
 *
 * @param scope - What is asked, such as a session; null asks nothing.
 * @param key - What the question depends on; null asks nothing.
 * @param delayMs - Asks only once the question has been the same for this long, in milliseconds.
 */
export function useAnswer<T>(
  scope: unknown,
  key: string | null,
  ask: () => Promise<T>,
  delayMs = 0,
): Answer<T> {
  const [attempt, setAttempt] = useState(0)
  const [kept, setKept] = useState<Kept<T> | null>(null)
  // The key says all that the question depends on.
  const newest = useRef(ask)
  useEffect(() => {
    newest.current = ask
  })
  useEffect(() => {
    if (scope === null || key === null) return
    let isCurrent = true
    const settle = (settled: Settled<T>): void => {
      if (isCurrent) setKept({ scope, key, attempt, settled })
    }
    const begin = (): void => {
      // Strict mode begins, stops and begins again in one breath: what is stopped by then is not asked at all.
      queueMicrotask(() => {
        if (!isCurrent) return
        new Promise<T>((resolve) => resolve(newest.current())).then(
          (value) => settle({ kind: 'answer', value }),
          (thrown: unknown) => settle({ kind: 'failure', error: asError(thrown), thrown }),
        )
      })
    }
    const timer = delayMs > 0 ? setTimeout(begin, delayMs) : undefined
    if (timer === undefined) begin()
    return () => {
      isCurrent = false
      clearTimeout(timer)
    }
  }, [scope, key, attempt, delayMs])
  const again = useCallback(() => setAttempt((before) => before + 1), [])
  const isAsked = scope !== null && key !== null
  const own = isAsked && kept?.scope === scope ? kept : null
  return {
    settled: own?.settled ?? null,
    isAsking: isAsked && (own?.key !== key || own.attempt !== attempt),
    again,
  }
}
