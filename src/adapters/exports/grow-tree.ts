import type { FoundNode } from '../../core/transfer/conversation.ts'
import type { Draft } from '../../core/session/message.ts'
import { NO_CALL, NO_RESULT } from '../tool-input.ts'

/** A node of a conversation as another app keeps it. */
export interface ForeignNode {
  readonly id: string
  /** Id of the node before it; none for a first one. */
  readonly parent: string | undefined
  /** Undefined for a node that says nothing: what follows it follows the one before it. */
  readonly draft: Draft | undefined
  /** The call that it makes, whose result is expected behind it. */
  readonly call?: string
  /** Name of the tool that it is the output of; its result names the call in front of it. */
  readonly tool?: string
}

/** A tree of messages that stand in a legal order on every path. */
export interface GrownTree {
  readonly nodes: readonly FoundNode[]
  readonly current: number
  readonly repairs: readonly string[]
}

interface Open {
  readonly callId: string
  readonly at: number | undefined
}

interface Visit {
  readonly node: ForeignNode
  readonly parent: number
  readonly open: Open | undefined
}

/**
 * Makes a tree of the nodes of another app, which name the one before them.
 *
 * Nodes that say nothing are left out. On every path each call gets its result, or one that says that there is none,
 * and each output of a tool its call: the app names neither. Nodes whose way to a first one leads in a circle, or
 * nowhere, begin paths of their own, so that nothing said is lost. Total, linear, without recursion.
 *
 * @param current - Id of the node that the active path ends with; without it, the newest leaf.
 * @see SPEC.md rules EXPT4–EXPT7
 */
export function growTree(given: readonly ForeignNode[], current: string | undefined): GrownTree {
  const byId = new Map(given.map((node) => [node.id, node]))
  const children = new Map<string | undefined, ForeignNode[]>()
  for (const node of byId.values()) {
    const parent = node.parent !== undefined && byId.has(node.parent) ? node.parent : undefined
    const siblings = children.get(parent)
    if (siblings) siblings.push(node)
    else children.set(parent, [node])
  }
  const nodes: FoundNode[] = []
  const ends = new Map<string, number>()
  const repairs = new Set<string>()
  const grow = (starts: readonly ForeignNode[]): void => {
    const stack: Visit[] = starts
      .toReversed()
      .map((node) => ({ node, parent: -1, open: undefined }))
    for (let visit = stack.pop(); visit !== undefined; visit = stack.pop()) {
      const { node } = visit
      if (ends.has(node.id)) continue
      const next = place(nodes, visit)
      if (next.repaired !== undefined) repairs.add(next.repaired)
      const below = (children.get(node.id) ?? []).filter(({ id }) => !ends.has(id))
      let end = next.parent
      if (below.length === 0 && next.open) {
        end = close(nodes, next.parent, next.open)
        repairs.add('A call without a result got one that says so.')
      }
      ends.set(node.id, end)
      for (let i = below.length - 1; i >= 0; i -= 1) {
        stack.push({ node: below[i] as ForeignNode, parent: next.parent, open: next.open })
      }
    }
  }
  grow(children.get(undefined) ?? [])
  for (const node of byId.values()) {
    if (ends.has(node.id)) continue
    repairs.add('Messages that lead back to themselves stand in a branch of their own.')
    grow([node])
  }
  const named = current === undefined ? undefined : ends.get(current)
  return { nodes, current: named ?? nodes.length - 1, repairs: [...repairs] }
}

/** Puts a node into the tree; answers what those behind it follow. */
function place(
  nodes: FoundNode[],
  { node, parent, open }: Visit,
): { readonly parent: number; readonly open: Open | undefined; readonly repaired?: string } {
  const { draft, call, tool } = node
  if (draft === undefined) return { parent, open }
  if (tool !== undefined) {
    const answered = open ?? { callId: `call-${node.id}`, at: draft.at }
    let before = parent
    if (open === undefined) {
      const asked = {
        type: 'tool-call',
        callId: answered.callId,
        name: tool || NO_CALL,
        input: '{}',
      } as const
      const role = 'assistant' as const
      nodes.push({
        draft: { id: `${node.id}-call`, role, parts: [asked], ...timeOf(answered) },
        parent,
      })
      before = nodes.length - 1
    }
    const parts = draft.parts.map((part) =>
      part.type === 'tool-result' ? { ...part, callId: answered.callId } : part,
    )
    nodes.push({ draft: { ...draft, parts }, parent: before })
    const repaired = 'An output of a tool without a call got one before it.'
    return { parent: nodes.length - 1, open: undefined, ...(open ? {} : { repaired }) }
  }
  const before = open ? close(nodes, parent, open) : parent
  nodes.push({ draft, parent: before })
  return {
    parent: nodes.length - 1,
    open: call === undefined ? undefined : { callId: call, at: draft.at },
    ...(open ? { repaired: 'A call without a result got one that says so.' } : {}),
  }
}

function close(nodes: FoundNode[], parent: number, open: Open): number {
  const result = { type: 'tool-result', callId: open.callId, output: NO_RESULT } as const
  const id = `${open.callId}-none-${nodes.length}`
  nodes.push({ draft: { id, role: 'tool', parts: [result], ...timeOf(open) }, parent })
  return nodes.length - 1
}

function timeOf({ at }: Open): { readonly at?: number } {
  return at === undefined ? {} : { at }
}
