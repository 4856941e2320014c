import type { Snapshotted, Write } from '../ports/session-store.ts'
import { assembleContext, contextHash } from '../session/assemble.ts'
import { sumCategories } from '../session/categories.ts'
import type { Categories } from '../session/context.ts'
import type { Generation, Snapshot } from '../session/generation.ts'
import { reviseSession, type SessionRow } from '../session/session-row.ts'
import type { Job } from './job.ts'
import { startProbation } from './probation.ts'
import { checkRulesInContext, type RuleFaults } from '../memory/vault/check-rules.ts'
import { decideStaleness, type StaleReason } from './staleness.ts'

/** What an apply did. A refusal leaves the context untouched and frees the slot. */
export type Applied =
  | {
      readonly kind: 'applied'
      readonly session: SessionRow
      readonly generation: Generation
      readonly job: Job
      readonly before: Categories
      /** True if so much came since that the next job should start at once. */
      readonly extend: boolean
      /** What the context has of the rules in force, and has not: decisions since the candidate was made. */
      readonly ruleFaults: RuleFaults
    }
  | {
      readonly kind: 'refused'
      readonly reason: StaleReason
      readonly rebuild: boolean
      readonly session: SessionRow | undefined
    }

/**
 * Makes the ready candidate the head generation, by compare-and-swap, together with the snapshot of
 * the context it replaces.
 *
 * Pure and total; runs inside one transaction. It reads only what stands above the new mark, so its
 * cost does not depend on how much the candidate covers. The tail it is given starts above the
 * *candidate's* mark.
 *
 * @param read - With `rules`, which the context that comes of it is looked through for.
 * @see SPEC.md rules APPLY1–APPLY4, VAULT8
 */
export function applyCandidate(
  read: Snapshotted,
  now: number,
): { readonly writes: readonly Write[]; readonly outcome: Applied } {
  const { session, candidate, candidateMark: atMark } = read
  if (!session) {
    const outcome: Applied = { kind: 'refused', reason: 'no-candidate', rebuild: false, session }
    return { writes: [], outcome }
  }
  const job = read.openJob
  const staleness = decideStaleness({ session, candidate, job, atMark, now })
  if (staleness.kind === 'rebuild' || staleness.kind === 'discard' || !candidate || !job) {
    const reason = 'reason' in staleness ? staleness.reason : 'no-candidate'
    return refuse(read, session, reason, staleness.kind === 'rebuild', now)
  }
  const generation: Generation = { ...candidate, status: 'applied', appliedAt: now }
  const { pins, tail } = read
  const context = assembleContext({ head: generation, pins, tail, pinned: session.pins })
  const after = reviseSession(session, {
    head: generation.n,
    mark: generation.mark,
    headVersion: session.headVersion + 1,
    candidate: 0,
    openJob: 0,
    holdUntil: 0,
    probation: startProbation(generation.n, session.turns, session.policy.probation),
    tokens: { log: session.tokens.log, context: context.categories },
  })
  const applied: Job = {
    ...job,
    state: 'applied',
    reason: `generation ${generation.n} applied`,
    // As they are now: much may have been appended since the job started.
    tokensBefore: sumCategories(session.tokens.context),
    tokensAfter: context.tokens,
    endedAt: now,
  }
  const writes: Write[] = [
    { table: 'generations', row: generation },
    { table: 'snapshots', row: snapshotBefore(read, session, generation.n) },
    { table: 'jobs', row: applied },
    { table: 'sessions', row: after },
  ]
  return {
    writes,
    outcome: {
      kind: 'applied',
      session: after,
      generation,
      job: applied,
      before: session.tokens.context,
      extend: staleness.kind === 'extend',
      ruleFaults: ruleFaultsOf(read, generation),
    },
  }
}

/** What the context will have of the rules in force, and has not. */
function ruleFaultsOf({ rules, pins, tail }: Snapshotted, generation: Generation): RuleFaults {
  return checkRulesInContext({
    rows: rules,
    digest: generation.digest,
    leftOut: generation.rulesLeftOut ?? [],
    verbatim: new Set([...pins, ...tail].map(({ seq }) => seq)),
  })
}

/** Frees the slot of a candidate that no longer fits. */
function refuse(
  { candidate, openJob }: Snapshotted,
  session: SessionRow,
  reason: StaleReason,
  rebuild: boolean,
  now: number,
): { readonly writes: readonly Write[]; readonly outcome: Applied } {
  const writes: Write[] = []
  if (candidate?.status === 'candidate') {
    writes.push({ table: 'generations', row: { ...candidate, status: 'rejected' } })
  }
  if (openJob?.state === 'ready') {
    const ended: Job = { ...openJob, state: 'superseded', reason, endedAt: now }
    writes.push({ table: 'jobs', row: ended })
  }
  const openStays = openJob?.state === 'running'
  const freed = reviseSession(session, {
    candidate: 0,
    openJob: openStays ? session.openJob : 0,
  })
  const isHeld = session.candidate !== 0 || (session.openJob !== 0 && !openStays)
  if (isHeld) writes.push({ table: 'sessions', row: freed })
  return {
    writes,
    outcome: { kind: 'refused', reason, rebuild, session: isHeld ? freed : session },
  }
}

function snapshotBefore(read: Snapshotted, session: SessionRow, n: number): Snapshot {
  return {
    session: session.id,
    n,
    generation: session.head,
    mark: session.mark,
    through: session.nextSeq - 1,
    pins: session.pins,
    branch: session.branch,
    hash: contextHash(read.head, session.pins, session.chain),
  }
}
