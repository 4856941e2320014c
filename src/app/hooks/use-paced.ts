import { useEffect, useRef, useState } from 'react'

/**
 * A value that changes at most every so often, for what must not be asked for at each frame. The newest
 * value always comes through in the end.
 *
 * @param gapMs - Least time between two changes, in milliseconds.
 */
export function usePaced<T>(value: T, gapMs: number): T {
  const [paced, setPaced] = useState(value)
  const changedAt = useRef(0)
  useEffect(() => {
    const wait = Math.max(0, changedAt.current + gapMs - performance.now())
    const timer = setTimeout(() => {
      changedAt.current = performance.now()
      setPaced(value)
    }, wait)
    return () => clearTimeout(timer)
  }, [value, gapMs])
  return paced
}
