import type { Conversation } from '../../core/transfer/conversation.ts'
import { isJsonObject, listOf, type JsonObject } from '../copy-json.ts'
import { isChatGptConversation, readChatGptConversation } from './chatgpt-conversation.ts'
import { isClaudeConversation, readClaudeConversation } from './claude-conversation.ts'
import { isMessageLike, messagesIn, readMessageList } from './message-list.ts'

/**
 * The conversation that a value of a file is; undefined if it is none, or a single message.
 *
 * @throws BackfoldError `INVALID_INPUT` for messages that can't be read.
 */
export function readConversationValue(value: unknown, name: string): Conversation | undefined {
  if (isChatGptConversation(value)) return readChatGptConversation(value)
  if (isClaudeConversation(value)) return readClaudeConversation(value)
  const messages = isMessageLike(value) ? undefined : messagesIn(value)
  if (messages === undefined || !messages.some(isMessageLike)) return undefined
  const found = messages.map((message, i) => ({
    where: `message ${i + 1}`,
    value: message as JsonObject,
  }))
  return readMessageList(found, value as JsonObject, name)
}

/** The conversations that an object holds in a list of its own. */
export function conversationsIn(value: unknown): readonly unknown[] {
  if (!isJsonObject(value)) return []
  const lists = ['conversations', 'sessions', 'chats', 'data'].map((field) => listOf(value[field]))
  return lists.find((list) => list.some(isJsonObject)) ?? []
}
