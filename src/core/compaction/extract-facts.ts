import { callReason } from '../memory/call-reason.ts'
import { describeCall, type CallDescription } from '../memory/describe-call.ts'
import { shorten } from '../memory/sentences.ts'
import type { DigestLine } from '../session/generation.ts'
import type { Message, Seq, ToolResultPart } from '../session/message.ts'
import { digestLine } from './digest-lines.ts'
import { oneLine } from './digest-text.ts'

/** A tool call with the message that makes it. */
interface MadeCall extends CallDescription {
  readonly seq: Seq
}

/** How much a kind of fact is worth before recency and use are added. */
const SALIENCE = { change: 45, command: 200, error: 60 } as const

const ERROR_LINE =
  /^.*\b(?:error|exception|failed|failure|fatal|panic|traceback|cannot|not found|denied)\b.*$/im

/** Longest command that is kept to the letter. */
const MAX_COMMAND_LENGTH = 400

/**
 * What was run, what was changed, and the newest error of each command.
 *
 * @see SPEC.md rules DIG2, DIG5
 */
export function extractFactLines(messages: readonly Message[]): readonly DigestLine[] {
  const lines: DigestLine[] = []
  const calls = new Map<string, MadeCall>()
  for (const message of messages) {
    for (const part of message.parts) {
      if (part.type === 'tool-call') {
        const call = { ...describeCall(part), seq: message.seq }
        calls.set(part.callId, call)
        lines.push(...callLines(message, call, callReason(message, part)))
      } else if (part.type === 'tool-result') {
        lines.push(...errorLines(message, part, calls.get(part.callId)))
      }
    }
  }
  return lines
}

function callLines(message: Message, call: CallDescription, why: string): readonly DigestLine[] {
  if (!call.subject || call.kind === 'read') return []
  const key = `${call.kind}:${call.subject}`
  const what =
    call.kind === 'change'
      ? call.label
      : `ran \`${shorten(oneLine(call.subject), MAX_COMMAND_LENGTH)}\``
  const text = why ? `${what} – ${why}` : what
  const line = digestLine('facts', text, message.seq, SALIENCE[call.kind], { key, kind: call.kind })
  return [{ ...line, origin: 'own' }]
}

/** The newest error of each call is kept, because it is what the next attempt starts from. */
function errorLines(
  message: Message,
  result: ToolResultPart,
  call: MadeCall | undefined,
): readonly DigestLine[] {
  if (!result.isError && call?.kind !== 'command') return []
  const found =
    ERROR_LINE.exec(result.output.slice(0, 4_000)) ?? ERROR_LINE.exec(result.output.slice(-4_000))
  const error = found?.[0] ?? (result.isError ? result.output.slice(0, 300) : '')
  if (!error.trim()) return []
  const label = call ? `${call.label} → ` : ''
  const text = `${label}${shorten(oneLine(error), 240)}`
  const line = digestLine('facts', text, message.seq, SALIENCE.error, {
    key: `error:${call?.subject ?? text}`,
    kind: 'error',
  })
  // The label is the call's: without it, what the call names would seem invented.
  const sources = call ? [call.seq, message.seq] : line.sources
  return [{ ...line, sources, origin: 'own' }]
}
