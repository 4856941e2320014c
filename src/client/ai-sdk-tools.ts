import type { JsonSchema, ToolRun, WireTools } from '../protocol/tool-messages.ts'

/** A tool as the AI SDK takes it, from version 4 on. */
export interface AiSdkTool {
  readonly description: string
  /** A JSON schema that the AI SDK knows as such. */
  readonly inputSchema: AiSdkSchema
  /** The same, by the name that it had before version 5. */
  readonly parameters: AiSdkSchema
  execute(input: unknown): Promise<string>
}

interface AiSdkSchema {
  readonly jsonSchema: JsonSchema
  readonly validate: undefined
}

/** The mark by which any copy of the AI SDK tells a JSON schema; what its `jsonSchema()` sets. */
const SCHEMA = Symbol.for('vercel.ai.schema')

/** Gives tools what cannot cross a thread: the mark of their schemas, and their `execute`. */
export function toAiSdkTools(
  tools: WireTools['ai-sdk'],
  run: (name: string, input: unknown) => Promise<ToolRun>,
): Record<string, AiSdkTool> {
  return Object.fromEntries(
    Object.entries(tools).map(([name, { description, inputSchema: jsonSchema }]) => {
      const inputSchema = { [SCHEMA]: true, _type: undefined, jsonSchema, validate: undefined }
      const execute = async (input: unknown): Promise<string> => (await run(name, input)).text
      return [name, { description, inputSchema, parameters: inputSchema, execute }]
    }),
  )
}
