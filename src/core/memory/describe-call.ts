import { oneLine } from '../compaction/digest-text.ts'
import type { ToolCallPart } from '../session/message.ts'
import { shorten } from './sentences.ts'

/** What a tool call does, read from its name and arguments. */
export interface CallDescription {
  /** `edit_file src/app.ts`, at most 160 characters. */
  readonly label: string
  readonly kind: 'change' | 'command' | 'read'
  /** The path, command or query that the call is about; empty if none stands out. */
  readonly subject: string
}

const SUBJECT_KEYS = [
  'command',
  'cmd',
  'file_path',
  'path',
  'filename',
  'file',
  'notebook_path',
  'url',
  'query',
  'pattern',
  'id',
] as const

const CHANGES =
  /write|edit|create|update|patch|replace|delete|remove|insert|move|rename|apply|set_|cancel|book|send/i

/** Longest arguments that are parsed; longer ones are a payload and only their start is looked at. */
const MAX_PARSED_LENGTH = 200_000

/** Describes a tool call in one line. Total: arguments that are not JSON are quoted. */
export function describeCall(call: ToolCallPart): CallDescription {
  const subject = findSubject(call.input)
  const isCommand = /"(?:command|cmd)"\s*:/.test(call.input.slice(0, 400))
  const kind = isCommand ? 'command' : CHANGES.test(call.name) ? 'change' : 'read'
  const shown = subject || (call.input.length <= 2 ? '' : oneLine(call.input.slice(0, 400)))
  return { kind, subject, label: shorten(`${call.name} ${oneLine(shown)}`.trim(), 160) }
}

function findSubject(input: string): string {
  if (input.length > MAX_PARSED_LENGTH) return findSubjectInText(input.slice(0, 2_000))
  try {
    const parsed: unknown = JSON.parse(input)
    if (typeof parsed !== 'object' || parsed === null) return ''
    for (const key of SUBJECT_KEYS) {
      const value: unknown = (parsed as Readonly<Record<string, unknown>>)[key]
      if (typeof value === 'string' && value !== '') return value
    }
    return ''
  } catch {
    return findSubjectInText(input.slice(0, 2_000))
  }
}

function findSubjectInText(input: string): string {
  const match = new RegExp(`"(?:${SUBJECT_KEYS.join('|')})"\\s*:\\s*"([^"]{1,300})"`).exec(input)
  return match?.[1] ?? ''
}
