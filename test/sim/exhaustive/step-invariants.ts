import type { Job, Trigger } from '../../../src/core/compaction/job.ts'
import type { Generation } from '../../../src/core/session/generation.ts'
import { must } from './broken-invariant.ts'
import { activeOf, expectedContext } from './expected-context.ts'
import { exchangeOf, expectedCut, expectedOutcome, type Deed } from './expected-outcome.ts'
import { draftOf } from './host-program.ts'
import { checkHistory, checkSnapshots } from './history-invariants.ts'
import type { SmallWorld } from './small-world.ts'
import type { Worker } from './worker-program.ts'

export interface Step {
  readonly before: SmallWorld
  readonly after: SmallWorld
  readonly deed: Deed
  /** The worker before the step; undefined for the host. */
  readonly worker: Worker | undefined
  readonly outcome: string
}

/** Whether nothing is different but that blocks of jobs that are over are gone. */
function isCleaned(before: SmallWorld, after: SmallWorld): boolean {
  const gone = before.blocks.filter((block) => !after.blocks.includes(block))
  return (
    before.session === after.session &&
    before.log === after.log &&
    before.jobs === after.jobs &&
    before.generations === after.generations &&
    after.blocks.length + gone.length === before.blocks.length &&
    gone.every(({ job }) => job !== before.session.openJob)
  )
}

/** What must hold between the worlds before and after a step. Computed without the core's code. */
export function checkStep(step: Step, hashOf: (world: SmallWorld) => string): void {
  const wanted = expectedOutcome(step.before, step.deed, step.worker)
  must(step.outcome === wanted, `it came to ${step.outcome} instead of ${wanted}`)
  const { before, after } = step
  const isIdle = IDLE.has(step.outcome)
  must(!isIdle || isCleaned(before, after), `${step.outcome}, and yet something was written`)
  if (before === after) return
  checkNumbers(step)
  checkLogGrowth(step)
  checkHistory(step)
  checkSnapshots(step, hashOf)
  checkGrowth(step)
  checkDeed(step, hashOf)
}

/** Outcomes that leave every row as it was. */
const IDLE: ReadonlySet<string> = new Set([
  'fenced',
  'refused',
  'read',
  'dead',
  'no-candidate',
  'nothing to answer',
])

/** Outcomes that make another generation, or a shorter log, the basis of the context. */
const MOVES: ReadonlySet<string> = new Set(['applied', 'rolled-back', 'branched'])

/** Every number of the session's row advances for its own reason only, and none goes back. */
function checkNumbers({ before, after, deed, outcome }: Step): void {
  const [was, is] = [before.session, after.session]
  const advances = (value: 'epoch' | 'lastJob' | 'lastGeneration' | 'branch' | 'headVersion') =>
    is[value] - was[value]
  const count = (happened: boolean): number => (happened ? 1 : 0)
  must(advances('epoch') === count(deed.do === 'begin'), 'the epoch advanced wrongly')
  must(advances('lastJob') === count(outcome === 'started'), 'the job number advanced wrongly')
  must(advances('lastGeneration') === count(deed.do === 'save'), 'a generation number is wrong')
  must(advances('branch') === count(outcome === 'branched'), 'the branch advanced wrongly')
  must(advances('headVersion') === count(MOVES.has(outcome)), 'the head version advanced wrongly')
  must(is.revision - was.revision === count(is !== was), 'the revision advanced wrongly')
  must(is.policy === was.policy && is.id === was.id, 'a step changed policy or id')
  if (MOVES.has(outcome)) return
  must(is.head === was.head && is.mark === was.mark, 'the head moved')
}

/** The log only grows by what is appended; a branch only marks what it leaves behind. */
function checkLogGrowth({ before, after, deed, outcome }: Step): void {
  const added = after.log.length - before.log.length
  must(added === (outcome === 'appended' ? 1 : 0), `${added} messages came`)
  const kept = deed.do === 'branch' ? deed.after : Infinity
  before.log.forEach((was, index) => {
    const is = after.log[index]
    if (is === was) return
    must(was.active && was.seq > kept, `message ${was.seq} was changed`)
    const same = JSON.stringify({ ...is, active: true }) === JSON.stringify(was)
    must(same && is?.active === false, `message ${was.seq} was rewritten`)
  })
  const isGone = after.log.every(({ seq, active }) => !active || seq <= kept)
  must(isGone, 'a branch left a message on the active path')
}

/** A context only grows at its end, unless the head moves or a pin does. */
function checkGrowth({ before, after, deed, outcome }: Step): void {
  if (MOVES.has(outcome) || deed.do === 'pin' || deed.do === 'unpin') return
  const shorter = expectedContext(before).slice(0, -1)
  must(expectedContext(after).startsWith(shorter), 'the context changed before its end')
}

function checkDeed(step: Step, hashOf: (world: SmallWorld) => string): void {
  const { before, after, deed } = step
  switch (deed.do) {
    case 'put':
      must(after.session === before.session && after.jobs === before.jobs, 'a put did more')
      return
    case 'begin':
      checkBegin(step, deed.trigger)
      return
    case 'adopt':
      checkFreed(step, step.outcome === 'applied' ? 'applied' : 'superseded')
      return
    case 'branch':
      checkFreed(step, 'superseded')
      checkBranch(step, deed.after)
      return
    case 'rollback':
      checkFreed(step, 'superseded')
      must(after.session.head === deed.to, 'the rollback went elsewhere')
      must(after.session.holdUntil > contextTokens(after), 'jobs would start by themselves at once')
      checkRestored(step, hashOf)
      return
    case 'pin':
    case 'unpin':
      checkPin(step, deed)
      return
    case 'end':
      checkFreed(step, 'failed')
      return
    case 'save':
      if (deed.check === 'failed') checkFreed(step, 'rejected')
      return
    case 'append':
      checkAppend(step, deed.what)
      return
    case 'finish':
    case 'digest':
    case 'compose':
    case 'crash':
      must(after.session.pins === before.session.pins, `${deed.do} changed the pins`)
  }
}

/** Whoever held the slot ended like this, and nobody holds it now. */
function checkFreed({ before, after }: Step, state: Job['state']): void {
  const { openJob } = before.session
  must(after.session.openJob === 0 && after.session.candidate === 0, 'the slot was not freed')
  const ended = after.jobs.find(({ n }) => n === openJob)
  must(openJob === 0 || ended?.state === state, `the job ended ${ended?.state}, not ${state}`)
}

function checkBegin({ before, after, outcome }: Step, trigger: Trigger): void {
  const { session } = after
  const job = after.jobs.find(({ n }) => n === session.openJob)
  const former = before.jobs.find(({ n }) => n === before.session.openJob)
  if (outcome === 'resumed' || outcome === 'ready') {
    must(job?.n === former?.n && job?.attempt === (former?.attempt ?? 0) + 1, 'not taken up')
    must(job?.epoch === session.epoch, 'the job that was taken up has another epoch')
    return
  }
  const left = after.jobs.find(({ n }) => n === former?.n)
  must(left === undefined || left.state === 'abandoned', 'the job before was not abandoned')
  if (outcome !== 'started') return
  const covered = activeOf(before).filter((m) => m.seq > session.mark && m.seq <= (job?.mark ?? 0))
  must(job !== undefined && job.mark === expectedCut(before, trigger), `the mark is ${job?.mark}`)
  must(job?.messages === covered.length, 'the job counts what it covers wrong')
  must(job?.epoch === session.epoch && job?.attempt === 1, 'it is not the first attempt')
  const inBlocks = job?.blocks.flatMap(({ from, to }) =>
    covered.filter(({ seq }) => seq >= from && seq <= to).map(({ seq }) => seq),
  )
  const wanted = covered.map(({ seq }) => seq).join()
  must(inBlocks?.join() === wanted, `the blocks cover ${inBlocks?.join()} instead of ${wanted}`)
}

/** What was acknowledged is in the log as it was given. */
function checkAppend({ before, after }: Step, what: Parameters<typeof draftOf>[1]): void {
  const { role, parts } = after.log.at(-1) ?? {}
  const draft = draftOf(before, what)
  const same = JSON.stringify([role, parts]) === JSON.stringify([draft?.role, draft?.parts])
  must(same, 'the log holds something else than was appended')
  must(after.session.pins === before.session.pins, 'an append changed the pins')
}

/** The head is the newest of the former head and its parents that covers nothing left behind. */
function checkBranch({ before, after }: Step, cut: number): void {
  let wanted = before.session.head
  const find = (n: number): Generation | undefined => before.generations.find((g) => g.n === n)
  while ((find(wanted)?.mark ?? 0) > cut) wanted = find(wanted)?.parent ?? 0
  must(after.session.head === wanted, `the head is ${after.session.head} instead of ${wanted}`)
  const kept = before.session.pins.filter((seq) => seq <= cut)
  must(after.session.pins.join() === kept.join(), 'other pins than those below stayed')
}

/** Where nothing came since, a rollback gives back the very context of the snapshot. */
function checkRestored({ after }: Step, hashOf: (world: SmallWorld) => string): void {
  const { session } = after
  for (const snapshot of after.snapshots) {
    const isSame =
      snapshot.generation === session.head &&
      snapshot.branch === session.branch &&
      snapshot.through === session.nextSeq - 1 &&
      snapshot.pins.join() === session.pins.join()
    must(!isSame || hashOf(after) === snapshot.hash, 'the context is not that of the snapshot')
  }
}

function contextTokens({ session }: SmallWorld): number {
  const { pinned, digest, user, assistant, tools } = session.tokens.context
  return pinned + digest + user + assistant + tools
}

function checkPin({ before, after }: Step, deed: Extract<Deed, { readonly seq: number }>): void {
  const group = exchangeOf(before, deed.seq)
  const rest = before.session.pins.filter((seq) => !group.includes(seq))
  const wanted = deed.do === 'pin' ? [...rest, ...group] : rest
  const sorted = wanted.toSorted((a, b) => a - b).join()
  must(after.session.pins.join() === sorted, `${after.session.pins.join()} are pinned`)
  must(after.session.openJob === before.session.openJob, 'a pin touched the slot')
}
