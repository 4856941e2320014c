import { isJsonObject, type JsonObject } from '../copy-json.ts'

/** One line of a JSON Lines file. */
export interface NumberedLine {
  readonly line: number
  readonly value: JsonObject
}

/** A message found in a file, with where it stood and when it was said. */
export interface FoundMessage {
  /** For error messages, such as `line 12`. */
  readonly where: string
  readonly value: JsonObject
  /** Time as the file gives it. */
  readonly time?: unknown
}

interface Collected {
  readonly found: FoundMessage[]
  /** Message id of the newest assistant message, and where it is in `found`. */
  newest: { readonly id: unknown; readonly index: number } | null
  readonly seen: Set<string>
}

/** Whether a line is one of a Claude Code log rather than a bare message. */
export function isClaudeCodeLine(value: JsonObject): boolean {
  return typeof value['type'] === 'string' && (isJsonObject(value['message']) || !('role' in value))
}

/**
 * Collects the messages of a Claude Code log.
 *
 * Lines of sub-agents, summaries and bookkeeping are no messages of the session and are left out, as
 * are lines that a resumed session copied. The log writes one line per content block; the pieces of
 * one assistant message are put together again, also where results of its first calls came between.
 */
export function collectClaudeCode(lines: readonly NumberedLine[]): readonly FoundMessage[] {
  const state: Collected = { found: [], newest: null, seen: new Set() }
  for (const { line, value } of lines) {
    const { type, message, uuid } = value
    if ((type !== 'user' && type !== 'assistant') || !isJsonObject(message)) continue
    if (value['isSidechain'] === true || value['isCompactSummary'] === true) continue
    if (typeof uuid === 'string') {
      if (state.seen.has(uuid)) continue
      state.seen.add(uuid)
    }
    collect(state, message, { where: `line ${line}`, time: value['timestamp'] })
  }
  return state.found
}

/** The title that the log itself holds, if any: the newest summary. */
export function titleOfClaudeCode(lines: readonly NumberedLine[]): string | undefined {
  const titled = lines.findLast(({ value }) => typeof value['summary'] === 'string')
  return titled === undefined ? undefined : String(titled.value['summary'])
}

function collect(
  state: Collected,
  { role, content, id }: JsonObject,
  from: Omit<FoundMessage, 'value'>,
): void {
  const before = state.newest === null ? undefined : state.found[state.newest.index]
  const isPiece = role === 'assistant' && typeof id === 'string' && state.newest?.id === id
  if (isPiece && before !== undefined && state.newest !== null) {
    const joined = [...blocksOf(before.value['content']), ...blocksOf(content)]
    state.found[state.newest.index] = { ...before, value: { role, content: joined } }
    return
  }
  state.found.push({ ...from, value: { role, content } })
  if (role === 'assistant') state.newest = { id, index: state.found.length - 1 }
  else if (!isOnlyResults(content)) state.newest = null
}

function blocksOf(content: unknown): readonly unknown[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return Array.isArray(content) ? content : []
}

function isOnlyResults(content: unknown): boolean {
  return (
    Array.isArray(content) &&
    content.every((block: unknown) => isJsonObject(block) && block['type'] === 'tool_result')
  )
}
