import { APICallError } from 'ai'

const USAGE = { inputTokens: 0, outputTokens: 0, totalTokens: 0 }

/**
 * A language model (AI SDK specification v2) that answers by script.
 *
 * Its failures are those of a provider: with a status, so that the library's own rules for retries
 * apply. Nothing is retried for a process that is gone.
 *
 * @param {string} modelId
 * @param {(lines: import('../peer.mjs').Line[], signal?: AbortSignal) =>
 *   Promise<{ text: string, calls?: readonly import('../peer.mjs').ToolCall[] }>} answer
 */
export function createScriptedModel(modelId, answer) {
  const doGenerate = async ({ prompt, abortSignal }) => {
    try {
      const { text, calls = [] } = await answer(prompt.flatMap(linesOf), abortSignal)
      const finishReason = calls.length > 0 ? 'tool-calls' : 'stop'
      const content = calls.length > 0 ? calls.map(callPart) : [{ type: 'text', text }]
      return { content, finishReason, usage: USAGE, warnings: [] }
    } catch (error) {
      throw providerError(modelId, error)
    }
  }
  return {
    specificationVersion: 'v2',
    provider: 'scripted',
    modelId,
    supportedUrls: {},
    doGenerate,
    async doStream(options) {
      const { content, finishReason } = await doGenerate(options)
      const end = { type: 'finish', finishReason, usage: USAGE }
      const start = { type: 'stream-start', warnings: [] }
      return { stream: ReadableStream.from([start, ...content.flatMap(streamed), end]) }
    },
  }
}

/** A line for each part of a message. @returns {import('../peer.mjs').Line[]} */
function linesOf({ role, content }) {
  const none = { callIds: [], resultIds: [] }
  if (typeof content === 'string') return [{ ...none, role, text: content }]
  return content.map((part) => {
    const { type, toolCallId: id } = part
    if (type === 'tool-call')
      return { ...none, role: 'assistant', text: JSON.stringify(part.input), callIds: [id] }
    if (type === 'tool-result')
      return { ...none, role: 'tool', text: JSON.stringify(part.output), resultIds: [id] }
    return { ...none, role, text: part.text ?? '' }
  })
}

function callPart({ id, name, args }) {
  return { type: 'tool-call', toolCallId: id, toolName: name, input: JSON.stringify(args) }
}

function streamed(part) {
  if (part.type !== 'text') return [part]
  return [
    { type: 'text-start', id: 'text' },
    { type: 'text-delta', id: 'text', delta: part.text },
    { type: 'text-end', id: 'text' },
  ]
}

function providerError(modelId, error) {
  return new APICallError({
    message: error.message,
    url: `https://models.example/${modelId}`,
    requestBodyValues: {},
    ...(error.status ? { statusCode: error.status } : {}),
    isRetryable: error.status >= 500,
    cause: error,
  })
}
