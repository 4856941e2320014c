/** Shapes in which providers take tools, make calls and take results. */
export type ToolFormat = 'openai' | 'responses' | 'anthropic' | 'gemini' | 'ai-sdk'

/** The arguments of a tool as JSON Schema. */
export interface JsonSchema {
  readonly [keyword: string]: unknown
  readonly type: 'object'
  readonly properties: Readonly<Record<string, unknown>>
  readonly required: string[]
  readonly additionalProperties: false
}

export interface OpenAiTool {
  readonly type: 'function'
  readonly function: {
    readonly name: string
    readonly description: string
    readonly parameters: JsonSchema
  }
}

/** A function of the Responses API. */
export interface ResponsesTool {
  readonly type: 'function'
  readonly name: string
  readonly description: string
  readonly parameters: JsonSchema
  /** Whether arguments must fit the schema to the letter, which it would have to be written for. */
  readonly strict: false
}

export interface AnthropicTool {
  readonly name: string
  readonly description: string
  readonly input_schema: JsonSchema
}

export interface GeminiTool {
  readonly functionDeclarations: {
    readonly name: string
    readonly description: string
    readonly parameters: Readonly<Record<string, unknown>>
  }[]
}

/** A tool of the AI SDK before it has its `execute`, which cannot cross a thread. */
export interface AiSdkToolData {
  readonly description: string
  readonly inputSchema: JsonSchema
}

/** Tools as they cross a thread. The lists are the caller's own, to be joined with other tools. */
export interface WireTools {
  readonly openai: OpenAiTool[]
  readonly responses: ResponsesTool[]
  readonly anthropic: AnthropicTool[]
  readonly gemini: GeminiTool[]
  readonly 'ai-sdk': Record<string, AiSdkToolData>
}

/** A tool call that a model made. */
export interface MadeToolCall {
  /** Empty where the format has none. */
  readonly id: string
  readonly name: string
  /** As the model wrote it: JSON text or data, which may be anything. */
  readonly input: unknown
}

/** The tool calls of one message. */
export interface FoundCalls {
  readonly format: ToolFormat
  readonly calls: readonly MadeToolCall[]
}

/** A call with what came of it. */
export interface AnsweredCall {
  readonly call: MadeToolCall
  readonly text: string
  readonly isError: boolean
}

/** What came of one tool call. */
export interface ToolRun {
  readonly name: string
  /** What the model is to be given: labelled as history, within its tokens. */
  readonly text: string
  readonly tokens: number
  /** True if the call could not be carried out; the text says why. */
  readonly isError: boolean
  /** True if the result was shortened to its tokens. */
  readonly isCut: boolean
}

/**
 * A message in the format of a provider, as `append()` takes it. Gemini's have `parts`, and no content; those
 * of the Responses API are items, with a type and no role.
 */
export interface ToolMessage {
  readonly [field: string]: unknown
  readonly role: string
  readonly content: unknown
}

/** The answers to the recall tool calls of one message. */
export interface ToolAnswers {
  /** Messages in the format of the message, to be sent and appended behind it. */
  readonly messages: ToolMessage[]
  /** Ids of the calls answered; empty strings where the format has none. */
  readonly answered: readonly string[]
  /** Calls of the message that are the host's to answer. */
  readonly others: readonly MadeToolCall[]
}

export interface ToolRunOptions {
  /** Most tokens of one result, 100 to 32,000; 2,000 by default. */
  readonly tokens?: number
  /** Whether the tools for managing memory may be used; false by default. */
  readonly memory?: boolean
}
