import { describeCall, type CallDescription } from '../memory/describe-call.ts'
import { findIdentifiers } from '../memory/identifiers.ts'
import { extractRules } from '../memory/rules.ts'
import { shorten, splitSentences } from '../memory/sentences.ts'
import { guessMediaType } from '../memory/stub-text.ts'
import { MESSAGE_OVERHEAD_TOKENS } from '../session/append.ts'
import { hashText } from '../session/chain.ts'
import type { DigestLine } from '../session/generation.ts'
import {
  startsTurn,
  type Message,
  type Part,
  type Seq,
  type ToolResultPart,
} from '../session/message.ts'
import { digestLine, mergeLines } from './digest-lines.ts'
import { oneLine } from './digest-text.ts'

/** A payload to be moved out, before it is packed. */
export interface Payload {
  readonly hash: string
  readonly text: string
  readonly mediaType: string
  readonly tokens: number
}

/** What one block of the covered part comes to. */
export interface DigestedBlock {
  readonly lines: readonly DigestLine[]
  readonly payloads: readonly Payload[]
  readonly messages: number
  readonly chain: string
}

export interface DigestOptions {
  /** A payload of more tokens than this is moved out. */
  readonly largePayloadTokens: number
  readonly count: (text: string) => number
}

/** A tool call with the message that makes it. */
interface MadeCall extends CallDescription {
  readonly seq: Seq
}

/** How much a kind of line is worth before recency and use are added. */
const SALIENCE = {
  goal: 60,
  rule: 100,
  correction: 100,
  decision: 40,
  conclusion: 30,
  change: 45,
  command: 25,
  error: 35,
  fact: 15,
  artifact: 20,
  question: 30,
} as const

const DECISION =
  /\b(?:decided|decision|we(?:'ll| will)|i(?:'ll| will) (?:use|go with|keep)|going with|chose|choose|agreed|fixed|root cause|because|turns out|the (?:problem|bug|issue|cause) (?:is|was)|conclusion|confirmed|beschlossen|entschieden|décidé|decidido|决定|结论|因为)\b/iu
const ERROR_LINE =
  /^.*\b(?:error|exception|failed|failure|fatal|panic|traceback|cannot|not found|denied)\b.*$/im

/** Most sentences taken from one assistant message. */
const MAX_FACTS_PER_MESSAGE = 6

/**
 * Separates and extracts one block, without a model: large payloads are named for moving out, and what
 * people and models said is turned into lines with their sources.
 *
 * Pure and deterministic. Every line is a quote of its source, or a label made by code from it.
 *
 * @see SPEC.md rules DIG1–DIG5
 */
export function digestBlock(messages: readonly Message[], options: DigestOptions): DigestedBlock {
  const lines: DigestLine[] = []
  const payloads = new Map<string, Payload>()
  const calls = new Map<string, MadeCall>()
  messages.forEach((message, index) => {
    const closesTurn = endsTurn(message, messages[index + 1])
    for (const part of message.parts) {
      lines.push(...digestPart(message, part, closesTurn, calls))
      const payload = largePayload(message, part, options)
      if (!payload) continue
      payloads.set(payload.hash, payload)
      lines.push(artifactLine(message, part, payload, calls))
    }
  })
  return {
    lines: mergeLines(lines),
    payloads: [...payloads.values()],
    messages: messages.length,
    chain: messages.at(-1)?.chain ?? '',
  }
}

/** The payload of a part, if it is large enough to be moved out. */
export function largePayload(
  message: Message,
  part: Part,
  options: DigestOptions,
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

function digestPart(
  message: Message,
  part: Part,
  closesTurn: boolean,
  calls: Map<string, MadeCall>,
): readonly DigestLine[] {
  switch (part.type) {
    case 'text':
      if (message.role === 'tool') return []
      return message.role === 'assistant'
        ? assistantLines(message, part.text, closesTurn)
        : speechLines(message, part.text)
    case 'tool-call': {
      const call = { ...describeCall(part), seq: message.seq }
      calls.set(part.callId, call)
      return callLines(message, call)
    }
    case 'tool-result':
      return errorLines(message, part, calls.get(part.callId))
    default:
      return []
  }
}

/** Lines from what the user or the system said. */
function speechLines(message: Message, text: string): readonly DigestLine[] {
  const lines = extractRules(text).map(({ kind, quote }) =>
    digestLine(
      kind === 'rule' ? 'rules' : 'corrections',
      `“${quote}”`,
      message.seq,
      SALIENCE[kind],
    ),
  )
  if (startsTurn(message)) {
    const asked = shorten(oneLine(text.slice(0, 2_000)), 400)
    if (asked) lines.push(digestLine('goal', `User: “${asked}”`, message.seq, SALIENCE.goal))
  }
  return lines
}

/** Lines from what the assistant said: how a turn ended, decisions, and sentences with identifiers. */
function assistantLines(
  message: Message,
  text: string,
  closesTurn: boolean,
): readonly DigestLine[] {
  const sentences = splitSentences(text.slice(0, 20_000))
  const lines: DigestLine[] = []
  const first = sentences[0]
  if (closesTurn && first) {
    const said = shorten(sentences.slice(0, 3).join(' '), 360)
    lines.push(digestLine('state', said, message.seq, SALIENCE.conclusion))
  }
  let taken = 0
  for (const sentence of sentences) {
    if (taken >= MAX_FACTS_PER_MESSAGE) break
    const isDecision = DECISION.test(sentence)
    const identifiers = findIdentifiers(sentence, 8).length
    if (!isDecision && identifiers === 0) continue
    taken += 1
    const quote = shorten(sentence, 280)
    lines.push(
      isDecision
        ? digestLine('decisions', quote, message.seq, SALIENCE.decision + identifiers)
        : digestLine('facts', quote, message.seq, SALIENCE.fact + identifiers * 2),
    )
  }
  const last = sentences.at(-1)
  if (closesTurn && last && /[?？]\s*$/.test(last)) {
    lines.push(digestLine('open', `Asked: “${shorten(last, 280)}”`, message.seq, SALIENCE.question))
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

function artifactLine(
  message: Message,
  part: Part,
  payload: Payload,
  calls: ReadonlyMap<string, MadeCall>,
): DigestLine {
  const call = 'callId' in part ? calls.get(part.callId) : undefined
  const label = call?.label ?? (part.type === 'tool-call' ? part.name : part.type)
  const what = part.type === 'tool-call' ? 'arguments' : 'result'
  const text = `${label}: ${what}, ${payload.text.length} characters, artifact ${payload.hash.slice(0, 12)}`
  // One line per call and subject: of a file read five times the newest reading counts.
  const key = call?.subject ? `${what}:${call.label}` : payload.hash
  return digestLine('artifacts', text, message.seq, SALIENCE.artifact, {
    key,
    artifact: payload.hash,
  })
}

/** Whether the model yields with this message: it calls no tool, and nothing of its turn follows. */
function endsTurn(message: Message, next: Message | undefined): boolean {
  if (message.role !== 'assistant') return false
  if (message.parts.some((part) => part.type === 'tool-call')) return false
  return next === undefined || next.role === 'user'
}
