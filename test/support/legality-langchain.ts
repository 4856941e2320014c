/**
 * What LangChain and the providers behind it refuse in stored messages. Written from their documentation and
 * errors, without a line of the adapters' code.
 */

type Fields = Readonly<Record<string, unknown>>

const TYPES = new Set<unknown>(['human', 'ai', 'system', 'tool', 'generic'])

/**
 * Everything that is wrong with stored messages; empty if they are legal.
 *
 * @param ownSystem - Whether the host put system messages between others itself.
 */
export function findLangChainFaults(
  messages: readonly unknown[],
  ownSystem: boolean = false,
): readonly string[] {
  const faults: string[] = []
  let open: unknown[] = []
  let inExchange = false
  for (const [i, message] of messages.entries()) {
    const fault = (text: string): number => faults.push(`messages[${i}]: ${text}`)
    if (!isFields(message) || !TYPES.has(message['type']) || !isFields(message['data'])) {
      fault('no stored message')
      continue
    }
    const { type, data } = message as { readonly type: string; readonly data: Fields }
    const { content } = data
    if (typeof content !== 'string' && !Array.isArray(content)) fault('no content')
    if (type === 'system' && i > 0 && !ownSystem) fault('a system message that is not the first')
    if (type === 'tool') {
      if (!inExchange) fault('a result that stands behind no assistant')
      const at = open.indexOf(data['tool_call_id'])
      if (at < 0) fault(`a result for ${String(data['tool_call_id'])}, which is not open`)
      else open.splice(at, 1)
      continue
    }
    if (open.length > 0) fault(`calls ${open.join()} are not answered`)
    open = type === 'ai' ? callsOf(data, fault) : []
    inExchange = open.length > 0
    const isEmpty = content === '' || (Array.isArray(content) && content.length === 0)
    if (type === 'ai' && isEmpty && open.length === 0) fault('nothing said')
  }
  return faults
}

function callsOf(data: Fields, fault: (text: string) => number): unknown[] {
  const calls = data['tool_calls'] ?? []
  if (!Array.isArray(calls)) {
    fault('tool_calls is no array')
    return []
  }
  return calls.map((call: unknown) => {
    if (!isFields(call) || typeof call['name'] !== 'string') fault('a call without a name')
    if (!isFields(call) || !isFields(call['args'])) fault('args are no object')
    return isFields(call) ? call['id'] : undefined
  })
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
