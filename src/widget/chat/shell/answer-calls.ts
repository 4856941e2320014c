import { toDrafts } from '../../../adapters/message-input.ts'
import { readToolCalls, writeToolResults } from '../../../adapters/tool-formats.ts'
import { parseJsonObject } from '../../../adapters/requests/read-events.ts'
import { isJsonObject } from '../../../adapters/copy-json.ts'
import type { Session } from '../../../client/session.ts'
import type { Draft } from '../../../core/session/message.ts'
import type { AnsweredCall, MadeToolCall } from '../../../protocol/tool-messages.ts'
import type { WireMessage } from '../ask/chat-model.ts'
import type { HostTools } from './host-tools.ts'

export interface CallsWorld {
  readonly session: Pick<Session, 'answerTools'>
  /** Whether the model was offered the recall tools. */
  readonly recall: boolean
  readonly tools: HostTools | null
  readonly signal: AbortSignal
}

/** Most characters of one result of a host's tool. */
const MAX_RESULT = 1_000_000

/**
 * Answers every tool call of a message: those of the recall tools by Backfold, the others by the host. A call that
 * nobody carries out is answered with that, so that the conversation can go on. Never rejects for what a tool does.
 *
 * @returns Messages in the format of the call, to be appended behind it.
 * @see SPEC.md rules SEND10, SEND11
 */
export async function answerCalls(
  { format, message }: WireMessage,
  { session, recall, tools, signal }: CallsWorld,
): Promise<readonly Draft[]> {
  const found = readToolCalls(message)
  if (found === undefined) return []
  const recalled = recall ? await session.answerTools(message) : null
  const others = recalled?.others ?? found.calls
  const answered: AnsweredCall[] = []
  for (const call of others) answered.push(await answerOne(call, tools, signal))
  const messages = [...(recalled?.messages ?? []), ...writeToolResults(found.format, answered)]
  return toDrafts(messages, format)
}

async function answerOne(
  call: MadeToolCall,
  tools: HostTools | null,
  signal: AbortSignal,
): Promise<AnsweredCall> {
  const fail = (text: string): AnsweredCall => ({ call, text, isError: true })
  if (signal.aborted) return fail('The person stopped the answer before this was carried out.')
  const isKnown = tools?.definitions.some(({ name }) => name === call.name) === true
  if (tools === null || !isKnown) return fail(`There is no tool ${call.name.slice(0, 100)}.`)
  const input = readInput(call.input)
  if (input === undefined) return fail('The arguments are no JSON object.')
  try {
    const result: unknown = await tools.run({ id: call.id, name: call.name, input, signal })
    const text = typeof result === 'string' ? result : (JSON.stringify(result) ?? 'done')
    return { call, text: text.slice(0, MAX_RESULT), isError: false }
  } catch (thrown) {
    return fail((thrown instanceof Error ? thrown.message : String(thrown)).slice(0, 2_000))
  }
}

function readInput(input: unknown): Readonly<Record<string, unknown>> | undefined {
  if (isJsonObject(input)) return input
  if (input === undefined || input === null || input === '') return {}
  return typeof input === 'string' ? parseJsonObject(input) : undefined
}
