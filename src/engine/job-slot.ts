import { assessPressure } from '../core/compaction/pressure.ts'
import type { CutBounds } from '../core/compaction/cut.ts'
import type { Trigger } from '../core/compaction/job.ts'
import type { Lease } from '../core/ports/leases.ts'
import type { Policy } from '../core/session/policy.ts'
import type { Seq } from '../core/session/message.ts'
import type { CompactOutcome } from '../protocol/requests.ts'
import { withDeadline } from './deadline.ts'
import type { ExtractorSet } from './extractor-set.ts'
import { failureText } from './failure-text.ts'
import { runJob, TAKEN_OVER, type JobEnd } from './job-runner.ts'
import type { SessionCell } from './session-cell.ts'

/** What a person may ask of a job. */
export interface JobWish {
  readonly upTo?: Seq
  readonly instructions?: string
}

/** What is asked of a job besides. */
interface Wish extends JobWish {
  /** Nothing is to be done but what a job left unfinished. */
  readonly onlyResume?: boolean
}

/** Starts, cancels and watches the one job that a session may have in this tab. */
export interface JobSlot {
  /** Looks whether the context calls for a job, and starts one if so. Cheap; never waits. */
  lookAtPressure(): void
  /** Starts a job now, or joins the one that runs. */
  request(wish: JobWish): Promise<CompactOutcome>
  /** Takes up the job that a worker left unfinished when it died, if there is one. */
  resume(): Promise<void>
  /** Starts a job because a candidate became stale, or left too much above it. */
  follow(trigger: 'rebuild' | 'extend'): void
  /** Ends the job of this tab; resolves once its end is recorded. False if there is none. */
  cancel(): Promise<boolean>
  /** Ends the job of this tab and starts none while the work runs, because the work moves the head. */
  suspended<T>(work: () => Promise<T>): Promise<T>
  /** As above, but leaves the job where it is, for {@link JobSlot.force} to finish. */
  interrupted<T>(work: () => Promise<T>): Promise<T>
  /** Ends the job of this tab and starts none any more. */
  close(): Promise<void>
  /** Takes the slot by force and runs a job to its end: for the hard threshold only, and suspended. */
  force(forced: ForcedJob): Promise<JobEnd>
}

/** How a job ends for which nothing is left to do. */
const DONE_MEANWHILE: JobEnd = {
  kind: 'skipped',
  job: undefined,
  reason: 'another tab folded the session meanwhile',
}

/** Why a job was aborted, where a person asked for it. */
const BY_PERSON = new Error('cancelled')

export function createJobSlot(
  cell: SessionCell,
  extractors: ExtractorSet,
  /** Name of this engine among those of all tabs. */
  owner: string,
): JobSlot {
  const { ports } = cell
  let lastEnd: JobEnd | undefined
  let suspensions = 0

  const launch = (trigger: Trigger, wish: Wish, forced?: ForcedJob): Promise<void> => {
    const controller = new AbortController()
    const settled = withLease(cell, controller, trigger, async () => {
      const { policy, openJob, candidate } = cell.row()
      if (wish.onlyResume && (openJob === 0 || candidate !== 0)) return DONE_MEANWHILE
      return runJob(
        ports,
        {
          session: cell.id,
          trigger,
          policy,
          owner,
          extractors,
          bounds: forced?.bounds ?? settledBounds(cell, usualBounds(policy, wish)),
          protectMessages: forced?.protectMessages ?? policy.retainedTail.messages,
          ...(forced && { takesOver: forced.takesOver }),
          ...(wish.instructions === undefined ? {} : { instructions: wish.instructions }),
        },
        controller.signal,
        {
          started: (job, session) => {
            cell.know(session)
            cell.setRunning({ controller, job, settled })
            cell.emit({ type: 'job-started', job: job.n, trigger, mark: job.mark })
            ports.notices.post({ session: cell.id, kind: 'job' })
          },
          progressed: (job) => {
            cell.setRunning({ controller, job, settled })
            cell.emit({ type: 'job-progressed', job: job.n, done: job.done, of: job.blocks.length })
            ports.notices.post({ session: cell.id, kind: 'job' })
          },
        },
      )
    }).then(async (end) => {
      lastEnd = end
      await refresh(cell)
      cell.setRunning(undefined)
      const reason: unknown = controller.signal.reason
      if (recordEnd(cell, end, reason === BY_PERSON)) lookAtPressure()
      ports.notices.post({ session: cell.id, kind: 'job' })
    })
    cell.setRunning({ controller, job: undefined, settled })
    cell.emit({ type: 'job-queued', trigger })
    return settled
  }

  const lookAtPressure = (): void => {
    const row = cell.row()
    const tokens = cell.contextTokens()
    if (suspensions > 0 || !row.policy.automatic || tokens < row.holdUntil) return
    const pressure = assessPressure(tokens, row.policy, row.headroom)
    if (pressure === 'none') return
    if (pressure === 'soft' && ports.sharing?.foldsElsewhere?.()) return
    const command = cell.step({ type: 'pressure-rose', tokens })
    if (command.do === 'start-job') void launch(command.trigger, {})
  }

  const cancel = async (reason: Error = BY_PERSON): Promise<boolean> => {
    const running = cell.running()
    if (!running) return false
    running.controller.abort(reason)
    await running.settled
    return true
  }

  /** Runs work while no job of this tab runs. */
  const without = async <T>(reason: Error, work: () => Promise<T>): Promise<T> => {
    suspensions += 1
    try {
      await cancel(reason)
      return await work()
    } finally {
      suspensions -= 1
      lookAtPressure()
    }
  }

  return {
    lookAtPressure,
    cancel: () => cancel(),
    async resume() {
      const isLeft = (): boolean => cell.row().openJob !== 0 && cell.row().candidate === 0
      // Whoever holds the lease is at work on it.
      if (!isLeft() || !(await ports.leases.isFree(cell.id))) return
      if (suspensions > 0 || !isLeft()) return
      const command = cell.step({ type: 'requested', trigger: 'rebuild' })
      if (command.do === 'start-job') void launch('rebuild', { onlyResume: true })
    },
    follow(trigger) {
      if (suspensions > 0 || !cell.row().policy.automatic) return
      const command = cell.step({ type: 'requested', trigger })
      if (command.do === 'start-job') void launch(trigger, {})
    },
    async request(wish) {
      extractors.reset()
      const running = cell.running()
      if (running) await running.settled
      else if (cell.slot().status !== 'ready') {
        const command = cell.step({ type: 'requested', trigger: 'manual' })
        if (command.do === 'start-job') await launch('manual', wish)
      }
      return outcomeOf(cell, lastEnd)
    },
    suspended: (work) => without(new Error('the head moves'), work),
    interrupted: (work) => without(TAKEN_OVER, work),
    async close() {
      suspensions += 1
      await cancel(new Error('Backfold was closed'))
    },
    async force(forced) {
      cell.step({ type: 'requested', trigger: 'hard' })
      await launch('hard', {}, forced)
      return lastEnd ?? { kind: 'failed', job: undefined, reason: 'no job ran' }
    },
  }
}

/** A job that is run by force. */
export interface ForcedJob {
  readonly bounds: CutBounds
  readonly protectMessages: number
  /** Whether it finishes the job that is under way, if that still fits. */
  readonly takesOver: boolean
}

/** Cut bounds of a job that pressure or a person started. */
export function usualBounds({ budget, retainedTail }: Policy, wish: JobWish = {}): CutBounds {
  return {
    retainMessages: retainedTail.messages,
    retainTokens: budget.tokens * retainedTail.share,
    ...(wish.upTo === undefined ? {} : { upTo: wish.upTo }),
  }
}

/**
 * The same where other devices have a part in the session: what the remote log has not settled may still change places, so
 * no job covers it.
 *
 * @see SPEC.md rule SYNC25
 */
function settledBounds({ ports, row }: SessionCell, bounds: CutBounds): CutBounds {
  const { sync } = row()
  if (!sync || !ports.sharing?.isActive()) return bounds
  return { ...bounds, upTo: Math.min(bounds.upTo ?? Infinity, sync.confirmed) }
}

/** Longest wait for the lease at the hard threshold, in milliseconds. */
const HARD_LEASE_WAIT_MS = 1_000

/**
 * Runs work under the session's lease. At the hard threshold a turn waits for it, so the wait is
 * short; after that the new epoch fences off whoever holds it.
 */
async function withLease(
  cell: SessionCell,
  controller: AbortController,
  trigger: Trigger,
  work: () => Promise<JobEnd>,
): Promise<JobEnd> {
  const lease = await acquireLease(cell, controller.signal, trigger)
  if (!lease && trigger !== 'hard') {
    return { kind: 'abandoned', job: undefined, reason: 'cancelled while waiting for the lease' }
  }
  void lease?.lost.then(() => controller.abort(new Error('the lease was lost')))
  const end = await settle(async () => {
    // While the request was queued, another tab may have done the work.
    await refresh(cell)
    return isStillDue(cell, trigger) ? work() : DONE_MEANWHILE
  })
  lease?.release()
  return end
}

/** The lease, or undefined if the request was cancelled or, at the hard threshold, took too long. */
async function acquireLease(
  { ports, id }: SessionCell,
  signal: AbortSignal,
  trigger: Trigger,
): Promise<Lease | undefined> {
  if (trigger !== 'hard') return ports.leases.acquire(id, signal).catch(() => undefined)
  let acquiring: Promise<Lease> | undefined
  const timed = await withDeadline(ports.clock, HARD_LEASE_WAIT_MS, signal, (inner) => {
    acquiring = ports.leases.acquire(id, inner)
    return acquiring
  })
  if (timed.kind === 'done') return timed.value
  // Granted in the very moment the wait was over: it must not stay taken.
  acquiring?.then(
    (lease) => lease.release(),
    () => {},
  )
  return undefined
}

function isStillDue(cell: SessionCell, trigger: Trigger): boolean {
  const { policy, candidate, headroom } = cell.row()
  const pressure = assessPressure(cell.contextTokens(), policy, headroom)
  switch (trigger) {
    case 'soft':
    case 'extend':
      return candidate !== 0 || pressure !== 'none'
    case 'hard':
      return candidate !== 0 || pressure === 'hard'
    case 'manual':
    case 'rebuild':
      return true
  }
}

async function settle(work: () => Promise<JobEnd>): Promise<JobEnd> {
  try {
    return await work()
  } catch (failure) {
    return { kind: 'failed', job: undefined, reason: failureText(failure) }
  }
}

/** Reads the session's row anew; what cannot be read stays as it was known. */
export async function refresh(cell: SessionCell): Promise<void> {
  try {
    const { session } = await cell.ports.store.read({ session: cell.id })
    if (session) cell.know(session)
  } catch {
    // The next call that needs the store reports what is wrong with it.
  }
}

/** Tells slot and host how the job ended; true if one more look at the pressure is due. */
function recordEnd(cell: SessionCell, end: JobEnd, byPerson: boolean): boolean {
  const row = cell.row()
  const tokens = cell.contextTokens()
  const n = end.job?.n ?? (end.kind === 'ready' ? row.openJob : 0)
  if (end.kind === 'ready') {
    const generation = end.generation?.n ?? row.candidate
    cell.step({ type: 'candidate-ready', generation })
    const after = end.generation?.categoriesAfter ?? row.tokens.context
    const before = row.tokens.context
    cell.emit({ type: 'candidate-ready', job: n, generation }, { before, after })
    return false
  }
  const command =
    end.kind === 'failed'
      ? cell.step({ type: 'failed', reason: end.reason })
      : cell.step({ type: end.kind, tokens, budgetTokens: row.policy.budget.tokens, byPerson })
  const type = end.kind === 'abandoned' ? 'skipped' : end.kind
  cell.emit({ type, job: n, reason: end.reason })
  return command.do === 'look-again'
}

async function outcomeOf(cell: SessionCell, end: JobEnd | undefined): Promise<CompactOutcome> {
  const { candidate } = cell.row()
  if (candidate !== 0) {
    // Whoever made it, in whatever tab.
    const read = await cell.ports.store.read({ session: cell.id, generations: [candidate] })
    const { tokensBefore = 0, tokensAfter = 0 } = read.generations[0] ?? {}
    return { kind: 'ready', generation: candidate, tokensBefore, tokensAfter }
  }
  if (end?.kind === 'ready') {
    // Adopted by a turn that started in the meantime.
    const { tokensBefore, tokensAfter = 0 } = end.job
    return { kind: 'applied', generation: cell.row().head, tokensBefore, tokensAfter }
  }
  return { kind: end?.kind ?? 'skipped', reason: end?.reason ?? 'there was nothing to fold' }
}
