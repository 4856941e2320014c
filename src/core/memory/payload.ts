import { MESSAGE_OVERHEAD_TOKENS } from '../session/append.ts'
import { hashText } from '../session/chain.ts'
import type { Message, Part } from '../session/message.ts'
import { describePayload, findKind } from './stubs/describe-payload.ts'

/** A payload to be moved out, before it is packed. */
export interface Payload {
  readonly hash: string
  readonly text: string
  readonly mediaType: string
  readonly tokens: number
  /** Kind and size in the kind's own measure, in one line. */
  readonly summary: string
}

export interface PayloadOptions {
  /** A payload of more tokens than this is moved out. */
  readonly largePayloadTokens: number
  readonly count: (text: string) => number
  /** What gave the payload, where that is known: a file that it names tells the language. */
  readonly label?: string
}

/** The payload of a tool call or result, if it is large enough to be moved out. */
export function largePayload(
  message: Message,
  part: Part,
  options: PayloadOptions,
): Payload | undefined {
  const text =
    part.type === 'tool-result' ? part.output : part.type === 'tool-call' ? part.input : undefined
  // A token is rarely less than two characters, so short texts need no counting.
  if (text === undefined || text.length < options.largePayloadTokens * 2) return undefined
  // What a message of one part counts was stamped when it was written.
  const isWhole = message.parts.length === 1 && part.type === 'tool-result'
  const tokens = isWhole ? message.tokens - MESSAGE_OVERHEAD_TOKENS : options.count(text)
  return tokens < options.largePayloadTokens ? undefined : payloadOf(text, tokens, options)
}

/**
 * The payloads of a part of a covered message: besides those of tools, pictures and files that are
 * carried as data, and large blocks of code between fences, or of data, within a text. What somebody says around them is
 * no payload.
 *
 * @see SPEC.md rule ART4
 */
export function coveredPayloads(
  message: Message,
  part: Part,
  options: PayloadOptions,
): readonly Payload[] {
  switch (part.type) {
    case 'image':
    case 'file': {
      if (!part.url.startsWith('data:')) return []
      const least = options.largePayloadTokens * CHARACTERS_PER_TOKEN
      const tokens = Math.ceil(part.url.length / CHARACTERS_PER_TOKEN)
      return part.url.length < least ? [] : [payloadOf(part.url, tokens, options)]
    }
    case 'text':
      if (part.text.length < options.largePayloadTokens * 2) return []
      return blocksIn(part.text).flatMap((block) => {
        if (block.length < options.largePayloadTokens * 2) return []
        const tokens = options.count(block)
        return tokens < options.largePayloadTokens ? [] : [payloadOf(block, tokens, options)]
      })
    case 'tool-call':
    case 'tool-result':
      return [largePayload(message, part, options) ?? []].flat()
    case 'reasoning':
    case 'approval-request':
    case 'approval-response':
      return []
  }
}

/**
 * Every text that may ever be moved out of a part, whatever the settings say of its size: what {@link largePayload} and
 * {@link coveredPayloads} take, and more.
 */
export function movableTexts(part: Part): readonly string[] {
  switch (part.type) {
    case 'tool-call':
      return [part.input]
    case 'tool-result':
      return [part.output]
    case 'image':
    case 'file':
      return part.url.startsWith('data:') ? [part.url] : []
    case 'text':
      return blocksIn(part.text)
    case 'reasoning':
    case 'approval-request':
    case 'approval-response':
      return []
  }
}

/** Characters of base64 data that a token stands for, roughly: data is never counted. */
const CHARACTERS_PER_TOKEN = 4
/** Blocks taken of one text. */
const MAX_BLOCKS = 32

/** What in a text is data: what stands between fences or, without any, what was pasted. */
function blocksIn(text: string): readonly string[] {
  if (text.includes('```')) return fencedBlocks(text)
  const line = text.indexOf('\n') + 1
  // A question or a sentence before the data is no data.
  const isSaid = /[.:?!…。：？！]\s*$/.test(text.slice(0, Math.min(line, LONGEST_LEAD)))
  const starts = [...(isSaid ? [] : [0]), line, text.indexOf('\n\n') + 2]
  for (const start of new Set(starts.filter((at) => at <= LONGEST_LEAD))) {
    const block = text.slice(start)
    const { kind } = findKind(block)
    if (kind !== 'text' && kind !== 'code') return [block]
  }
  return []
}

/** What somebody says before pasted data is at most so long, in UTF-16 code units. */
const LONGEST_LEAD = 800

/** What stands between fences in a text, without the fences. A fence that is never closed holds nothing. */
function fencedBlocks(text: string): readonly string[] {
  const blocks: string[] = []
  let at = text.indexOf('```')
  while (at !== -1 && blocks.length < MAX_BLOCKS) {
    const from = text.indexOf('\n', at)
    const end = from === -1 ? -1 : text.indexOf('\n```', from)
    if (end === -1) break
    blocks.push(text.slice(from + 1, end))
    at = text.indexOf('```', end + 4)
  }
  return blocks
}

function payloadOf(text: string, tokens: number, { label }: PayloadOptions): Payload {
  const { mediaType, summary } = describePayload(text, label)
  return { hash: hashText(text), text, mediaType, tokens, summary }
}

/**
 * What is the same for all payloads that one call gave, or was given: of a file read five times the
 * newest reading counts.
 */
export function readingKey(what: string, label: string): string {
  return `${what}:${label}`
}
