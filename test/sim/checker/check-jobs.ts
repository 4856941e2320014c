import type { Job } from '../../../src/core/compaction/job.ts'
import type { Message } from '../../../src/core/session/message.ts'
import { expectThat } from './invariant-error.ts'
import { isRequest } from './turn-state.ts'
import type { CommittedRows, Delta, View } from './view.ts'

/** Turns after which a call without a result counts as given up, at the hard threshold and otherwise. */
const PATIENCE = { hard: 1, otherwise: 3 } as const

/** Jobs: one at a time over all tabs, its steps by its owner only, its cut legal, its end with a reason. */
export class JobCheck {
  /** First position that was free when a job began. */
  readonly nextSeqAt: Map<number, number> = new Map()
  /** Those that only mend the rules of the head: ready at once, and covering nothing new. */
  readonly mends: Set<number> = new Set()

  /** @param owner - Name that the engine which wrote this has among all engines. */
  check(
    views: readonly View[],
    after: View,
    { jobs }: Delta,
    rows: CommittedRows,
    owner: string,
  ): void {
    for (const { before: known, after: job } of jobs) {
      if (known) checkStep(known, job, owner)
      else this.checkBegin(job, views, owner)
      const isEnded = job.state !== 'running'
      expectThat(!isEnded || Boolean(job.reason), `job ${job.n} is ${job.state} without a reason`)
    }
    const holding = [...rows.jobs.values()].filter(holdsSlot)
    expectThat(holding.length <= 1, () => `jobs ${holding.map(({ n }) => n).join()} hold the slot`)
    const open = holding[0]?.n ?? 0
    const { openJob, candidate } = after.session
    expectThat(open === openJob, `job ${open} runs, and job ${openJob} has the slot`)
    const isReady = holding[0]?.state === 'ready'
    expectThat(
      isReady === (candidate !== 0),
      `a job is ready without its candidate, or the reverse`,
    )
  }

  private checkBegin(job: Job, views: readonly View[], owner: string): void {
    expectThat(job.owner === owner, `job ${job.n} of ${job.owner} was begun by ${owner}`)
    const isMend = job.state === 'ready' && job.messages === 0
    const isBegun = job.state === 'running' || isMend
    expectThat(isBegun && job.done === 0 && job.attempt === 1, 'a job begins oddly')
    const before = views.at(-1)
    if (!before) return
    this.nextSeqAt.set(job.n, before.session.nextSeq)
    const { session } = before
    expectThat(job.base === session.head && job.branch === session.branch, 'a job on another base')
    expectThat(job.baseVersion === session.headVersion, 'a job on another version of its base')
    if (isMend) {
      expectThat(job.mark === session.mark, 'a mend that covers something else')
      this.mends.add(job.n)
      return
    }
    checkCut(job, before)
    checkTail(job, before, views)
  }
}

function holdsSlot({ state }: Job): boolean {
  return state === 'running' || state === 'ready'
}

/** What may become of a job: its owner goes on, another takes it up or puts an end to it. */
function checkStep(known: Job, job: Job, owner: string): void {
  const what = `job ${job.n} (${known.state} → ${job.state})`
  expectThat(job.mark === known.mark && job.base === known.base, `${what} changed its range`)
  expectThat(holdsSlot(known), `${what} was ended already`)
  const isTakeOver = job.epoch > known.epoch
  if (isTakeOver) {
    expectThat(job.owner === owner, `${what} was taken over for somebody else`)
    expectThat(job.done === known.done, `${what} was taken over and changed at once`)
    return
  }
  expectThat(job.epoch === known.epoch, `${what}: its epoch went back`)
  const isProgress =
    job.done !== known.done ||
    job.state === 'rejected' ||
    job.state === 'failed' ||
    (job.state === 'ready' && known.state === 'running') ||
    (job.state === 'abandoned' && job.reason === 'cancelled')
  expectThat(!isProgress || job.owner === owner, `${owner} went on with ${what} of ${job.owner}`)
  const steps = job.done - known.done
  expectThat(steps === 0 || steps === 1, `${what} went ${steps} blocks on`)
}

/** Checks a new job's mark against every rule of cutting, by looking at what is on both sides. */
function checkCut(job: Job, { session, active }: View): void {
  const above = active.filter(({ seq }) => seq > session.mark)
  const covered = above.filter(({ seq }) => seq <= job.mark)
  const kept = above.filter(({ seq }) => seq > job.mark)
  expectThat(covered.at(-1)?.seq === job.mark, `mark ${job.mark} is no active message`)
  expectThat(job.messages === covered.length, `job ${job.n} counts its messages wrong`)
  const patience = job.trigger === 'hard' ? PATIENCE.hard : PATIENCE.otherwise
  const results = new Map(kept.flatMap((m) => idsOf(m, 'tool-result').map((id) => [id, m.seq])))
  const answered = new Set(covered.flatMap((m) => idsOf(m, 'tool-result')))
  for (const message of covered) {
    for (const id of idsOf(message, 'tool-call')) {
      const at = results.get(id)
      expectThat(at === undefined, `mark ${job.mark} parts call ${id} from its result at ${at}`)
      const since = above.filter((other) => other.seq > message.seq && isRequest(other)).length
      const isOver = answered.has(id) || since >= patience
      expectThat(isOver, `mark ${job.mark} covers call ${id}, which is open`)
    }
  }
}

/** Views back to which the policy may have been read that a job began with: when its turn began. */
const POLICY_AGE = 80

/** What a cut leaves is at least the retained tail, under a policy that was in force when it was read. */
function checkTail(job: Job, { active }: View, views: readonly View[]): void {
  const kept = active.filter(({ seq }) => seq > job.mark)
  const tokens = kept.reduce((sum, message) => sum + message.tokens, 0)
  const hard = job.trigger === 'hard'
  const isKept = views.slice(-POLICY_AGE).some(({ session: { policy } }) => {
    const { retainedTail, budget } = policy
    const least = hard ? Math.min(2, retainedTail.messages) : retainedTail.messages
    return kept.length >= least && tokens >= (hard ? 0 : budget.tokens * retainedTail.share)
  })
  expectThat(isKept, `mark ${job.mark} leaves ${kept.length} messages of ${tokens} tokens`)
}

function idsOf({ parts }: Message, type: 'tool-call' | 'tool-result'): readonly string[] {
  return parts.flatMap((part) => (part.type === type && 'callId' in part ? [part.callId] : []))
}
