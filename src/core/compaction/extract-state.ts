import { describeCall, type CallDescription } from '../memory/describe-call.ts'
import { groupDigits } from '../memory/group-digits.ts'
import { shorten, splitSentences } from '../memory/sentences.ts'
import { guessMediaType } from '../memory/stub-text.ts'
import { MESSAGE_OVERHEAD_TOKENS } from '../session/append.ts'
import { hashText } from '../session/chain.ts'
import type { DigestLine } from '../session/generation.ts'
import { startsTurn, type Message, type Part } from '../session/message.ts'
import { MAX_READ_LENGTH } from './decisions.ts'
import { digestLine } from './digest-lines.ts'
import { oneLine } from './digest-text.ts'

/** A payload to be moved out, before it is packed. */
export interface Payload {
  readonly hash: string
  readonly text: string
  readonly mediaType: string
  readonly tokens: number
}

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
  messages.forEach((message, index) => {
    const closesTurn = endsTurn(message, messages[index + 1])
    for (const part of message.parts) {
      if (part.type === 'tool-call') calls.set(part.callId, describeCall(part))
      if (part.type === 'text') lines.push(...textLines(message, part.text, closesTurn))
      const payload = largePayload(message, part, options)
      if (!payload) continue
      payloads.set(payload.hash, payload)
      lines.push(artifactLine(message, part, payload, calls))
    }
  })
  return { lines, payloads: [...payloads.values()] }
}

/** The payload of a part, if it is large enough to be moved out. */
export function largePayload(
  message: Message,
  part: Part,
  options: Pick<DigestOptions, 'largePayloadTokens' | 'count'>,
): Payload | undefined {
  const text =
    part.type === 'tool-result' ? part.output : part.type === 'tool-call' ? part.input : undefined
  // A token is rarely less than two characters, so short texts need no counting.
  if (text === undefined || text.length < options.largePayloadTokens * 2) return undefined
  // What a message of one part counts was stamped when it was written.
  const isWhole = message.parts.length === 1 && part.type === 'tool-result'
  const tokens = isWhole ? message.tokens - MESSAGE_OVERHEAD_TOKENS : options.count(text)
  if (tokens < options.largePayloadTokens) return undefined
  return { hash: hashText(text), text, mediaType: guessMediaType(text), tokens }
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

function artifactLine(
  message: Message,
  part: Part,
  payload: Payload,
  calls: ReadonlyMap<string, CallDescription>,
): DigestLine {
  const call = 'callId' in part ? calls.get(part.callId) : undefined
  const label = call?.label ?? (part.type === 'tool-call' ? part.name : part.type)
  const what = part.type === 'tool-call' ? 'arguments' : 'result'
  const text = `${label}: ${what}, ${groupDigits(payload.text.length)} characters, artifact ${payload.hash.slice(0, 12)}`
  // One line per call and subject: of a file read five times the newest reading counts.
  const key = call?.subject ? `${what}:${call.label}` : payload.hash
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
