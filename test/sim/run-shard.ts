import { expect } from 'vitest'
import { simulate, type Run } from './simulate.ts'

/** Seeds in `npm test`; `BACKFOLD_SEEDS` and `BACKFOLD_FIRST_SEED` set others, for long runs. */
const SEEDS = Number(process.env['BACKFOLD_SEEDS'] ?? 200)
const FIRST = Number(process.env['BACKFOLD_FIRST_SEED'] ?? 1)

/** Runs are spread over this many test files, because each file has a process of its own. */
const SHARDS = 4

/** Last steps of a failed run that are shown. */
const SHOWN_STEPS = Number(process.env['BACKFOLD_STEPS'] ?? 60)
/** Failed runs that are told of in full. */
const MAX_TOLD = 20
/** Long runs say how far they are. */
const PROGRESS_EVERY = 1_000

/**
 * Runs every so many-th seed to the end of all, whatever fails on the way, and then fails with every
 * seed that did, its faults, and the last steps of its trace.
 */
export async function runShard(shard: number): Promise<void> {
  const failed: Run[] = []
  let applied = 0
  let done = 0
  for (let seed = FIRST + shard; seed < FIRST + SEEDS; seed += SHARDS) {
    const run = await simulate(seed)
    applied += run.applied
    done += 1
    if (run.failure !== undefined) {
      failed.push(run)
      if (SEEDS > PROGRESS_EVERY) tell(`failed: ${describeRun(run)}`)
    }
    if (done % PROGRESS_EVERY === 0) {
      tell(`shard ${shard}: ${done} seeds, at ${seed}, ${failed.length} failed`)
    }
  }
  if (failed.length > 0) {
    const seeds = failed.map(({ seed }) => seed).join(', ')
    const told = failed.slice(0, MAX_TOLD).map(describeRun).join('\n\n')
    expect.fail(`${failed.length} of ${done} seeds failed: ${seeds}\n\n${told}`)
  }
  // A simulation in which nothing is folded proves nothing.
  if (done >= 100) expect(applied).toBeGreaterThan(done / 2)
}

function describeRun({ seed, failure, faults, trace }: Run): string {
  const steps = trace.slice(-SHOWN_STEPS).join('\n  ')
  return `seed ${seed}: ${failure}\nfaults: ${faults.join(', ')}\nthe last steps:\n  ${steps}`
}

function tell(what: string): void {
  process.stdout.write(`${what}\n`)
}
