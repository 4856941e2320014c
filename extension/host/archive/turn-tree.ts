import type { SiteTurn } from '../../sites/site.ts'

/** The ways through a conversation, each from its first turn to a last one. */
export interface TurnPaths {
  /** In the order in which somebody would have gone through them. */
  readonly others: readonly (readonly SiteTurn[])[]
  readonly shown: readonly SiteTurn[]
}

/** Turns of all paths together; beyond that only the path that is shown is followed. */
const MOST_STEPS = 1_000_000

/**
 * Every path of a conversation's tree, that of the shown leaf last, so that each turn can be appended once. A turn of
 * which the site does not say what it follows, follows the one before it in the list.
 *
 * @returns undefined where it is no tree, or the leaf is not in it.
 */
export function pathsOf(turns: readonly SiteTurn[], leaf: string): TurnPaths | undefined {
  const byId = new Map(turns.map((turn) => [turn.id, turn]))
  const parents = new Map<string, string | null>()
  turns.forEach(({ id, parent }, at) => {
    const named = parent === undefined ? (turns[at - 1]?.id ?? null) : parent
    // What it names may be a turn that is shown to nobody.
    parents.set(id, named !== null && byId.has(named) ? named : null)
  })
  const shown = pathTo(leaf, byId, parents)
  if (!shown) return undefined
  const isShown = new Set(shown.map(({ id }) => id))
  const children = new Map<string | null, string[]>()
  for (const { id } of turns) {
    const parent = parents.get(id) ?? null
    const siblings = children.get(parent)
    if (siblings) siblings.push(id)
    else children.set(parent, [id])
  }
  // The shown child last at every fork.
  for (const siblings of children.values()) {
    siblings.sort((a, b) => Number(isShown.has(a)) - Number(isShown.has(b)))
  }
  const leaves = leavesOf(children)
  const others: (readonly SiteTurn[])[] = []
  let steps = 0
  for (const end of leaves) {
    if (end === leaf) continue
    const path = pathTo(end, byId, parents)
    steps += path?.length ?? 0
    if (steps > MOST_STEPS) break
    if (path) others.push(path)
  }
  return { others, shown }
}

/** Ends of the tree, depth first. What is in a ring is reached from nowhere. */
function leavesOf(children: ReadonlyMap<string | null, readonly string[]>): readonly string[] {
  const leaves: string[] = []
  const open = [...(children.get(null) ?? [])].reverse()
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const next = children.get(id)
    if (next) open.push(...next.toReversed())
    else leaves.push(id)
  }
  return leaves
}

/** undefined where it goes round in a ring, or the turn is unknown. */
function pathTo(
  end: string,
  byId: ReadonlyMap<string, SiteTurn>,
  parents: ReadonlyMap<string, string | null>,
): readonly SiteTurn[] | undefined {
  const path: SiteTurn[] = []
  for (let id: string | null = end; id !== null; id = parents.get(id) ?? null) {
    const turn = byId.get(id)
    if (!turn || path.length >= byId.size) return undefined
    path.push(turn)
  }
  return path.reverse()
}
