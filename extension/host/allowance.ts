/** How much somebody may still do. */
export interface Allowance {
  /** Takes one; false where nothing is left. */
  take(): boolean
}

/** @param perSecond - What comes back, up to `burst`. */
export function createAllowance(now: () => number, burst: number, perSecond: number): Allowance {
  let left = burst
  let since = now()
  return {
    take() {
      const time = now()
      // A clock that jumps back gives nothing.
      left = Math.min(burst, left + (Math.max(0, time - since) / 1_000) * perSecond)
      since = time
      if (left < 1) return false
      left -= 1
      return true
    },
  }
}
