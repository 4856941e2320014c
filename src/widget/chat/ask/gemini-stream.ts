import type { Completion } from './completion-stream.ts'
import { errorText, list, record, text } from './completion-stream.ts'

/**
 * Adds one chunk of a Gemini stream, or a whole answer, also an array of chunks, to what has arrived. Total.
 *
 * @see SPEC.md rules SEND3, SEND5
 */
export function addGeminiChunk(sofar: Completion, data: string): Completion {
  let value: unknown
  try {
    value = JSON.parse(data)
  } catch {
    return { ...sofar, error: `not JSON: ${data.slice(0, 200)}` }
  }
  const chunks: readonly unknown[] = Array.isArray(value) ? value : [value]
  return chunks.reduce<Completion>((grown, chunk) => addChunk(grown, record(chunk)), sofar)
}

function addChunk(sofar: Completion, chunk: ReturnType<typeof record>): Completion {
  if ('error' in chunk)
    return { ...sofar, error: errorText(chunk) ?? 'the server reported an error' }
  const candidate = record(list(chunk['candidates'])[0])
  const parts = list(record(candidate['content'])['parts']).map(record)
  const grown = parts.reduce<Completion>(addPart, sofar)
  const blocked = text(record(chunk['promptFeedback'])['blockReason'])
  const reason = text(candidate['finishReason']) || blocked
  const counted = record(chunk['usageMetadata'])['promptTokenCount']
  return {
    ...grown,
    inputTokens: typeof counted === 'number' && counted > 0 ? counted : grown.inputTokens,
    finished: grown.finished || reason !== '',
    finishReason: reason || grown.finishReason,
  }
}

function addPart(sofar: Completion, part: ReturnType<typeof record>): Completion {
  const made = record(part['functionCall'])
  if (typeof made['name'] === 'string') {
    const input = JSON.stringify(made['args'] ?? {})
    return {
      ...sofar,
      calls: [...sofar.calls, { id: text(made['id']), name: made['name'], input }],
    }
  }
  const said = text(part['text'])
  return part['thought'] === true
    ? { ...sofar, reasoning: sofar.reasoning + said }
    : { ...sofar, text: sofar.text + said }
}
