/** How much may still be said, refilled as time goes by. */
export interface Rate {
  readonly left: number
  /** When that was, in milliseconds of any clock that does not go back. */
  readonly at: number
}

export interface RateBounds {
  /** Most at once. */
  readonly burst: number
  readonly perSecond: number
}

export function fullRate({ burst }: RateBounds, now: number): Rate {
  return { left: burst, at: now }
}

/** @returns What is left afterwards, and whether it was enough: nothing is taken if not. */
export function takeFrom(
  { left, at }: Rate,
  { burst, perSecond }: RateBounds,
  now: number,
  cost: number,
): { readonly rate: Rate; readonly isEnough: boolean } {
  const passed = Math.max(0, now - at) / 1_000
  const refilled = Math.min(burst, left + passed * perSecond)
  const isEnough = cost <= refilled
  return { rate: { left: isEnough ? refilled - cost : refilled, at: now }, isEnough }
}
