/** Who a message is from, as chat models distinguish it. */
export type Role = 'system' | 'user' | 'assistant' | 'tool'

/** A message's position in its session's log: dense, increasing, never reused. The first is 1. */
export type Seq = number

/** A piece of a message. */
export type Part =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | ToolCallPart
  | ToolResultPart
  | { readonly type: 'approval-request'; readonly approvalId: string; readonly callId: string }
  | { readonly type: 'approval-response'; readonly approvalId: string; readonly approved: boolean }
  | { readonly type: 'image'; readonly url: string; readonly mediaType?: string }
  | {
      readonly type: 'file'
      readonly url: string
      readonly mediaType?: string
      readonly name?: string
    }

export interface ToolCallPart {
  readonly type: 'tool-call'
  readonly callId: string
  readonly name: string
  /** The arguments as the model wrote them: JSON text, kept to the letter. */
  readonly input: string
}

export interface ToolResultPart {
  readonly type: 'tool-result'
  readonly callId: string
  readonly output: string
  readonly isError?: boolean
}

/** A message as a host gives it, before it has a place in the log. */
export interface Draft {
  /** Stable id; issued if missing. Appending the same id twice appends once. */
  readonly id?: string
  readonly role: Role
  readonly parts: readonly Part[]
  /** Who speaks, where several share a role. */
  readonly name?: string
  /** Unix time in milliseconds, for people. It never orders anything. */
  readonly at?: number
  /** What another app kept of the message, where it was read from a file of it. No request ever holds it. */
  readonly original?: Original
  /** The message as the host wrote it, so that a round trip to the host's format is exact. */
  readonly wire?: Wire
}

/** A message as the file of another app has it, but for texts that its parts hold to the letter. */
export interface Original {
  readonly source: string
  readonly value: unknown
}

/** A message in its original format. */
export interface Wire {
  readonly format: WireFormat
  /** Missing where the message's parts give it back exactly, so that it need not be stored twice. */
  readonly value?: unknown
}

/**
 * Formats of hosts: chat completions, OpenAI Responses, Messages API, Gemini, Ollama chat, the AI SDK's model
 * messages and UI messages, LangChain.js messages, and a role with a text.
 */
export type WireFormat =
  | 'openai'
  | 'responses'
  | 'anthropic'
  | 'gemini'
  | 'ollama'
  | 'ai-sdk'
  | 'ai-sdk-ui'
  | 'langchain'
  | 'plain'

/** One immutable item of the log. A correction is a new message. */
export interface Message extends Draft {
  readonly id: string
  readonly at: number
  readonly seq: Seq
  /** Estimated tokens, stamped when the message was written. */
  readonly tokens: number
  /** SHA-256 over the content only (role and parts): no ids, no times. */
  readonly hash: string
  /** Hash over this message's hash and the chain of the message before it on the active path. */
  readonly chain: string
  /** Tokens of the active path up to and including this message. */
  readonly through: number
  /** False once a branch has left this message behind. It stays in the log and stays recallable. */
  readonly active: boolean
}

/** All text of a message that a model reads, in order, joined by newlines. */
export function textOf(message: Pick<Draft, 'parts'>): string {
  return message.parts.map(partText).join('\n')
}

/** The text of one part that a model reads. Images and files count by their name, not their bytes. */
export function partText(part: Part): string {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return part.text
    case 'tool-call':
      return `${part.name} ${part.input}`
    case 'tool-result':
      return part.output
    case 'image':
    case 'file':
      return part.url.startsWith('data:') ? `[${part.type}]` : part.url
    case 'approval-request':
    case 'approval-response':
      return ''
  }
}

/** The ids of all tool calls that a message makes. */
export function callIds(message: Pick<Draft, 'parts'>): readonly string[] {
  return message.parts.flatMap((part) => (part.type === 'tool-call' ? [part.callId] : []))
}

/** The ids of all tool calls that a message answers. */
export function resultIds(message: Pick<Draft, 'parts'>): readonly string[] {
  return message.parts.flatMap((part) => (part.type === 'tool-result' ? [part.callId] : []))
}

/** Whether a turn starts with this message: a person or host speaks, and not only tool results. */
export function startsTurn(message: Pick<Draft, 'role' | 'parts'>): boolean {
  return message.role === 'user' && message.parts.some((part) => part.type !== 'tool-result')
}
