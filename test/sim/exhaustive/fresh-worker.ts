import { user } from '../../support/build-log.ts'
import { BrokenInvariant, must } from './broken-invariant.ts'
import { expectedOutcome } from './expected-outcome.ts'
import { append } from './host-program.ts'
import type { SmallWorld } from './small-world.ts'
import {
  stepWorker,
  workerDeeds,
  type Worker,
  type WorkerDeed,
  type WorkerStep,
} from './worker-program.ts'
import { checkWorld } from './world-invariants.ts'

/** As many turns as it takes until no open call stops a cut any more. */
const TURNS = [user('go on'), user('and on'), user('and on')]
/** A candidate that was left behind may have to be thrown away first. */
const ATTEMPTS = 2

/** Far more steps than a job of so few messages takes. */
const MOST_STEPS = 100

/**
 * Whatever a world has come to: when everybody else is dead and the session goes on for some turns, a new
 * worker folds it.
 */
export function mustFold(world: SmallWorld): void {
  let left = append(world, ...TURNS).world
  const { mark } = left.session
  const outcomes: string[] = []
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const end = runToEnd(left, mustBeAsExpected)
    left = end.world
    outcomes.push(end.outcome)
    if (end.outcome === 'applied') break
  }
  must(outcomes.at(-1) === 'applied', `a new worker is stuck: ${outcomes.join(', then ')}`)
  must(left.session.mark > mark, 'a new worker folded nothing')
  checkWorld(left)
}

/** Runs a worker that nothing disturbs, from its begin to its apply. */
export function runToEnd(
  world: SmallWorld,
  check: (before: WorkerStep, deed: WorkerDeed, after: WorkerStep) => void = () => {},
): WorkerStep {
  const start: Worker = { at: 'start' }
  let step: WorkerStep = { world, worker: start, outcome: '' }
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    const [deed] = workerDeeds(step.worker, ['soft'])
    if (!deed) return step
    const next = stepWorker(step.world, step.worker, deed)
    check(step, deed, next)
    step = next
  }
  throw new BrokenInvariant(`a worker that nothing disturbs is not done after ${MOST_STEPS} steps`)
}

function mustBeAsExpected(before: WorkerStep, deed: WorkerDeed, { outcome }: WorkerStep): void {
  const wanted = expectedOutcome(before.world, deed, before.worker)
  must(outcome === wanted, `a new worker: ${deed.do} came to ${outcome} instead of ${wanted}`)
}
