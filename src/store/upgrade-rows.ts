import type { Job } from '../core/compaction/job.ts'
import { NO_SPEND } from '../core/compaction/spend.ts'
import { newSession } from '../core/session/new-session.ts'
import { DEFAULT_POLICY } from '../core/session/policy.ts'
import { ROW_SCHEMA, type SessionRow } from '../core/session/session-row.ts'

/** A session's row with what rows of older releases lack. */
export function upgradeSession(row: Partial<SessionRow> & Pick<SessionRow, 'id'>): SessionRow {
  const fresh = newSession(row.id, DEFAULT_POLICY, row.createdAt ?? 0)
  // Not checked: a value that is out of bounds by now must not keep the database from opening.
  const policy = { ...DEFAULT_POLICY, ...row.policy }
  return { ...fresh, ...row, policy, schema: ROW_SCHEMA }
}

/** What jobs of the first release did not say: who ran them, with what, and what they cost. */
type Added = 'owner' | 'extractors' | 'logTokens' | 'spend' | 'leftOut'

/** A job's row with what rows of older releases lack. */
export function upgradeJob(row: Partial<Job> & Omit<Job, Added>): Job {
  const added: Pick<Job, Added> = {
    owner: '',
    extractors: [],
    // Unknown: nothing seems to have arrived while it ran, rather than the whole log.
    logTokens: Number.MAX_SAFE_INTEGER,
    spend: NO_SPEND,
    leftOut: [],
  }
  return { ...added, ...row, schema: ROW_SCHEMA }
}
