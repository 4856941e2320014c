import { EMPTY_WINDOW } from '../compaction/spend.ts'
import { INITIAL_CALIBRATION } from './calibration.ts'
import { NO_TOKENS } from './categories.ts'
import type { Policy } from './policy.ts'
import { ROW_SCHEMA, type SessionRow } from './session-row.ts'

/** A session with an empty log. */
export function newSession(id: string, policy: Policy, createdAt: number): SessionRow {
  return {
    id,
    schema: ROW_SCHEMA,
    revision: 0,
    createdAt,
    policy,
    nextSeq: 1,
    chain: '',
    head: 0,
    mark: 0,
    headVersion: 0,
    lastGeneration: 0,
    branch: 0,
    epoch: 0,
    lastJob: 0,
    openJob: 0,
    candidate: 0,
    holdUntil: 0,
    pins: [],
    tokens: { log: 0, context: NO_TOKENS },
    messages: 0,
    turns: 0,
    headroom: 0,
    spend: EMPTY_WINDOW,
    probation: null,
    calibration: INITIAL_CALIBRATION,
  }
}
