import { useEffect, useEffectEvent, useState } from 'react'
import type { Problem } from '../view/error-advice.ts'
import { describeProblem } from '../view/error-advice.ts'

/** A request's answer as far as it is known. While a new one is under way, the old answer stays. */
export interface Requested<T> {
  readonly value: T | null
  readonly problem: Problem | null
  readonly loading: boolean
}

/**
 * Sends a request whenever its key changes; an answer to an older key is dropped.
 *
 * @param key - What the request depends on; null sends nothing.
 */
export function useRequest<T>(key: string | null, send: () => Promise<T>): Requested<T> {
  const [state, setState] = useState<Requested<T>>({ value: null, problem: null, loading: false })
  // The key says all that the request depends on.
  const onSend = useEffectEvent(send)
  useEffect(() => {
    if (key === null) {
      setState({ value: null, problem: null, loading: false })
      return
    }
    let current = true
    setState((before) => ({ ...before, loading: true }))
    onSend().then(
      (value) => current && setState({ value, problem: null, loading: false }),
      (error: unknown) =>
        current && setState({ value: null, problem: describeProblem(error), loading: false }),
    )
    return () => {
      current = false
    }
  }, [key])
  return state
}
