import { isBackfoldError } from '../../core/backfold-error.ts'
import type { FileItem } from '../../core/transfer/conversation.ts'
import { createJsonSplitter, type JsonElement } from '../../core/transfer/json-splitter.ts'
import type { FoundMessage } from '../history/claude-code-log.ts'
import { isMessageLike, readMessageList } from './message-list.ts'
import { parseElement } from './parse-element.ts'
import type { Bytes } from './read-bytes.ts'
import { readConversationValue } from './read-value.ts'

/** Bounds of one conversation of a file. */
export const ELEMENT_LIMITS: { readonly bytes: number; readonly depth: number } = {
  bytes: 256 * 1024 * 1024,
  depth: 90,
}

const TOO: Readonly<Record<NonNullable<JsonElement['reason']>, string>> = {
  'too-deep': `It is nested deeper than ${ELEMENT_LIMITS.depth} levels.`,
  'too-large': `It is larger than ${ELEMENT_LIMITS.bytes} bytes.`,
}

/**
 * Reads a list of conversations, or of messages that are one, element by element as its bytes arrive. A damaged
 * element is left out and said; where the file breaks off, all that is whole before comes in.
 *
 * @see SPEC.md rules EXPT13, EXPT14
 */
export async function* readJsonList(bytes: Bytes, name: string): AsyncGenerator<FileItem> {
  const splitter = createJsonSplitter(ELEMENT_LIMITS)
  const list: List = { name, count: 0, messages: [], others: [] }
  for await (const chunk of bytes) {
    for (const element of splitter.push(chunk)) yield* readElement(element, list)
  }
  const end = splitter.end()
  if (!end.isClosed) {
    const { rest, line, column } = end
    const whole = list.count
    if (rest) yield* readElement(rest, list)
    const what = rest === undefined ? name : `conversation ${whole + 1} of ${name}`
    const reason = `The file ends here, in the middle of its list; the ${whole} entries before came in whole.`
    yield { kind: 'mended', finding: { what, line, column, reason } }
  } else if (end.trailingLine > 0) {
    const reason = 'What stands behind the end of the list was left out.'
    yield { kind: 'mended', finding: { what: name, line: end.trailingLine, reason } }
  }
  yield* finish(list)
}

interface List {
  readonly name: string
  count: number
  /** Elements that are messages: all of them are one conversation. */
  readonly messages: FoundMessage[]
  /** Lines of elements that are neither. */
  readonly others: number[]
}

function* readElement(element: JsonElement, list: List): Generator<FileItem> {
  list.count += 1
  const { line, column } = element
  const what = `conversation ${list.count} of ${list.name}`
  if (element.bytes === undefined) {
    const reason = element.reason === undefined ? 'It is left out.' : TOO[element.reason]
    yield { kind: 'refused', finding: { what, line, column, reason } }
    return
  }
  const parsed = parseElement({ bytes: element.bytes, line, column })
  if ('unreadable' in parsed) {
    yield { kind: 'refused', finding: { what, ...parsed.unreadable } }
    return
  }
  const { value } = parsed
  if (isMessageLike(value)) {
    list.messages.push({ where: `message ${list.count} (line ${line})`, value })
    return
  }
  const found = tryReading(() => readConversationValue(value, list.name))
  if (typeof found === 'string') {
    yield { kind: 'refused', finding: { what, line, column, reason: found } }
  } else if (found === undefined) list.others.push(line)
  else yield { kind: 'conversation', conversation: found, what }
}

function* finish({ name, messages, others, count }: List): Generator<FileItem> {
  if (messages.length > 0) {
    const found = tryReading(() => readMessageList(messages, undefined, name))
    if (typeof found === 'object') yield { kind: 'conversation', conversation: found, what: name }
    else
      yield { kind: 'refused', finding: { what: name, reason: found ?? 'It holds no messages.' } }
  }
  const [line] = others
  if (line !== undefined) {
    const what = others.length === count ? name : `${others.length} entries of ${name}`
    yield { kind: 'refused', finding: { what, line, reason: 'There is no conversation in it.' } }
  } else if (count === 0) {
    yield { kind: 'refused', finding: { what: name, reason: 'The list is empty.' } }
  }
}

/** What reading comes to, or why it failed. */
export function tryReading<T>(read: () => T): T | string {
  try {
    return read()
  } catch (failure) {
    if (isBackfoldError(failure)) return failure.message
    return failure instanceof Error ? `${failure.name}: ${failure.message}` : String(failure)
  }
}
