import { PATIENCE_TURNS } from '../../../src/core/compaction/cut.ts'
import type { Trigger } from '../../../src/core/compaction/job.ts'
import { callIds, resultIds, type Message, type Seq } from '../../../src/core/session/message.ts'
import { isLegalGap } from '../../unit/core/compaction/exchange-oracle.ts'
import { BrokenInvariant } from './broken-invariant.ts'
import { activeOf } from './expected-context.ts'
import type { HostDeed } from './host-program.ts'
import type { SmallWorld } from './small-world.ts'
import { boundsOf, type Worker, type WorkerDeed } from './worker-program.ts'

export type Deed = HostDeed | WorkerDeed

/** What a step must come to, told from the rules and the rows before it. */
export function expectedOutcome(world: SmallWorld, deed: Deed, worker: Worker | undefined): string {
  switch (deed.do) {
    case 'append':
      return deed.what !== 'result' || hasOpenCall(world) ? 'appended' : 'nothing to answer'
    case 'branch':
      return canBranch(world, deed.after) ? 'branched' : 'refused'
    case 'rollback':
      return canRollBack(world, deed.to) ? 'rolled-back' : 'refused'
    case 'pin':
    case 'unpin':
      return isActive(world, deed.seq) ? 'pinned' : 'refused'
    case 'adopt':
      return expectedApply(world)
    case 'begin':
      return expectedBegin(world, deed.trigger)
    case 'finish':
    case 'end':
      return holdsSlot(world, worker) ? 'ok' : 'fenced'
    case 'save':
      return holdsSlot(world, worker) ? deed.check : 'fenced'
    case 'digest':
    case 'compose':
      return 'read'
    case 'put':
      return 'written'
    case 'crash':
      return 'dead'
  }
}

/** The newest legal mark that leaves what must stay, or why there is none. */
export function expectedCut(world: SmallWorld, trigger: Trigger): Seq | string {
  const { retainMessages, patienceTurns } = boundsOf(trigger)
  const tail = activeOf(world).filter(({ seq }) => seq > world.session.mark)
  if (tail.length === 0) return 'nothing-new'
  if (tail.length <= retainMessages) return 'retained-tail-covers-all'
  for (let gap = tail.length - retainMessages; gap > 0; gap -= 1) {
    const newest = tail[gap - 1]
    if (newest && isLegalGap(tail, gap, patienceTurns ?? PATIENCE_TURNS)) return newest.seq
  }
  return 'open-exchange'
}

/** Messages that stand or fall with one: itself, its calls and their results. */
export function exchangeOf(world: SmallWorld, seq: Seq): readonly Seq[] {
  const active = activeOf(world)
  const ids = new Set(idsOf(active.find((message) => message.seq === seq)))
  return active
    .filter((message) => message.seq === seq || idsOf(message).some((id) => ids.has(id)))
    .map((message) => message.seq)
}

/** A worker may go on as long as nobody took the job over and nothing ended it. */
function holdsSlot({ session }: SmallWorld, worker: Worker | undefined): boolean {
  if (!worker || !('job' in worker)) throw new BrokenInvariant('a step without a job')
  const { job } = worker
  return job.epoch === session.epoch && job.n === session.openJob
}

/** A job left behind is taken up while it has attempts left: a moved head has ended all others. */
function expectedBegin(world: SmallWorld, trigger: Trigger): string {
  const { session, jobs } = world
  const open = jobs.find(({ n }) => n === session.openJob)
  if (open && trigger !== 'hard') {
    if (open.state === 'ready') return 'ready'
    if (open.attempt < session.policy.attempts) return 'resumed'
  }
  const cut = expectedCut(world, trigger)
  return typeof cut === 'number' ? 'started' : cut
}

/** Whatever moves the head frees the slot, so a candidate can only be stale because of a pin. */
function expectedApply(world: SmallWorld): string {
  const { session, jobs, generations } = world
  if (session.candidate === 0) return 'no-candidate'
  const candidate = generations.find(({ n }) => n === session.candidate)
  const job = jobs.find(({ n }) => n === session.openJob)
  if (!candidate || !job) throw new BrokenInvariant('the candidate or its job does not exist')
  const pinnedSince = session.pins.filter((seq) => !job.pins.includes(seq))
  const stubbed = candidate.stubs.map((stub) => stub.seq)
  const isCovered = (seq: Seq): boolean => seq > session.mark && seq <= candidate.mark
  if (pinnedSince.some((seq) => isCovered(seq) || stubbed.includes(seq))) return 'pin-covered'
  const takenOff = job.pins.filter((seq) => !session.pins.includes(seq))
  return takenOff.some(isCovered) ? 'pin-taken-off' : 'applied'
}

function canBranch(world: SmallWorld, after: Seq): boolean {
  const isThere = after === 0 || isActive(world, after)
  return isThere && activeOf(world).some(({ seq }) => seq > after)
}

function canRollBack(world: SmallWorld, to: number): boolean {
  const { session, generations, snapshots, log } = world
  if (to === session.head) return false
  if (to === 0) return true
  const target = generations.find(({ n }) => n === to)
  if (!target || !snapshots.some(({ n }) => n === to)) return false
  const atMark = log[target.mark - 1]
  return atMark?.active === true && atMark.chain === target.coverage
}

function hasOpenCall(world: SmallWorld): boolean {
  const active = activeOf(world)
  const answered = new Set(active.flatMap(resultIds))
  return active.flatMap(callIds).some((id) => !answered.has(id))
}

function isActive({ log }: SmallWorld, seq: Seq): boolean {
  return log[seq - 1]?.active === true
}

function idsOf(message: Message | undefined): readonly string[] {
  return message ? [...callIds(message), ...resultIds(message)] : []
}
