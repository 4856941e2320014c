import type { StampedDraft } from '../session/append.ts'
import type { Message, Seq } from '../session/message.ts'
import type { LogLine } from './log-line.ts'
import type { BranchMark } from './marks.ts'

/** A log with what was done here on top of what the remote log says. */
export interface Overlaid {
  readonly line: LogLine
  /** The branches that are still unsent, with what they take off by now. */
  readonly branches: readonly BranchMark[]
}

/** A message or a branch that the remote log has not settled. */
export type Pending =
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'branch'; readonly mark: BranchMark }

/**
 * Provisional messages and branches in the order in which they are sent: a branch follows the last message that it takes
 * off, and comes before all later ones.
 *
 * @param provisional - Ascending.
 */
export function inSendOrder(
  provisional: readonly Message[],
  branches: readonly BranchMark[],
): readonly Pending[] {
  const ids = new Set(provisional.map(({ id }) => id))
  const waiting = [...branches]
  const order: Pending[] = []
  const addBranches = (): void => {
    for (let mark = waiting[0]; mark && !ids.has(mark.through); mark = waiting[0]) {
      order.push({ kind: 'branch', mark })
      waiting.shift()
    }
  }
  addBranches()
  for (const message of provisional) {
    order.push({ kind: 'message', message })
    ids.delete(message.id)
    addBranches()
  }
  return order
}

/**
 * Does again what was done here and was not seen in the remote log yet, on top of what that has settled. As long as nothing
 * else comes between, the remote log will say the same.
 *
 * @see SPEC.md rules SYNC3, SYNC6
 */
export function placeUnsent(
  settled: LogLine,
  provisional: readonly Message[],
  branches: readonly BranchMark[],
): Overlaid {
  const line = settled.fork()
  const confirmed = settled.end().seq
  const marks: BranchMark[] = []
  for (const pending of inSendOrder(provisional, branches)) {
    if (pending.kind === 'message') {
      line.place(draftOf(pending.message))
      continue
    }
    const before = line.pins()
    const left = leaveBranch(line, pending.mark)
    if (left === undefined) continue
    const after = new Set(line.pins())
    marks.push({
      ...pending.mark,
      left: runsOf(left.filter((seq) => seq <= confirmed)),
      pins: before.filter((seq) => seq <= confirmed && !after.has(seq)),
    })
  }
  return { line, branches: marks }
}

/** Takes messages off as a branch says; undefined if the log knows nothing of them. */
export function leaveBranch(
  line: LogLine,
  { after, through }: Pick<BranchMark, 'after' | 'through'>,
): readonly Seq[] | undefined {
  const from = after === '' ? 0 : line.find(after)?.seq
  const to = line.find(through)?.seq
  return from === undefined || to === undefined ? undefined : line.leave(from, to)
}

/** A message without its place. */
export function draftOf(message: Message): StampedDraft {
  const { seq: _, chain: _chain, active: _active, through: _through, ...draft } = message
  return draft
}

/** Ascending positions as runs, first and last of each. */
export function runsOf(seqs: readonly Seq[]): readonly (readonly [Seq, Seq])[] {
  const runs: (readonly [Seq, Seq])[] = []
  for (const seq of seqs) {
    const last = runs.at(-1)
    if (last?.[1] === seq - 1) runs[runs.length - 1] = [last[0], seq]
    else runs.push([seq, seq])
  }
  return runs
}
