import type { Snapshotted, Write } from '../ports/session-store.ts'
import { assembleContext } from '../session/assemble.ts'
import { sumCategories } from '../session/categories.ts'
import type { CheckResult, Generation, Stub } from '../session/generation.ts'
import { reviseSession, ROW_SCHEMA, type SessionRow } from '../session/session-row.ts'
import type { Job } from './job.ts'
import { NO_SPEND } from './spend.ts'

export interface StubCandidate {
  readonly session: SessionRow
  readonly generation: Generation
  readonly job: Job
}

/** What {@link stubCandidate} must be given. */
export const STUB_QUERY = { head: true, tail: true, pins: true, openJob: true } as const

/**
 * A candidate that covers what the head covers, and moves payloads above the mark out besides: it goes the way
 * of every other, from the check to the apply at a natural break, with a snapshot to roll back to.
 *
 * Undefined where there is no head to build on, or the slot is taken: then the payloads go with the next fold.
 *
 * @param read - With {@link STUB_QUERY}.
 * @see SPEC.md rule MEM7
 */
export function stubCandidate(
  read: Snapshotted,
  stubs: readonly Stub[],
  owner: string,
  now: number,
): { readonly writes: readonly Write[]; readonly outcome: StubCandidate | undefined } {
  const { session, head, tail, pins } = read
  if (!session || !head || session.openJob !== 0 || session.candidate !== 0) return NONE
  const known = new Set(head.stubs.map(({ seq, part }) => `${seq}:${part}`))
  const pinned = new Set(session.pins)
  const there = new Set(tail.map(({ seq }) => seq))
  const added = stubs.filter(
    ({ seq, part }) => there.has(seq) && !pinned.has(seq) && !known.has(`${seq}:${part}`),
  )
  if (added.length === 0) return NONE
  const n = session.lastGeneration + 1
  const before = sumCategories(session.tokens.context)
  const next: Generation = {
    ...head,
    n,
    schema: ROW_SCHEMA,
    parent: head.n,
    stubs: [...head.stubs, ...added].toSorted((a, b) => a.seq - b.seq || a.part - b.part),
    status: 'candidate',
    job: session.lastJob + 1,
    createdAt: now,
    tokensBefore: before,
  }
  const context = assembleContext({ head: next, pins, tail, pinned: session.pins })
  // Of the new one nobody has heard.
  const { appliedAt: _, record: __, ...fresh } = next
  const generation: Generation = {
    ...fresh,
    tokensAfter: context.tokens,
    categoriesAfter: context.categories,
    checks: checksOf(head, before, context.tokens),
  }
  const job = readyJob(read, session, generation, owner, 'payloads archived', now)
  const row = reviseSession(session, {
    lastGeneration: n,
    lastJob: job.n,
    candidate: n,
    openJob: job.n,
  })
  return {
    writes: [
      { table: 'generations', row: generation },
      { table: 'jobs', row: job },
      { table: 'sessions', row },
    ],
    outcome: { session: row, generation, job },
  }
}

const NONE = { writes: [], outcome: undefined } as const

function checksOf(head: Generation, before: number, after: number): readonly CheckResult[] {
  return [
    { name: 'coverage', outcome: 'passed', detail: `covers what generation ${head.n} covers` },
    { name: 'gain', outcome: 'passed', detail: `${before} → ${after} tokens, as asked for` },
  ]
}

/** A job without blocks: nothing is read that the head has not read. */
export function readyJob(
  { tail }: Snapshotted,
  session: SessionRow,
  generation: Generation,
  owner: string,
  reason: string,
  now: number,
): Job {
  return {
    session: session.id,
    n: generation.job,
    schema: ROW_SCHEMA,
    trigger: 'manual',
    state: 'ready',
    reason,
    base: session.head,
    baseVersion: session.headVersion,
    branch: session.branch,
    from: tail[0]?.seq ?? session.mark + 1,
    mark: generation.mark,
    epoch: session.epoch,
    attempt: 1,
    owner,
    blocks: [],
    done: 0,
    messages: 0,
    pins: session.pins,
    logTokens: session.tokens.log,
    extractors: [],
    spend: NO_SPEND,
    leftOut: [],
    tokensBefore: generation.tokensBefore,
    tokensAfter: generation.tokensAfter,
    generation: generation.n,
    startedAt: now,
  }
}
