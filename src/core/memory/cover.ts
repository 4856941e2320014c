/** Something that may be chosen, and what choosing it covers. */
export interface CoverItem {
  /** Indices of the concepts it covers, each once. */
  readonly concepts: readonly number[]
  /** Indices of the concepts that it only names: a place that says more of them is worth half as much again. */
  readonly named: readonly number[]
  /** Worth of its own, whatever else is chosen. */
  readonly worth: number
  /** Tokens it takes. */
  readonly tokens: number
  /** Items of one group share a label, which is paid once. */
  readonly group: number
}

export interface CoverTask {
  readonly items: readonly CoverItem[]
  /** Worth of each concept, by index. */
  readonly weights: ArrayLike<number>
  /** Tokens of the label of each group, by index. */
  readonly labels: ArrayLike<number>
  /** Tokens to be spent. */
  readonly room: number
  /** Indices of items that are chosen whatever they take. */
  readonly forced?: readonly number[]
}

/** Share of a concept's worth that it still has once it is covered: a second place adds some context. */
const AGAIN = 0.06
/** Share of a concept's worth that naming it gives. */
const NAMED = 0.5

/**
 * Chooses what covers the most worth with the tokens there are: always the item with the best gain per
 * token, where a concept counts whole only the first time.
 *
 * Budgeted maximum coverage, solved greedily with lazy evaluation: gains only ever shrink, so an item whose
 * gain is still the best after it was computed anew is the best of all. Near the optimum in theory and close to
 * it in practice (Khuller, Moss and Naor 1999; Minoux 1978; for summaries Gillick and Favre 2009, Lin and
 * Bilmes 2011). Deterministic: of equals the earlier item is chosen.
 *
 * @returns Indices of the items chosen, in the order of choice.
 * @see SPEC.md rules SAL4, SAL5
 */
export function coverGreedily(task: CoverTask): readonly number[] {
  const { items, weights, labels, room } = task
  const covered = new Float32Array(weights.length)
  const open = new Uint8Array(labels.length)
  const taken = new Uint8Array(items.length)
  const members = groupMembers(items, labels.length)
  const chosen: number[] = []
  let spent = 0

  const costOf = (item: CoverItem): number =>
    item.tokens + (open[item.group] ? 0 : (labels[item.group] ?? 0))
  const density = (index: number): number => {
    const item = items[index]
    if (!item) return 0
    let gain = item.worth
    for (const concept of item.concepts) {
      gain += (weights[concept] ?? 0) * Math.max(AGAIN, 1 - (covered[concept] ?? 0))
    }
    for (const concept of item.named) {
      gain += (weights[concept] ?? 0) * Math.max(0, NAMED - (covered[concept] ?? 0))
    }
    return gain / Math.max(1, costOf(item))
  }
  const heap = new Heap()
  const choose = (index: number): void => {
    const item = items[index]
    if (!item || taken[index]) return
    spent += costOf(item)
    taken[index] = 1
    chosen.push(index)
    for (const concept of item.named) covered[concept] = Math.max(covered[concept] ?? 0, NAMED)
    for (const concept of item.concepts) covered[concept] = 1
    if (open[item.group]) return
    open[item.group] = 1
    // With the label paid, the others of the group have become cheaper.
    for (const other of members[item.group] ?? []) {
      if (!taken[other]) heap.push(density(other), other)
    }
  }

  for (const index of task.forced ?? []) choose(index)
  items.forEach((_, index) => {
    if (!taken[index]) heap.push(density(index), index)
  })
  for (let top = heap.pop(); top; top = heap.pop()) {
    const { key, index } = top
    const item = items[index]
    if (!item || taken[index] || spent + costOf(item) > room) continue
    const now = density(index)
    const next = heap.peek()
    if (now < key && next !== undefined && now < next) {
      if (now > 0) heap.push(now, index)
      continue
    }
    if (now <= 0) continue
    choose(index)
  }
  return chosen
}

function groupMembers(items: readonly CoverItem[], groups: number): readonly (readonly number[])[] {
  const members: number[][] = Array.from({ length: groups }, () => [])
  items.forEach((item, index) => members[item.group]?.push(index))
  return members
}

/** A binary heap of item indices, the greatest key first; of equal keys the smaller index. */
class Heap {
  private readonly keys: number[] = []
  private readonly indices: number[] = []

  peek(): number | undefined {
    return this.keys[0]
  }

  push(key: number, index: number): void {
    let at = this.keys.push(key) - 1
    this.indices.push(index)
    while (at > 0) {
      const up = (at - 1) >> 1
      if (!this.isAbove(at, up)) break
      this.swap(at, up)
      at = up
    }
  }

  pop(): { readonly key: number; readonly index: number } | undefined {
    const [key, index] = [this.keys[0], this.indices[0]]
    if (key === undefined || index === undefined) return undefined
    const last = this.keys.length - 1
    this.swap(0, last)
    this.keys.pop()
    this.indices.pop()
    for (let at = 0; ;) {
      const left = at * 2 + 1
      if (left >= last) break
      const child = left + 1 < last && this.isAbove(left + 1, left) ? left + 1 : left
      if (!this.isAbove(child, at)) break
      this.swap(child, at)
      at = child
    }
    return { key, index }
  }

  private isAbove(a: number, b: number): boolean {
    const [one, other] = [this.keys[a] ?? 0, this.keys[b] ?? 0]
    return one > other || (one === other && (this.indices[a] ?? 0) < (this.indices[b] ?? 0))
  }

  private swap(a: number, b: number): void {
    const [key, index] = [this.keys[a] ?? 0, this.indices[a] ?? 0]
    this.keys[a] = this.keys[b] ?? 0
    this.indices[a] = this.indices[b] ?? 0
    this.keys[b] = key
    this.indices[b] = index
  }
}
