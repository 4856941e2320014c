import { NO_SPEND } from '../core/compaction/spend.ts'
import {
  describeJob,
  groupBySession,
  type JobEntry,
  type SessionJobs,
} from '../protocol/job-registry.ts'
import type { EnginePorts } from './engine-ports.ts'
import type { OpenSession } from './open-session.ts'
import type { SessionCell } from './session-cell.ts'

/** Jobs that the registry shows. */
const MAX_LISTED_JOBS = 100

/**
 * The registry: the newest stored jobs of all sessions and tabs, and those that wait in this one.
 *
 * @param owner - Name of this engine among those of all tabs.
 * @see SPEC.md rules REG1, REG2
 */
export async function listJobs(
  { store }: Pick<EnginePorts, 'store'>,
  owner: string,
  sessions: readonly Pick<OpenSession, 'cell'>[],
): Promise<readonly SessionJobs[]> {
  const jobs = await store.listJobs(MAX_LISTED_JOBS)
  const queued = sessions.flatMap(({ cell }) => queuedJob(cell, owner))
  return groupBySession([...jobs.map((job) => describeJob(job, owner)), ...queued])
}

/** A job of this tab that waits for the lease has no row yet. */
function queuedJob(cell: SessionCell, owner: string): readonly JobEntry[] {
  const { job } = cell.state()
  if (job.status !== 'queued') return []
  const now = cell.ports.clock.now()
  return [
    {
      session: cell.id,
      n: 0,
      trigger: job.trigger,
      state: 'queued',
      owner,
      isHere: true,
      attempt: 1,
      blocks: [],
      done: 0,
      spend: NO_SPEND,
      tokensBefore: Math.round(cell.contextTokens()),
      tokensAfter: null,
      generation: null,
      reason: null,
      startedAt: now,
      endedAt: null,
    },
  ]
}
