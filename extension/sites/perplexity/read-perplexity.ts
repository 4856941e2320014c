import {
  isJsonObject,
  listOf,
  stringOf,
  textOrNone,
  type JsonObject,
} from '../../../src/adapters/copy-json.ts'
import { timeOfText } from '../../../src/adapters/exports/read-time.ts'
import {
  parseJson,
  parseJsonObject,
  readEvents,
} from '../../../src/adapters/requests/read-events.ts'
import type { Part } from '../../../src/core/session/message.ts'
import type { Captured } from '../site.ts'
import { applyDelta } from '../responses/apply-delta.ts'
import { listSources } from '../responses/list-sources.ts'
import { conversationIdOf, idOf, startingAt, titled, type Reading } from '../responses/reading.ts'
import { treeOfTurns, type GivenTurn } from '../responses/turn-tree.ts'

const THREAD = /\/rest\/thread\/([\w.~-]+)$/
const ANSWER = /\/sse\/perplexity_ask$/

/**
 * Reads a thread of Perplexity's own interface, or the answer that it streams. A question and its answer are one entry
 * there: the answer has its id, the question the id with `#query` behind it. @see SPEC.md rules SITE2, SITE8
 */
export function readPerplexity(reading: Reading): readonly Captured[] {
  if (reading.method === 'POST') return ANSWER.test(reading.pathname) ? readAnswer(reading) : []
  const value = parseJsonObject(reading.text)
  const entries = listOf(value?.['entries']).filter(isEntry)
  const slug = slugOf(entries) ?? conversationIdOf(THREAD.exec(reading.pathname)?.[1])
  if (value === undefined || slug === undefined || entries.some(isUnkept)) return []
  const isFromStart = /^0?$/.test(reading.search.get('offset') ?? '')
  const { turns, leaf } = treeOfTurns(entries.flatMap(readEntry), undefined)
  if (leaf === null) return []
  const told = { site: 'perplexity', conversation: slug, ...about(entries) } as const
  if (isFromStart && value['has_next_page'] !== true) {
    return [{ kind: 'conversation', ...told, turns, leaf }]
  }
  const bare = isFromStart ? turns : startingAt(turns, undefined)
  return [{ kind: 'turns', ...told, turns: bare, isFromStart, from: 'response' }]
}

function isEntry(value: unknown): value is JsonObject {
  return isJsonObject(value) && typeof value['query_str'] === 'string'
}

function isUnkept(entry: JsonObject): boolean {
  return entry['is_incognito'] === true || entry['privacy_state'] === 'INCOGNITO'
}

function slugOf(entries: readonly JsonObject[]): string | undefined {
  return entries.map((entry) => conversationIdOf(entry['thread_url_slug'])).find(Boolean)
}

function about(entries: readonly JsonObject[]): { title?: string; model?: string } {
  const last = entries.at(-1)
  return titled(entries[0]?.['thread_title'], last?.['display_model'])
}

function readEntry(
  entry: JsonObject,
  index: number,
  entries: readonly JsonObject[],
): readonly GivenTurn[] {
  const id = entryId(entry)
  if (id === undefined) return []
  const before = index === 0 ? undefined : entryId(entries[index - 1] as JsonObject)
  const at = timeOf(entry['entry_created_datetime']) ?? timeOf(entry['updated_datetime'])
  const status = stringOf(entry['status']).toUpperCase()
  const query: Part = { type: 'text', text: stringOf(entry['query_str']) }
  const parts = query.text === '' ? [] : [...namedFiles(entry), query]
  const model = textOrNone(entry['display_model'])
  return [
    { id: `${id}#query`, parent: before, role: 'user', parts, at },
    {
      id,
      parent: `${id}#query`,
      role: 'assistant',
      parts: [...answerOf(entry), ...sourcesOf(entry)],
      at,
      isUnfinished: status === 'PENDING' || status === 'RUNNING',
      ...(model === undefined ? {} : { model }),
    },
  ]
}

/** Times come without a zone, and are of Greenwich. */
function timeOf(value: unknown): number | undefined {
  const text = stringOf(value)
  return timeOfText(/(?:Z|[+-]\d\d:?\d\d)$/.test(text.slice(-8)) ? text : `${text}Z`)
}

function entryId(entry: JsonObject): string | undefined {
  return idOf(entry['backend_uuid']) ?? idOf(entry['uuid'])
}

function namedFiles(entry: JsonObject): readonly Part[] {
  return listOf(entry['attachments']).flatMap((url): readonly Part[] => {
    const name = textOrNone(url)?.split(/[?#]/, 1)[0]?.split('/').at(-1)
    return name === undefined || name === '' ? [] : [{ type: 'text', text: `[File: ${name}]` }]
  })
}

/** The answer in blocks (since 2025), or as JSON in a text before. */
function answerOf(entry: JsonObject): readonly Part[] {
  const blocks = listOf(entry['blocks']).filter(isJsonObject)
  const texts = new Map<string, string>()
  for (const block of blocks) {
    const usage = stringOf(block['intended_usage'])
    const written = isJsonObject(block['markdown_block']) ? block['markdown_block'] : undefined
    if (written === undefined || !usage.startsWith('ask_text')) continue
    const chunks = listOf(written['chunks']).map(stringOf).join('')
    const text = textOrNone(written['answer']) ?? chunks
    if (text !== '') texts.set(usage, text)
  }
  // The same text comes once whole, and once more in numbered pieces.
  const whole = texts.get('ask_text')
  const said = whole === undefined ? [...texts.values()].join('\n\n') : whole
  const text = said === '' ? olderAnswer(entry['text']) : said
  return text === '' ? [] : [{ type: 'text', text }]
}

function olderAnswer(text: unknown): string {
  const value = typeof text === 'string' ? parseJson(text) : undefined
  if (isJsonObject(value)) return stringOf(value['answer'])
  for (const step of listOf(value).toReversed()) {
    const content =
      isJsonObject(step) && step['step_type'] === 'FINAL' ? step['content'] : undefined
    if (!isJsonObject(content)) continue
    const answer = stringOf(content['answer'])
    const inner = answer.startsWith('{') ? parseJsonObject(answer) : undefined
    return inner === undefined ? answer : stringOf(inner['answer'])
  }
  return ''
}

function sourcesOf(entry: JsonObject): readonly Part[] {
  const found = listOf(entry['blocks']).flatMap((block) => {
    const held = isJsonObject(block) ? block['web_result_block'] : undefined
    return isJsonObject(held) ? listOf(held['web_results']) : []
  })
  return listSources(found, ['name', 'title'])
}

/** Each event holds the entry as far as it is, or steps by which its blocks grow. */
function readAnswer({ request, text }: Reading): readonly Captured[] {
  const asked = (request === undefined ? undefined : parseJsonObject(request)) ?? {}
  const params = isJsonObject(asked['params']) ? asked['params'] : {}
  if (isUnkept(params)) return []
  const fields: Record<string, unknown> = {}
  const blocks = new Map<string, Record<string, unknown>>()
  for (const { data } of readEvents(text)) {
    const event = data.startsWith('{') ? parseJsonObject(data) : undefined
    if (event === undefined) continue
    for (const [name, field] of Object.entries(event)) if (name !== 'blocks') fields[name] = field
    for (const block of listOf(event['blocks'])) if (isJsonObject(block)) grow(blocks, block)
  }
  const query = textOrNone(fields['query_str']) ?? stringOf(asked['query_str'])
  const entry = { ...fields, query_str: query, blocks: [...blocks.values()] }
  const conversation = slugOf([entry])
  if (conversation === undefined || isUnkept(entry)) return []
  const last = idOf(params['last_backend_uuid'])
  const { turns } = treeOfTurns(readEntry(entry, 0, [entry]), undefined)
  const [first] = turns
  if (first === undefined) return []
  const isFirst = request !== undefined && last === undefined && first.role === 'user'
  return [
    {
      kind: 'turns',
      site: 'perplexity',
      conversation,
      ...about([entry]),
      turns: startingAt(turns, isFirst ? null : last),
      isFromStart: isFirst,
      from: 'response',
    },
  ]
}

function grow(blocks: Map<string, Record<string, unknown>>, block: JsonObject): void {
  const usage = stringOf(block['intended_usage'])
  const known = blocks.get(usage) ?? { intended_usage: usage }
  const diff = block['diff_block']
  if (isJsonObject(diff)) {
    const field = stringOf(diff['field'])
    if (!/^\w+_block$/.test(field)) return
    const target = { value: known[field] ?? {} }
    for (const step of listOf(diff['patches'])) {
      if (!isJsonObject(step)) continue
      const change = {
        path: stringOf(step['path']),
        op: stringOf(step['op']),
        value: step['value'],
      }
      applyDelta(target, change)
    }
    blocks.set(usage, { ...known, [field]: target.value })
  } else if (blocks.size < 200 || blocks.has(usage)) blocks.set(usage, { ...known, ...block })
}
