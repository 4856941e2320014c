import { randomUUID } from 'node:crypto'

/** A message of an imitated chat. */
export interface ChatNode {
  readonly id: string
  readonly parent: string | null
  readonly role: 'user' | 'assistant'
  readonly text: string
  /** Unix time in seconds. */
  readonly at: number
}

/** A conversation as the server of an imitated chat keeps it: a tree. */
export interface ChatTree {
  readonly id: string
  title: string
  readonly nodes: Map<string, ChatNode>
  /** The message that ends the branch that is shown. */
  leaf: string | null
}

/** Most messages of one conversation. */
const MAX_NODES = 50_000

export function newTree(id: string = randomUUID(), title = 'New chat'): ChatTree {
  return { id, title, nodes: new Map(), leaf: null }
}

/** Adds a message behind another one, and shows it. */
export function grow(
  tree: ChatTree,
  node: Omit<ChatNode, 'id' | 'at'> & { id?: string },
): ChatNode {
  if (tree.nodes.size >= MAX_NODES) throw new RangeError('the conversation is full')
  const id = node.id ?? randomUUID()
  const grown = { ...node, id, at: 1_790_000_000 + tree.nodes.size }
  tree.nodes.set(id, grown)
  tree.leaf = id
  return grown
}
