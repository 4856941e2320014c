/**
 * What Ollama's chat refuses or misreads in `messages`. Written from its documentation and its templates, and on
 * purpose without a line of the adapters' code.
 */

type Fields = Readonly<Record<string, unknown>>

const ROLES = new Set(['system', 'user', 'assistant', 'tool'])

/** Everything that is wrong with a list of messages; empty if it is legal. */
export function findOllamaFaults(messages: readonly unknown[]): readonly string[] {
  const faults: string[] = []
  const ids = new Set<unknown>()
  let open: Fields[] = []
  for (const [i, message] of messages.entries()) {
    const fault = (text: string): number => faults.push(`messages[${i}]: ${text}`)
    if (!isFields(message)) {
      fault('no object')
      continue
    }
    const { role, content, images, tool_calls: calls } = message
    if (!ROLES.has(String(role))) fault(`role ${String(role)}`)
    if (typeof content !== 'string') fault('content is no text')
    for (const image of Array.isArray(images) ? images : []) {
      if (typeof image !== 'string' || /[^a-zA-Z0-9+/=]/.test(image)) fault('an image is no base64')
    }
    if (role === 'tool') {
      const at = open.findIndex((call) => answers(message, call))
      if (at < 0) fault('answers no open call')
      open = open.filter((_, j) => j !== at)
      continue
    }
    if (open.length > 0) fault('calls before it are not answered')
    if (Array.isArray(calls) && role !== 'assistant') fault(`calls of ${String(role)}`)
    open = (Array.isArray(calls) ? calls : []).filter(isFields)
    for (const { id, function: made } of open) {
      if (id !== undefined && ids.has(id)) fault('a call id comes twice')
      ids.add(id)
      if (!isFields(made) || typeof made['name'] !== 'string') fault('a call without a name')
      else if (!isFields(made['arguments'])) fault('arguments are no object')
    }
  }
  return faults
}

/** By id where both have one, else by name, else by order. */
function answers(result: Fields, call: Fields): boolean {
  const { tool_call_id: id, tool_name: name } = result
  const made = call['function']
  if (id !== undefined) return id === call['id']
  return name === undefined || (isFields(made) && made['name'] === name)
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
