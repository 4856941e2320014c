import { readAnthropicAnswer } from '../../../adapters/anthropic/anthropic-answer.ts'
import { readGeminiAnswer } from '../../../adapters/gemini/gemini-answer.ts'
import { readOllamaAnswer } from '../../../adapters/ollama/ollama-answer.ts'
import { readOpenAiAnswer } from '../../../adapters/openai/openai-answer.ts'
import type { ReadAnswer } from '../../../adapters/requests/request-format.ts'
import { readResponsesAnswer } from '../../../adapters/responses/responses-answer.ts'
import { addAnthropicEvent } from './anthropic-stream.ts'
import type { Completion } from './completion-stream.ts'
import { addChunk } from './completion-stream.ts'
import { addGeminiChunk } from './gemini-stream.ts'
import { addOllamaLine } from './ollama-stream.ts'
import { addResponsesEvent } from './responses-stream.ts'

/** Protocols in which models are asked. `openai` is spoken by most servers. */
export type ChatProtocol = 'openai' | 'responses' | 'anthropic' | 'gemini' | 'ollama'

/** What a request says. */
export interface Question {
  readonly model: string
  /** The context in the protocol's own format. */
  readonly messages: readonly unknown[]
  /** Where the format keeps the system prompt apart. */
  readonly system?: string | undefined
  /** In the protocol's own shape; none where it is empty. */
  readonly tools: readonly unknown[]
  /** Most tokens of an answer, where a protocol has to be told. */
  readonly maxTokens: number
}

/** How one protocol asks and answers. */
export interface ProtocolShape {
  /** Shape in which it takes tools. */
  readonly toolFormat: 'openai' | 'responses' | 'anthropic' | 'gemini'
  /** Where the vendor's own servers are; used where no endpoint is named. */
  readonly home: string
  /** How the address continues behind a base URL. */
  readonly path: (model: string) => string
  readonly headers: (key: string) => Readonly<Record<string, string>>
  readonly body: (question: Question) => Readonly<Record<string, unknown>>
  /** Whether the answer comes in lines of JSON, and not in server-sent events. */
  readonly isLines: boolean
  readonly add: (sofar: Completion, data: string) => Completion
  /** The message of a whole answer, as the next request holds it; undefined for one that is not whole. */
  readonly read: (text: string) => ReadAnswer | undefined
}

const bearer = (key: string): Readonly<Record<string, string>> => ({
  authorization: `Bearer ${key}`,
})

const withTools = (tools: readonly unknown[]): object => (tools.length === 0 ? {} : { tools })

/** All protocols, by name. @see SPEC.md rules SEND1, SEND3 */
export const PROTOCOLS: Readonly<Record<ChatProtocol, ProtocolShape>> = {
  openai: {
    toolFormat: 'openai',
    home: 'https://api.openai.com/v1',
    path: () => '/chat/completions',
    headers: bearer,
    body: ({ model, messages, tools }) => ({
      model,
      messages,
      stream: true,
      stream_options: { include_usage: true },
      ...withTools(tools),
    }),
    isLines: false,
    add: addChunk,
    read: readOpenAiAnswer,
  },
  responses: {
    toolFormat: 'responses',
    home: 'https://api.openai.com/v1',
    path: () => '/responses',
    headers: bearer,
    // The log is here, so the server keeps nothing; reasoning then has to come along to be sent back.
    body: ({ model, messages, system, tools }) => ({
      model,
      input: messages,
      ...(system === undefined ? {} : { instructions: system }),
      stream: true,
      store: false,
      include: ['reasoning.encrypted_content'],
      ...withTools(tools),
    }),
    isLines: false,
    add: addResponsesEvent,
    read: readResponsesAnswer,
  },
  anthropic: {
    toolFormat: 'anthropic',
    home: 'https://api.anthropic.com/v1',
    path: () => '/messages',
    headers: (key) => ({
      'x-api-key': key,
      'anthropic-version': '2023-06-01',
      'anthropic-dangerous-direct-browser-access': 'true',
    }),
    body: ({ model, messages, system, tools, maxTokens }) => ({
      model,
      max_tokens: maxTokens,
      ...(system === undefined ? {} : { system }),
      messages,
      stream: true,
      ...withTools(tools),
    }),
    isLines: false,
    add: addAnthropicEvent,
    read: readAnthropicAnswer,
  },
  gemini: {
    toolFormat: 'gemini',
    home: 'https://generativelanguage.googleapis.com/v1beta',
    path: (model) => `/models/${encodeURIComponent(model)}:streamGenerateContent?alt=sse`,
    headers: (key) => ({ 'x-goog-api-key': key }),
    body: ({ messages, system, tools }) => ({
      contents: messages,
      ...(system === undefined ? {} : { systemInstruction: { parts: [{ text: system }] } }),
      ...withTools(tools),
    }),
    isLines: false,
    add: addGeminiChunk,
    read: readGeminiAnswer,
  },
  ollama: {
    toolFormat: 'openai',
    home: 'http://localhost:11434/api',
    path: () => '/chat',
    headers: bearer,
    body: ({ model, messages, tools }) => ({ model, messages, stream: true, ...withTools(tools) }),
    isLines: true,
    add: addOllamaLine,
    read: readOllamaAnswer,
  },
}

/** The names of all protocols. */
export const PROTOCOL_NAMES: readonly ChatProtocol[] = [
  'openai',
  'responses',
  'anthropic',
  'gemini',
  'ollama',
]
