/** The order in which the messages of a tree are appended. */
export interface BranchOrder {
  /** Indexes of the messages: each behind its parent, the path to the current one last. */
  readonly order: readonly number[]
  /** Which of them stand on the path to the current one. */
  readonly active: ReadonlySet<number>
}

/**
 * Orders a tree of messages as somebody would have appended them who went through all branches and came to the current
 * one last: depth first, at every fork the child that leads to the current message behind the others.
 *
 * Total and linear, without recursion: a conversation is as deep as it is long.
 *
 * @param parents - Index of the message before each, smaller than its own; −1 for the first.
 * @param current - The message that the active path ends with; −1 for an empty path.
 * @see SPEC.md rule EXPT2
 */
export function orderBranches(parents: readonly number[], current: number): BranchOrder {
  const active = new Set<number>()
  for (let at = current; at >= 0 && !active.has(at); at = parents[at] ?? -1) active.add(at)
  const children = new Map<number, number[]>()
  for (const [index, parent] of parents.entries()) {
    const known = parent < index ? parent : -1
    const siblings = children.get(known)
    if (siblings) siblings.push(index)
    else children.set(known, [index])
  }
  const order: number[] = []
  const stack: number[] = []
  const visit = (parent: number): void => {
    const own = children.get(parent)
    if (!own) return
    // A stack gives back what came last: so the others in reverse, over the one on the path.
    for (const child of own) if (active.has(child)) stack.push(child)
    for (let i = own.length - 1; i >= 0; i -= 1) {
      const child = own[i] as number
      if (!active.has(child)) stack.push(child)
    }
  }
  visit(-1)
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    order.push(next)
    visit(next)
  }
  return { order, active }
}
