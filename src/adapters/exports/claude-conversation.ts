import type { Part } from '../../core/session/message.ts'
import type { Conversation } from '../../core/transfer/conversation.ts'
import {
  isJsonObject,
  isText,
  listOf,
  stringOf,
  textOrNone,
  type JsonObject,
} from '../copy-json.ts'
import { NO_CALL, NO_RESULT, textOrJson } from '../tool-input.ts'
import { growTree, type ForeignNode } from './grow-tree.ts'
import { timeOfText } from './read-time.ts'
import { titleOf } from './title-of.ts'

/** Whether a value is a conversation of Claude's data export. */
export function isClaudeConversation(value: unknown): value is JsonObject {
  return isJsonObject(value) && Array.isArray(value['chat_messages'])
}

/**
 * Reads a conversation of Claude's data export. Messages that name the one before them make a tree, others a line.
 * Texts of attachments become part of what was said; calls and results stand in one message, in their order. Total.
 *
 * @see SPEC.md rules EXPT5, EXPT7, EXPT9
 */
export function readClaudeConversation(value: JsonObject): Conversation {
  const messages = listOf(value['chat_messages']).filter(isJsonObject)
  const isTree = messages.some(
    (message) => textOrNone(message['parent_message_uuid']) !== undefined,
  )
  const repairs: string[] = []
  const nodes = messages.map((message, index): ForeignNode => {
    const before = isTree ? message['parent_message_uuid'] : idOf(messages[index - 1], index - 1)
    const parent = textOrNone(before)
    return readMessage(message, { id: idOf(message, index), parent, repairs })
  })
  const leaf = textOrNone(value['current_leaf_message_uuid'])
  const tree = growTree(nodes, leaf)
  const createdAt = timeOfText(value['created_at'])
  return {
    source: 'claude',
    key: textOrNone(value['uuid']) ?? '',
    title: titleOf(stringOf(value['name']), tree.nodes),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...tree,
    repairs: [...new Set([...repairs, ...tree.repairs])],
  }
}

function idOf(message: JsonObject | undefined, index: number): string {
  return textOrNone(message?.['uuid']) ?? `message-${index + 1}`
}

interface Reading {
  readonly id: string
  readonly parent: string | undefined
  readonly repairs: string[]
}

function readMessage(message: JsonObject, { id, parent, repairs }: Reading): ForeignNode {
  const blocks = listOf(message['content']).filter(isJsonObject)
  const said = readBlocks(blocks, id, repairs)
  // Older exports have the text alone; newer ones have it twice.
  const text = message['text']
  const spoken = said.length > 0 || !isText(text) ? said : [{ type: 'text', text } as const]
  const parts = [...readAttachments(message), ...spoken]
  if (parts.length === 0) return { id, parent, draft: undefined }
  const { content, text: whole, attachments, ...others } = message
  void content
  void whole
  void attachments
  const at = timeOfText(message['created_at'])
  return {
    id,
    parent,
    draft: {
      id,
      role: message['sender'] === 'human' ? 'user' : 'assistant',
      parts: message['sender'] === 'human' ? parts.flatMap(asSaid) : parts,
      ...(at === undefined ? {} : { at }),
      original: { source: 'claude', value: { ...others, content: blocks.map(withoutText) } },
    },
  }
}

/** Only an assistant makes calls: what tools put out beside a person's words are words. */
function asSaid(part: Part): readonly Part[] {
  if (part.type === 'tool-call') return []
  return part.type === 'tool-result' ? [{ type: 'text', text: part.output }] : [part]
}

/** A block without the text that a part holds. */
function withoutText({ text, thinking, input, content, ...rest }: JsonObject): JsonObject {
  void text
  void thinking
  void input
  void content
  return rest
}

/** The parts of blocks: results stand behind their calls, and no call is without one. */
function readBlocks(blocks: readonly JsonObject[], id: string, repairs: string[]): readonly Part[] {
  const parts: Part[] = []
  const open: string[] = []
  for (const [index, block] of blocks.entries()) {
    const type = block['type']
    if (type === 'text' && isText(block['text'])) {
      parts.push({ type: 'text', text: block['text'] }, ...readCitations(block))
    } else if (type === 'thinking' && isText(block['thinking'])) {
      parts.push({ type: 'reasoning', text: block['thinking'] })
    } else if (type === 'tool_use') {
      const callId = textOrNone(block['id']) ?? `call-${id}-${index}`
      open.push(callId)
      const input = block['input'] === undefined ? '{}' : textOrJson(block['input'])
      parts.push({ type: 'tool-call', callId, name: stringOf(block['name']) || NO_CALL, input })
    } else if (type === 'tool_result') {
      const named = textOrNone(block['tool_use_id'])
      let callId = named !== undefined && open.includes(named) ? named : open[0]
      if (callId === undefined) {
        callId = named ?? `call-${id}-${index}`
        repairs.push('A result without a call got one before it.')
        const name = stringOf(block['name']) || NO_CALL
        parts.push({ type: 'tool-call', callId, name, input: '{}' })
      } else open.splice(open.indexOf(callId), 1)
      const output = readOutput(block['content'])
      const isError = block['is_error'] === true ? { isError: true } : {}
      parts.push({ type: 'tool-result', callId, output, ...isError })
    }
  }
  for (const callId of open) {
    repairs.push('A call without a result got one that says so.')
    parts.push({ type: 'tool-result', callId, output: NO_RESULT })
  }
  return parts
}

function readOutput(content: unknown): string {
  if (!Array.isArray(content)) return content === undefined ? '' : textOrJson(content)
  return content
    .map((item: unknown) =>
      isJsonObject(item) && isText(item['text']) ? item['text'] : textOrJson(item),
    )
    .join('\n')
}

function readCitations(block: JsonObject): readonly Part[] {
  const lines = new Set<string>()
  for (const citation of listOf(block['citations']).slice(0, 50)) {
    if (!isJsonObject(citation)) continue
    const details = isJsonObject(citation['details']) ? citation['details'] : citation
    const url = textOrNone(details['url'])
    const title = textOrNone(citation['title']) ?? textOrNone(details['title'])
    if (url !== undefined) lines.add(title === undefined ? `- ${url}` : `- ${title}: ${url}`)
  }
  return lines.size === 0 ? [] : [{ type: 'text', text: ['Sources:', ...lines].join('\n') }]
}

/** Files as the app names them, and the texts that it took out of them. */
function readAttachments(message: JsonObject): readonly Part[] {
  const texts = listOf(message['attachments']).flatMap((given): readonly Part[] => {
    if (!isJsonObject(given)) return []
    const name = stringOf(given['file_name']) || 'attachment'
    const text = stringOf(given['extracted_content'])
    const said = text === '' ? name : `${name}:\n${text}`
    return [{ type: 'text', text: said }]
  })
  const given = [...listOf(message['files']), ...listOf(message['files_v2'])]
  const names = new Map<string, Part>()
  for (const file of given) {
    if (!isJsonObject(file)) continue
    const name = textOrNone(file['file_name'])
    const id = textOrNone(file['file_uuid']) ?? name
    if (id === undefined || names.has(id)) continue
    // Only the app itself can open it: an address would make a provider refuse the request.
    names.set(id, { type: 'text', text: `[File: ${name ?? id}]` })
  }
  return [...texts, ...names.values()]
}
