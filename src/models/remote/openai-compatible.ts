import type OpenAI from 'openai'
import type { RemoteSettings } from './check-remote-options.ts'
import { countOf, fieldsOf, itemsOf, textOf } from './read-json-fields.ts'
import type { AnswerPiece, RemoteQuestion, RemoteVendor } from './remote-vendor.ts'
import { UNKNOWN_PIECE } from './remote-vendor.ts'

type CompletionRequest = OpenAI.ChatCompletionCreateParamsStreaming

const SCHEMA_MODES = ['json_schema', 'json_object', 'none'] as const

/** Chat completions as OpenAI, Ollama, llama.cpp, vLLM, OpenRouter and many others serve them, over OpenAI's client. */
export function openAiCompatible(settings: RemoteSettings): RemoteVendor {
  const isOpenAi = new URL(settings.baseUrl).hostname === 'api.openai.com'
  return {
    schemaModes: SCHEMA_MODES,
    strictModes: 1,
    wishes: [
      // OpenAI's newer models want another name for it, older servers know this one only.
      { name: 'max_tokens', refusedBy: /max_tokens[^]{0,200}max_completion_tokens/ },
      { name: 'temperature', refusedBy: /temperature/i },
      { name: 'stream_options', refusedBy: /stream_options|include_usage/i },
    ],
    firstShape: { schemaMode: 0, dropped: isOpenAi ? ['max_tokens'] : [] },
    async open(question, fetch, signal) {
      const { OpenAI } = await import('openai')
      const client = new OpenAI({
        // Left out, these would be taken from the environment and sent to whoever is asked.
        apiKey: settings.apiKey === '' ? 'none' : settings.apiKey,
        organization: null,
        project: null,
        baseURL: settings.baseUrl,
        fetch,
        maxRetries: 0,
        timeout: 1_200_000,
        logLevel: 'off',
        dangerouslyAllowBrowser: true,
      })
      return await client.chat.completions.create(buildRequest(settings.model, question), {
        signal,
      })
    },
    read: readCompletion,
  }
}

function buildRequest(model: string, question: RemoteQuestion): CompletionRequest {
  const { system, prompt, maxTokens, shape } = question
  const has = (wish: string): boolean => !shape.dropped.includes(wish)
  const format = responseFormat(question)
  return {
    model,
    messages: [
      ...(system === '' ? [] : [{ role: 'system' as const, content: system }]),
      { role: 'user', content: prompt },
    ],
    stream: true,
    [has('max_tokens') ? 'max_tokens' : 'max_completion_tokens']: maxTokens,
    ...(has('temperature') ? { temperature: 0 } : {}),
    ...(has('stream_options') ? { stream_options: { include_usage: true } } : {}),
    ...(format === undefined ? {} : { response_format: format }),
  }
}

function responseFormat({
  schema,
  shape,
}: RemoteQuestion): CompletionRequest['response_format'] | undefined {
  if (schema === undefined) return undefined
  const mode = SCHEMA_MODES[shape.schemaMode]
  if (mode === 'json_schema') {
    return { type: mode, json_schema: { name: 'answer', schema: { ...schema }, strict: true } }
  }
  return mode === 'json_object' ? { type: mode } : undefined
}

/** Reads a chunk, or the whole completion of a server that does not stream. */
function readCompletion(chunk: unknown): AnswerPiece {
  const fields = fieldsOf(chunk)
  if (!Array.isArray(fields['choices'])) return UNKNOWN_PIECE
  const choice = fieldsOf(itemsOf(fields['choices'])[0])
  const piece = fieldsOf(choice['delta'] ?? choice['message'])
  const counted = fieldsOf(fields['usage'])
  const input = countOf(counted['prompt_tokens'])
  const output = countOf(counted['completion_tokens'])
  const isRefused = textOf(piece['refusal']) !== ''
  const stop = isRefused ? 'refused' : readStop(textOf(choice['finish_reason']))
  return {
    isKnown: true,
    text: readContent(piece['content']),
    ...(stop === undefined ? {} : { stop }),
    usage: {
      ...(input === undefined ? {} : { input }),
      ...(output === undefined ? {} : { output }),
    },
  }
}

function readStop(reason: string): AnswerPiece['stop'] {
  if (reason === '') return undefined
  if (reason === 'length' || reason === 'max_tokens') return 'length'
  return reason === 'content_filter' ? 'refused' : 'whole'
}

/** A text, or the parts in which some servers send one. */
function readContent(content: unknown): string {
  if (!Array.isArray(content)) return textOf(content)
  return content.map((part) => textOf(fieldsOf(part)['text'])).join('')
}
