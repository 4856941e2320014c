import type { Job } from '../../src/core/compaction/job.ts'
import type { Policy } from '../../src/core/session/policy.ts'
import { resolvePolicy } from '../../src/core/session/policy.ts'
import type { SessionRow } from '../../src/core/session/session-row.ts'
import { buildBlock, buildGeneration, buildJob } from '../support/build-generation.ts'
import { buildLog, buildSession, turns } from '../support/build-log.ts'
import type { DurableDatabase } from './durable-store-contract.ts'

/** Tables of the first release: primary key, and the one index that there was. */
const TABLES: Readonly<Record<string, string | readonly string[]>> = {
  sessions: 'id',
  messages: ['session', 'seq'],
  generations: ['session', 'n'],
  snapshots: ['session', 'n'],
  jobs: ['session', 'n'],
  blocks: ['session', 'job', 'block'],
  artifacts: ['session', 'hash'],
}

/** Rows of a database, by table. */
export type StoredRows = Readonly<Record<string, readonly object[]>>

/** Writes a database as the first release did. */
export function writeOldDatabase(
  { options, factory }: DurableDatabase,
  rows: StoredRows,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = factory.open(options.name, 10)
    opening.onupgradeneeded = () => {
      for (const [table, keyPath] of Object.entries(TABLES)) {
        const store = opening.result.createObjectStore(table, {
          keyPath: typeof keyPath === 'string' ? keyPath : [...keyPath],
        })
        if (table === 'messages') store.createIndex('[session+id]', ['session', 'id'])
        for (const row of rows[table] ?? []) store.put(row)
      }
    }
    opening.onerror = () => reject(opening.error ?? new Error('the database did not open'))
    opening.onsuccess = () => {
      opening.result.close()
      resolve()
    }
  })
}

/** A session's row as the first release wrote it. */
function oldSession(row: SessionRow, policy: Partial<Policy> = {}): object {
  const { turns: _, headroom: __, spend: ___, probation: ____, ...old } = row
  const { idleAfterMs: _idle, spend: _spend, probation: _probation, ...oldPolicy } = row.policy
  return { ...old, schema: 1, policy: { ...oldPolicy, ...policy } }
}

/** A job's row as the first release wrote it. */
function oldJob(row: Job): object {
  const { owner: _, extractors: __, logTokens: ___, spend: ____, leftOut: _____, ...old } = row
  return { ...old, schema: 1 }
}

const OUTPUT = 'a line of output\n'.repeat(60)

/**
 * What a user of the first release may have left behind: one session that is folded, with a policy of its
 * own, and one whose tab died in the middle of a job of three blocks.
 */
export function oldRows(): StoredRows {
  const policy = resolvePolicy({
    budget: { tokens: 40_000 },
    retainedTail: { messages: 4, share: 0 },
    blockTokens: 8_000,
    applyAt: 'manual',
    automatic: false,
  })
  const { session, messages } = buildLog(turns(12, OUTPUT), { ...buildSession(), policy })
  const rowsOf = (id: string): readonly object[] =>
    messages.map((message) => ({ ...message, id: `${id}-${message.id}`, session: id }))
  const [first, atMark] = [messages[7], messages[19]]
  if (!first || !atMark) throw new Error('the log is too short')
  const job = buildJob({
    session: 'unfinished',
    n: 4,
    mark: 40,
    messages: 40,
    blocks: [
      { from: 1, to: 8 },
      { from: 9, to: 24 },
      { from: 25, to: 40 },
    ],
    done: 1,
    startedAt: 70,
  })
  const block = buildBlock({ session: 'unfinished', job: 4, messages: 8, chain: first.chain })
  const applied = { n: 1, status: 'applied', appliedAt: 60, schema: 1 } as const
  return {
    sessions: [
      oldSession({
        ...session,
        id: 'folded',
        createdAt: 5,
        head: 1,
        mark: 20,
        headVersion: 1,
        lastGeneration: 1,
        lastJob: 2,
      }),
      oldSession({ ...session, id: 'unfinished', createdAt: 7, epoch: 1, lastJob: 4, openJob: 4 }),
    ],
    messages: [...rowsOf('folded'), ...rowsOf('unfinished')],
    generations: [buildGeneration(atMark, { ...applied, session: 'folded' })],
    snapshots: [
      {
        session: 'folded',
        n: 1,
        generation: 0,
        mark: 0,
        through: 20,
        pins: [],
        branch: 0,
        hash: '',
      },
    ],
    jobs: [
      oldJob(job),
      oldJob(
        buildJob({
          session: 'folded',
          n: 1,
          state: 'skipped',
          reason: 'too-little-to-gain',
          startedAt: 30,
        }),
      ),
      oldJob(
        buildJob({ session: 'folded', n: 2, state: 'applied', reason: 'done', startedAt: 50 }),
      ),
    ],
    blocks: [block],
  }
}
