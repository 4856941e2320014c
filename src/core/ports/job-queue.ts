import type { AbortSignalLike } from './abort-signal-like.ts'
import type { FoldJob } from '../sync/fold-job.ts'

/**
 * Jobs for workers that fold sessions for devices: at most one waits or runs for each session. A job that is taken comes
 * again, to anybody, where whoever took it neither ends it nor says in time that it goes on.
 */
export interface JobQueue {
  /** Adds a job at the end. */
  offer(place: FoldPlace, job: FoldJob): Promise<Offered>
  /**
   * Waits for a job; resolves to undefined where none came for a while, or the signal is aborted. Rejects where the queue
   * can't be asked.
   */
  take(signal: AbortSignalLike): Promise<TakenFold | undefined>
  /** Jobs that wait or run; undefined where that can't be told. */
  depth(): Promise<number | undefined>
}

/** The session that a job is for. */
export interface FoldPlace {
  readonly space: string
  /** Stands for the session in the remote log. */
  readonly token: string
}

export type Offered =
  | { readonly kind: 'queued' }
  /** One waits or runs for that session. */
  | { readonly kind: 'already-queued' }
  /** It is there or not. */
  | { readonly kind: 'unsure'; readonly reason: string }
  | { readonly kind: 'refused'; readonly detail: string }

/** A job that was taken. Exactly one of `end`, `handBack` and `giveUp` is called, once. */
export interface TakenFold extends FoldPlace {
  /** The same whenever the job comes again. */
  readonly n: number
  /** 1 for the first time. */
  readonly attempt: number
  /** Undefined for what is no job. */
  readonly job: FoldJob | undefined
  /** Says that it goes on, so that nobody else is given it. */
  keep(): void
  /** It is over: the session can be queued again. */
  end(): Promise<void>
  /** Somebody is to do it again, after so many milliseconds. */
  handBack(delayMs: number): Promise<void>
  /** Nobody is to do it again. */
  giveUp(reason: string): Promise<void>
}
