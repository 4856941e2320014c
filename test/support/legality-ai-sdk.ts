/**
 * What `streamText` of the AI SDK refuses, and what providers behind it refuse, as far as it can be told from
 * the messages alone. Written from the SDK's documentation and errors, without a line of the adapters' code.
 */

type Fields = Readonly<Record<string, unknown>>

const TYPES: Readonly<Record<string, ReadonlySet<unknown>>> = {
  user: new Set(['text', 'image', 'file']),
  assistant: new Set([
    'text',
    'file',
    'reasoning',
    'tool-call',
    'tool-result',
    'tool-approval-request',
  ]),
  tool: new Set(['tool-result', 'tool-approval-response']),
}

/** Everything that is wrong with messages for the AI SDK; empty if they are legal. */
export function findAiSdkFaults(messages: readonly unknown[]): readonly string[] {
  const faults: string[] = []
  const asked = new Set<unknown>()
  const run = new Set<unknown>()
  let open: unknown[] = []
  let speaker: unknown
  for (const [i, message] of messages.entries()) {
    const fault = (text: string): number => faults.push(`messages[${i}]: ${text}`)
    if (!isFields(message) || !Object.hasOwn(TYPES, String(message['role']))) {
      fault('no message of user, assistant or tool')
      continue
    }
    const role = String(message['role'])
    const blocks = blocksOf(message['content'])
    if (blocks.length === 0) fault('no content')
    if (role === 'tool') {
      if (speaker !== 'assistant') fault('results that stand behind no assistant')
    } else {
      if (open.length > 0) fault(`calls ${open.join()} are not answered`)
      open = []
      speaker = role
    }
    for (const block of blocks) {
      const { type, toolCallId: id } = block
      if (TYPES[role]?.has(type) !== true) fault(`${String(type)} in role ${role}`)
      if (type === 'tool-call') {
        if (typeof block['toolName'] !== 'string' || block['toolName'] === '') fault('no toolName')
        if (block['providerExecuted'] === true) run.add(id)
        else open.push(id)
      }
      if (type === 'tool-approval-request') asked.add(block['approvalId'])
      if (type === 'tool-approval-response' && !asked.has(block['approvalId'])) {
        fault('a response to no request')
      }
      if (type !== 'tool-result') continue
      if (typeof block['toolName'] !== 'string') fault('a result without toolName')
      if (role === 'assistant' && !run.has(id)) fault('a result of no tool of the provider')
      if (role === 'tool' && !open.includes(id)) fault(`a result for ${String(id)}, not open`)
      const at = open.indexOf(id)
      if (at >= 0) open.splice(at, 1)
    }
  }
  return faults
}

function blocksOf(content: unknown): readonly Fields[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return Array.isArray(content) ? content.filter(isFields) : []
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
