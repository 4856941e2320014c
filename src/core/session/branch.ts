import type { Snapshotted, Write } from '../ports/session-store.ts'
import type { Generation } from './generation.ts'
import type { Message, Seq } from './message.ts'
import { leaveRulesBehind } from '../memory/vault/settle-rules.ts'
import { moveHead } from './rollback.ts'
import type { SessionRow } from './session-row.ts'

export type Branched =
  | { readonly kind: 'branched'; readonly session: SessionRow }
  | { readonly kind: 'refused'; readonly reason: string }

/**
 * Takes every message above `after` off the active path. They stay in the log and stay recallable;
 * the next message continues behind `after`.
 *
 * Where the head generation covers what was left behind, the newest generation that does not
 * becomes the head.
 *
 * @param read - With `generations: 'all'`, `range` over the whole log, `openJob` and `rules`.
 * @see SPEC.md rules BRA1–BRA3
 */
export function branchLog(
  read: Snapshotted,
  after: Seq,
  now: number,
): { readonly writes: readonly Write[]; readonly outcome: Branched } {
  const { session } = read
  if (!session) return refuse('the session does not exist')
  const last = read.range.findLast((message) => message.active && message.seq <= after)
  if (after !== 0 && last?.seq !== after) {
    return refuse(`message ${after} is not on the active path`)
  }
  const left = read.range.filter((message) => message.active && message.seq > after)
  if (left.length === 0) return refuse(`nothing stands above message ${after}`)
  const gone = new Set(left.map((message) => message.seq))
  const cut: SessionRow = {
    ...session,
    branch: session.branch + 1,
    chain: last?.chain ?? '',
    messages: session.messages - left.length,
    pins: session.pins.filter((seq) => !gone.has(seq)),
    tokens: { ...session.tokens, log: last?.through ?? 0 },
  }
  const inactive = left.map((message) => ({ ...message, active: false }))
  const range = read.range.map((message) =>
    gone.has(message.seq) ? { ...message, active: false } : message,
  )
  const moved = moveHead(
    { ...read, range },
    cut,
    newestBelow(read.generations, session, after, range),
    now,
  )
  return {
    writes: [
      ...inactive.map((message): Write => ({
        table: 'messages',
        row: { ...message, session: session.id },
      })),
      ...leaveRulesBehind(read.rules, gone).map((row): Write => ({
        table: 'rules',
        row,
      })),
      ...moved.writes,
      { table: 'sessions', row: moved.session },
    ],
    outcome: { kind: 'branched', session: moved.session },
  }
}

/** The head, or its newest ancestor that covers nothing above `after`. */
function newestBelow(
  generations: readonly Generation[],
  session: SessionRow,
  after: Seq,
  range: readonly Message[],
): Generation | undefined {
  const byNumber = new Map(generations.map((generation) => [generation.n, generation]))
  let generation = byNumber.get(session.head)
  while (generation) {
    const { mark, coverage } = generation
    if (mark <= after && range.some((m) => m.seq === mark && m.chain === coverage))
      return generation
    generation = byNumber.get(generation.parent)
  }
  return undefined
}

function refuse(reason: string): { readonly writes: readonly Write[]; readonly outcome: Branched } {
  return { writes: [], outcome: { kind: 'refused', reason } }
}
