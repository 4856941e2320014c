import type { Anthropic } from '@anthropic-ai/sdk'
import type { RemoteSettings } from './check-remote-options.ts'
import { countOf, fieldsOf, itemsOf, textOf } from './read-json-fields.ts'
import type { AnswerPiece, RemoteQuestion, RemoteVendor } from './remote-vendor.ts'
import { UNKNOWN_PIECE } from './remote-vendor.ts'

type MessageRequest = Anthropic.MessageCreateParamsStreaming

const SCHEMA_MODES = ['output-format', 'forced-tool', 'none'] as const

const TOOL = 'answer'

/** Anthropic's messages, over its own client. */
export function anthropic(settings: RemoteSettings): RemoteVendor {
  return {
    schemaModes: SCHEMA_MODES,
    strictModes: 2,
    wishes: [{ name: 'temperature', refusedBy: /temperature/i }],
    firstShape: { schemaMode: 0, dropped: [] },
    async open(question, fetch, signal) {
      const { Anthropic } = await import('@anthropic-ai/sdk')
      const client = new Anthropic({
        // Left out, it would be taken from the environment and sent to whoever is asked.
        apiKey: settings.apiKey === '' ? 'none' : settings.apiKey,
        baseURL: settings.baseUrl,
        fetch,
        maxRetries: 0,
        timeout: 1_200_000,
        logLevel: 'off',
        dangerouslyAllowBrowser: true,
      })
      return await client.messages.create(buildRequest(settings.model, question), { signal })
    },
    read: readEvent,
  }
}

function modeOf({ schema, shape }: RemoteQuestion): (typeof SCHEMA_MODES)[number] {
  return schema === undefined ? 'none' : (SCHEMA_MODES[shape.schemaMode] ?? 'none')
}

function buildRequest(model: string, question: RemoteQuestion): MessageRequest {
  const { system, prompt, schema, maxTokens, shape } = question
  const mode = modeOf(question)
  return {
    model,
    max_tokens: maxTokens,
    messages: [{ role: 'user', content: prompt }],
    stream: true,
    ...(system === '' ? {} : { system }),
    ...(shape.dropped.includes('temperature') ? {} : { temperature: 0 }),
    ...(mode === 'output-format'
      ? { output_config: { format: { type: 'json_schema', schema: { ...schema } } } }
      : {}),
    ...(mode === 'forced-tool'
      ? {
          tools: [{ name: TOOL, input_schema: { ...schema, type: 'object' } }],
          tool_choice: { type: 'tool', name: TOOL, disable_parallel_tool_use: true },
        }
      : {}),
  }
}

/** Reads an event of the stream, or a whole message. */
function readEvent(chunk: unknown, question: RemoteQuestion): AnswerPiece {
  const event = fieldsOf(chunk)
  const isTool = modeOf(question) === 'forced-tool'
  switch (event['type']) {
    case 'message_start':
      return { isKnown: true, text: '', usage: readUsage(fieldsOf(event['message'])['usage']) }
    case 'content_block_delta': {
      const delta = fieldsOf(event['delta'])
      // With a tool forced, words beside its input are no part of the answer.
      const text = isTool ? textOf(delta['partial_json']) : textOf(delta['text'])
      return { isKnown: true, text }
    }
    case 'message_delta': {
      const stop = readStop(fieldsOf(event['delta'])['stop_reason'])
      const usage = readUsage(event['usage'])
      return { isKnown: true, text: '', usage, ...(stop === undefined ? {} : { stop }) }
    }
    case 'message': {
      const stop = readStop(event['stop_reason'])
      const text = itemsOf(event['content'])
        .map((block) => readBlock(fieldsOf(block), isTool))
        .join('')
      const usage = readUsage(event['usage'])
      return { isKnown: true, text, usage, ...(stop === undefined ? {} : { stop }) }
    }
    default:
      return typeof event['type'] === 'string' ? { isKnown: true, text: '' } : UNKNOWN_PIECE
  }
}

function readBlock(block: Readonly<Record<string, unknown>>, isTool: boolean): string {
  if (!isTool) return block['type'] === 'text' ? textOf(block['text']) : ''
  return block['type'] === 'tool_use' ? JSON.stringify(fieldsOf(block['input'])) : ''
}

/** What was read from the provider's cache was read all the same. */
function readUsage(value: unknown): NonNullable<AnswerPiece['usage']> {
  const usage = fieldsOf(value)
  const fresh = countOf(usage['input_tokens'])
  const cached =
    (countOf(usage['cache_read_input_tokens']) ?? 0) +
    (countOf(usage['cache_creation_input_tokens']) ?? 0)
  const output = countOf(usage['output_tokens'])
  return {
    ...(fresh === undefined ? {} : { input: fresh + cached }),
    ...(output === undefined ? {} : { output }),
  }
}

function readStop(reason: unknown): AnswerPiece['stop'] {
  if (typeof reason !== 'string') return undefined
  if (reason === 'max_tokens' || reason === 'model_context_window_exceeded') return 'length'
  return reason === 'refusal' ? 'refused' : 'whole'
}
