import type { ToolFormat, ToolRun, ToolRunOptions, WireTools } from '../protocol/tool-messages.ts'
import type { Call } from './create-backfold.ts'
import type { RecallTools, Session } from './session.ts'

/** A tool as the AI SDK takes it, from version 4 on. */
export interface AiSdkTool {
  readonly description: string
  /**
   * A JSON schema that the AI SDK knows as such. Each copy of the SDK declares schemas by a symbol of its own, which no
   * type of ours could have: `never` is what fits all of them.
   */
  readonly inputSchema: never
  /** The same, by the name that it had before version 5. */
  readonly parameters: never
  execute(input: unknown): Promise<string>
}

/** The mark by which any copy of the AI SDK tells a JSON schema; what its `jsonSchema()` sets. */
const SCHEMA = Symbol.for('vercel.ai.schema')

/** A session's tools in the shape of a provider. Those of the AI SDK carry themselves out. */
export async function giveTools<F extends ToolFormat = 'openai'>(
  call: Call,
  { id, runTool }: Pick<Session, 'id' | 'runTool'>,
  options: ToolRunOptions & { format?: F } = {},
): Promise<RecallTools[F]> {
  const { format, ...own } = options
  const tools = await call('tools', { session: id, ...options })
  if (format !== 'ai-sdk') return tools as RecallTools[F]
  const run = (name: string, input: unknown): Promise<ToolRun> => runTool(name, input, own)
  return toAiSdkTools(tools as WireTools['ai-sdk'], run) as RecallTools[F]
}

/** Gives tools what cannot cross a thread: the mark of their schemas, and their `execute`. */
export function toAiSdkTools(
  tools: WireTools['ai-sdk'],
  run: (name: string, input: unknown) => Promise<ToolRun>,
): Record<string, AiSdkTool> {
  return Object.fromEntries(
    Object.entries(tools).map(([name, { description, inputSchema: jsonSchema }]) => {
      const schema = { [SCHEMA]: true, _type: undefined, jsonSchema, validate: undefined }
      const inputSchema = schema as unknown as never
      const execute = async (input: unknown): Promise<string> => (await run(name, input)).text
      return [name, { description, inputSchema, parameters: inputSchema, execute }]
    }),
  )
}
