import type { JsonObject } from '../../../adapters/copy-json.ts'
import type { ChatModel } from '../ask/chat-model.ts'

/** A tool of the host, as a model is told of it. */
export interface HostTool {
  readonly name: string
  readonly description: string
  /** Its arguments as JSON Schema. */
  readonly parameters: Readonly<Record<string, unknown>>
}

/** A call of a host's tool. */
export interface HostToolCall {
  readonly id: string
  readonly name: string
  /** Parsed arguments. */
  readonly input: Readonly<Record<string, unknown>>
  /** Aborted when the answer is stopped. */
  readonly signal: AbortSignal
}

/** Tools that the host carries out. */
export interface HostTools {
  readonly definitions: readonly HostTool[]
  /** Its result goes to the model: a text as it is, anything else as JSON. What it throws is told as an error. */
  readonly run: (call: HostToolCall) => unknown
}

/** Tools in the shape of a provider. @see SPEC.md rule SEND10 */
export function hostToolShapes(
  tools: readonly HostTool[],
  format: NonNullable<ChatModel['toolFormat']>,
): readonly JsonObject[] {
  if (tools.length === 0) return []
  switch (format) {
    case 'openai':
      return tools.map(({ name, description, parameters }) => ({
        type: 'function',
        function: { name, description, parameters },
      }))
    case 'responses':
      return tools.map(({ name, description, parameters }) => ({
        type: 'function',
        name,
        description,
        parameters,
        strict: false,
      }))
    case 'anthropic':
      return tools.map(({ name, description, parameters }) => ({
        name,
        description,
        input_schema: parameters,
      }))
    case 'gemini':
      return [
        {
          functionDeclarations: tools.map(({ name, description, parameters }) => ({
            name,
            description,
            parametersJsonSchema: parameters,
          })),
        },
      ]
  }
}
