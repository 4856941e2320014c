import type { ToolSpec } from '../core/memory/tool-specs.ts'
import type {
  AnsweredCall,
  AnthropicTool,
  FoundCalls,
  GeminiTool,
  JsonSchema,
  OpenAiTool,
  ResponsesTool,
  ToolFormat,
  ToolMessage,
  WireTools,
} from '../protocol/tool-messages.ts'
import { isJsonObject, type JsonObject } from './copy-json.ts'
import { invalidInput } from './invalid-input.ts'

/** Most calls of one message that are answered. */
const MAX_CALLS = 64

/**
 * Tools in the shape in which a provider's request takes them.
 *
 * @see SPEC.md rule TOOL1
 */
export function writeTools<F extends ToolFormat>(
  specs: readonly ToolSpec[],
  format: F,
): WireTools[F]
export function writeTools(specs: readonly ToolSpec[], format: ToolFormat): WireTools[ToolFormat] {
  switch (format) {
    case 'openai':
      return specs.map(toOpenAiTool)
    case 'responses':
      return specs.map(toResponsesTool)
    case 'anthropic':
      return specs.map(toAnthropicTool)
    case 'gemini':
      return [{ functionDeclarations: specs.map(toDeclaration) }]
    case 'ai-sdk':
      return Object.fromEntries(
        specs.map((spec) => [
          spec.name,
          { description: spec.description, inputSchema: schemaOf(spec) },
        ]),
      )
    default:
      return unknownFormat(format)
  }
}

function toOpenAiTool(spec: ToolSpec): OpenAiTool {
  const { name, description } = spec
  return { type: 'function', function: { name, description, parameters: schemaOf(spec) } }
}

function toResponsesTool(spec: ToolSpec): ResponsesTool {
  const { name, description } = spec
  return { type: 'function', name, description, parameters: schemaOf(spec), strict: false }
}

function toAnthropicTool(spec: ToolSpec): AnthropicTool {
  return { name: spec.name, description: spec.description, input_schema: schemaOf(spec) }
}

function toDeclaration(spec: ToolSpec): GeminiTool['functionDeclarations'][number] {
  const { name, description } = spec
  return { name, description, parameters: openApiSchemaOf(spec) }
}

/**
 * The tool calls of an assistant's message in any of the formats, told from its shape; undefined if it makes
 * none that can be read.
 *
 * @see SPEC.md rule TOOL5
 */
export function readToolCalls(message: unknown): FoundCalls | undefined {
  if (!isJsonObject(message)) return undefined
  const { tool_calls: toolCalls, content, parts, items, output } = message
  if (Array.isArray(items)) return found('responses', items, responsesCall)
  if (message['object'] === 'response' && Array.isArray(output)) {
    return found('responses', output, responsesCall)
  }
  if (Array.isArray(toolCalls)) return found('openai', toolCalls, openAiCall)
  if (Array.isArray(parts)) return found('gemini', parts, geminiCall)
  if (!Array.isArray(content)) return undefined
  return found('anthropic', content, anthropicCall) ?? found('ai-sdk', content, aiSdkCall)
}

/**
 * The messages that give the results back, in the format of the calls.
 *
 * @see SPEC.md rule TOOL5
 */
export function writeToolResults(
  format: ToolFormat,
  answers: readonly AnsweredCall[],
): ToolMessage[] {
  if (answers.length === 0) return []
  switch (format) {
    case 'openai':
      // Ollama makes calls of this shape without ids.
      return answers.map(({ call: { id, name }, text }) => ({
        role: 'tool',
        ...(id === '' ? { tool_name: name } : { tool_call_id: id }),
        content: text,
      }))
    case 'responses':
      return answers.map(toFunctionOutput)
    case 'anthropic':
      return [
        {
          role: 'user',
          content: answers.map(({ call, text, isError }) => ({
            type: 'tool_result',
            tool_use_id: call.id,
            content: text,
            ...(isError ? { is_error: true } : {}),
          })),
        },
      ]
    case 'gemini':
      return [{ role: 'user', parts: answers.map(toFunctionResponse) } as object as ToolMessage]
    case 'ai-sdk':
      return [
        {
          role: 'tool',
          content: answers.map(({ call, text, isError }) => ({
            type: 'tool-result',
            toolCallId: call.id,
            toolName: call.name,
            output: { type: isError ? 'error-text' : 'text', value: text },
          })),
        },
      ]
    default:
      return unknownFormat(format)
  }
}

function toFunctionOutput({ call: { id }, text }: AnsweredCall): ToolMessage {
  return { type: 'function_call_output', call_id: id, output: text } as object as ToolMessage
}

function toFunctionResponse({ call: { id, name }, text, isError }: AnsweredCall): JsonObject {
  const response = isError ? { error: text } : { output: text }
  return { functionResponse: { ...(id === '' ? {} : { id }), name, response } }
}

function unknownFormat(format: never): never {
  return invalidInput(
    `format must be openai, responses, anthropic, gemini or ai-sdk, got ${String(format)}`,
  )
}

function schemaOf({ fields, required }: Pick<ToolSpec, 'fields' | 'required'>): JsonSchema {
  const properties = Object.entries(fields).map(([name, { type, description, oneOf }]) => [
    name,
    { type, description, ...(oneOf && { enum: [...oneOf] }) },
  ])
  return {
    type: 'object',
    properties: Object.fromEntries(properties) as JsonSchema['properties'],
    required: [...required],
    additionalProperties: false,
  }
}

/** Gemini takes a subset of OpenAPI's schemas, with types in capitals and nothing about further members. */
function openApiSchemaOf({ fields, required }: Pick<ToolSpec, 'fields' | 'required'>): JsonObject {
  const properties = Object.entries(fields).map(([name, { type, description, oneOf }]) => [
    name,
    { type: type.toUpperCase(), description, ...(oneOf && { enum: [...oneOf] }) },
  ])
  return {
    type: 'OBJECT',
    properties: Object.fromEntries(properties) as JsonObject,
    ...(required.length > 0 && { required: [...required] }),
  }
}

function found(
  format: ToolFormat,
  items: readonly unknown[],
  read: (item: JsonObject) => FoundCalls['calls'][number] | undefined,
): FoundCalls | undefined {
  const calls = items
    .filter(isJsonObject)
    .flatMap((item) => read(item) ?? [])
    .slice(0, MAX_CALLS)
  return calls.length > 0 ? { format, calls } : undefined
}

function openAiCall({ id, function: made }: JsonObject): FoundCalls['calls'][number] | undefined {
  if (!isJsonObject(made) || typeof made['name'] !== 'string') return undefined
  return { id: textOr(id), name: made['name'], input: made['arguments'] }
}

function responsesCall(item: JsonObject): FoundCalls['calls'][number] | undefined {
  const { type, call_id: id, name, arguments: input } = item
  if (type !== 'function_call' || typeof name !== 'string') return undefined
  return { id: textOr(id), name, input }
}

function anthropicCall({
  type,
  id,
  name,
  input,
}: JsonObject): FoundCalls['calls'][number] | undefined {
  if (type !== 'tool_use' || typeof name !== 'string') return undefined
  return { id: textOr(id), name, input }
}

function geminiCall({ functionCall: made }: JsonObject): FoundCalls['calls'][number] | undefined {
  if (!isJsonObject(made) || typeof made['name'] !== 'string') return undefined
  return { id: textOr(made['id']), name: made['name'], input: made['args'] }
}

function aiSdkCall(item: JsonObject): FoundCalls['calls'][number] | undefined {
  const { type, toolCallId, toolName: name } = item
  if (type !== 'tool-call' || typeof name !== 'string') return undefined
  // Called args before version 5.
  return { id: textOr(toolCallId), name, input: item['input'] ?? item['args'] }
}

function textOr(id: unknown): string {
  return typeof id === 'string' ? id : ''
}
