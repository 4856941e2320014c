import type { AbortSignalLike } from './abort-signal-like.ts'
/** Time, as a port so that a simulation can own it. It orders nothing. */
export interface Clock {
  /** Unix time in milliseconds. May jump, also backwards. */
  now(): number
  /** Resolves after a delay in milliseconds; rejects with the signal's reason when it is aborted. */
  delay(delayMs: number, signal: AbortSignalLike): Promise<void>
}
