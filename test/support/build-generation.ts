import { NOTHING_READ } from '../../src/store/nothing-read.ts'
import type { Candidate } from '../../src/core/compaction/candidate.ts'
import type { BlockDigest, Job } from '../../src/core/compaction/job.ts'
import type { Snapshotted } from '../../src/core/ports/session-store.ts'
import { NO_TOKENS } from '../../src/core/session/categories.ts'
import type { DigestLine, Generation, Stub } from '../../src/core/session/generation.ts'
import type { Message } from '../../src/core/session/message.ts'
import { ROW_SCHEMA } from '../../src/core/session/session-row.ts'

/** A digest line, a fact about message 1 unless told otherwise. */
export function buildLine(fields: Partial<DigestLine> = {}): DigestLine {
  const text = fields.text ?? 'a fact'
  return { id: text, section: 'facts', text, sources: [1], tokens: 10, salience: 10, ...fields }
}

export function buildStub(fields: Partial<Stub> & Pick<Stub, 'seq'>): Stub {
  return { part: 0, artifact: 'hash', text: '[stub]', tokensBefore: 100, tokens: 6, ...fields }
}

/** A candidate of eight messages, without lines or checks unless told otherwise. */
export function buildCandidate(fields: Partial<Candidate> = {}): Candidate {
  return {
    digest: [],
    digestTokens: 5,
    stubs: [],
    artifacts: [],
    covered: 8,
    coverage: 'chain',
    tokensAfter: 40,
    categoriesAfter: NO_TOKENS,
    checks: [],
    ...fields,
  }
}

/** A generation that covers everything up to a message. */
export function buildGeneration(
  atMark: Pick<Message, 'seq' | 'chain'>,
  fields: Partial<Generation> = {},
): Generation {
  return {
    session: 's',
    n: 1,
    schema: ROW_SCHEMA,
    parent: 0,
    mark: atMark.seq,
    digest: [buildLine()],
    digestTokens: 50,
    stubs: [],
    coverage: atMark.chain,
    covered: atMark.seq,
    tokensBefore: 1_000,
    tokensAfter: 100,
    categoriesAfter: NO_TOKENS,
    summariser: 'built-in',
    checks: [],
    status: 'candidate',
    job: 1,
    createdAt: 0,
    ...fields,
  }
}

/** A running job of epoch 1 over the log itself. */
export function buildJob(fields: Partial<Job> = {}): Job {
  const mark = fields.mark ?? 4
  return {
    session: 's',
    n: 1,
    schema: ROW_SCHEMA,
    trigger: 'soft',
    state: 'running',
    base: 0,
    baseVersion: 0,
    branch: 0,
    from: 1,
    mark,
    epoch: 1,
    attempt: 1,
    blocks: [{ from: 1, to: mark, messages: mark }],
    done: 0,
    messages: mark,
    pins: [],
    owner: 'tab',
    extractors: ['rules', 'digest', 'facts'],
    logTokens: 1_000,
    spend: { calls: 0, tokens: 0 },
    leftOut: [],
    tokensBefore: 1_000,
    startedAt: 0,
    ...fields,
  }
}

export function buildBlock(fields: Partial<BlockDigest> = {}): BlockDigest {
  return {
    session: 's',
    job: 1,
    block: 0,
    lines: [],
    stubs: [],
    messages: 4,
    chain: '',
    unsupported: 0,
    ...fields,
  }
}

/** What a transaction read, empty but for what is given. */
export function buildRead(fields: Partial<Snapshotted> = {}): Snapshotted {
  return { ...NOTHING_READ, ...fields }
}
