import type { DigestLine, Generation } from '../../../src/core/session/generation.ts'
import { contextText } from './expected-context.ts'
import { expectThat } from './invariant-error.ts'
import type { CommittedRows, Delta, View } from './view.ts'

const SECTIONS: readonly string[] = [
  'goal',
  'rules',
  'corrections',
  'decisions',
  'quotes',
  'state',
  'facts',
  'artifacts',
  'open',
  'hints',
]

/** A context as it was before an apply, and what it was made of. */
interface Remembered {
  readonly text: string
  readonly generation: number
  readonly through: number
  readonly pins: string
  readonly branch: number
}

/** What is known of jobs from when they began. */
interface BegunJobs {
  readonly nextSeqAt: ReadonlyMap<number, number>
  readonly mends: ReadonlySet<number>
}

/** Generations: immutable but for their status, legal in every line, applied and taken back exactly. */
export class GenerationCheck {
  private readonly contexts = new Map<number, Remembered>()
  private readonly texts = new Map<string, string>()

  check(
    before: View | undefined,
    after: View,
    delta: Delta,
    rows: CommittedRows,
    begun: BegunJobs,
  ): void {
    for (const { before: known, after: generation } of delta.generations) {
      if (known) checkSame(known, generation)
      else checkNew(generation, before, rows)
      if (!known && before) checkBlocks(generation, before, delta)
    }
    checkHead(after)
    if (!before || after.session.headVersion === before.session.headVersion) {
      expectThat(after.session.head === before?.session.head || !before, 'the head moved unnoticed')
      expectThat(after.session.mark === (before?.session.mark ?? 0), 'the mark moved alone')
      return
    }
    if (isApply(before, after)) this.checkApply(before, after, delta, begun)
    else this.checkTakenBack(before, after)
  }

  private checkApply(before: View, after: View, { snapshots }: Delta, begun: BegunJobs): void {
    const { head } = after
    const { session } = before
    expectThat(head?.parent === session.head, `generation ${head?.n} forks from ${head?.parent}`)
    const isMend = head !== undefined && begun.mends.has(head.job)
    const isRaised = after.session.mark > session.mark
    expectThat(isRaised || isMend, 'an apply did not raise the mark')
    const snapshot = snapshots.find(({ after: one }) => one.n === head?.n)?.after
    if (!head || !snapshot) throw new Error(`generation ${head?.n} was applied without a snapshot`)
    const same =
      snapshot.generation === session.head &&
      snapshot.mark === session.mark &&
      snapshot.through === session.nextSeq - 1 &&
      snapshot.branch === session.branch &&
      snapshot.pins.join() === session.pins.join()
    expectThat(same, `snapshot ${snapshot.n} is not of the context before it`)
    const remembered: Remembered = {
      text: contextText(before),
      generation: session.head,
      through: session.nextSeq - 1,
      pins: session.pins.join(),
      branch: session.branch,
    }
    this.contexts.set(head.n, remembered)
    const content = [remembered.text, remembered.pins, session.chain].join('\n')
    const known = this.texts.get(snapshot.hash) ?? content
    expectThat(known === content, `snapshot ${head.n} has the hash of another context`)
    this.texts.set(snapshot.hash, content)
    checkPartedCalls(after, session.mark, begun.nextSeqAt.get(head.job) ?? 0)
  }

  /** Rolled back to, with nothing come since, a context is the one from before the apply. */
  private checkTakenBack(before: View, after: View): void {
    const { session } = after
    for (const [n, context] of this.contexts) {
      const isSame =
        n > session.head &&
        context.generation === session.head &&
        context.through === session.nextSeq - 1 &&
        context.branch === session.branch &&
        context.pins === session.pins.join()
      if (!isSame) continue
      expectThat(contextText(after) === context.text, () => {
        return `back from ${before.session.head} to ${session.head}: not the context before ${n}`
      })
    }
  }
}

/** Whether the head became what was the candidate. */
export function isApply(before: View, after: View): boolean {
  return after.session.head !== 0 && after.session.head === before.session.candidate
}

function checkSame(known: Generation, generation: Generation): void {
  const { n } = generation
  const { status: from, appliedAt: appliedBefore, ...rest } = known
  const { status: to, appliedAt, ...restAfter } = generation
  expectThat(
    JSON.stringify(rest) === JSON.stringify(restAfter),
    `generation ${n} was written again, other than before`,
  )
  const isFirstApply = from === 'candidate' && to === 'applied' && appliedBefore === undefined
  expectThat(
    isFirstApply ? appliedAt !== undefined : appliedAt === appliedBefore,
    `generation ${n} was applied at two times`,
  )
  const isLegal =
    isFirstApply ||
    (from === 'candidate' && to === 'rejected') ||
    (from === 'applied' && to === 'rolled-back') ||
    (from === 'rolled-back' && to === 'applied')
  expectThat(isLegal, `generation ${n} went from ${from} to ${to}`)
}

function checkNew(generation: Generation, before: View | undefined, rows: CommittedRows): void {
  const { n, mark, parent, status, checks } = generation
  const job = rows.jobs.get(generation.job)
  expectThat(n === (before?.session.lastGeneration ?? 0) + 1, `generation ${n} is out of turn`)
  expectThat(status === 'candidate' || status === 'rejected', `generation ${n} begins as ${status}`)
  expectThat(job?.mark === mark && job.base === parent, `generation ${n} is not what its job made`)
  expectThat(job?.done === job?.blocks.length, `generation ${n} has unfinished blocks`)
  const failed = checks.some(({ outcome }) => outcome === 'failed')
  expectThat(failed === (status === 'rejected'), `generation ${n} is ${status} against its checks`)
  if (status === 'rejected' || !before) return
  const covered = before.active.filter(({ seq }) => seq <= mark)
  const atMark = covered.at(-1)
  expectThat(
    atMark?.seq !== mark || atMark.chain === generation.coverage,
    `generation ${n} covers another log`,
  )
  for (const line of generation.digest) checkLine(line, n, mark)
}

/** A candidate counts only if every message of its range was read once, and as the log has it. */
function checkBlocks(generation: Generation, before: View, { jobs, removedBlocks }: Delta): void {
  if (generation.status === 'rejected') return
  const job = jobs.find(({ after }) => after.n === generation.job)?.after
  const ranges = job?.blocks ?? []
  ranges.forEach(({ from, to }, index) => {
    const block = removedBlocks.find((one) => one.job === generation.job && one.block === index)
    const own = before.active.filter(({ seq }) => seq >= from && seq <= to)
    const what = `block ${index} of generation ${generation.n}`
    expectThat(block?.messages === own.length, `${what} read ${block?.messages} of ${own.length}`)
    const isLast = index === ranges.length - 1
    expectThat(!isLast || block?.chain === own.at(-1)?.chain, `${what} read another log`)
  })
}

function checkLine({ section, text, sources, id }: DigestLine, n: number, mark: number): void {
  const what = `line ${id} of generation ${n}`
  expectThat(SECTIONS.includes(section), `${what} is in section ${section}`)
  const legal = sources.length > 0 && sources.every((seq) => seq >= 1 && seq <= mark)
  expectThat(legal, `${what} names ${sources.join()} with the mark at ${mark}`)
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  expectThat(!/[\n\r\u0000]/.test(text) && text.length <= 2_000, `${what} is no line`)
}

/** The head stands for exactly the messages below its mark. */
function checkHead({ session, head, active }: View): void {
  const { mark } = session
  if (session.head === 0) {
    expectThat(mark === 0, 'without a generation there is a mark')
    return
  }
  if (!head) throw new Error(`the head ${session.head} does not exist`)
  expectThat(head.mark === mark, 'session and head disagree about the mark')
  expectThat(head.status === 'applied', `the head is ${head.status}`)
  const covered = active.filter(({ seq }) => seq <= mark)
  const atMark = covered.at(-1)
  expectThat(atMark?.seq === mark, `the message at the mark ${mark} is not active`)
  expectThat(atMark?.chain === head.coverage, 'the head covers what is not in the log')
  expectThat(head.covered === covered.length, () => {
    return `${covered.length} messages are covered, the head says ${head.covered}`
  })
  const above = new Map(active.map((message) => [message.seq, message]))
  for (const { seq, part } of head.stubs) {
    const message = above.get(seq)
    expectThat(!message || seq > mark, `a stub for message ${seq}, which is covered`)
    expectThat(!message || message.parts[part] !== undefined, `a stub for no part of ${seq}`)
  }
}

/** No call that was answered when the job began is newly covered without its result. */
function checkPartedCalls({ active, session }: View, markBefore: number, nextSeq: number): void {
  const covered = new Set<string>()
  for (const { seq, parts } of active) {
    for (const part of parts) {
      if (part.type === 'tool-call' && seq > markBefore && seq <= session.mark) {
        covered.add(part.callId)
      }
      if (part.type !== 'tool-result' || seq <= session.mark || seq >= nextSeq) continue
      expectThat(!covered.has(part.callId), `result ${seq} was parted from call ${part.callId}`)
    }
  }
}
