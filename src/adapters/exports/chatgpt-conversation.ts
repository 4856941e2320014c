import type { Draft, Part, Role } from '../../core/session/message.ts'
import type { Conversation } from '../../core/transfer/conversation.ts'
import { isJsonObject, listOf, stringOf, textOrNone, type JsonObject } from '../copy-json.ts'
import { formatToolInput } from '../tool-input.ts'
import { readChatGptContent, type ReadContent } from './chatgpt-content.ts'
import { growTree, type ForeignNode } from './grow-tree.ts'
import { timeInSeconds } from './read-time.ts'
import { titleOf } from './title-of.ts'

/** Whether a value is a conversation of ChatGPT's data export, or of its own interface. */
export function isChatGptConversation(value: unknown): value is JsonObject {
  return isJsonObject(value) && isJsonObject(value['mapping'])
}

/**
 * Reads a conversation of ChatGPT's data export: a tree of nodes, of which `current_node` ends the path that is shown.
 *
 * Calls of tools are messages of the assistant to another recipient, their results messages of a tool; neither has an
 * id. What only the app needs stays beside each message as its original. Total: what is no node is left out.
 *
 * @see SPEC.md rules EXPT4–EXPT8
 */
export function readChatGptConversation(value: JsonObject): Conversation {
  const mapping = isJsonObject(value['mapping']) ? value['mapping'] : {}
  const nodes = inOrder(mapping).map(([id, node]) => readNode(id, node))
  const tree = growTree(nodes, textOrNone(value['current_node']))
  const createdAt = timeInSeconds(value['create_time'])
  const key = textOrNone(value['conversation_id']) ?? textOrNone(value['id']) ?? ''
  return {
    source: 'chatgpt',
    key,
    title: titleOf(stringOf(value['title']), tree.nodes),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...tree,
  }
}

/** Nodes in the order of the file, but children of one node in the order in which it names them. */
function inOrder(mapping: JsonObject): readonly (readonly [string, JsonObject])[] {
  const nodes = Object.entries(mapping).flatMap(([id, node]) =>
    isJsonObject(node) ? [[id, node] as const] : [],
  )
  const ranks = new Map<string, number>()
  for (const [, node] of nodes) {
    for (const [rank, child] of listOf(node['children']).entries()) {
      if (typeof child === 'string') ranks.set(child, rank)
    }
  }
  // Stable, so that nodes that nobody names stay where they are.
  return nodes.toSorted(([a], [b]) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0))
}

function readNode(id: string, node: JsonObject): ForeignNode {
  const parent = textOrNone(node['parent'])
  const message = node['message']
  const none: ForeignNode = { id, parent, draft: undefined }
  if (!isJsonObject(message)) return none
  const author = isJsonObject(message['author']) ? message['author'] : {}
  const content = readChatGptContent(message)
  if (content.parts.length === 0) return none
  const at = timeInSeconds(message['create_time'])
  const name = textOrNone(author['name'])
  const common = {
    id,
    ...(at === undefined ? {} : { at }),
    original: { source: 'chatgpt', value: withoutTexts(node, message, content) },
  }
  const recipient = textOrNone(message['recipient']) ?? 'all'
  const role = roleOf(author['role'])
  if (role === 'tool') {
    const parts = toResult(content.parts)
    return { id, parent, draft: { ...common, role, parts }, tool: name ?? 'tool' }
  }
  if (role === 'assistant' && !TO_PEOPLE.has(recipient)) {
    const callId = `call-${id}`
    return {
      id,
      parent,
      draft: { ...common, role, parts: toCall(callId, recipient, content) },
      call: callId,
    }
  }
  const draft: Draft = { ...common, role, parts: content.parts }
  return { id, parent, draft: role === 'user' && name !== undefined ? { ...draft, name } : draft }
}

const TO_PEOPLE: ReadonlySet<string> = new Set(['all', 'assistant', 'user'])

function roleOf(role: unknown): Role {
  return role === 'system' || role === 'user' || role === 'tool' ? role : 'assistant'
}

function toCall(callId: string, name: string, { parts, language }: ReadContent): readonly Part[] {
  const said = parts.filter((part) => part.type === 'reasoning')
  const written = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
  const isJson = written.trimStart().startsWith('{') || written.trim() === ''
  const input = isJson
    ? formatToolInput(written)
    : JSON.stringify({ ...(language === undefined ? {} : { language }), code: written })
  return [...said, { type: 'tool-call', callId, name, input }]
}

/** The id is that of the call in front of it, which is only known in the tree. */
function toResult(parts: readonly Part[]): readonly Part[] {
  const texts = parts.flatMap((part) =>
    part.type === 'text' || part.type === 'reasoning' ? [part.text] : [],
  )
  const others = parts.filter(({ type }) => type === 'image' || type === 'file')
  return [{ type: 'tool-result', callId: 'unknown', output: texts.join('\n') }, ...others]
}

/** The node without what its parts hold to the letter. */
function withoutTexts(node: JsonObject, message: JsonObject, read: ReadContent): JsonObject {
  const { children, message: whole, ...rest } = node
  void children
  void whole
  const { content, ...others } = message
  return { ...rest, message: { ...others, content: read.isWhole ? read.kept : content } }
}
