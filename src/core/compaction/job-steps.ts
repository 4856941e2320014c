import type { ReadQuery, Snapshotted, Write } from '../ports/session-store.ts'
import { mergeRuns } from '../memory/pads/merge-runs.ts'
import type { Generation } from '../session/generation.ts'
import type { Message, Seq } from '../session/message.ts'
import { pinWholeExchanges } from '../session/pin.ts'
import { reviseSession, ROW_SCHEMA, type SessionRow } from '../session/session-row.ts'
import { sumCategories } from '../session/categories.ts'
import { mergeRules } from '../memory/vault/settle-rules.ts'
import type { Candidate } from './candidate.ts'
import { chooseCut, type CutBounds, type NoCutReason } from './cut.ts'
import type { BlockRange, BlockResult, Job, JobState, LeftOut, Trigger } from './job.ts'
import { learnHeadroom } from './pressure.ts'
import { addSpend, NO_SPEND, spendInWindow, type Spend, type SpendWindow } from './spend.ts'

/** Outcome of a step that only the present lease holder may take. */
export type Fenced<T> =
  { readonly kind: 'ok'; readonly value: T } | { readonly kind: 'fenced'; readonly reason: string }

export interface JobRequest {
  readonly session: string
  readonly trigger: Trigger
  readonly bounds: CutBounds
  readonly instructions?: string
  /** Worker that takes the job. */
  readonly owner: string
  readonly extractors: readonly string[]
  /** Most tokens of one block; the policy's by default. */
  readonly blockTokens?: number
  /** At the hard threshold: finish the job that is under way, without a model, rather than begin another. */
  readonly takesOver?: boolean
  readonly now: number
}

export type JobStart =
  | { readonly kind: 'started' | 'resumed'; readonly job: Job; readonly session: SessionRow }
  | { readonly kind: 'ready'; readonly job: Job; readonly session: SessionRow }
  | {
      readonly kind: 'none'
      readonly reason: NoCutReason | 'no-session'
      readonly session?: SessionRow
    }

/** What {@link beginJob} must be given. */
export function jobQuery(session: string): ReadQuery {
  return { session, head: true, tail: true, pins: true, openJob: true, candidate: true }
}

/**
 * Takes the slot for a lease holder: issues a new epoch, so that whatever an older holder still does
 * is refused, then resumes the job that it left behind if that still fits, or starts a new one.
 *
 * @see SPEC.md rules JOB1–JOB5
 */
export function beginJob(
  read: Snapshotted,
  request: JobRequest,
): { readonly writes: readonly Write[]; readonly outcome: JobStart } {
  const { openJob } = read
  if (!read.session) return { writes: [], outcome: { kind: 'none', reason: 'no-session' } }
  const session = pinWholeExchanges(read.session, read.head, [...read.pins, ...read.tail])
  const epoch = session.epoch + 1
  const mayResume = request.trigger !== 'hard' || request.takesOver === true
  if (openJob && mayResume && stillFits(openJob, read)) {
    const job: Job = {
      ...openJob,
      trigger: request.trigger === 'hard' ? 'hard' : openJob.trigger,
      epoch,
      owner: request.owner,
      extractors: request.extractors,
      attempt: openJob.attempt + 1,
    }
    const row = reviseSession(session, { epoch })
    const writes: Write[] = [
      { table: 'jobs', row: job },
      { table: 'sessions', row },
    ]
    if (job.state === 'ready') return { writes, outcome: { kind: 'ready', job, session: row } }
    return { writes, outcome: { kind: 'resumed', job, session: row } }
  }
  const cleared = abandon(read, session, request.now)
  const spend = spendAfter(session, openJob, request.now)
  const leastTokens = sumCategories(session.tokens.context) * session.policy.minimumGain
  const cut = chooseCut(read.tail, { leastTokens, ...request.bounds })
  if (cut.kind === 'none') {
    const row = reviseSession(session, { epoch, openJob: 0, candidate: 0, spend })
    const writes: Write[] = [...cleared, { table: 'sessions', row }]
    return { writes, outcome: { kind: 'none', reason: cut.reason, session: row } }
  }
  const job = newJob(read, session, request, cut.mark, epoch)
  const row = reviseSession(session, {
    epoch,
    lastJob: job.n,
    openJob: job.n,
    candidate: 0,
    spend,
  })
  return {
    writes: [...cleared, { table: 'jobs', row: job }, { table: 'sessions', row }],
    outcome: { kind: 'started', job, session: row },
  }
}

/** The rows of a finished block. They count for nothing until {@link finishBlock} says so. */
export function blockRows(job: Job, result: BlockResult): readonly Write[] {
  return [
    {
      table: 'blocks',
      row: { ...result.digest, session: job.session, job: job.n, block: job.done },
    },
    ...result.artifacts.map((row): Write => ({ table: 'artifacts', row })),
  ]
}

/** What a block cost that only free extractors worked on. */
const FREE = { spend: NO_SPEND, leftOut: [] } as const

/** Most reasons kept in a job's row. */
const MAX_LEFT_OUT = 100

/** Counts a block as finished once its rows are stored, so that a killed job resumes behind it. */
export function finishBlock(
  read: Snapshotted,
  job: Job,
  cost: { readonly spend: Spend; readonly leftOut: readonly Omit<LeftOut, 'block'>[] } = FREE,
): { readonly writes: readonly Write[]; readonly outcome: Fenced<Job> } {
  const refused = fence(read, job)
  if (refused) {
    // Nobody else removes the rows of a block that was finished too late.
    const isOver = read.openJob?.n !== job.n
    const remove = { session: job.session, job: job.n }
    return { writes: isOver ? [{ table: 'blocks', remove }] : [], outcome: refused }
  }
  const leftOut = cost.leftOut.map((left) => ({ ...left, block: job.done }))
  const after: Job = {
    ...job,
    done: job.done + 1,
    spend: addSpend(job.spend, cost.spend),
    leftOut: [...job.leftOut, ...leftOut].slice(0, MAX_LEFT_OUT),
  }
  return { writes: [{ table: 'jobs', row: after }], outcome: { kind: 'ok', value: after } }
}

/**
 * Stores a checked candidate beside the head, and in the rules vault what it found; the context does not change. What
 * its messages tell of action pads is counted with it, unless a check failed.
 *
 * @param read - With `openJob` and `rules`, and with `pads: 'all'` if the candidate has runs of pads.
 */
export function saveCandidate(
  read: Snapshotted,
  job: Job,
  candidate: Candidate,
  facts: { readonly summariser: string; readonly now: number },
): { readonly writes: readonly Write[]; readonly outcome: Fenced<Saved> } {
  const refused = fence(read, job)
  const { session } = read
  if (refused || !session) return { writes: [], outcome: refused ?? FENCED_GONE }
  const n = session.lastGeneration + 1
  const failed = candidate.checks.find((check) => check.outcome === 'failed')
  const generation: Generation = {
    session: session.id,
    n,
    schema: ROW_SCHEMA,
    parent: job.base,
    mark: job.mark,
    digest: candidate.digest,
    digestTokens: candidate.digestTokens,
    stubs: candidate.stubs,
    coverage: candidate.coverage,
    covered: candidate.covered,
    tokensBefore: job.tokensBefore,
    tokensAfter: candidate.tokensAfter,
    categoriesAfter: candidate.categoriesAfter,
    summariser: facts.summariser,
    checks: candidate.checks,
    ...(candidate.rulesLeftOut?.length ? { rulesLeftOut: candidate.rulesLeftOut } : {}),
    status: failed ? 'rejected' : 'candidate',
    job: job.n,
    createdAt: facts.now,
  }
  const ended: Job = {
    ...job,
    state: failed ? 'rejected' : 'ready',
    reason: failed ? `check ${failed.name}: ${failed.detail}` : 'all checks passed',
    tokensAfter: candidate.tokensAfter,
    generation: n,
    ...(failed ? { endedAt: facts.now } : {}),
  }
  const row = reviseSession(session, {
    lastGeneration: n,
    candidate: failed ? 0 : n,
    openJob: failed ? 0 : job.n,
    headroom: learnHeadroom(session.headroom, session.tokens.log - job.logTokens),
    spend: spendAfter(session, job, facts.now),
  })
  return {
    writes: [
      { table: 'generations', row: generation },
      ...candidate.artifacts.map((artifact): Write => ({ table: 'artifacts', row: artifact })),
      ...(failed ? [] : [...ruleWrites(read, candidate), ...padWrites(read, candidate)]),
      { table: 'jobs', row: ended },
      // Needed no more, and removed here rather than while a turn waits for the apply.
      { table: 'blocks', remove: { session: job.session, job: job.n } },
      { table: 'sessions', row },
    ],
    outcome: { kind: 'ok', value: { generation, job: ended, session: row } },
  }
}

/** What a candidate found for the vault. One that is rejected changes nothing there, either. */
function ruleWrites({ rules }: Snapshotted, candidate: Candidate): readonly Write[] {
  return mergeRules(rules, candidate.rules ?? []).map((row) => ({ table: 'rules', row }))
}

function padWrites({ session, pads }: Snapshotted, { padRuns = [] }: Candidate): readonly Write[] {
  if (!session || padRuns.length === 0) return []
  const { changed, removed } = mergeRuns(session.id, pads, padRuns)
  return [
    ...removed.map((n): Write => ({ table: 'pads', removePad: { session: session.id, n } })),
    ...changed.map((row): Write => ({ table: 'pads', row })),
  ]
}

export interface Saved {
  readonly generation: Generation
  readonly job: Job
  readonly session: SessionRow
}

/** Stores what an interrupted job has spent. It keeps the slot: whoever takes it over goes on behind its blocks. */
export function leaveJob(
  read: Snapshotted,
  job: Job,
): { readonly writes: readonly Write[]; readonly outcome: Fenced<Job> } {
  const refused = fence(read, job)
  if (refused) return { writes: [], outcome: refused }
  return { writes: [{ table: 'jobs', row: job }], outcome: { kind: 'ok', value: job } }
}

/** Ends a job without a candidate and frees the slot; the context is the one from before. */
export function endJob(
  read: Snapshotted,
  job: Job,
  end: { readonly state: JobState; readonly reason: string; readonly now: number },
): { readonly writes: readonly Write[]; readonly outcome: Fenced<SessionRow> } {
  const refused = fence(read, job)
  const { session } = read
  if (refused || !session) return { writes: [], outcome: refused ?? FENCED_GONE }
  const row = reviseSession(session, {
    openJob: 0,
    candidate: 0,
    spend: spendAfter(session, job, end.now),
  })
  return {
    writes: [
      { table: 'jobs', row: { ...job, state: end.state, reason: end.reason, endedAt: end.now } },
      { table: 'blocks', remove: { session: job.session, job: job.n } },
      { table: 'sessions', row },
    ],
    outcome: { kind: 'ok', value: row },
  }
}

/** The session's spend with that of a job that ends now. One that is ready was counted before. */
export function spendAfter(session: SessionRow, job: Job | undefined, now: number): SpendWindow {
  if (job?.state !== 'running') return session.spend
  return spendInWindow(session.spend, job.spend, session.policy.spend, now)
}

/** Cuts the covered part into blocks of at most so many tokens, at legal or illegal gaps alike. */
export function splitBlocks(
  messages: readonly Message[],
  mark: Seq,
  blockTokens: number,
): readonly BlockRange[] {
  const blocks: BlockRange[] = []
  let tokens = 0
  for (const { seq, tokens: own } of messages) {
    if (seq > mark) break
    const last = blocks.at(-1)
    if (last && tokens + own <= blockTokens) {
      blocks[blocks.length - 1] = { ...last, to: seq, messages: (last.messages ?? 0) + 1 }
      tokens += own
    } else {
      blocks.push({ from: seq, to: seq, messages: 1 })
      tokens = own
    }
  }
  return blocks
}

const FENCED_GONE = { kind: 'fenced', reason: 'the session is gone' } as const

/** Refuses a step of a job that lost its lease or its slot. */
function fence(
  { session, openJob }: Snapshotted,
  job: Job,
): Extract<Fenced<never>, { kind: 'fenced' }> | undefined {
  if (!session) return FENCED_GONE
  if (job.epoch < session.epoch) {
    return {
      kind: 'fenced',
      reason: `epoch ${job.epoch} is over, ${session.epoch} holds the lease`,
    }
  }
  if (openJob?.n !== job.n) return { kind: 'fenced', reason: `job ${job.n} lost its slot` }
  return undefined
}

/** Whether a job left behind by a dead worker can be taken up where it stopped. */
function stillFits(job: Job, { session, tail, candidate }: Snapshotted): boolean {
  if (!session || job.base !== session.head || job.baseVersion !== session.headVersion) return false
  if (job.branch !== session.branch) return false
  if (job.state === 'ready') return candidate !== undefined
  if (job.state !== 'running' || job.attempt >= session.policy.attempts) return false
  return tail.some((message) => message.seq === job.mark)
}

/** Ends whatever held the slot before. */
function abandon({ openJob, candidate }: Snapshotted, session: SessionRow, now: number): Write[] {
  const writes: Write[] = []
  if (openJob && (openJob.state === 'running' || openJob.state === 'ready')) {
    const reason = 'left behind by a former lease holder'
    writes.push({
      table: 'jobs',
      row: { ...openJob, state: 'abandoned', reason, endedAt: now },
    })
    writes.push({ table: 'blocks', remove: { session: session.id, job: openJob.n } })
  }
  if (candidate?.status === 'candidate') {
    writes.push({ table: 'generations', row: { ...candidate, status: 'rejected' } })
  }
  return writes
}

function newJob(
  { tail }: Snapshotted,
  session: SessionRow,
  request: JobRequest,
  mark: Seq,
  epoch: number,
): Job {
  return {
    session: session.id,
    n: session.lastJob + 1,
    schema: ROW_SCHEMA,
    trigger: request.trigger,
    state: 'running',
    base: session.head,
    baseVersion: session.headVersion,
    branch: session.branch,
    from: tail[0]?.seq ?? session.mark + 1,
    mark,
    epoch,
    attempt: 1,
    blocks: splitBlocks(tail, mark, request.blockTokens ?? session.policy.blockTokens),
    done: 0,
    messages: tail.filter((message) => message.seq <= mark).length,
    pins: session.pins,
    ...(request.instructions === undefined ? {} : { instructions: request.instructions }),
    owner: request.owner,
    extractors: request.extractors,
    logTokens: session.tokens.log,
    spend: NO_SPEND,
    leftOut: [],
    tokensBefore: sumCategories(session.tokens.context),
    startedAt: request.now,
  }
}
