import type { Job } from '../compaction/job.ts'
import { NO_SPEND } from '../compaction/spend.ts'
import { contentHash } from '../session/chain.ts'
import { describeSession, detailsOf } from '../session/describe-session.ts'
import type { Message } from '../session/message.ts'
import { newSession } from '../session/new-session.ts'
import { DEFAULT_POLICY } from '../session/policy.ts'
import type { DetailsPatch } from '../session/session-details.ts'
import { ROW_SCHEMA, type SessionRow } from '../session/session-row.ts'
import { fitsSample, isTime } from './fits-sample.ts'

/** Tables of an archive besides messages and artifacts, each with the fields of its key. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  generations: ['n'],
  snapshots: ['n'],
  jobs: ['n'],
  blocks: ['job', 'block'],
  notes: ['n'],
  pads: ['n'],
  rules: ['id'],
  facts: ['id'],
}

type JsonRow = Readonly<Record<string, unknown>>

/** Whether a value is an object of fields. */
export function isRow(value: unknown): value is JsonRow {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * The row of an archived session, or what is wrong with it. What releases before this one did not know is filled in.
 *
 * @see SPEC.md rules ARC7, ARC12
 */
export function readSessionRow(id: unknown, row: unknown): SessionRow | string {
  if (typeof id !== 'string' || id === '' || id.length > 190 || !isRow(row) || row['id'] !== id) {
    return NO_SESSION
  }
  const { schema, createdAt, policy, updatedAt } = row
  if (typeof schema !== 'number' || !isTime(createdAt) || !isRow(policy)) {
    return NO_SESSION
  }
  if (schema > ROW_SCHEMA) return 'it was written by a newer release of Backfold'
  for (const counter of COUNTERS) {
    const value = row[counter]
    if (!Number.isSafeInteger(value) || (value as number) < 0) return `its row has no ${counter}`
  }
  // Where it is, and of whom, is not for the file to say.
  const { birth, arriving, removed, sync, ...given } = row as unknown as SessionRow
  void [birth, arriving, removed, sync]
  const fresh = newSession(id, DEFAULT_POLICY, given.createdAt)
  const whole = { ...fresh, ...given, policy: { ...DEFAULT_POLICY, ...given.policy } }
  // A host may have given its messages any time.
  if (!isTime(updatedAt)) delete whole.updatedAt
  if (!fitsSample(whole, { ...fresh, policy: {} })) return NO_SESSION
  if (given.details === undefined) return { ...whole, schema: ROW_SCHEMA }
  const details = readDetails(given.details, fresh)
  return details ? { ...whole, details, schema: ROW_SCHEMA } : NO_SESSION
}

const NO_SESSION = 'its row is not one of a session'

/** Details within the bounds of those that somebody gives. */
function readDetails(given: unknown, fresh: SessionRow): SessionRow['details'] {
  try {
    return detailsOf(describeSession(fresh, given as DetailsPatch))
  } catch {
    return undefined
  }
}

const COUNTERS = ['nextSeq', 'head', 'mark', 'branch', 'lastGeneration', 'lastJob'] as const

/** What is wrong with a row of a table; undefined if nothing is. */
export function judgeRow(table: string, row: unknown, session: SessionRow): string | undefined {
  if (!isRow(row)) return 'a row is no object'
  if (table === 'messages') return judgeMessage(row, session)
  const keys = Object.hasOwn(KEYS, table) ? KEYS[table] : undefined
  if (table === 'artifacts') return typeof row['hash'] === 'string' ? undefined : NO_KEY
  if (keys === undefined) return `it has a table that is not known`
  const isKeyed = keys.every((key) => typeof row[key] === (key === 'id' ? 'string' : 'number'))
  if (!isKeyed) return NO_KEY
  return table === 'jobs' && !isJob(row) ? 'a row is no job' : undefined
}

/** What the registry of all sessions reads of a job. */
const JOB: Partial<Job> = {
  trigger: 'manual',
  state: 'running',
  owner: '',
  blocks: [],
  done: 0,
  extractors: [],
  spend: NO_SPEND,
  leftOut: [],
  tokensBefore: 0,
}

function isJob(row: JsonRow): boolean {
  const { startedAt, endedAt = startedAt, leftOut } = row
  if (!isTime(startedAt) || !isTime(endedAt) || !fitsSample(row, JOB)) return false
  return Array.isArray(leftOut) && leftOut.every(isRow)
}

const NO_KEY = 'a row has no key'

/** A message is what its hash says. */
function judgeMessage(row: JsonRow, { nextSeq }: SessionRow): string | undefined {
  const { seq, id, chain, hash } = row
  if (!Number.isSafeInteger(seq) || (seq as number) < 1 || (seq as number) >= nextSeq) return NO_KEY
  if (typeof id !== 'string' || typeof chain !== 'string') return 'a message has no id'
  try {
    if (contentHash(row as unknown as Message) !== hash)
      return `message ${String(seq)} is not what was stored`
  } catch {
    return `message ${String(seq)} can't be read`
  }
  return undefined
}

/** A row of an archive without what a remote log has said of it: where it goes to that log may be another one. */
export function withoutRecord(
  row: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { record, ...own } = row
  void record
  return own
}

/**
 * Whether two rows are of the same session in the same state: which worker may run its jobs is no part of it.
 *
 * @see SPEC.md rule ARC10
 */
export function isSameState(a: SessionRow, b: SessionRow): boolean {
  return JSON.stringify(stateOf(a)) === JSON.stringify(stateOf(b))
}

/** Text that is the same for the same state of a session. */
export function stateText(row: SessionRow): string {
  return JSON.stringify(stateOf(row))
}

function stateOf(row: SessionRow): readonly unknown[] {
  const { epoch, birth, arriving, removed, revision, sync, ...state } = row
  void epoch
  void birth
  void arriving
  void removed
  void revision
  void sync
  return Object.entries(state).toSorted(([a], [b]) => (a < b ? -1 : 1))
}
