import { describeCall } from '../memory/describe-call.ts'
import { excerptOf } from '../memory/excerpt.ts'
import { partText, type Message, type Part } from '../session/message.ts'
import { escapeData, escapeLine } from './escape-data.ts'

/** A run of messages as a model reads it. */
export interface Piece {
  readonly messages: readonly Message[]
  /** Each headed by its number and role, behind bars. */
  readonly text: string
  readonly tokens: number
  /** Whether people or a model speak in it: of what only tools said, nothing is asked. */
  readonly isSpoken: boolean
}

export interface PieceOptions {
  /** Tokens of one piece. */
  readonly maxTokens: number
  readonly count: (text: string) => number
}

/** Shares of a piece that one message, and one payload, may take. */
const MESSAGE_SHARE = 0.5
const PAYLOAD_SHARE = 0.2
/** Least and most tokens that are shown of a payload. */
const LEAST_PAYLOAD = 40
const MOST_PAYLOAD = 240
/** What is shorter, in UTF-16 code units per token, fits without being counted. */
const SURE_LENGTH = 1
/** Smallest piece that is worth a question, in tokens. */
export const LEAST_PIECE_TOKENS = 120

/**
 * Cuts the messages of a block into pieces that fit a model's window, in order, none left out: large texts and payloads
 * appear as their most telling parts, calls as one line each.
 *
 * Pure, total, and linear in the messages. What a piece holds is never more than its tokens by the given count.
 *
 * @see SPEC.md rules SUM1, SUM2
 */
export function cutPieces(messages: readonly Message[], options: PieceOptions): readonly Piece[] {
  const maxTokens = Math.max(LEAST_PIECE_TOKENS, Math.floor(options.maxTokens))
  const pieces: Piece[] = []
  let open: Written[] = []
  let tokens = 0
  const close = (): void => {
    if (open.length > 0) pieces.push(pieceOf(open, tokens))
    open = []
    tokens = 0
  }
  for (const message of messages) {
    const written = writeMessage(message, maxTokens, options)
    if (tokens + written.tokens > maxTokens) close()
    open.push(written)
    tokens += written.tokens
  }
  close()
  return pieces
}

interface Written {
  readonly message: Message
  readonly text: string
  readonly tokens: number
}

function pieceOf(written: readonly Written[], tokens: number): Piece {
  return {
    messages: written.map(({ message }) => message),
    text: written.map(({ text }) => text).join('\n'),
    tokens,
    isSpoken: written.some(
      ({ message: { role, parts } }) =>
        (role === 'user' || role === 'assistant') &&
        parts.some((part) => part.type === 'text' && part.text.trim() !== ''),
    ),
  }
}

/** A message as it stands in a question, within the share that one may have. */
function writeMessage(message: Message, maxTokens: number, options: PieceOptions): Written {
  const most = Math.floor(maxTokens * MESSAGE_SHARE)
  const head = headOf(message)
  for (let room = most - HEAD_TOKENS; ; room = Math.floor(room * 0.7)) {
    const body = escapeData(bodyOf(message, room, options))
    const text = body === '' ? head : `${head}\n${body}`
    const tokens = options.count(text) + 1
    if (tokens <= maxTokens || body === '') return { message, text, tokens }
    // Bars and frames count as well; at the end the heading stands for all.
    if (room < 8)
      return { message, text: head, tokens: Math.min(maxTokens, options.count(head) + 1) }
  }
}

/** Tokens of a heading, roughly. */
const HEAD_TOKENS = 8

function headOf({ seq, role, name }: Message): string {
  const who = name === undefined ? '' : ` ${escapeLine(name.slice(0, 40))}`
  return `#${seq} ${role}${who}`
}

function bodyOf({ role, parts }: Message, room: number, options: PieceOptions): string {
  const payload = Math.min(MOST_PAYLOAD, Math.max(LEAST_PAYLOAD, Math.floor(room * PAYLOAD_SHARE)))
  const out: string[] = []
  let left = room
  for (const part of parts) {
    if (left <= 0) {
      out.push('[…]')
      break
    }
    const isPayload = part.type === 'tool-result' || part.type === 'reasoning' || role === 'tool'
    const text = shown(part, Math.min(left, isPayload ? payload : left), options)
    if (text === '') continue
    out.push(text)
    left -= options.count(text)
  }
  return out.join('\n')
}

function shown(part: Part, room: number, { count }: PieceOptions): string {
  switch (part.type) {
    case 'tool-call':
      return `(called ${describeCall(part).label})`
    case 'approval-request':
      return '(asked for leave)'
    case 'approval-response':
      return part.approved ? '(leave was given)' : '(leave was refused)'
    case 'text':
    case 'reasoning':
    case 'tool-result':
    case 'image':
    case 'file': {
      const text = partText(part)
      if (text.length <= room * SURE_LENGTH) return text
      return text.length < room * 12 && count(text) <= room ? text : excerptOf(text, room, count)
    }
  }
}
