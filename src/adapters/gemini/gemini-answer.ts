import { isJsonObject, type JsonObject } from '../copy-json.ts'
import { parseJson, parseJsonObject, readEvents } from '../requests/read-events.ts'
import type { ReadAnswer } from '../requests/request-format.ts'
import { partsOf, spellingIn } from './gemini-parts.ts'

/**
 * Reads an answer of Gemini: a whole one, an array of chunks, or an event stream of them. Chunks of text become one
 * part, as the next request may hold them either way. Total.
 *
 * @see SPEC.md rule GEM12
 */
export function readGeminiAnswer(text: string): ReadAnswer | undefined {
  const chunks = chunksOf(text)
  if (chunks === undefined || chunks.some((chunk) => 'error' in chunk)) return undefined
  const candidates = chunks.flatMap(candidatesOf)
  if (candidates.some(({ index }) => (index ?? 0) !== 0)) return undefined
  if (chunks.some((chunk) => candidatesOf(chunk).length > 1)) return undefined
  const reasons = candidates.flatMap(({ finishReason }) => finishReason ?? [])
  if (reasons.length === 0 || reasons.some((reason) => reason !== 'STOP')) return undefined
  const parts = candidates.flatMap(({ content }) => (isJsonObject(content) ? partsOf(content) : []))
  if (parts.length === 0) return undefined
  return { message: { role: 'model', parts: joinTexts(parts) }, ...countsOf(chunks) }
}

function chunksOf(text: string): readonly JsonObject[] | undefined {
  const value = parseJson(text)
  if (isJsonObject(value)) return [value]
  const chunks: readonly unknown[] = Array.isArray(value)
    ? value
    : readEvents(text).map(({ data }) => parseJsonObject(data))
  const read = chunks.filter(isJsonObject)
  return read.length === chunks.length && read.length > 0 ? read : undefined
}

function candidatesOf({ candidates }: JsonObject): readonly JsonObject[] {
  return Array.isArray(candidates) ? candidates.filter(isJsonObject) : []
}

/** A text that nothing but its signature is said of is one with the text before it. */
function joinTexts(parts: readonly JsonObject[]): readonly JsonObject[] {
  const joined: { part: JsonObject; texts: string[] }[] = []
  for (const part of parts) {
    const before = joined.at(-1)
    const { text } = part
    if (before && typeof text === 'string' && mayJoin(before.part, part)) {
      before.texts.push(text)
      before.part = { ...before.part, ...part }
      continue
    }
    joined.push({ part, texts: typeof text === 'string' ? [text] : [] })
  }
  return joined
    .map(({ part, texts }) => (texts.length > 1 ? { ...part, text: texts.join('') } : part))
    .filter((part) => part['text'] !== '' || Object.keys(part).length > 1)
}

function mayJoin(before: JsonObject, part: JsonObject): boolean {
  const isOpen = !(spellingIn(before, 'thoughtSignature') in before)
  return isOpen && [before, part].every(isPlain) && before['thought'] === part['thought']
}

function isPlain(part: JsonObject): boolean {
  return (
    typeof part['text'] === 'string' &&
    Object.keys(part).every((key) => ['text', 'thought', 'thoughtSignature'].includes(key))
  )
}

/** Counts grow from chunk to chunk, so the last ones count. */
function countsOf(chunks: readonly JsonObject[]): Omit<ReadAnswer, 'message'> {
  const usage = chunks.findLast(({ usageMetadata }) => isJsonObject(usageMetadata))?.[
    'usageMetadata'
  ]
  const { promptTokenCount: input, cachedContentTokenCount: cached } = isJsonObject(usage)
    ? usage
    : {}
  const model = chunks.findLast(({ modelVersion }) => typeof modelVersion === 'string')
  return {
    ...(typeof input === 'number' ? { inputTokens: input } : {}),
    ...(typeof cached === 'number' ? { cachedTokens: cached } : {}),
    ...(model === undefined ? {} : { model: String(model['modelVersion']) }),
  }
}
