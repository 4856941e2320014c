import type { ModelRequest } from '../ports/language-model.ts'

/** No token of any vocabulary is longer, on average over a long text. Bounds what is worth reading at all. */
const MAX_CHARACTERS_PER_TOKEN = 24

/** Tokens of the template around a question. */
const TEMPLATE_TOKENS = 32

/** What an engine is asked. */
export interface EngineQuestion {
  readonly system: string
  readonly prompt: string
  /** Text of a JSON schema. */
  readonly schema?: string
  readonly maxTokens: number
}

/**
 * A question in the form that the engine takes: a system text, one text of the user, a bound on the answer
 * (without one it goes on until the window is full), and the schema as text, for without one the engine does not
 * hold an answer to JSON at all. Undefined if it can't fit the window, however well it is packed.
 */
export function toEngineQuestion(
  { system, prompt, schema, maxTokens }: ModelRequest,
  contextTokens: number,
): EngineQuestion | undefined {
  const room = contextTokens - TEMPLATE_TOKENS
  const tokens = Number.isFinite(maxTokens) ? Math.max(1, Math.floor(maxTokens)) : room
  if (system.length + prompt.length > room * MAX_CHARACTERS_PER_TOKEN) return undefined
  return {
    // A lone surrogate is no text that the tokenizer could take.
    system: system.toWellFormed(),
    prompt: prompt.toWellFormed(),
    maxTokens: Math.min(tokens, room),
    ...(schema && { schema: JSON.stringify(schema) }),
  }
}
