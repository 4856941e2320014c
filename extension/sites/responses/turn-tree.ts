import { growTree, type ForeignNode } from '../../../src/adapters/exports/grow-tree.ts'
import type { Part } from '../../../src/core/session/message.ts'
import type { FoundNode } from '../../../src/core/transfer/conversation.ts'
import type { SiteTurn } from '../site.ts'
import type { TurnTree } from './reading.ts'

/** What a node of a conversation is to its reader. */
export interface NodeTraits {
  /** Hidden nodes are left out, and what follows them follows the one before. */
  readonly role: 'user' | 'assistant' | 'hidden'
  /** Whether it is what people see of an answer: the last of these names the turn. */
  readonly isShown: boolean
  /** Whether it was still being written. */
  readonly isUnfinished: boolean
  readonly model?: string
}

interface OpenTurn {
  readonly parent: number
  readonly role: 'user' | 'assistant'
  readonly parts: Part[]
  id: string
  isNamed: boolean
  isUnfinished: boolean
  hasFollower: boolean
  at: number | undefined
  model: string | undefined
}

/**
 * Makes turns of the nodes of a conversation, where all nodes of one answer (its thoughts, calls, results and texts)
 * are one turn, as they are on the page. An answer that was still being written is left out, for its id and its text
 * are not what they will be. Linear.
 *
 * @param nodes - Each behind its parent.
 * @param current - Index of the node that ends the branch that is shown.
 * @param merges - Whether answers are made of several nodes.
 */
export function turnsOfNodes(
  nodes: readonly FoundNode[],
  current: number,
  traitsOf: (node: FoundNode) => NodeTraits,
  merges: boolean,
): TurnTree {
  const traits = nodes.map(traitsOf)
  const kept = keepShown(nodes, traits)
  const turnAt: number[] = []
  const turns: OpenTurn[] = []
  for (const [index, node] of nodes.entries()) {
    const { role, isShown, isUnfinished, model } = traits[index] as NodeTraits
    const before = kept.parents[index] ?? -1
    const above = before < 0 ? -1 : (turnAt[before] ?? -1)
    if (role === 'hidden') {
      turnAt.push(above)
      continue
    }
    const open = turns[above]
    const goesOn =
      merges && role === 'assistant' && open?.role === role && kept.children[before] === 1
    const at = goesOn ? above : turns.length
    const turn = goesOn ? open : startTurn(role, above)
    if (!goesOn) {
      turns.push(turn)
      if (open) open.hasFollower = true
    }
    turnAt.push(at)
    turn.parts.push(...node.draft.parts)
    turn.isUnfinished ||= isUnfinished
    turn.at ??= node.draft.at
    turn.model = model ?? turn.model
    name(turn, node, isShown)
  }
  return closeTurns(turns, turnAt[current] ?? turns.length - 1)
}

/** Parents among the nodes that are shown, and how many shown nodes follow each. */
function keepShown(
  nodes: readonly FoundNode[],
  traits: readonly NodeTraits[],
): { readonly parents: readonly number[]; readonly children: readonly number[] } {
  const parents: number[] = []
  const children = nodes.map(() => 0)
  for (const [index, { parent }] of nodes.entries()) {
    const isHidden = parent >= 0 && traits[parent]?.role === 'hidden'
    const above = isHidden ? (parents[parent] ?? -1) : parent
    parents.push(above)
    if (above >= 0 && traits[index]?.role !== 'hidden') children[above] = (children[above] ?? 0) + 1
  }
  return { parents, children }
}

function startTurn(role: 'user' | 'assistant', parent: number): OpenTurn {
  const none = { at: undefined, model: undefined }
  const flags = { isNamed: false, isUnfinished: false, hasFollower: false }
  return { parent, role, parts: [], id: '', ...flags, ...none }
}

function name(turn: OpenTurn, { draft }: FoundNode, isShown: boolean): void {
  if (draft.id === undefined || (turn.isNamed && !isShown)) return
  turn.id = draft.id
  turn.isNamed ||= isShown
}

function closeTurns(turns: readonly OpenTurn[], last: number): TurnTree {
  const isLeftOut = (turn: OpenTurn | undefined): boolean =>
    turn !== undefined && turn.isUnfinished && !turn.hasFollower
  const closed = turns.flatMap((turn): readonly SiteTurn[] => {
    if (isLeftOut(turn) || turn.id === '' || turn.parts.length === 0) return []
    return [
      {
        id: turn.id,
        parent: turns[turn.parent]?.id ?? null,
        role: turn.role,
        parts: turn.parts,
        ...(turn.at === undefined ? {} : { at: turn.at }),
        ...(turn.model === undefined ? {} : { model: turn.model }),
      },
    ]
  })
  const end = isLeftOut(turns[last]) ? turns[turns[last]?.parent ?? -1] : turns[last]
  const leaf = closed.some(({ id }) => id === end?.id) ? end?.id : closed.at(-1)?.id
  return { turns: closed, leaf: leaf ?? null }
}

/** A turn as a site gives it, whole, with the one before it by its id. */
export interface GivenTurn {
  readonly id: string
  readonly parent: string | undefined
  readonly role: 'user' | 'assistant'
  readonly parts: readonly Part[]
  readonly at?: number | undefined
  readonly model?: string | undefined
  readonly isUnfinished?: boolean
}

/**
 * The tree of turns that name the one before them, each behind its parent. Those that say nothing are left out;
 * circles are cut, a second turn of the same id replaces the first.
 */
export function treeOfTurns(given: readonly GivenTurn[], current: string | undefined): TurnTree {
  const facts = new Map(given.map((turn) => [turn.id, turn]))
  const nodes = given.map(({ id, parent, role, parts, at }): ForeignNode => {
    const draft = { id, role, parts, ...(at === undefined ? {} : { at }) }
    return { id, parent, draft: parts.length === 0 ? undefined : draft }
  })
  const tree = growTree(nodes, current)
  const traitsOf = ({ draft }: FoundNode): NodeTraits => {
    const turn = facts.get(draft.id ?? '')
    return {
      role: turn?.role ?? 'hidden',
      isShown: true,
      isUnfinished: turn?.isUnfinished ?? false,
      ...(turn?.model === undefined ? {} : { model: turn.model }),
    }
  }
  return turnsOfNodes(tree.nodes, tree.current, traitsOf, false)
}
