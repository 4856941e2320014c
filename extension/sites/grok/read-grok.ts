import {
  isJsonObject,
  listOf,
  stringOf,
  textOrNone,
  type JsonObject,
} from '../../../src/adapters/copy-json.ts'
import { timeOfText } from '../../../src/adapters/exports/read-time.ts'
import { parseJsonObject } from '../../../src/adapters/requests/read-events.ts'
import type { Part } from '../../../src/core/session/message.ts'
import type { Captured } from '../site.ts'
import { listSources } from '../responses/list-sources.ts'
import { conversationIdOf, idOf, startingAt, titled, type Reading } from '../responses/reading.ts'
import { treeOfTurns, type GivenTurn } from '../responses/turn-tree.ts'

const CONVERSATION = /\/conversations(?:_v2)?\/([\w-]+)/
const ANSWER = /\/conversations\/(new|([\w-]+)\/responses)$/

/** Reads a conversation of Grok's own interface, or the answer that it streams. @see SPEC.md rules SITE2, SITE7 */
export function readGrok(reading: Reading): readonly Captured[] {
  if (reading.method === 'POST' && ANSWER.test(reading.pathname)) return readAnswer(reading)
  const value = parseJsonObject(reading.text)
  const list = Array.isArray(value?.['responses']) ? value['responses'] : undefined
  if (value === undefined || list === undefined) return []
  const about = isJsonObject(value['conversation']) ? value['conversation'] : {}
  if (about['temporary'] === true) return []
  const conversation =
    conversationIdOf(about['conversationId']) ?? CONVERSATION.exec(reading.pathname)?.[1]
  const given = list.filter(isJsonObject).flatMap(readResponse)
  const { turns, leaf } = treeOfTurns(given, newest(given))
  if (conversation === undefined || leaf === null) return []
  const ids = new Set(given.map(({ id }) => id))
  const isWhole = given.every(({ parent }) => parent === undefined || ids.has(parent))
  const more = titled(about['title'])
  if (isWhole) return [{ kind: 'conversation', site: 'grok', conversation, ...more, turns, leaf }]
  return stretch(turns, given, { conversation, more })
}

/** The page shows the branch that was written last. */
function newest(given: readonly GivenTurn[]): string | undefined {
  let found: GivenTurn | undefined
  for (const turn of given) if ((turn.at ?? 0) >= (found?.at ?? 0)) found = turn
  return found?.id
}

/** A part of a conversation can only be told as a stretch where it is a line. */
function stretch(
  turns: Captured['turns'],
  given: readonly GivenTurn[],
  { conversation, more }: { readonly conversation: string; readonly more: { title?: string } },
): readonly Captured[] {
  const parents = new Map(given.map(({ id, parent }) => [id, parent]))
  const isLine = turns.every((turn, index) => index === 0 || turn.parent === turns[index - 1]?.id)
  const [first] = turns
  if (!isLine || first === undefined) return []
  const begun = startingAt(turns, parents.get(first.id))
  const told = {
    site: 'grok',
    conversation,
    ...more,
    isFromStart: false,
    from: 'response',
  } as const
  return [{ kind: 'turns', ...told, turns: begun }]
}

function readResponse(response: JsonObject): readonly GivenTurn[] {
  const id = idOf(response['responseId'])
  const sender = stringOf(response['sender']).toLowerCase()
  if (id === undefined || (sender !== 'human' && sender !== 'assistant')) return []
  const model = textOrNone(response['model'])
  return [
    {
      id,
      parent: idOf(response['parentResponseId']) ?? idOf(response['threadParentId']),
      role: sender === 'human' ? 'user' : 'assistant',
      parts: readParts(response),
      at: timeOfText(response['createTime']),
      isUnfinished: response['partial'] === true,
      ...(sender === 'assistant' && model !== undefined ? { model } : {}),
    },
  ]
}

function readParts(response: JsonObject): readonly Part[] {
  const thought = stringOf(response['thinkingTrace'])
  const message = stringOf(response['message'])
  const images = listOf(response['generatedImageUrls']).flatMap(nameImage)
  const files = listOf(response['fileAttachmentsMetadata']).flatMap(nameFile)
  const sources = listSources(response['webSearchResults'], ['title'])
  return [
    ...files,
    ...(thought === '' ? [] : [{ type: 'reasoning', text: thought } as const]),
    ...(message === '' ? [] : [{ type: 'text', text: message } as const]),
    ...images,
    ...sources,
  ]
}

/** Only the app itself can open what is behind the address. */
function nameImage(url: unknown): readonly Part[] {
  return textOrNone(url) === undefined ? [] : [{ type: 'text', text: `[Image: ${String(url)}]` }]
}

function nameFile(file: unknown): readonly Part[] {
  const name = isJsonObject(file) ? textOrNone(file['fileName']) : undefined
  return name === undefined ? [] : [{ type: 'text', text: `[File: ${name}]` }]
}

function readAnswer({ pathname, request, text }: Reading): readonly Captured[] {
  const asked = (request === undefined ? undefined : parseJsonObject(request)) ?? {}
  const isNew = pathname.endsWith('/new')
  let conversation = isNew ? undefined : ANSWER.exec(pathname)?.[2]
  let title: unknown
  let said: JsonObject | undefined
  let answered: JsonObject | undefined
  let isTemporary = asked['temporary'] === true
  for (const line of text.split('\n')) {
    if (!line.startsWith('{')) continue
    const result = parseJsonObject(line)?.['result']
    if (!isJsonObject(result)) continue
    const about = result['conversation']
    if (isJsonObject(about)) {
      conversation ??= conversationIdOf(about['conversationId'])
      isTemporary ||= about['temporary'] === true
    }
    if (isJsonObject(result['title'])) title = result['title']['newTitle']
    const step = isJsonObject(result['response']) ? result['response'] : result
    if (isJsonObject(step['userResponse'])) said = step['userResponse']
    if (isJsonObject(step['modelResponse'])) answered = step['modelResponse']
  }
  if (isTemporary || conversation === undefined) return []
  const user = said === undefined ? [] : readResponse(said)
  const model = answered === undefined ? [] : readResponse(answered)
  const [human] = user
  const given = [...user, ...model.map((turn) => ({ ...turn, parent: turn.parent ?? human?.id }))]
  const { turns } = treeOfTurns(given, undefined)
  const [first] = turns
  if (first === undefined) return []
  const isFirst = isNew && first.role === 'user'
  const named = given.find(({ id }) => id === first.id)?.parent
  const parent = isFirst ? null : (named ?? idOf(asked['parentResponseId']))
  return [
    {
      kind: 'turns',
      site: 'grok',
      conversation,
      ...titled(title, model[0]?.model),
      turns: startingAt(turns, parent),
      isFromStart: isFirst,
      from: 'response',
    },
  ]
}
