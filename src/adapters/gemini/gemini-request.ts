import { isJsonObject, type JsonObject } from '../copy-json.ts'
import { objectsIn, withTools } from '../requests/body-fields.ts'
import type { ChatRequest, ParsedRequest, RequestFormat } from '../requests/request-format.ts'
import { readGeminiAnswer } from './gemini-answer.ts'
import { groupGemini } from './gemini-message.ts'
import { fieldOf, partsOf, spellingIn } from './gemini-parts.ts'

/** The model and the method stand in the address. */
const METHOD = /\/models\/([^/:?#]+):(generateContent|streamGenerateContent)(?:[?#]|$)/

/**
 * Requests of Gemini's generateContent and streamGenerateContent, told from their addresses.
 *
 * @see SPEC.md rules GEM9–GEM10
 */
export const geminiRequests: RequestFormat = {
  takeApart: takeApartGemini,
  readAnswer: readGeminiAnswer,
}

function takeApartGemini({ url, body }: ParsedRequest): ChatRequest | undefined {
  const [, model, method] = METHOD.exec(url) ?? []
  const values = objectsIn(body['contents'])
  if (model === undefined || values === undefined || !values.every(isContent)) return undefined
  if ((fieldOf(body, 'cachedContent') ?? undefined) !== undefined) return undefined
  const field = spellingIn(body, 'systemInstruction')
  const instruction = body[field] ?? undefined
  const system = systemText(instruction)
  if (instruction !== undefined && system === undefined) return undefined
  const config = fieldOf(body, 'generationConfig')
  const most = isJsonObject(config) ? fieldOf(config, 'maxOutputTokens') : undefined
  return {
    format: 'gemini',
    messages: groupGemini(values),
    ...(system === undefined || system === '' ? {} : { system }),
    model: decode(model),
    isStream: method === 'streamGenerateContent',
    ...(typeof most === 'number' ? { maxAnswerTokens: most } : {}),
    write: ({ messages, system: more }) => ({
      ...body,
      ...(more === undefined ? {} : { [field]: withText(instruction, more) }),
      contents: messages,
    }),
    addTools: withTools,
    toolFormat: 'gemini',
  }
}

function isContent({ role, parts }: JsonObject): boolean {
  const known = role === undefined || role === 'user' || role === 'model' || role === 'function'
  return known && Array.isArray(parts) && parts.every(isJsonObject)
}

/** Undefined for what is no instruction of texts alone. */
function systemText(instruction: unknown): string | undefined {
  if (typeof instruction === 'string') return instruction
  if (!isJsonObject(instruction)) return undefined
  const texts = partsOf(instruction).map(({ text }) => text)
  return texts.every((text) => typeof text === 'string') ? texts.join('\n') : undefined
}

function withText(instruction: unknown, text: string): unknown {
  if (typeof instruction === 'string' && instruction !== '') return `${instruction}\n\n${text}`
  if (!isJsonObject(instruction)) return { parts: [{ text }] }
  return { ...instruction, parts: [...partsOf(instruction), { text }] }
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
