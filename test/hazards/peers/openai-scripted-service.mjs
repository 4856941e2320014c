/**
 * What the Responses service answers in an environment, in the items of its API.
 *
 * @param {import('../peer.mjs').Environment} env
 * @param {boolean} keepsUserMessages - Whether a compacted window has the user messages before the
 *   compaction item, which is the documented shape.
 */
export function createScriptedService(env, keepsUserMessages) {
  let ids = 0
  const nextId = (prefix) => `${prefix}_${(ids += 1)}`
  return {
    async chat({ instructions, items }, signal) {
      const system = { role: 'system', text: instructions, callIds: [], resultIds: [] }
      const { text, calls } = await env.chat({ messages: [system, ...items.map(lineOf)], signal })
      const called = calls.map((call) => ({
        type: 'function_call',
        id: nextId('fc'),
        call_id: call.id,
        name: call.name,
        arguments: JSON.stringify(call.args),
        status: 'completed',
      }))
      if (called.length > 0) return called
      const content = [{ type: 'output_text', text, annotations: [] }]
      return [
        { type: 'message', id: nextId('msg'), role: 'assistant', status: 'completed', content },
      ]
    },
    async compact({ items }, signal) {
      const transcript = items.map(lineOf).map(({ role, text }) => `${role}: ${text}`)
      // Opaque to the client; the scripted model reads it as it is.
      const content = await env.summarise(transcript.join('\n'), { signal })
      const item = { type: 'compaction', id: nextId('cmp'), encrypted_content: content }
      const kept = keepsUserMessages ? items.filter(({ role }) => role === 'user') : []
      return [...kept.map((message) => userMessage(message, nextId('msg'))), item]
    },
  }
}

/**
 * One item of a prompt, in the form of the API or of the SDK's sessions.
 *
 * @returns {import('../peer.mjs').Line}
 */
export function lineOf(item) {
  switch (item.type) {
    case 'compaction':
      return { role: 'system', text: item.encrypted_content, callIds: [], resultIds: [] }
    case 'function_call': {
      const callIds = [item.call_id ?? item.callId]
      return { role: 'assistant', text: item.arguments, callIds, resultIds: [] }
    }
    case 'function_call_output':
    case 'function_call_result': {
      const resultIds = [item.call_id ?? item.callId]
      return { role: 'tool', text: textOf(item.output), callIds: [], resultIds }
    }
    default:
      return { role: item.role, text: textOf(item.content), callIds: [], resultIds: [] }
  }
}

function userMessage({ content }, id) {
  const parts = [{ type: 'input_text', text: textOf(content) }]
  return { type: 'message', id, role: 'user', status: 'completed', content: parts }
}

/** Text of content that is a string, one part, or a list of parts. */
function textOf(content) {
  if (typeof content === 'string') return content
  return [content]
    .flat()
    .map(({ text }) => text ?? '')
    .join('')
}
