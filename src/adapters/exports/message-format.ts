import type { WireFormat } from '../../core/session/message.ts'
import { isJsonObject, listOf, type JsonObject } from '../copy-json.ts'

/** Types of canonical parts. */
const CANONICAL =
  /^(?:text|reasoning|tool-call|tool-result|approval-re(?:quest|sponse)|image|file)$/

/** Types of items of the Responses API that are no messages of others. */
const ITEMS =
  /^(?:function_call|function_call_output|reasoning|custom_tool_call|custom_tool_call_output|computer_call|computer_call_output|web_search_call|file_search_call|local_shell_call|local_shell_call_output|item_reference)$/

/** Parts of the AI SDK's model messages. */
const AI_SDK_PARTS = /^(?:tool-call|tool-result|tool-approval-request|tool-approval-response)$/

/**
 * The format that a list of messages is in, told from the shape of all of them; undefined for chat completions, the
 * Messages API and canonical messages, whose readers tell each message by itself.
 *
 * @see SPEC.md rule EXPT10
 */
export function findMessageFormat(values: readonly JsonObject[]): WireFormat | undefined {
  return FORMATS.find(([, test]) => values.some(test))?.[0]
}

const FORMATS: readonly (readonly [WireFormat, (value: JsonObject) => boolean])[] = [
  ['responses', (value) => ITEMS.test(String(value['type']))],
  ['langchain', isLangChain],
  ['gemini', isGemini],
  ['ai-sdk-ui', isUiMessage],
  ['ai-sdk', (value) => typesOf(value['content']).some((type) => AI_SDK_PARTS.test(type))],
  [
    'responses',
    (value) => typesOf(value['content']).some((type) => /^(?:in|out)put_text$/.test(type)),
  ],
  ['ollama', isOllama],
]

function typesOf(list: unknown): readonly string[] {
  return listOf(list).flatMap((item) =>
    isJsonObject(item) && typeof item['type'] === 'string' ? [item['type']] : [],
  )
}

function isLangChain(value: JsonObject): boolean {
  if ('role' in value) return false
  const { type, lc, data } = value
  return typeof lc === 'number' || (typeof type === 'string' && isJsonObject(data))
}

function isGemini({ role, parts }: JsonObject): boolean {
  if (!Array.isArray(parts)) return false
  return role === 'model' || parts.some((part) => isJsonObject(part) && !('type' in part))
}

/** Canonical messages have parts as well, though none of these types. */
function isUiMessage({ parts }: JsonObject): boolean {
  return typesOf(parts).some((type) => !CANONICAL.test(type))
}

/** Arguments as an object, which no other has, or images beside a text. */
function isOllama(value: JsonObject): boolean {
  if (typeof value['content'] !== 'string') return false
  if (Array.isArray(value['images']) || typeof value['tool_name'] === 'string') return true
  return listOf(value['tool_calls']).some(
    (call) =>
      isJsonObject(call) &&
      isJsonObject(call['function']) &&
      isJsonObject(call['function']['arguments']),
  )
}
