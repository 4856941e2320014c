import type { FileItem } from '../../core/transfer/conversation.ts'
import { createLineSplitter, type FileLine } from '../../core/transfer/line-splitter.ts'
import { isJsonObject } from '../copy-json.ts'
import { readMarkdownTranscript } from './markdown-transcript.ts'
import { isMessageLike, readMessageList } from './message-list.ts'
import { decodeText, parseElement } from './parse-element.ts'
import { collect, peek, type Bytes } from './read-bytes.ts'
import { readJsonLines } from './read-json-lines.ts'
import { ELEMENT_LIMITS, readJsonList, tryReading } from './read-json-list.ts'
import { conversationsIn, readConversationValue } from './read-value.ts'

const MAX_MARKDOWN_BYTES = 64 * 1024 * 1024
/** Bytes in which the first character that says anything has to stand. */
const HEAD_BYTES = 64 * 1024

/** Reads what is no archive and no zip: JSON, JSON Lines or Markdown, told from how it begins. */
export async function* readText(given: Bytes, name: string): AsyncGenerator<FileItem> {
  const { head, bytes: all } = await peek(given, HEAD_BYTES)
  const isMarked = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf
  const bytes = isMarked ? skip(all, 3) : all
  let at = isMarked ? 3 : 0
  while (at < head.length && (head[at] as number) <= 0x20) at += 1
  if (at >= head.length) {
    yield { kind: 'refused', finding: { what: name, reason: 'The file is empty.' } }
    await bytes[Symbol.asyncIterator]().return?.()
    return
  }
  const first = String.fromCharCode(head[at] as number)
  const begins = String.fromCharCode(...head.subarray(at + 1, at + 64)).trimStart()
  if (first === '[' && /^(?:[[{"\]\d-]|$)/.test(begins)) yield* readJsonList(bytes, name)
  else if (first === '{') yield* readObject(bytes, name)
  else yield* readMarkdown(bytes, name)
}

async function* skip(bytes: Bytes, count: number): Bytes {
  let left = count
  for await (const chunk of bytes) {
    yield left === 0 ? chunk : chunk.slice(left)
    left = Math.max(0, left - chunk.length)
  }
}

async function* readMarkdown(bytes: Bytes, name: string): AsyncGenerator<FileItem> {
  const whole = await collect(bytes, MAX_MARKDOWN_BYTES)
  const found =
    whole === undefined
      ? `${name}: larger than ${MAX_MARKDOWN_BYTES} bytes`
      : tryReading(() => readMarkdownTranscript(decodeText(whole, name), name))
  if (typeof found === 'string') yield { kind: 'refused', finding: { what: name, reason: found } }
  else yield { kind: 'conversation', conversation: found, what: name }
}

/** One object over several lines, or one on each: the first line tells. */
async function* readObject(bytes: Bytes, name: string): AsyncGenerator<FileItem> {
  const splitter = createLineSplitter(ELEMENT_LIMITS.bytes)
  const held: Uint8Array<ArrayBuffer>[] = []
  const seen: FileLine[] = []
  let size = 0
  const iterator = bytes[Symbol.asyncIterator]()
  let isDone = false
  while (!isDone && seen.length < 2 && size <= ELEMENT_LIMITS.bytes) {
    const step = await iterator.next()
    if (step.done === true) {
      isDone = true
      const last = splitter.end()
      if (last) seen.push(last)
    } else {
      held.push(step.value)
      size += step.value.length
      seen.push(...splitter.push(step.value).filter((line) => line.bytes?.length !== 0))
    }
  }
  if (isLines(seen)) {
    yield* readJsonLines(linesFrom(seen, splitter, iterator, isDone), name)
    return
  }
  const whole = await collect(chain(held, iterator, isDone), ELEMENT_LIMITS.bytes)
  yield* whole === undefined
    ? [
        {
          kind: 'refused',
          finding: { what: name, reason: 'It is too large for one object.' },
        } as const,
      ]
    : readWhole(whole, name)
}

function isLines([first, second]: readonly FileLine[]): boolean {
  if (first?.bytes === undefined) return false
  const parsed = parseElement({ bytes: first.bytes, line: 1, column: 1 })
  // A single line is an object by itself, unless it is one of a log.
  if (second === undefined) {
    return (
      'value' in parsed && isJsonObject(parsed.value) && typeof parsed.value['type'] === 'string'
    )
  }
  if ('value' in parsed) return true
  // Its first line is damaged: then it is more than a bracket, and the next one is an object too.
  return first.bytes.length > 2 && second.bytes?.[0] === 0x7b && (second.bytes.length ?? 0) > 2
}

async function* linesFrom(
  seen: readonly FileLine[],
  splitter: ReturnType<typeof createLineSplitter>,
  rest: AsyncIterator<Uint8Array>,
  isDone: boolean,
): AsyncIterable<FileLine> {
  yield* seen
  if (isDone) return
  for (;;) {
    const step = await rest.next()
    if (step.done === true) break
    yield* splitter.push(step.value)
  }
  const last = splitter.end()
  if (last) yield last
}

async function* chain(
  held: readonly Uint8Array<ArrayBuffer>[],
  rest: AsyncIterator<Uint8Array<ArrayBuffer>>,
  isDone: boolean,
): Bytes {
  yield* held
  while (!isDone) {
    const step = await rest.next()
    if (step.done === true) return
    yield step.value
  }
}

function* readWhole(bytes: Uint8Array<ArrayBuffer>, name: string): Generator<FileItem> {
  const parsed = parseElement({ bytes, line: 1, column: 1 })
  if ('unreadable' in parsed) {
    yield { kind: 'refused', finding: { what: name, ...parsed.unreadable } }
    return
  }
  const { value } = parsed
  const single = tryReading(() =>
    isMessageLike(value)
      ? readMessageList([{ where: 'message 1', value }], undefined, name)
      : readConversationValue(value, name),
  )
  if (typeof single === 'object') {
    yield { kind: 'conversation', conversation: single, what: name }
    return
  }
  const listed = single === undefined ? conversationsIn(value) : []
  let found = 0
  for (const [index, one] of listed.entries()) {
    const what = `conversation ${index + 1} of ${name}`
    const read = tryReading(() => readConversationValue(one, name))
    if (typeof read === 'string') yield { kind: 'refused', finding: { what, reason: read } }
    else if (read !== undefined) {
      found += 1
      yield { kind: 'conversation', conversation: read, what }
    }
  }
  if (found > 0) return
  const reason = typeof single === 'string' ? single : 'There is no conversation in it.'
  yield { kind: 'refused', finding: { what: name, reason } }
}
