import type { Draft } from '../../core/session/message.ts'
import { textOf } from '../../core/session/message.ts'
import type { MessageInput } from '../../protocol/requests.ts'
import {
  collectClaudeCode,
  isClaudeCodeLine,
  titleOfClaudeCode,
  type FoundMessage,
  type NumberedLine,
} from './claude-code-log.ts'
import { isJsonObject, type JsonObject } from '../copy-json.ts'
import { gunzip, isGzip } from './gunzip.ts'
import { inOrder, type Flag, type Repair } from './history-findings.ts'
import { invalidInput, kindOf } from '../invalid-input.ts'
import { mendInputs } from './mend-inputs.ts'
import { toDraft } from '../message-input.ts'
import { parseJsonText } from './parse-json-text.ts'
import { repairHistory, type RepairOptions } from './repair-history.ts'

/** A recorded session, read from a file. */
export interface SessionFile {
  /** The file's own title, else its first user message, else its name. At most 80 characters. */
  readonly title: string
  /** In order, and repaired. Without ids: a file may be read into many sessions. */
  readonly drafts: readonly Draft[]
  /** What was wrong with the history and was mended; `at` counts the file's messages from 0. */
  readonly repairs: readonly Repair[]
  /** What was noticed in the history and left as it is. */
  readonly flags: readonly Flag[]
}

/** Most bytes of a file once it is unpacked. More is refused. */
export const MAX_FILE_BYTES: number = 256 * 1024 * 1024

/** What recorders note beside a message. No provider takes these fields, so they leave the wire value. */
const NOTES: ReadonlySet<string> = new Set(['ts', 'timestamp', 'meta', 'synthetic', 'is_error'])

interface Found {
  readonly title?: string | undefined
  readonly messages: readonly FoundMessage[]
  readonly repairs: readonly Repair[]
}

/**
 * Reads a recorded session: a JSON array of OpenAI, Anthropic or canonical messages, an object with
 * such an array in `messages` (and perhaps `system`, `title`), the same as JSON Lines, or a Claude
 * Code log; each also gzipped. The kind is told from the content, not from the name. Damage that
 * other tools leave in a history is repaired and reported.
 *
 * @param name - For errors, and as title if there is no other.
 * @param options - What becomes of calls at the very end.
 * @throws BackfoldError `INVALID_INPUT` naming the file, the line or message, and the reason.
 * @see SPEC.md rules LOAD1–LOAD10, HEAL1–HEAL14
 */
export async function parseSessionFile(
  name: string,
  bytes: Uint8Array,
  options: RepairOptions = {},
): Promise<SessionFile> {
  const unpacked = isGzip(bytes) ? await gunzip(bytes, MAX_FILE_BYTES, name) : bytes
  if (unpacked.length > MAX_FILE_BYTES) invalidInput(`${name}: larger than ${MAX_FILE_BYTES} bytes`)
  const found = findMessages(decode(unpacked, name), name)
  if (found.messages.length === 0) invalidInput(`${name}: holds no messages`)
  const read = readFoundMessages(found.messages, name)
  const { drafts, repairs, flags } = repairHistory(read.drafts, options)
  return {
    title: titleFrom(found.title, drafts, name),
    drafts: drafts.map(withoutId),
    repairs: inOrder([...read.repairs, ...repairs.filter(isOfFile), ...found.repairs]),
    flags,
  }
}

/** Ids only tell copies here. They are not kept, so new ones need not be told of. */
function isOfFile({ kind }: Repair): boolean {
  return kind !== 'message-id-doubled'
}

function withoutId({ id, ...draft }: Draft): Draft {
  void id
  return draft
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return invalidInput(`${name}: not UTF-8 text`)
  }
}

function findMessages(text: string, name: string): Found {
  if (text.trim() === '') return invalidInput(`${name}: empty`)
  if (isJsonLines(text)) return findInLines(text, name)
  const value = parseJsonText(text, name)
  if (Array.isArray(value)) return { messages: numbered(value), repairs: [] }
  if (!isJsonObject(value)) return invalidInput(`${name}: holds ${kindOf(value)}, not a session`)
  if (isMessage(value)) return findInLines(text, name)
  const { messages, system, title, id } = value
  if (!Array.isArray(messages)) {
    return invalidInput(`${name}: expected an array of messages or an object with messages`)
  }
  const lead = leadingSystem(system).map((value) => ({ where: 'system', value }))
  const own = [title, id].find((field): field is string => typeof field === 'string')
  return { title: own, messages: [...lead, ...numbered(messages)], repairs: [] }
}

/** A system prompt that is kept apart, as the first message. */
export function leadingSystem(system: unknown): readonly JsonObject[] {
  const none = system === undefined || system === null || system === ''
  return none ? [] : [{ role: 'system', content: system }]
}

function numbered(messages: readonly unknown[]): readonly FoundMessage[] {
  return messages.map((value, i) => ({ where: `message ${i + 1}`, value: value as JsonObject }))
}

/** Whether the first line is a JSON object by itself and more follows. */
function isJsonLines(text: string): boolean {
  const first = text.trimStart()
  const end = first.indexOf('\n')
  if (!first.startsWith('{') || end < 0 || first.slice(end).trim() === '') return false
  try {
    JSON.parse(first.slice(0, end))
    return true
  } catch {
    return false
  }
}

function isMessage(value: JsonObject): boolean {
  return isJsonObject(value['message']) || (!('messages' in value) && 'role' in value)
}

function findInLines(text: string, name: string): Found {
  const { lines, cutOff } = parseLines(text, name)
  const isLog = lines.some(({ value }) => isClaudeCodeLine(value))
  const messages = isLog
    ? collectClaudeCode(lines)
    : lines.map(({ line, value }) => ({ where: `line ${line}`, value }))
  const detail = `Line ${cutOff} was left out: the file ends in the middle of it.`
  return {
    title: isLog ? titleOfClaudeCode(lines) : undefined,
    messages,
    repairs: cutOff === null ? [] : [{ kind: 'line-cut-off', at: messages.length, detail }],
  }
}

/** A last line without its end is how a log looks that is being written; any other damage is an error. */
function parseLines(
  text: string,
  name: string,
): { readonly lines: readonly NumberedLine[]; readonly cutOff: number | null } {
  const written = text.split('\n')
  const lines: NumberedLine[] = []
  for (const [i, line] of written.entries()) {
    if (line.trim() === '') continue
    let value: unknown
    try {
      value = parseJsonText(line, name, i + 1)
    } catch (error) {
      if (i === written.length - 1 && lines.length > 0) return { lines, cutOff: i + 1 }
      throw error
    }
    if (!isJsonObject(value)) invalidInput(`${name}, line ${i + 1}: holds ${kindOf(value)}`)
    else lines.push({ line: i + 1, value })
  }
  return { lines, cutOff: null }
}

/** Messages as the reader of session files takes them: ids, times and error marks told from notes. */
export function readFoundMessages(
  messages: readonly FoundMessage[],
  name: string,
): { readonly drafts: readonly Draft[]; readonly repairs: readonly Repair[] } {
  const mended = mendInputs(messages.map(withoutNotes))
  const drafts = messages.map((message, i) => readFound(message, mended.values[i], name))
  return { drafts, repairs: mended.repairs }
}

/** The message itself. An id of another kind than text can tell copies as well. */
function withoutNotes({ value }: FoundMessage): unknown {
  if (!isJsonObject(value)) return value
  const { id, ...fields } = value
  const told = typeof id === 'number' ? String(id) : id
  const noted = Object.entries(fields).filter(([field]) => !NOTES.has(field))
  return {
    ...(typeof told === 'string' && told !== '' ? { id: told } : {}),
    ...Object.fromEntries(noted),
  }
}

function readFound({ where, value, time }: FoundMessage, mended: unknown, name: string): Draft {
  const at = `${name}, ${where}`
  if (!isJsonObject(value)) return invalidInput(`${at}: must be an object, got ${kindOf(value)}`)
  const draft = toDraft(mended as MessageInput, at)
  const noted = time ?? value['ts'] ?? value['timestamp']
  const when = typeof noted === 'string' ? Date.parse(noted) : Number.NaN
  const parts = value['is_error'] === true ? draft.parts.map(asError) : draft.parts
  return { ...draft, parts, ...(Number.isNaN(when) ? {} : { at: when }) }
}

function asError(part: Draft['parts'][number]): Draft['parts'][number] {
  return part.type === 'tool-result' ? { ...part, isError: true } : part
}

function titleFrom(own: string | undefined, drafts: readonly Draft[], name: string): string {
  const first = drafts.find(({ role }) => role === 'user')
  const candidates = [own ?? '', first ? textOf(first) : '', name]
  const title = candidates.map(oneLine).find((text) => text !== '')
  return title ?? 'session'
}

function oneLine(text: string): string {
  const line = text.slice(0, 1_000).replace(/\s+/g, ' ').trim()
  return line.length > 80 ? `${line.slice(0, 79)}…` : line
}
