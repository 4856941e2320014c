import type { Job } from '../../../src/core/compaction/job.ts'
import type { Generation, GenerationStatus } from '../../../src/core/session/generation.ts'
import { must } from './broken-invariant.ts'
import type { SmallWorld } from './small-world.ts'
import type { Step } from './step-invariants.ts'

/** What a generation or job says is never changed; only its standing is, and never back. */
export function checkHistory({ before, after, outcome, deed }: Step): void {
  for (const was of before.generations) {
    const is = after.generations.find(({ n }) => n === was.n)
    if (is === was) continue
    must(is !== undefined && contentOf(is) === contentOf(was), `generation ${was.n} was rewritten`)
    must(is !== undefined && NEXT[was.status].includes(is.status), `${was.n} became ${is?.status}`)
    const isFirst = was.appliedAt === undefined && is?.appliedAt !== undefined
    must(!isFirst || outcome === 'applied', `generation ${was.n} was applied by ${deed.do}`)
  }
  for (const was of before.jobs) {
    const is = after.jobs.find(({ n }) => n === was.n)
    if (is === was) continue
    const isOpen = was.state === 'running' || was.state === 'ready'
    must(isOpen, `job ${was.n} had ended and was changed`)
    must(is !== undefined && fixedOf(is) === fixedOf(was), `job ${was.n} became another`)
    must(is !== undefined && is.done >= was.done, `job ${was.n} went back`)
  }
}

const NEXT: Readonly<Record<GenerationStatus, readonly GenerationStatus[]>> = {
  candidate: ['applied', 'rejected'],
  applied: ['rolled-back'],
  'rolled-back': ['applied'],
  rejected: [],
  superseded: [],
}

function contentOf({ status: _, appliedAt: _at, ...content }: Generation): string {
  return JSON.stringify(content)
}

/** What is decided when a job starts. */
function fixedOf({ base, baseVersion, branch, from, mark, pins, blocks, messages }: Job): string {
  return JSON.stringify([base, baseVersion, branch, from, mark, pins, blocks, messages])
}

/** Each apply leaves one snapshot of what was before it, and nothing ever changes one. */
export function checkSnapshots(
  { before, after, outcome }: Step,
  hashOf: (w: SmallWorld) => string,
): void {
  must(
    before.snapshots.every((snapshot) => after.snapshots.includes(snapshot)),
    'a snapshot was changed: a generation was applied twice',
  )
  const added = after.snapshots.filter((snapshot) => !before.snapshots.includes(snapshot))
  must(added.length === (outcome === 'applied' ? 1 : 0), `${added.length} snapshots came`)
  for (const { n, hash, generation, mark } of added) {
    must(n === before.session.candidate && n === after.session.head, 'a snapshot of another apply')
    must(hash === hashOf(before), 'the snapshot is not the context before the apply')
    const { head, mark: markBefore } = before.session
    must(generation === head && mark === markBefore, 'the snapshot names another head')
  }
}
