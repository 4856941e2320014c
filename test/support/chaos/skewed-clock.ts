import type { Clock } from '../../../src/core/ports/clock.ts'
import { systemClock } from '../../../src/tabs/system-clock.ts'

/** The clock of a device that is wrong: it waits as long as others do, and tells another time. */
export interface SkewedClock extends Clock {
  /** From now on it tells another time, by so many milliseconds; backwards where they are less than none. */
  jump(ms: number): void
}

/** @param skewMs - How far it is ahead of this machine's, in milliseconds. */
export function createSkewedClock(skewMs: number): SkewedClock {
  let skew = skewMs
  return {
    now: () => systemClock.now() + skew,
    delay: systemClock.delay,
    jump(ms) {
      skew += ms
    },
  }
}
