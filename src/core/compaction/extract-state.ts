import { describeChange } from '../memory/artifacts/describe-change.ts'
import { describeCall, type CallDescription } from '../memory/describe-call.ts'
import { groupDigits } from '../memory/group-digits.ts'
import { coveredPayloads, readingKey, type Payload } from '../memory/payload.ts'
import { shorten, splitSentences } from '../memory/sentences.ts'
import type { DigestLine } from '../session/generation.ts'
import { startsTurn, type Message, type Part, type Seq } from '../session/message.ts'
import { MAX_READ_LENGTH } from './decisions.ts'
import { digestLine } from './digest-lines.ts'
import { oneLine } from './digest-text.ts'

export interface DigestOptions {
  /** A payload of more tokens than this is moved out. */
  readonly largePayloadTokens: number
  /** Most tokens of quotes that one block gives. */
  readonly maxQuoteTokens: number
  readonly count: (text: string) => number
}

/** How much a kind of line is worth before recency and use are added. */
const SALIENCE = { goal: 60, artifact: 10, question: 60 } as const

/**
 * How the work stands: what was asked, how each turn ended, decisions, open questions, and the large
 * payloads, which are named for moving out.
 *
 * @see SPEC.md rules DIG2, DIG3, DIG5
 */
export function extractStateLines(
  messages: readonly Message[],
  options: DigestOptions,
): { readonly lines: readonly DigestLine[]; readonly payloads: readonly Payload[] } {
  const lines: DigestLine[] = []
  const payloads = new Map<string, Payload>()
  const calls = new Map<string, CallDescription>()
  const readings = new Map<string, Reading>()
  messages.forEach((message, index) => {
    const closesTurn = endsTurn(message, messages[index + 1])
    for (const part of message.parts) {
      if (part.type === 'tool-call') calls.set(part.callId, describeCall(part))
      if (part.type === 'text') lines.push(...textLines(message, part.text, closesTurn))
      const call = 'callId' in part ? calls.get(part.callId) : undefined
      const named = call ? { ...options, label: call.label } : options
      for (const payload of coveredPayloads(message, part, named)) {
        payloads.set(payload.hash, payload)
        lines.push(artifactLine(message, part, payload, call, readings))
      }
    }
  })
  return { lines, payloads: [...payloads.values()] }
}

function textLines(message: Message, text: string, closesTurn: boolean): readonly DigestLine[] {
  if (message.role === 'assistant') return assistantLines(message, text, closesTurn)
  const asked = startsTurn(message) ? shorten(oneLine(text.slice(0, 2_000)), 400) : ''
  return asked ? [digestLine('goal', `User: “${asked}”`, message.seq, SALIENCE.goal)] : []
}

/** Lines from what the assistant said: how a turn ended, decisions, and what it asked last. */
function assistantLines(
  message: Message,
  text: string,
  closesTurn: boolean,
): readonly DigestLine[] {
  const sentences = splitSentences(text.slice(0, MAX_READ_LENGTH))
  const lines: DigestLine[] = []
  const last = sentences.at(-1)
  if (closesTurn && last && /[?？]\s*$/.test(last)) {
    const asked = `Asked: “${shorten(last, 280)}”`
    lines.push({
      ...digestLine('open', asked, message.seq, SALIENCE.question),
      origin: 'own',
    })
  }
  return lines
}

/** The newest payload that one call gave, or was given. */
interface Reading {
  readonly payload: Payload
  readonly seq: Seq
}

/** What a part's payload is of it. */
const PAYLOAD_NAMES: Readonly<Partial<Record<Part['type'], string>>> = {
  'tool-call': 'arguments',
  'tool-result': 'result',
  text: 'block',
}

function artifactLine(
  message: Message,
  part: Part,
  payload: Payload,
  call: CallDescription | undefined,
  readings: Map<string, Reading>,
): DigestLine {
  const label =
    call?.label ?? (part.type === 'tool-call' ? part.name : `${message.role} ${part.type}`)
  const what = PAYLOAD_NAMES[part.type] ?? 'data'
  // One line per call and subject: of a file read five times the newest reading counts.
  const key = call?.subject ? readingKey(what, call.label) : payload.hash
  const before = readings.get(key)
  readings.set(key, { payload, seq: message.seq })
  const change = before && describeChange(before.payload.text, payload.text, before.seq)
  const newer =
    before && change?.kept
      ? `, newer than #${change.since} (+${change.added} −${change.removed} lines, before it artifact ${before.payload.hash.slice(0, 12)})`
      : ''
  const text =
    `${label}: ${what}, ${payload.summary}, ${groupDigits(payload.text.length)} characters, ` +
    `artifact ${payload.hash.slice(0, 12)}${newer}`
  const line = digestLine('artifacts', text, message.seq, SALIENCE.artifact, {
    key,
    artifact: payload.hash,
  })
  return { ...line, origin: 'tool' }
}

/** Whether the model yields with this message: it calls no tool, and nothing of its turn follows. */
function endsTurn(message: Message, next: Message | undefined): boolean {
  if (message.role !== 'assistant') return false
  if (message.parts.some((part) => part.type === 'tool-call')) return false
  return next === undefined || next.role === 'user'
}
