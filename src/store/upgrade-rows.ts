import type { Job } from '../core/compaction/job.ts'
import { NO_SPEND } from '../core/compaction/spend.ts'
import { newSession } from '../core/session/new-session.ts'
import { resolvePolicy } from '../core/session/policy.ts'
import { ROW_SCHEMA, type SessionRow } from '../core/session/session-row.ts'

/** A session's row with what rows of older releases lack. */
export function upgradeSession(row: Partial<SessionRow> & Pick<SessionRow, 'id'>): SessionRow {
  const fresh = newSession(row.id, resolvePolicy(), row.createdAt ?? 0)
  const policy = resolvePolicy({}, { ...fresh.policy, ...row.policy })
  return { ...fresh, ...row, policy, schema: ROW_SCHEMA }
}

/** What jobs of the first release did not say: who ran them, with what, and what they cost. */
type Added = 'owner' | 'extractors' | 'logTokens' | 'spend' | 'leftOut'

/** A job's row with what rows of older releases lack. */
export function upgradeJob(row: Partial<Job> & Omit<Job, Added>): Job {
  const added: Pick<Job, Added> = {
    owner: '',
    extractors: [],
    logTokens: 0,
    spend: NO_SPEND,
    leftOut: [],
  }
  return { ...added, ...row, schema: ROW_SCHEMA }
}
