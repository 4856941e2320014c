import { applyCandidate } from '../../../src/core/compaction/apply.ts'
import type { Candidate } from '../../../src/core/compaction/candidate.ts'
import type { CutBounds } from '../../../src/core/compaction/cut.ts'
import {
  beginJob,
  blockRows,
  endJob,
  finishBlock,
  jobQuery,
  saveCandidate,
} from '../../../src/core/compaction/job-steps.ts'
import type { BlockResult, Job, Trigger } from '../../../src/core/compaction/job.ts'
import { NO_TOKENS } from '../../../src/core/session/categories.ts'
import { textOf, type Message } from '../../../src/core/session/message.ts'
import { buildBlock, buildLine, buildStub } from '../../support/build-generation.ts'
import { commit, readWorld, writeAll, type SmallWorld } from './small-world.ts'

/** Where a worker stands in its job. All that it knows besides is in the job's row, as it read it. */
export type Worker =
  | { readonly at: 'start' | 'saved' | 'over' }
  | { readonly at: 'block' | 'put'; readonly job: Job }
  | { readonly at: 'digested'; readonly job: Job; readonly result: BlockResult }
  | { readonly at: 'composed'; readonly job: Job; readonly candidate: Candidate }

/** One step of a worker. Nothing of another worker or of the host happens in the middle of it. */
export type WorkerDeed =
  | { readonly do: 'begin'; readonly trigger: Trigger }
  | { readonly do: 'digest' | 'put' | 'finish' | 'compose' | 'end' | 'adopt' | 'crash' }
  | { readonly do: 'save'; readonly check: 'passed' | 'failed' }

export interface WorkerStep {
  readonly world: SmallWorld
  readonly worker: Worker
  readonly outcome: string
}

/** All that a worker may do next. It may fail, be cancelled or die behind any step. */
export function workerDeeds(worker: Worker, triggers: readonly Trigger[]): readonly WorkerDeed[] {
  switch (worker.at) {
    case 'start':
      return triggers.map((trigger) => ({ do: 'begin', trigger }))
    case 'block': {
      const isLeft = worker.job.done < worker.job.blocks.length
      return [{ do: isLeft ? 'digest' : 'compose' }, { do: 'end' }, { do: 'crash' }]
    }
    case 'digested':
      return [{ do: 'put' }, { do: 'crash' }]
    case 'put':
      return [{ do: 'finish' }, { do: 'end' }, { do: 'crash' }]
    case 'composed':
      return [{ do: 'save', check: 'passed' }, { do: 'save', check: 'failed' }, { do: 'crash' }]
    case 'saved':
      return [{ do: 'adopt' }, { do: 'crash' }]
    case 'over':
      return []
  }
}

/** Carries out one step. What a worker learns from a refusal is that it is over. */
export function stepWorker(world: SmallWorld, worker: Worker, deed: WorkerDeed): WorkerStep {
  if (deed.do === 'crash') return { world, worker: OVER, outcome: 'dead' }
  if (deed.do === 'begin') return begin(world, deed.trigger)
  if (deed.do === 'adopt') return { ...adopt(world), worker: OVER }
  if (!('job' in worker)) throw new TypeError(`${deed.do} without a job`)
  const { job } = worker
  switch (deed.do) {
    case 'digest':
      return { world, worker: { at: 'digested', job, result: digest(world, job) }, outcome: 'read' }
    case 'put': {
      if (worker.at !== 'digested') throw new TypeError('nothing was digested')
      const put = writeAll(world, blockRows(job, worker.result))
      return { world: put, worker: { at: 'put', job }, outcome: 'written' }
    }
    case 'finish': {
      const after = commit(world, { openJob: true }, (read) => finishBlock(read, job, COST))
      const { outcome } = after
      const next: Worker = outcome.kind === 'ok' ? { at: 'block', job: outcome.value } : OVER
      return { world: after.world, worker: next, outcome: outcome.kind }
    }
    case 'compose':
      return {
        world,
        worker: { at: 'composed', job, candidate: compose(world, job) },
        outcome: 'read',
      }
    case 'save': {
      if (worker.at !== 'composed') throw new TypeError('nothing was composed')
      return save(world, job, worker.candidate, deed.check)
    }
    case 'end': {
      const end = { state: 'failed', reason: 'the digester threw', now: 0 } as const
      const after = commit(world, { openJob: true }, (read) => endJob(read, job, end))
      return { world: after.world, worker: OVER, outcome: after.outcome.kind }
    }
  }
}

/** What each block costs: what a session has spent can then be counted. */
const COST = { spend: { calls: 1, tokens: 10 }, leftOut: [] } as const

const OVER: Worker = { at: 'over' }

/** The newest message stays, or two; at the hard threshold a call is given up after one turn. */
export function boundsOf(trigger: Trigger): CutBounds {
  return trigger === 'hard'
    ? { retainMessages: 2, retainTokens: 0, patienceTurns: 1 }
    : { retainMessages: 1, retainTokens: 0 }
}

function begin(world: SmallWorld, trigger: Trigger): WorkerStep {
  const request = {
    session: 's',
    trigger,
    bounds: boundsOf(trigger),
    owner: 'worker',
    extractors: [],
    now: 0,
  }
  const after = commit(world, jobQuery('s'), (read) => beginJob(read, request))
  const { outcome } = after
  switch (outcome.kind) {
    case 'started':
    case 'resumed':
      return {
        world: after.world,
        worker: { at: 'block', job: outcome.job },
        outcome: outcome.kind,
      }
    case 'ready':
      return { world: after.world, worker: { at: 'saved' }, outcome: outcome.kind }
    case 'none':
      return { world: after.world, worker: OVER, outcome: outcome.reason }
  }
}

/** Makes the ready candidate the head, as a host or a worker may ask at any time. */
export function adopt(world: SmallWorld): { readonly world: SmallWorld; readonly outcome: string } {
  const query = {
    head: true,
    tail: true,
    pins: true,
    candidate: true,
    openJob: true,
    asApplied: true,
  }
  const after = commit(world, query, (read) => applyCandidate(read, 0))
  const { outcome } = after
  return {
    world: after.world,
    outcome: outcome.kind === 'applied' ? 'applied' : outcome.reason,
  }
}

/** One line for each message read: what a digest covers can then be counted. */
function digest(world: SmallWorld, job: Job): BlockResult {
  const range = job.blocks[job.done]
  if (!range) throw new RangeError('there is no block left')
  const messages = readWorld(world, { range }).range.filter((message) => message.active)
  const {
    session: _,
    job: _job,
    block: _block,
    ...block
  } = buildBlock({
    lines: messages.map(lineOf),
    messages: messages.length,
    chain: messages.at(-1)?.chain ?? '',
  })
  return { digest: block, artifacts: [] }
}

function lineOf(message: Message): BlockResult['digest']['lines'][number] {
  const text = `${message.seq}: ${textOf(message)}`
  return buildLine({ id: text, text, sources: [message.seq], tokens: 5 })
}

/** The former digest with the lines of all blocks, and a stub for the oldest message that stays. */
function compose(world: SmallWorld, job: Job): Candidate {
  const range = { from: job.mark + 1, to: Number.MAX_SAFE_INTEGER }
  const read = readWorld(world, { head: true, blocks: job.n, at: [job.mark], range })
  const lines = [...(read.head?.digest ?? []), ...read.blocks.flatMap((block) => block.lines)]
  const above = read.range.filter((message) => message.active)
  const [oldest] = above
  const isStubbed =
    oldest && above.length > 1 && !world.session.pins.includes(oldest.seq) && oldest.tokens > 6
  return {
    digest: lines,
    digestTokens: 10 + 5 * lines.length,
    stubs: isStubbed ? [buildStub({ seq: oldest.seq, tokensBefore: 6, tokens: 2 })] : [],
    artifacts: [],
    covered: (read.head?.covered ?? 0) + job.messages,
    coverage: read.at[0]?.chain ?? '',
    tokensAfter: 0,
    categoriesAfter: NO_TOKENS,
    checks: [],
  }
}

function save(
  world: SmallWorld,
  job: Job,
  candidate: Candidate,
  check: 'passed' | 'failed',
): WorkerStep {
  const checked: Candidate = {
    ...candidate,
    checks: [{ name: 'gain', outcome: check, detail: 'as the search wants it' }],
  }
  const facts = { summariser: 'small', now: 0 }
  const after = commit(world, { openJob: true }, (read) => saveCandidate(read, job, checked, facts))
  const isSaved = after.outcome.kind === 'ok' && check === 'passed'
  return {
    world: after.world,
    worker: isSaved ? { at: 'saved' } : OVER,
    outcome: after.outcome.kind === 'ok' ? check : 'fenced',
  }
}
