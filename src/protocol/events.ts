import type { Trigger } from '../core/compaction/job.ts'
import type { Categories } from '../core/session/context.ts'
import type { SessionDetails } from '../core/session/session-details.ts'

/** Everything a session tells its host. Events are facts, hence the past tense. */
export type BackfoldEvent =
  | { readonly type: 'appended'; readonly from: number; readonly to: number }
  | { readonly type: 'job-queued'; readonly trigger: Trigger }
  | (JobFields & { readonly type: 'job-started'; readonly trigger: Trigger; readonly mark: number })
  | (JobFields & { readonly type: 'job-progressed'; readonly done: number; readonly of: number })
  | (JobFields & { readonly type: 'candidate-ready'; readonly generation: number })
  | (JobFields & { readonly type: 'applied'; readonly generation: number })
  | (JobFields & { readonly type: 'skipped' | 'rejected' | 'failed'; readonly reason: string })
  | {
      readonly type: 'rolled-back'
      readonly from: number
      readonly to: number
      /** Why it happened by itself; none if a person asked for it. */
      readonly reason?: string
    }
  /**
   * A fold lost something and could not be rolled back: what is missed was pinned instead. Or its rules were not
   * those in force any more: then this generation, which has them, follows it.
   */
  | {
      readonly type: 'mended'
      readonly generation: number
      readonly pinned: readonly number[]
      readonly reason: string
    }
  | { readonly type: 'branched'; readonly behind: number }
  /**
   * What other devices said was taken in. Messages from `from` to `to` are new, or in other places if some have `moved`:
   * whoever shows them reads them again. There are none where `from` is above `to`.
   */
  | {
      readonly type: 'synced'
      readonly from: number
      readonly to: number
      readonly moved: boolean
    }
  | { readonly type: 'worker-restarted'; readonly reason: string }

interface JobFields {
  readonly job: number
}

/** An event with where and when it happened, and what it made of the context. */
export type SessionEvent = BackfoldEvent & {
  /**
   * Estimated tokens of the context before and after, by category. Of a `candidate-ready`: after it
   * is applied. Of events that change nothing both are the same.
   */
  readonly before: Categories
  readonly after: Categories
  readonly session: string
  /** Unix time in milliseconds. */
  readonly at: number
}

export type EventType = BackfoldEvent['type']

/** The events of one type, or of all. */
export type EventOf<T extends EventType | '*'> = T extends EventType
  ? SessionEvent & { readonly type: T }
  : SessionEvent

/** A session at a glance; a new value whenever anything in it changes. */
export interface SessionState {
  readonly session: string
  /** What it is called and how it is kept. */
  readonly details: SessionDetails
  /** Head generation; 0 while nothing was folded. */
  readonly generation: number
  /** Newest message covered by the head generation. */
  readonly mark: number
  /** Newest message of the log; 0 for an empty log. */
  readonly newest: number
  readonly messages: number
  readonly budget: { readonly tokens: number; readonly soft: number; readonly hard: number }
  readonly tokens: {
    readonly log: number
    readonly context: number
    readonly categories: Categories
  }
  /** Positions of all pinned messages, ascending. */
  readonly pins?: readonly number[]
  readonly job: JobStatus
  /** Generation of the ready candidate, if any. */
  readonly candidate: number | null
  /** The head generation's probation, while it lasts. */
  readonly probation: ProbationStatus | null
  /** What will happen next, as one sentence for people. */
  readonly nextAction: string
  readonly health: Health
  /** Missing where the session was never synchronised. */
  readonly sync?: SessionSync
}

/** How far a session is on the server that all devices share. */
export interface SessionSync {
  /** Newest message that the server has confirmed; those above it may still change places. */
  readonly confirmed: number
  /** Messages and changes that it has not confirmed. */
  readonly pending: number
  /** Advances when messages have changed places, so that who shows them reads them again. */
  readonly moves: number
  /** How often settled messages did, because the server had lost some and others said them again; missing for never. */
  readonly mended?: number
  /** What people call the device that folds the session at present; missing if none does. */
  readonly foldedBy?: string
}

export interface ProbationStatus {
  readonly generation: number
  /** Turns that may still be started in it, this one included. */
  readonly turnsLeft: number
  /** What speaks against the generation, one sentence each. */
  readonly evidence: readonly string[]
}

export type JobStatus =
  | { readonly status: 'idle' }
  | { readonly status: 'queued'; readonly trigger: Trigger }
  | {
      readonly status: 'running'
      readonly job: number
      readonly trigger: Trigger
      readonly done: number
      readonly of: number
      readonly startedAt: number
    }
  | { readonly status: 'ready'; readonly job: number; readonly generation: number }

/** Whether folding works, and if not, why. */
export type Health =
  | { readonly status: 'ok' }
  | { readonly status: 'degraded'; readonly reason: string }
  | { readonly status: 'paused'; readonly reason: string }
