import {
  isJsonObject,
  listOf,
  stringOf,
  textOrNone,
  type JsonObject,
} from '../../../src/adapters/copy-json.ts'
import {
  isChatGptConversation,
  readChatGptConversation,
} from '../../../src/adapters/exports/chatgpt-conversation.ts'
import { parseJsonObject } from '../../../src/adapters/requests/read-events.ts'
import type { FoundNode } from '../../../src/core/transfer/conversation.ts'
import type { Captured, SiteTurn } from '../site.ts'
import {
  conversationIdOf,
  idOf,
  startingAt,
  titled,
  type Reading,
  type TurnTree,
} from '../responses/reading.ts'
import { turnsOfNodes, type NodeTraits } from '../responses/turn-tree.ts'
import { messagesOfStream, type StreamedConversation } from './chatgpt-stream.ts'

const CONVERSATION = /\/conversation\/([\w-]+)$/
const ANSWER = /\/conversation$/

/** What a conversation of ChatGPT's own interface says: a tree of nodes. @see SPEC.md rules SITE2–SITE4 */
export function readChatGpt(reading: Reading): readonly Captured[] {
  if (reading.method === 'POST') return ANSWER.test(reading.pathname) ? readAnswer(reading) : []
  const value = parseJsonObject(reading.text)
  if (!isChatGptConversation(value) || isUnkept(value)) return []
  const named = conversationIdOf(value['conversation_id'])
  const conversation = named ?? CONVERSATION.exec(reading.pathname)?.[1]
  if (conversation === undefined) return []
  const { turns, leaf } = turnsOf(value)
  if (leaf === null) return []
  const more = titled(value['title'], value['default_model_slug'])
  return [{ kind: 'conversation', site: 'chatgpt', conversation, ...more, turns, leaf }]
}

/** Chats that the site itself does not keep. */
function isUnkept(value: JsonObject): boolean {
  return value['is_temporary_chat'] === true || value['history_and_training_disabled'] === true
}

function turnsOf(value: JsonObject): TurnTree {
  const { nodes, current } = readChatGptConversation(value)
  return turnsOfNodes(nodes, current, traitsOf, true)
}

function readAnswer({ text, request }: Reading): readonly Captured[] {
  const asked = (request === undefined ? undefined : parseJsonObject(request)) ?? {}
  if (isUnkept(asked)) return []
  const streamed = messagesOfStream(text)
  const conversation = conversationIdOf(streamed.conversation ?? asked['conversation_id'])
  // Where nothing was streamed, the question was refused.
  const isNone = streamed.messages.length === 0 || streamed.isTemporary
  if (conversation === undefined || isNone) return []
  const value = asTree(streamed, asked)
  const { turns } = turnsOf(value)
  if (turns.length === 0) return []
  const isNew = asked['messages'] !== undefined && idOf(asked['conversation_id']) === undefined
  const before = isNew ? null : idOf(asked['parent_message_id'])
  return [
    {
      kind: 'turns',
      site: 'chatgpt',
      conversation,
      ...titled(streamed.title),
      turns: startingAt(turns, parentOf(turns[0], before, streamed)),
      isFromStart: isNew && turns[0]?.role === 'user',
      from: 'response',
    },
  ]
}

/** The messages of a stream as the conversation that they are: each behind the one before. */
function asTree({ messages }: StreamedConversation, asked: JsonObject): JsonObject {
  const found = new Map<string, JsonObject>()
  for (const message of [...listOf(asked['messages']), ...messages]) {
    const id = isJsonObject(message) ? idOf(message['id']) : undefined
    if (id !== undefined) found.set(id, message as JsonObject)
  }
  let parent: string | null = null
  const mapping = [...found].map(([id, message]): readonly [string, JsonObject] => {
    const node = { id, parent, message }
    parent = id
    return [id, node]
  })
  return { mapping: Object.fromEntries(mapping), current_node: parent }
}

/** What the first turn of a stream follows, where the request or the stream says it. */
function parentOf(
  first: SiteTurn | undefined,
  asked: string | null | undefined,
  { messages }: StreamedConversation,
): string | null | undefined {
  if (first?.role === 'user') return asked
  const metadata = messages.map((message) => message['metadata']).find(isJsonObject)
  return idOf(metadata?.['parent_id'])
}

/** Contents that stand for settings, not for something said. */
const SETTINGS: ReadonlySet<string> = new Set(['user_editable_context', 'model_editable_context'])

function traitsOf({ draft }: FoundNode): NodeTraits {
  const kept = draft.original?.value
  const message = isJsonObject(kept) && isJsonObject(kept['message']) ? kept['message'] : {}
  const metadata = isJsonObject(message['metadata']) ? message['metadata'] : {}
  const content = isJsonObject(message['content']) ? message['content'] : {}
  const isCall = draft.parts.some(({ type }) => type === 'tool-call' || type === 'tool-result')
  const isHidden =
    draft.role === 'system' ||
    (!isCall && metadata['is_visually_hidden_from_conversation'] === true) ||
    SETTINGS.has(stringOf(content['content_type']))
  const role = draft.role === 'user' ? 'user' : 'assistant'
  const model = textOrNone(metadata['model_slug'])
  return {
    role: isHidden ? 'hidden' : role,
    isShown: !isCall && draft.parts.some(({ type }) => type === 'text'),
    isUnfinished: message['status'] === 'in_progress',
    ...(model === undefined ? {} : { model }),
  }
}
