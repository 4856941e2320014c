import { BaseLlm } from '@google/adk'

/** A model that answers by script. It reports no usage, so that the library estimates tokens itself. */
export class ScriptedLlm extends BaseLlm {
  #answer

  /**
   * @param {string} model
   * @param {(lines: import('../peer.mjs').Line[], signal?: AbortSignal) => Promise<object[]>} answer -
   *   Parts of the reply to a prompt.
   */
  constructor(model, answer) {
    super({ model })
    this.#answer = answer
  }

  async *generateContentAsync({ contents, config }, _stream, signal) {
    const system = String(config?.systemInstruction ?? '')
    const head = system ? [{ role: 'system', text: system, callIds: [], resultIds: [] }] : []
    const parts = await this.#answer([...head, ...contents.flatMap(linesOf)], signal)
    yield { content: { role: 'model', parts } }
  }

  async connect() {
    throw new Error('The scripted model has no live mode.')
  }
}

/** A line for each part of a content. @returns {import('../peer.mjs').Line[]} */
function linesOf({ role, parts }) {
  return parts.map(({ text = '', functionCall: call, functionResponse: result }) => {
    const none = { callIds: [], resultIds: [] }
    if (call)
      return { ...none, role: 'assistant', text: JSON.stringify(call.args), callIds: [call.id] }
    if (result)
      return {
        ...none,
        role: 'tool',
        text: JSON.stringify(result.response),
        resultIds: [result.id],
      }
    return { ...none, role: role === 'model' ? 'assistant' : 'user', text }
  })
}
