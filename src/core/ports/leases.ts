import type { AbortSignalLike } from './abort-signal-like.ts'
/** The exclusive right of one worker to run a session's jobs. At most one holder per origin. */
export interface Lease {
  /** Resolves when the right is gone, whatever the reason. Never rejects. */
  readonly lost: Promise<void>
  release(): void
}

/** Hands out leases. A waiting request is granted in order, when the holder releases or dies. */
export interface Leases {
  /** Rejects with the signal's reason when it is aborted before the lease is granted. */
  acquire(session: string, signal: AbortSignalLike): Promise<Lease>
  /** Whether nobody holds it at this moment. */
  isFree(session: string): Promise<boolean>
}
