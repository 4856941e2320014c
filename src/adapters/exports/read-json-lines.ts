import type { FileItem } from '../../core/transfer/conversation.ts'
import type { FileLine } from '../../core/transfer/line-splitter.ts'
import { isJsonObject, isText, stringOf } from '../copy-json.ts'
import {
  collectClaudeCode,
  isClaudeCodeLine,
  titleOfClaudeCode,
  type NumberedLine,
} from '../history/claude-code-log.ts'
import { readFoundMessages } from '../history/session-file.ts'
import { isCodexLine, readCodexLog } from './codex-log.ts'
import { conversationOf } from './conversation-of.ts'
import { isMessageLike, readMessageList } from './message-list.ts'
import { parseElement } from './parse-element.ts'
import { tryReading } from './read-json-list.ts'
import { readConversationValue } from './read-value.ts'

/** Most bytes of all lines of one log. */
const MAX_LOG_BYTES = 512 * 1024 * 1024

/**
 * Reads JSON Lines: the log of a coding agent, messages, or a conversation on each line. A line that is no JSON is
 * skipped and said.
 *
 * @see SPEC.md rules EXPT12, EXPT14
 */
export async function* readJsonLines(
  lines: AsyncIterable<FileLine>,
  name: string,
): AsyncGenerator<FileItem> {
  const kept: NumberedLine[] = []
  let size = 0
  for await (const { bytes, line, isEnded } of lines) {
    const what = `line ${line} of ${name}`
    if (bytes === undefined) {
      yield { kind: 'refused', finding: { what, line, reason: 'It is too large.' } }
      continue
    }
    if (isBlank(bytes)) continue
    const parsed = parseElement({ bytes, line, column: 1 })
    if ('unreadable' in parsed) {
      const cut = isEnded ? '' : ' The file ends in the middle of it.'
      const { column, reason } = parsed.unreadable
      const finding = { what, line, column, reason: `The line was left out: ${reason}${cut}` }
      yield { kind: 'mended', finding }
      continue
    }
    const { value } = parsed
    const isLog = isJsonObject(value) && (isMessageLike(value) || isText(value['type']))
    const found = isLog ? undefined : tryReading(() => readConversationValue(value, name))
    if (typeof found === 'object') yield { kind: 'conversation', conversation: found, what }
    else if (typeof found === 'string')
      yield { kind: 'refused', finding: { what, line, reason: found } }
    else if (isJsonObject(value)) {
      size += bytes.length
      if (size > MAX_LOG_BYTES) {
        yield { kind: 'refused', finding: { what: name, line, reason: 'The log is too large.' } }
        return
      }
      kept.push({ line, value })
    }
  }
  if (kept.length > 0) yield* readLog(kept, name)
}

function* readLog(lines: readonly NumberedLine[], name: string): Generator<FileItem> {
  const isCodex = lines.some(({ value }) => isCodexLine(value))
  if (isCodex) {
    const { drafts, id, repairs, refused } = readCodexLog(lines)
    for (const { line, reason } of refused) {
      yield { kind: 'refused', finding: { what: `line ${line} of ${name}`, line, reason } }
    }
    yield* told(name, () =>
      conversationOf(drafts, { source: 'codex', key: id, title: '', name, repairs }),
    )
    return
  }
  if (lines.some(({ value }) => isClaudeCodeLine(value))) {
    yield* told(name, () => readClaudeCode(lines, name))
    return
  }
  const messages = lines.flatMap(({ line, value }) =>
    isMessageLike(value) ? [{ where: `line ${line}`, value }] : [],
  )
  yield* told(name, () => readMessageList(messages, undefined, name))
}

function readClaudeCode(
  lines: readonly NumberedLine[],
  name: string,
): ReturnType<typeof conversationOf> {
  const { drafts, repairs } = readFoundMessages(collectClaudeCode(lines), name)
  const own = lines.find(({ value }) => isText(value['sessionId']))?.value
  const compactions = lines.filter(({ value }) => value['isCompactSummary'] === true).length
  const said =
    compactions === 0
      ? []
      : ['A compaction of the app stood in the log; what came before is here whole.']
  return conversationOf(drafts, {
    source: 'claude-code',
    key: stringOf(own?.['sessionId']),
    title: titleOfClaudeCode(lines) ?? '',
    name,
    repairs: [...said, ...repairs.map(({ detail }) => detail)],
  })
}

function* told(what: string, read: () => ReturnType<typeof conversationOf>): Generator<FileItem> {
  const found = tryReading(read)
  if (typeof found === 'string') yield { kind: 'refused', finding: { what, reason: found } }
  else if (found.nodes.length === 0) {
    yield { kind: 'refused', finding: { what, reason: 'It holds no messages.' } }
  } else yield { kind: 'conversation', conversation: found, what }
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.length < 64 && bytes.every((byte) => byte <= 0x20)
}
