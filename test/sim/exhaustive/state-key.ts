import type { Generation } from '../../../src/core/session/generation.ts'
import { createNumbers } from './number-values.ts'
import type { SmallWorld } from './small-world.ts'
import type { Worker } from './worker-program.ts'

export interface StateKeys {
  ofWorld(world: SmallWorld): number
  ofState(world: SmallWorld, workers: readonly [Worker, Worker]): string
}

/**
 * Names a state by all that what comes next depends on: states of the same name can do the same things.
 *
 * Left out are what ended (jobs, rejected generations, their blocks, messages left behind but for their
 * places), what no decision reads (snapshots, times, sums that follow from the log), and the numbers of
 * jobs, generations and epochs themselves: it only matters which of them are the same. The workers are
 * alike, so it does not matter which is which.
 */
export function createStateKeys(): StateKeys {
  const numberOf = createNumbers()
  const numberOfWorld = createNumbers()
  const describeWorld = (world: SmallWorld): unknown => {
    const { session, log, blocks, jobs } = world
    const generations = world.generations.filter(({ status }) => status !== 'rejected')
    const rank = (n: number): number => generations.findIndex((row) => row.n === n)
    const job = jobs.find(({ n }) => n === session.openJob)
    return [
      log.map((message) => (message.active ? numberOf(message) : 0)),
      session.pins,
      rank(session.head),
      generations.map((row) => [numberOf(row, contentOf), rank(row.parent), row.status]),
      job && [job.state, job.from, job.mark, job.pins, job.blocks, job.done, job.attempt],
      blocks.filter((block) => block.job === job?.n).map((block) => numberOf(block.lines)),
    ]
  }
  const describeWorker = (worker: Worker, { session }: SmallWorld): string => {
    if (!('job' in worker)) return worker.at
    const { job } = worker
    const stands = job.n === session.openJob ? (job.epoch === session.epoch ? 'holds' : 'late') : ''
    if (stands === '') return `${worker.at} for nothing`
    const made =
      worker.at === 'digested'
        ? numberOf(worker.result)
        : worker.at === 'composed'
          ? numberOf(worker.candidate)
          : 0
    return `${stands} ${worker.at} ${job.done} ${job.attempt} ${made}`
  }
  const ofWorld = (world: SmallWorld): number => numberOfWorld(world, describeWorld)
  return {
    ofWorld,
    ofState(world, workers) {
      const [a, b] = [describeWorker(workers[0], world), describeWorker(workers[1], world)]
      return a < b ? `${ofWorld(world)} ${a} ${b}` : `${ofWorld(world)} ${b} ${a}`
    },
  }
}

function contentOf({ mark, digest, stubs, coverage, appliedAt }: Generation): unknown {
  return [mark, digest, stubs, coverage, appliedAt]
}
