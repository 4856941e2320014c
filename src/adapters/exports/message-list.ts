import type { Draft } from '../../core/session/message.ts'
import type { Conversation } from '../../core/transfer/conversation.ts'
import { isJsonObject, isText, textOrNone, type JsonObject } from '../copy-json.ts'
import type { FoundMessage } from '../history/claude-code-log.ts'
import { leadingSystem, readFoundMessages } from '../history/session-file.ts'
import { invalidInput } from '../invalid-input.ts'
import { toDrafts } from '../message-input.ts'
import { conversationOf, type LineOf } from './conversation-of.ts'
import { findMessageFormat } from './message-format.ts'

/** Names under which objects hold their messages. */
const LISTS = ['messages', 'contents', 'input', 'items', 'history'] as const

/** The messages that an object holds; undefined if it holds none. */
export function messagesIn(value: unknown): readonly unknown[] | undefined {
  if (!isJsonObject(value)) return undefined
  const name = LISTS.find((field) => Array.isArray(value[field]))
  return name === undefined ? undefined : (value[name] as readonly unknown[])
}

/** Whether a value looks like a message of any known format. */
export function isMessageLike(value: unknown): value is JsonObject {
  if (!isJsonObject(value)) return false
  const { role, type, lc } = value
  if (isText(role) && ('content' in value || 'parts' in value || 'tool_calls' in value)) return true
  return (
    typeof lc === 'number' ||
    (isText(type) && ('data' in value || findMessageFormat([value]) === 'responses'))
  )
}

/**
 * Reads the messages that somebody sent to a model, in whatever format it takes.
 *
 * @param holder - The object that holds them, with its system prompt, title and id; none for a bare list.
 * @throws BackfoldError `INVALID_INPUT` naming the message and what is wrong with it.
 * @see SPEC.md rule EXPT10
 */
export function readMessageList(
  messages: readonly FoundMessage[],
  holder: JsonObject | undefined,
  name: string,
): Conversation {
  const system = holder?.['system'] ?? holder?.['instructions'] ?? systemText(holder)
  const lead = leadingSystem(system).map((value) => ({ where: 'system', value }))
  const format = findMessageFormat(messages.map(({ value }) => value).filter(isJsonObject))
  const known: LineOf = {
    source: 'messages',
    key: textOrNone(holder?.['id']) ?? textOrNone(holder?.['conversation_id']) ?? '',
    title: textOrNone(holder?.['title']) ?? textOrNone(holder?.['name']) ?? '',
    name,
  }
  if (messages.length === 0) return invalidInput(`${name}: holds no messages`)
  if (format === undefined) {
    const read = readFoundMessages([...lead, ...messages], name)
    const repairs = read.repairs.map(({ detail }) => detail)
    return conversationOf(read.drafts, { ...known, repairs })
  }
  const before: readonly Draft[] = readFoundMessages(lead, name).drafts
  const drafts = toDrafts(
    messages.map(({ value }) => value),
    format,
  )
  return conversationOf([...before, ...drafts], known)
}

/** Gemini keeps its system prompt as a message of its own. */
function systemText(holder: JsonObject | undefined): string | undefined {
  const given = holder?.['systemInstruction'] ?? holder?.['system_instruction']
  if (!isJsonObject(given)) return textOrNone(given)
  const parts = Array.isArray(given['parts']) ? given['parts'] : [given['parts']]
  return parts
    .flatMap((part: unknown) => (isJsonObject(part) && isText(part['text']) ? [part['text']] : []))
    .join('\n')
}
