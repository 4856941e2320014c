import { appendToLog, type StampedDraft } from '../session/append.ts'
import type { Message, Seq } from '../session/message.ts'
import type { SessionRow } from '../session/session-row.ts'
import { orderBranches } from './order-branches.ts'

/** A message of a tree, with its place in it. */
export interface TreeNode {
  readonly draft: StampedDraft
  /** Index of the message before it, smaller than its own; −1 for a first one. */
  readonly parent: number
}

/** A log with the row of its session. */
export interface GrownLog {
  readonly session: SessionRow
  readonly messages: readonly Message[]
  /** The newest message of each path: together their chains stand for the whole log. */
  readonly ends: readonly Seq[]
}

/** What of a session's row belongs to a place in its log. */
type Place = Pick<SessionRow, 'chain' | 'pins' | 'messages' | 'tokens'>

/**
 * The log that a tree of messages makes: as if each had been appended in the order of {@link orderBranches}, with a
 * branch wherever one does not follow the one before it.
 *
 * Total, pure and linear, where a branch of a live session would look at its whole log.
 *
 * @param first - A session without messages.
 * @param current - The message that the active path ends with; −1 for none.
 * @see SPEC.md rules EXPT2, EXPT3
 */
export function growLog(first: SessionRow, nodes: readonly TreeNode[], current: number): GrownLog {
  const { order, active } = orderBranches(
    nodes.map(({ parent }) => parent),
    current,
  )
  const places = new Map<number, Place>([[-1, placeOf(first)]])
  const messages: Message[] = []
  const ends = new Set<Seq>()
  const seqs = new Map<number, Seq>()
  let session = first
  let before = -1
  const goTo = (parent: number): void => {
    if (parent === before) return
    const branch = session.branch + 1
    const place = places.get(parent) ?? placeOf(first)
    session = { ...session, ...place, branch, headVersion: session.headVersion + 1 }
  }
  for (const index of order) {
    const node = nodes[index]
    if (node === undefined) continue
    goTo(node.parent < index ? node.parent : -1)
    const appended = appendToLog(session, [node.draft])
    session = appended.session
    places.set(index, placeOf(session))
    for (const message of appended.messages) {
      seqs.set(index, message.seq)
      ends.add(message.seq)
      ends.delete(seqs.get(node.parent) ?? 0)
      messages.push(active.has(index) ? message : { ...message, active: false })
    }
    before = index
  }
  if (order.length > 0) goTo(current)
  return { session, messages, ends: [...ends] }
}

function placeOf({ chain, pins, messages, tokens }: SessionRow): Place {
  return { chain, pins, messages, tokens }
}
