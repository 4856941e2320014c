import type { GenerateContentConfig } from '@google/genai/web'
import type { JsonSchema } from '../../core/ports/language-model.ts'
import type { RemoteSettings } from './check-remote-options.ts'
import { countOf, fieldsOf, itemsOf, textOf } from './read-json-fields.ts'
import type { AnswerPiece, RemoteQuestion, RemoteVendor } from './remote-vendor.ts'
import { UNKNOWN_PIECE } from './remote-vendor.ts'

const SCHEMA_MODES = ['json-schema', 'response-schema', 'json', 'none'] as const

/** Gemini, over Google's own client for browsers. */
export function gemini(settings: RemoteSettings): RemoteVendor {
  return {
    schemaModes: SCHEMA_MODES,
    strictModes: 2,
    wishes: [{ name: 'temperature', refusedBy: /temperature/i }],
    firstShape: { schemaMode: 0, dropped: [] },
    async open(question, fetch, signal) {
      const { GoogleGenAI } = await import('@google/genai/web')
      const client = new GoogleGenAI({
        apiKey: settings.apiKey === '' ? 'none' : settings.apiKey,
        httpOptions: { baseUrl: settings.baseUrl, fetch },
      })
      return await client.models.generateContentStream({
        model: settings.model,
        contents: [{ role: 'user', parts: [{ text: question.prompt }] }],
        config: { ...buildConfig(question), abortSignal: signal },
      })
    },
    read: readChunk,
  }
}

function buildConfig({ system, schema, maxTokens, shape }: RemoteQuestion): GenerateContentConfig {
  return {
    maxOutputTokens: maxTokens,
    ...(system === '' ? {} : { systemInstruction: { parts: [{ text: system }] } }),
    ...(shape.dropped.includes('temperature') ? {} : { temperature: 0 }),
    ...(schema === undefined ? {} : schemaConfig(schema, SCHEMA_MODES[shape.schemaMode])),
  }
}

function schemaConfig(
  schema: JsonSchema,
  mode: (typeof SCHEMA_MODES)[number] | undefined,
): GenerateContentConfig {
  const json = { responseMimeType: 'application/json' }
  if (mode === 'json-schema') return { ...json, responseJsonSchema: schema }
  if (mode === 'response-schema') {
    return { ...json, responseSchema: withoutClosing(schema) }
  }
  return mode === 'json' ? json : {}
}

/** The older field knows a part of JSON schema only, in which objects can't be closed. */
function withoutClosing(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutClosing)
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => key !== 'additionalProperties' && key !== '$schema')
      .map(([key, value]) => [key, withoutClosing(value)]),
  )
}

/** Reads a chunk, or a whole answer: a list of chunks where the server does not stream events. */
function readChunk(chunk: unknown): AnswerPiece {
  const fields = fieldsOf(chunk)
  const feedback = fieldsOf(fields['promptFeedback'])
  const isKnown = 'candidates' in fields || 'usageMetadata' in fields || 'promptFeedback' in fields
  if (!isKnown) return UNKNOWN_PIECE
  const candidate = fieldsOf(itemsOf(fields['candidates'])[0])
  const text = itemsOf(fieldsOf(candidate['content'])['parts'])
    .map(fieldsOf)
    .map((part) => (part['thought'] === true ? '' : textOf(part['text'])))
    .join('')
  const stop =
    textOf(feedback['blockReason']) === '' ? readStop(candidate['finishReason']) : 'refused'
  const counted = fieldsOf(fields['usageMetadata'])
  const input = countOf(counted['promptTokenCount'])
  const output = countOf(counted['candidatesTokenCount'])
  const thought = countOf(counted['thoughtsTokenCount']) ?? 0
  return {
    isKnown: true,
    text,
    ...(stop === undefined ? {} : { stop }),
    usage: {
      ...(input === undefined ? {} : { input }),
      ...(output === undefined && thought === 0 ? {} : { output: (output ?? 0) + thought }),
    },
  }
}

function readStop(reason: unknown): AnswerPiece['stop'] {
  if (typeof reason !== 'string' || reason === 'FINISH_REASON_UNSPECIFIED') return undefined
  if (reason === 'STOP') return 'whole'
  return reason === 'MAX_TOKENS' ? 'length' : 'refused'
}
