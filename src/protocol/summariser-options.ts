import type { HostSummariser } from '../core/ports/host-summariser.ts'

/** What every summariser takes. */
export interface CommonOptions {
  /**
   * Whether the same model is asked afterwards if its lines stand in their sources; false by default. It may only
   * reject, and costs a call more for each block.
   */
  readonly judge?: boolean
}

/** Bounds and wishes that every remote summariser takes. */
export interface RemoteOptions extends CommonOptions {
  /** Model as the provider names it. */
  readonly model: string
  /** Kept in memory only. */
  readonly apiKey?: string
  /** Root of the API, such as `http://127.0.0.1:11434/v1`; the vendor's own by default. */
  readonly baseUrl?: string
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>
  /** Most tokens of question and answer together, from 1,000; 8,192 by default. */
  readonly contextTokens?: number
  /** Calls at the same time, 1 to 16; 1 by default for a server on this machine, else 2. */
  readonly slots?: number
  /** Longest wait for one whole answer, in milliseconds, 1,000 to 600,000; 60,000 by default. */
  readonly timeoutMs?: number
  /** Times that a call is made again after 408, 429, 5xx and lost connections, 0 to 10; 2 by default. */
  readonly retries?: number
}

export interface OpenAiCompatibleOptions extends RemoteOptions {
  readonly kind: 'openai-compatible'
  readonly baseUrl: string
}

export interface AnthropicOptions extends RemoteOptions {
  readonly kind: 'anthropic'
}

export interface GeminiOptions extends RemoteOptions {
  readonly kind: 'gemini'
}

export interface WebLlmOptions extends CommonOptions {
  readonly kind: 'webllm'
  /** One of the model list; chosen by what the device can hold if missing. */
  readonly model?: string
  /** Models beside the known ones, or from a server of your own. */
  readonly models?: readonly WebLlmModel[]
  /** Unloaded when not asked for so long, in milliseconds, from 1,000; 300,000 by default. */
  readonly idleMs?: number
  /** Whether weights may be downloaded without a person having said so; false by default. */
  readonly mayDownload?: boolean
}

/** A model of web-llm's format. */
export interface WebLlmModel {
  readonly id: string
  /** Folder of the weights. */
  readonly weights: string
  /** Model library, a WebAssembly file made for the version of web-llm that is used. */
  readonly library: string
  /** Memory that it takes on the device, in megabytes. */
  readonly memoryMb: number
  /** Bytes that are downloaded. */
  readonly downloadBytes: number
  readonly contextTokens: number
  /** Whether it needs the feature `shader-f16`. */
  readonly needsF16: boolean
  /** SHA-256 (SRI form) of files, by name. */
  readonly integrity?: Readonly<Record<string, string>>
}

export interface BrowserAiOptions extends CommonOptions {
  readonly kind: 'browser-ai'
  /** Whether the browser may download its model without a person having said so; false by default. */
  readonly mayDownload?: boolean
  /** Languages of the sessions, such as `en` or `ja`, which the browser is told; up to 10, none by default. */
  readonly languages?: readonly string[]
}

export interface BuiltInOptions {
  readonly kind: 'built-in'
}

/** A summariser as a host names it. The built-in one is the last step whatever else is named. */
export type SummariserOptions =
  | BuiltInOptions
  | WebLlmOptions
  | OpenAiCompatibleOptions
  | AnthropicOptions
  | GeminiOptions
  | BrowserAiOptions

/** What a host may name as summariser: one of the known kinds, or an object of its own. */
export type SummariserChoice = SummariserOptions | HostSummariser<AbortSignal>
