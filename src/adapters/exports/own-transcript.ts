import { isTime } from '../../core/transfer/fits-sample.ts'
import type { Draft, Part } from '../../core/session/message.ts'
import type { Conversation, FoundNode } from '../../core/transfer/conversation.ts'
import { MESSAGE_MARK, PART_BLOCK } from '../../core/transfer/transcript-part.ts'
import { hashText } from '../../core/session/chain.ts'
import { readParts } from '../canonical-parts.ts'
import { isJsonObject, stringOf, textOrNone, type JsonObject } from '../copy-json.ts'
import { invalidInput } from '../invalid-input.ts'
import { isFence } from './markdown-fence.ts'
import { titleOf } from './title-of.ts'

/**
 * Reads a transcript that Backfold wrote: the same messages in the same branches, with what their parts say. Ids of
 * messages, details of the session and what was folded are not in a transcript; an archive has them.
 *
 * @throws BackfoldError `INVALID_INPUT` naming the line.
 * @see SPEC.md rules MD2, MD3
 */
export function readOwnTranscript(text: string, name: string): Conversation {
  const lines = text.split('\n')
  const marks = findMarks(lines)
  const nodes: FoundNode[] = []
  const places = new Map<unknown, number>([[0, -1]])
  let current = -1
  for (const [index, at] of marks.entries()) {
    const where = `${name}, line ${at + 1}`
    const mark = readMark(lines[at] ?? '', where)
    const end = marks[index + 1] ?? lines.length
    const draft = readMessage(mark, lines.slice(at + 1, end), where)
    const after = 'after' in mark ? places.get(mark['after']) : undefined
    const parent = after ?? nodes.length - 1
    nodes.push({ draft: { ...draft, id: `transcript-${index + 1}` }, parent })
    places.set(mark['seq'], nodes.length - 1)
    if (mark['left'] !== true) current = nodes.length - 1
  }
  if (nodes.length === 0) invalidInput(`${name}: holds no messages`)
  const title = lines.find((line) => line.startsWith('# '))?.slice(2) ?? ''
  const createdAt = nodes.find(({ draft }) => draft.at !== undefined)?.draft.at
  return {
    source: 'markdown',
    key: hashText(text.slice(0, 100_000)),
    title: titleOf(title === 'Session' ? '' : title, nodes, name),
    ...(createdAt === undefined ? {} : { createdAt }),
    nodes,
    current,
    repairs: [],
  }
}

/** Lines that begin messages: not those that a tool put out. */
function findMarks(lines: readonly string[]): readonly number[] {
  const marks: number[] = []
  for (let at = 0; at < lines.length; at += 1) {
    if (lines[at]?.startsWith(MESSAGE_MARK)) marks.push(at)
    else at = readBlock(lines, at)?.end ?? at
  }
  return marks
}

function readMark(line: string, where: string): JsonObject {
  const end = line.lastIndexOf(' -->')
  try {
    const mark: unknown = JSON.parse(line.slice(MESSAGE_MARK.length, end < 0 ? undefined : end))
    if (isJsonObject(mark)) return mark
  } catch {
    // Said below.
  }
  return invalidInput(`${where}: the comment that begins a message is damaged`)
}

function readMessage(mark: JsonObject, lines: readonly string[], where: string): Draft {
  const role = mark['role']
  if (role !== 'system' && role !== 'user' && role !== 'assistant' && role !== 'tool') {
    return invalidInput(`${where}: a message must say whose it is`)
  }
  const { at } = mark
  const name = textOrNone(mark['name'])
  // Behind the heading and an empty line; the last message ends with the file, others with an empty line.
  const body = lines.slice(2)
  while (body.at(-1) === '') body.pop()
  return {
    role,
    parts: readParts(readBlocks(body), role, where),
    ...(name === undefined ? {} : { name }),
    ...(typeof at === 'number' && isTime(at) ? { at } : {}),
  }
}

function readBlocks(lines: readonly string[]): readonly unknown[] {
  const parts: unknown[] = []
  let at = 0
  while (at < lines.length) {
    const block = readBlock(lines, at)
    if (block !== undefined) {
      parts.push(block.part)
      // The block, and the empty line behind it.
      at = block.end + 1
      if (lines[at] === '') at += 1
      continue
    }
    let end = at
    while (end < lines.length && !beginsBlock(lines, end)) end += 1
    const own = lines.slice(at, end)
    if (end < lines.length && own.at(-1) === '') own.pop()
    if (own.length > 0) parts.push({ type: 'text', text: own.join('\n') })
    at = end
  }
  return parts
}

function beginsBlock(lines: readonly string[], at: number): boolean {
  const fence = isFence(lines[at] ?? '')
  return fence !== undefined && PART_BLOCK.test(fence.info)
}

function readBlock(
  lines: readonly string[],
  at: number,
): { readonly part: unknown; readonly end: number } | undefined {
  const fence = isFence(lines[at] ?? '')
  const named = fence && PART_BLOCK.exec(fence.info)
  if (!fence || !named) return undefined
  const close = fence.mark.repeat(fence.length)
  const end = lines.indexOf(close, at + 1)
  const text = lines.slice(at + 1, end < 0 ? undefined : end).join('\n')
  let about: unknown = {}
  try {
    about = JSON.parse(named[2] ?? '{}')
  } catch {
    // A part that says too little is refused by whoever reads it.
  }
  const fields = isJsonObject(about) ? about : {}
  return { part: partOf(named[1] as Part['type'], fields, text), end: end < 0 ? lines.length : end }
}

function partOf(type: Part['type'], about: JsonObject, text: string): unknown {
  switch (type) {
    case 'text':
    case 'reasoning':
      return { type, text }
    case 'tool-call':
      return { type, callId: about['id'], name: stringOf(about['name']), input: text }
    case 'tool-result':
      return { type, callId: about['id'], output: text, ...errorOf(about) }
    case 'image':
    case 'file':
      return { ...about, type, url: text }
    case 'approval-request':
    case 'approval-response':
      return { ...about, type }
  }
}

function errorOf({ isError }: JsonObject): object {
  return isError === undefined ? {} : { isError }
}
