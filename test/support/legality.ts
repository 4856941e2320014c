/**
 * What the providers refuse, as far as it can be told from a request alone. Written from their
 * documentation and error messages, and on purpose without a line of the adapters' code.
 */

type Fields = Readonly<Record<string, unknown>>

const OPENAI_ROLES = new Set(['system', 'developer', 'user', 'assistant', 'tool'])
const OPENAI_USER_TYPES = new Set(['text', 'image_url', 'input_audio', 'file'])
const OPENAI_ASSISTANT_TYPES = new Set(['text', 'refusal'])

/** Everything that chat completions would refuse in a list of messages; empty if it is legal. */
export function findOpenAiFaults(messages: readonly unknown[]): readonly string[] {
  const faults: string[] = []
  let open: string[] = []
  for (const [i, message] of messages.entries()) {
    const fault = (text: string): number => faults.push(`messages[${i}]: ${text}`)
    if (!isFields(message)) {
      fault('no object')
      continue
    }
    const role = message['role']
    if (!OPENAI_ROLES.has(role as string)) fault(`role ${String(role)}`)
    if ('id' in message) fault('has an id')
    for (const text of openAiContentFaults(message)) fault(text)
    if (role === 'tool') {
      const id = message['tool_call_id']
      const at = open.indexOf(id as string)
      if (at < 0) fault(`answers ${String(id)}, which the message before it does not call`)
      else open = open.toSpliced(at, 1)
      continue
    }
    if (open.length > 0) fault(`calls ${open.join()} are not answered before it`)
    open = openAiCallIds(message, fault)
  }
  return faults
}

function openAiContentFaults(message: Fields): readonly string[] {
  const { role, content, tool_calls: calls, refusal } = message
  if (typeof content === 'string') return []
  if (content === null || content === undefined) {
    const rest = (Array.isArray(calls) && calls.length > 0) || typeof refusal === 'string'
    return role === 'assistant' && rest ? [] : ['no content']
  }
  if (!Array.isArray(content)) return ['content is neither text nor array']
  const allowed =
    role === 'user'
      ? OPENAI_USER_TYPES
      : role === 'assistant'
        ? OPENAI_ASSISTANT_TYPES
        : new Set(['text'])
  return content.flatMap((part: unknown, i) => {
    if (!isFields(part)) return [`content[${i}] is no object`]
    if (!allowed.has(part['type'] as string)) return [`content[${i}] is ${String(part['type'])}`]
    if (part['type'] === 'text' && typeof part['text'] !== 'string') return [`content[${i}].text`]
    return []
  })
}

function openAiCallIds(message: Fields, fault: (text: string) => void): string[] {
  const calls = message['tool_calls']
  if (calls === undefined) return []
  if (!Array.isArray(calls) || calls.length === 0) {
    fault('tool_calls is no filled array')
    return []
  }
  if (message['role'] !== 'assistant') fault('tool_calls outside of role assistant')
  return calls.map((call: unknown) => {
    const body = isFields(call) ? call['function'] : undefined
    if (!isFields(call) || call['type'] !== 'function' || !isFields(body)) {
      fault('a tool call is no function call')
      return ''
    }
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(String(body['name']))) fault(`name ${String(body['name'])}`)
    if (typeof body['arguments'] !== 'string') fault('arguments are no text')
    if (typeof call['id'] !== 'string' || call['id'] === '') fault('a call without an id')
    return String(call['id'])
  })
}

const ANTHROPIC_USER_TYPES = new Set(['text', 'image', 'document', 'tool_result', 'search_result'])
const ANTHROPIC_ASSISTANT_TYPES = new Set(['text', 'thinking', 'redacted_thinking', 'tool_use'])

/** Everything that the Messages API would refuse in a request; empty if it is legal. */
export function findAnthropicFaults(request: {
  readonly system?: string
  readonly messages: readonly unknown[]
}): readonly string[] {
  const faults: string[] = []
  if (request.system?.trim() === '') faults.push('system is blank')
  const used = new Set<string>()
  let open: readonly string[] = []
  let before: unknown
  for (const [i, message] of request.messages.entries()) {
    const fault = (text: string): number => faults.push(`messages[${i}]: ${text}`)
    if (!isFields(message) || (message['role'] !== 'user' && message['role'] !== 'assistant')) {
      fault('no message of user or assistant')
      continue
    }
    if (i === 0 && message['role'] !== 'user') fault('the first message is not the user’s')
    if (message['role'] === before) fault(`two messages of ${String(before)} in a row`)
    before = message['role']
    const extra = Object.keys(message).filter((key) => key !== 'role' && key !== 'content')
    if (extra.length > 0) fault(`extra fields ${extra.join()}`)
    const blocks = anthropicBlocks(message['content'])
    if (blocks.length === 0) fault('no content')
    for (const block of blocks) for (const text of blockFaults(block, message['role'])) fault(text)
    checkResults(blocks, open, fault, i === request.messages.length - 1)
    open = blocks.flatMap((block) => (block['type'] === 'tool_use' ? [String(block['id'])] : []))
    for (const id of open) {
      if (used.has(id)) fault(`call id ${id} is used twice`)
      if (!/^[a-zA-Z0-9_-]+$/.test(id)) fault(`call id ${id}`)
      used.add(id)
    }
  }
  return faults
}

function anthropicBlocks(content: unknown): readonly Fields[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return Array.isArray(content) ? content.filter(isFields) : []
}

function blockFaults(block: Fields, role: 'user' | 'assistant'): readonly string[] {
  const allowed = role === 'user' ? ANTHROPIC_USER_TYPES : ANTHROPIC_ASSISTANT_TYPES
  const type = String(block['type'])
  if (!allowed.has(type)) return [`${type} in role ${role}`]
  switch (type) {
    case 'text':
      return String(block['text']).trim() === '' ? ['a blank text'] : []
    case 'thinking':
      return typeof block['signature'] === 'string' ? [] : ['thinking without a signature']
    case 'tool_use':
      return isFields(block['input']) ? [] : ['input is no object']
    default:
      return []
  }
}

/**
 * All calls of the message before must be answered here, before anything else is said. Results of
 * the newest message may still be on their way.
 */
function checkResults(
  blocks: readonly Fields[],
  open: readonly string[],
  fault: (text: string) => void,
  newest: boolean,
): void {
  const isResult = (block: Fields): boolean => block['type'] === 'tool_result'
  const answered = blocks.filter(isResult).map((block) => String(block['tool_use_id']))
  if (new Set(answered).size !== answered.length) fault('two results for one call')
  for (const id of answered) if (!open.includes(id)) fault(`a result for ${id}, which is not open`)
  const missing = open.filter((id) => !answered.includes(id))
  const firstOther = blocks.findIndex((block) => !isResult(block))
  const pending = newest && firstOther < 0
  if (missing.length > 0 && !pending) fault(`calls ${missing.join()} are not answered`)
  if (firstOther >= 0 && blocks.slice(firstOther).some(isResult)) fault('a result behind a text')
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
