import type { Generation } from '../session/generation.ts'
import type { Message, Seq } from '../session/message.ts'
import type { SessionRow } from '../session/session-row.ts'
import type { Job } from './job.ts'
import { softThreshold } from './pressure.ts'

/**
 * What to do with a ready candidate now.
 *
 * `apply`: nothing it rests on has changed. `extend`: apply it, and fold what came since at once,
 * because it is much. `rebuild`: what it covers is unchanged, but what it was chosen for is not.
 * `discard`: it no longer fits the log, or somebody else has moved on.
 */
export type Staleness =
  | { readonly kind: 'apply' | 'extend' }
  | { readonly kind: 'rebuild' | 'discard'; readonly reason: StaleReason }

export type StaleReason =
  | 'no-candidate'
  | 'older-epoch'
  | 'head-moved'
  | 'covered-part-changed'
  | 'branch-changed'
  | 'too-old'
  | 'pin-covered'
  | 'pin-taken-off'

/** What a candidate is compared with. */
export interface StalenessFacts {
  readonly session: SessionRow
  readonly candidate: Generation | undefined
  /** Job that made the candidate. */
  readonly job: Job | undefined
  /** Message of the log at the candidate's mark. */
  readonly atMark: Message | undefined
  readonly now: number
}

/**
 * Looks at epoch, head, coverage hash, branch, pins, age and growth of the tail, in this order.
 *
 * Total and pure. The result depends on content, never on the clock alone: a clock that jumps back
 * makes nothing too old.
 *
 * @see SPEC.md rules STALE1–STALE7
 */
export function decideStaleness(facts: StalenessFacts): Staleness {
  const { session, candidate, job, atMark, now } = facts
  if (!candidate || !job) return { kind: 'discard', reason: 'no-candidate' }
  if (job.epoch < session.epoch) return { kind: 'discard', reason: 'older-epoch' }
  if (job.base !== session.head || job.baseVersion !== session.headVersion) {
    return job.branch === session.branch
      ? { kind: 'discard', reason: 'head-moved' }
      : { kind: 'discard', reason: 'branch-changed' }
  }
  if (!atMark?.active || atMark.chain !== candidate.coverage) {
    return { kind: 'discard', reason: 'covered-part-changed' }
  }
  const pinnedSince = session.pins.filter((seq) => !job.pins.includes(seq))
  const isCovered = (seq: Seq): boolean => seq > session.mark && seq <= candidate.mark
  const isStubbed = (seq: Seq): boolean => candidate.stubs.some((stub) => stub.seq === seq)
  if (pinnedSince.some((seq) => isCovered(seq) || isStubbed(seq))) {
    return { kind: 'rebuild', reason: 'pin-covered' }
  }
  // What stood in the context by its pin is not in the digest.
  if (job.pins.some((seq) => isCovered(seq) && !session.pins.includes(seq))) {
    return { kind: 'rebuild', reason: 'pin-taken-off' }
  }
  if (now - candidate.createdAt > session.policy.candidateMaxAgeMs) {
    return { kind: 'rebuild', reason: 'too-old' }
  }
  return { kind: leavesTooMuch(session, candidate, atMark) ? 'extend' : 'apply' }
}

/** Whether the context would be above the soft threshold right after the apply. */
function leavesTooMuch(session: SessionRow, candidate: Generation, atMark: Message): boolean {
  const tail = session.tokens.log - atMark.through
  const soft = softThreshold(session.policy.budget, session.headroom)
  return candidate.digestTokens + tail >= soft
}
