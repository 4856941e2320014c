import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Job, Trigger } from '../../../../src/core/compaction/job.ts'
import {
  beginJob,
  endJob,
  finishBlock,
  leaveJob,
  saveCandidate,
} from '../../../../src/core/compaction/job-steps.ts'
import { addSpend, NO_SPEND, type Spend } from '../../../../src/core/compaction/spend.ts'
import type { Snapshotted, Write } from '../../../../src/core/ports/session-store.ts'
import { buildCandidate, buildRead } from '../../../support/build-generation.ts'
import { buildLog, turns } from '../../../support/build-log.ts'

/** What happens to a session's jobs, one after the other. */
type Event =
  | { readonly do: 'begin'; readonly trigger: Trigger; readonly takesOver: boolean }
  | { readonly do: 'block'; readonly spend: Spend }
  | { readonly do: 'fail'; readonly spend: Spend }
  | { readonly do: 'save'; readonly passes: boolean }
  | { readonly do: 'end' }
  | { readonly do: 'move-head' }

const log = buildLog(turns(3))
const REQUEST = {
  session: 's',
  bounds: { retainMessages: 4, retainTokens: 0 },
  owner: 'tab',
  extractors: ['rules'],
  now: 500,
}

const cost = fc.record({ calls: fc.integer({ min: 1, max: 3 }), tokens: fc.nat(100) })
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('begin' as const),
      trigger: fc.constantFrom<Trigger[]>('soft', 'hard', 'manual'),
      takesOver: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('block' as const, 'fail' as const), spend: cost }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('save' as const), passes: fc.nat(3).map((n) => n > 0) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('end' as const, 'move-head' as const) }),
  },
)

/** What is stored after a step: its rows take the place of those before. */
function stored(read: Snapshotted, writes: readonly Write[]): Snapshotted {
  let after = read
  for (const write of writes) {
    if (!('row' in write)) continue
    if (write.table === 'sessions') after = { ...after, session: write.row }
    if (write.table === 'jobs') after = { ...after, openJob: write.row }
    if (write.table === 'generations') after = { ...after, candidate: write.row }
  }
  const { session, openJob, candidate: made } = after
  return {
    ...after,
    openJob: openJob?.n === session?.openJob ? openJob : undefined,
    candidate: made?.n === session?.candidate ? made : undefined,
  }
}

/** Takes one step; the job that is worked on is the one that the worker knows. */
function takeStep(read: Snapshotted, job: Job | undefined, step: Event): readonly Write[] {
  const { session } = read
  if (step.do === 'begin') return beginJob(read, { ...REQUEST, ...step }).writes
  if (step.do === 'move-head') {
    const headVersion = (session?.headVersion ?? 0) + 1
    return session ? [{ table: 'sessions', row: { ...session, headVersion } }] : []
  }
  return job ? workOn(read, job, step) : []
}

function workOn(
  read: Snapshotted,
  job: Job,
  step: Exclude<Event, { do: 'begin' | 'move-head' }>,
): readonly Write[] {
  switch (step.do) {
    case 'block':
      return finishBlock(read, job, { spend: step.spend, leftOut: [] }).writes
    case 'fail':
      return leaveJob(read, { ...job, spend: addSpend(job.spend, step.spend) }).writes
    case 'end':
      return endJob(read, job, { state: 'failed', reason: 'it broke', now: 600 }).writes
    case 'save': {
      const failed = { name: 'gain', outcome: 'failed', detail: 'no' } as const
      const candidate = buildCandidate({ checks: step.passes ? [] : [failed] })
      return saveCandidate(read, job, candidate, { summariser: 'built-in', now: 600 }).writes
    }
  }
}

test('[SPEND3] whatever becomes of jobs, all that they spend is counted, and once', () => {
  let readyAbandoned = 0
  fc.assert(
    fc.property(fc.array(event, { minLength: 20, maxLength: 40 }), (events) => {
      let read = buildRead({
        session: { ...log.session, spend: { calls: 5, tokens: 50, since: 400 } },
        tail: log.messages,
      })
      let total: Spend = { calls: 5, tokens: 50 }
      for (const step of events) {
        const before = read.openJob
        const job = before?.state === 'running' ? before : undefined
        read = stored(read, takeStep(read, job, step))
        if (job && 'spend' in step) total = addSpend(total, step.spend)
        if (before?.state === 'ready' && before.spend.calls > 0 && read.openJob?.n !== before.n) {
          readyAbandoned += 1
        }
        const open = read.openJob?.state === 'running' ? read.openJob.spend : NO_SPEND
        expect(addSpend(read.session?.spend ?? NO_SPEND, open)).toEqual(total)
      }
    }),
    { numRuns: 200 },
  )
  expect(readyAbandoned).toBeGreaterThan(20)
})
