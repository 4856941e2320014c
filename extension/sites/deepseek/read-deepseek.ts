import { isJsonObject, listOf, stringOf, type JsonObject } from '../../../src/adapters/copy-json.ts'
import { timeInSeconds } from '../../../src/adapters/exports/read-time.ts'
import { parseJsonObject } from '../../../src/adapters/requests/read-events.ts'
import type { Part } from '../../../src/core/session/message.ts'
import type { Captured } from '../site.ts'
import { listSources } from '../responses/list-sources.ts'
import { conversationIdOf, idOf, startingAt, titled, type Reading } from '../responses/reading.ts'
import { treeOfTurns, type GivenTurn } from '../responses/turn-tree.ts'
import { answerOfDeepSeek } from './deepseek-stream.ts'

const ANSWER = /\/chat\/(completion|regenerate|edit_message|continue)$/

/** Reads a conversation of DeepSeek's own interface, or the answer that it streams. @see SPEC.md rules SITE2, SITE6 */
export function readDeepSeek(reading: Reading): readonly Captured[] {
  if (reading.method === 'POST') return readAnswer(reading)
  const data = fieldOf(fieldOf(parseJsonObject(reading.text), 'data'), 'biz_data')
  const list = data['chat_messages']
  if (!Array.isArray(list)) return []
  const session = fieldOf(data, 'chat_session')
  const named = conversationIdOf(session['id'])
  const conversation = named ?? conversationIdOf(reading.search.get('chat_session_id'))
  const given = list.filter(isJsonObject).flatMap(readMessage)
  // Without cache headers the list is whole; with them it may be what is new.
  const { turns, leaf } = treeOfTurns(given, idOf(session['current_message_id']))
  if (conversation === undefined || leaf === null) return []
  const more = titled(session['title'])
  const ids = new Set(given.map(({ id }) => id))
  if (given.every(({ parent }) => parent === undefined || ids.has(parent))) {
    return [{ kind: 'conversation', site: 'deepseek', conversation, ...more, turns, leaf }]
  }
  return []
}

function fieldOf(value: unknown, name: string): JsonObject {
  const field = isJsonObject(value) ? value[name] : undefined
  return isJsonObject(field) ? field : {}
}

function readMessage(message: JsonObject): readonly GivenTurn[] {
  const id = idOf(message['message_id'])
  const role = stringOf(message['role']).toLowerCase()
  if (id === undefined || (role !== 'user' && role !== 'assistant')) return []
  const status = stringOf(message['status'])
  return [
    {
      id,
      parent: idOf(message['parent_id']),
      role,
      parts: partsOfDeepSeek(message),
      at: timeInSeconds(message['inserted_at']),
      model: stringOf(message['model']) || undefined,
      isUnfinished: status === 'WIP',
    },
  ]
}

/** Parts of a message: in fragments since 2025-10, in fields before. */
function partsOfDeepSeek(message: JsonObject): readonly Part[] {
  const files = listOf(message['files']).flatMap((file): readonly Part[] => {
    const name = isJsonObject(file) ? stringOf(file['file_name']) || stringOf(file['id']) : ''
    return name === '' ? [] : [{ type: 'text', text: `[File: ${name}]` }]
  })
  const fragments = listOf(message['fragments']).filter(isJsonObject)
  const said =
    fragments.length > 0
      ? fragments.flatMap(readFragment)
      : [
          ...asReasoning(stringOf(message['thinking_content'])),
          ...asText(stringOf(message['content'])),
        ]
  const found = [message, ...fragments].flatMap((holder) => [
    ...listOf(holder['search_results']),
    ...listOf(holder['results']),
  ])
  return [...files, ...said, ...listSources(found, ['title'])]
}

function readFragment(fragment: JsonObject): readonly Part[] {
  const content = stringOf(fragment['content'])
  switch (fragment['type']) {
    case 'THINK':
      return asReasoning(content)
    case 'REQUEST':
    case 'RESPONSE':
    case 'TEMPLATE_RESPONSE':
      return asText(content)
    default:
      return []
  }
}

function asText(text: string): readonly Part[] {
  return text === '' ? [] : [{ type: 'text', text }]
}

function asReasoning(text: string): readonly Part[] {
  return text === '' ? [] : [{ type: 'reasoning', text }]
}

function readAnswer({ pathname, request, text }: Reading): readonly Captured[] {
  const kind = ANSWER.exec(pathname)?.[1]
  const asked = (request === undefined ? undefined : parseJsonObject(request)) ?? {}
  const conversation = conversationIdOf(asked['chat_session_id'])
  if (kind === undefined || conversation === undefined) return []
  const answer = answerOfDeepSeek(text)
  if (answer === undefined || answer.id === undefined) return []
  const parts = partsOfDeepSeek(answer.message)
  const prompt = stringOf(asked['prompt'])
  const before = idOf(asked['parent_message_id'])
  const human = answer.parent
  // An edit says which message it replaces, not which it follows.
  const isNext = kind === 'completion'
  const said: readonly GivenTurn[] =
    human === undefined || prompt === '' || (!isNext && kind !== 'edit_message')
      ? []
      : [{ id: human, parent: undefined, role: 'user', parts: asText(prompt) }]
  const answered: GivenTurn = {
    id: answer.id,
    parent: human,
    role: 'assistant',
    parts,
    at: timeInSeconds(answer.message['inserted_at']),
    isUnfinished: false,
  }
  const { turns } = treeOfTurns([...said, answered], undefined)
  const [first] = turns
  if (first === undefined) return []
  const isFirst = isNext && asked['parent_message_id'] === null
  const parent = first.role === 'assistant' ? human : isFirst ? null : isNext ? before : undefined
  return [
    {
      kind: 'turns',
      site: 'deepseek',
      conversation,
      ...titled(answer.title),
      turns: startingAt(turns, parent),
      isFromStart: isFirst && first.role === 'user',
      from: 'response',
    },
  ]
}
