import {
  isJsonObject,
  stringOf,
  textOrNone,
  type JsonObject,
} from '../../../src/adapters/copy-json.ts'
import {
  isClaudeConversation,
  readClaudeConversation,
} from '../../../src/adapters/exports/claude-conversation.ts'
import { parseJsonObject } from '../../../src/adapters/requests/read-events.ts'
import type { FoundNode } from '../../../src/core/transfer/conversation.ts'
import type { Captured } from '../site.ts'
import { conversationIdOf, idOf, startingAt, titled, type Reading } from '../responses/reading.ts'
import { turnsOfNodes, type NodeTraits } from '../responses/turn-tree.ts'
import { answerOfStream } from './claude-stream.ts'

const CONVERSATION = /\/chat_conversations\/([\w-]+)$/
const ANSWER = /\/chat_conversations\/([\w-]+)\/(retry_)?completion$/

/** What stands before the first message. */
const ROOT = '00000000-0000-4000-8000-000000000000'

/** Reads a conversation of Claude's own interface, or the answer that it streams. @see SPEC.md rules SITE2, SITE5 */
export function readClaude(reading: Reading): readonly Captured[] {
  if (reading.method === 'POST') return readAnswer(reading)
  const value = parseJsonObject(reading.text)
  if (!isClaudeConversation(value) || value['is_temporary'] === true) return []
  const named = conversationIdOf(value['uuid'])
  const conversation = named ?? CONVERSATION.exec(reading.pathname)?.[1]
  if (conversation === undefined) return []
  const { nodes, current } = readClaudeConversation(value)
  const { turns, leaf } = turnsOfNodes(nodes, current, traitsOf, false)
  if (leaf === null) return []
  const more = titled(value['name'], value['model'])
  return [{ kind: 'conversation', site: 'claude', conversation, ...more, turns, leaf }]
}

function traitsOf({ draft }: FoundNode): NodeTraits {
  const role = draft.role === 'user' ? 'user' : 'assistant'
  return { role, isShown: true, isUnfinished: false }
}

function readAnswer({ pathname, request, text }: Reading): readonly Captured[] {
  const [, conversation, isRetry] = ANSWER.exec(pathname) ?? []
  const asked = (request === undefined ? undefined : parseJsonObject(request)) ?? {}
  const made = asked['create_conversation_params']
  if (conversation === undefined || isTemporary(asked) || isTemporary(made)) return []
  const answer = answerOfStream(text)
  if (answer === undefined) return []
  const ids = isJsonObject(asked['turn_message_uuids']) ? asked['turn_message_uuids'] : {}
  const human = idOf(answer.parent) ?? idOf(ids['human_message_uuid'])
  const assistant = idOf(answer.id) ?? idOf(ids['assistant_message_uuid'])
  if (assistant === undefined) return []
  const before = idOf(asked['parent_message_uuid'])
  const isFirst = isRetry === undefined && (before === ROOT || isJsonObject(made))
  const said = isRetry === undefined && human !== undefined ? partsAsked(asked) : []
  const value = {
    chat_messages: [
      ...(said.length === 0 ? [] : [{ uuid: human, sender: 'human', ...asText(asked) }]),
      { uuid: assistant, sender: 'assistant', parent_message_uuid: human, content: answer.content },
    ],
  }
  const { nodes, current } = readClaudeConversation(value)
  const { turns } = turnsOfNodes(nodes, current, traitsOf, false)
  const [first] = turns
  if (first === undefined) return []
  const parent = first.role === 'assistant' ? human : isFirst ? null : before
  const model = textOrNone(asked['model']) ?? answer.model
  return [
    {
      kind: 'turns',
      site: 'claude',
      conversation,
      ...titled(undefined, model),
      turns: startingAt(turns, parent),
      isFromStart: isFirst && first.role === 'user',
      from: 'response',
    },
  ]
}

function isTemporary(value: unknown): boolean {
  return isJsonObject(value) && value['is_temporary'] === true
}

/** What a person sends beside the text is named, as in conversations. */
function asText(asked: JsonObject): JsonObject {
  const { prompt, attachments, files } = asked
  const named = Array.isArray(files) ? files.filter(isJsonObject) : []
  return { text: stringOf(prompt), attachments, files: named }
}

function partsAsked(asked: JsonObject): readonly unknown[] {
  const { prompt, attachments } = asked
  const given = Array.isArray(attachments) ? (attachments as readonly unknown[]) : []
  return textOrNone(prompt) === undefined ? given : [prompt]
}
