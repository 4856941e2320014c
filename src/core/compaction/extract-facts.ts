import { describeCall, type CallDescription } from '../memory/describe-call.ts'
import { findIdentifiers } from '../memory/identifiers.ts'
import { shorten, splitSentences } from '../memory/sentences.ts'
import type { DigestLine } from '../session/generation.ts'
import type { Message, Seq, ToolResultPart } from '../session/message.ts'
import { isDecision, MAX_READ_LENGTH } from './decisions.ts'
import { digestLine } from './digest-lines.ts'
import { oneLine } from './digest-text.ts'

/** A tool call with the message that makes it. */
interface MadeCall extends CallDescription {
  readonly seq: Seq
}

/** How much a kind of fact is worth before recency and use are added. */
const SALIENCE = { change: 45, command: 25, error: 35, fact: 15 } as const

const ERROR_LINE =
  /^.*\b(?:error|exception|failed|failure|fatal|panic|traceback|cannot|not found|denied)\b.*$/im

/** Most sentences taken from one assistant message. */
const MAX_FACTS_PER_MESSAGE = 6

/**
 * What was run, what was changed, the newest error of each command, and sentences of the assistant that
 * name something exactly.
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
        lines.push(...callLines(message, call))
      } else if (part.type === 'tool-result') {
        lines.push(...errorLines(message, part, calls.get(part.callId)))
      } else if (part.type === 'text' && message.role === 'assistant') {
        lines.push(...namingLines(message, part.text))
      }
    }
  }
  return lines
}

/** Sentences with identifiers that are no decisions. */
function namingLines(message: Message, text: string): readonly DigestLine[] {
  const lines: DigestLine[] = []
  for (const sentence of splitSentences(text.slice(0, MAX_READ_LENGTH))) {
    if (lines.length >= MAX_FACTS_PER_MESSAGE) break
    if (isDecision(sentence)) continue
    const identifiers = findIdentifiers(sentence, 8).length
    if (identifiers === 0) continue
    const salience = SALIENCE.fact + identifiers * 2
    lines.push(digestLine('facts', shorten(sentence, 280), message.seq, salience))
  }
  return lines
}

function callLines(message: Message, call: CallDescription): readonly DigestLine[] {
  if (!call.subject || call.kind === 'read') return []
  const key = `${call.kind}:${call.subject}`
  const text =
    call.kind === 'change' ? call.label : `ran \`${shorten(oneLine(call.subject), 240)}\``
  return [digestLine('facts', text, message.seq, SALIENCE[call.kind], { key })]
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
  })
  // The label is the call's: without it, what the call names would seem invented.
  return [call ? { ...line, sources: [call.seq, message.seq] } : line]
}
