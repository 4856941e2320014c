/**
 * What the Responses API refuses in `input`, as far as it can be told from the items alone. Written from its
 * documentation and error messages, and on purpose without a line of the adapters' code.
 */

type Fields = Readonly<Record<string, unknown>>

const OUTPUTS: Readonly<Record<string, string>> = {
  function_call: 'function_call_output',
  custom_tool_call: 'custom_tool_call_output',
  shell_call: 'shell_call_output',
  local_shell_call: 'local_shell_call_output',
  apply_patch_call: 'apply_patch_call_output',
  computer_call: 'computer_call_output',
}
const OTHER_TYPES = new Set([
  'message',
  'reasoning',
  'web_search_call',
  'file_search_call',
  'code_interpreter_call',
  'image_generation_call',
  'mcp_call',
  'mcp_list_tools',
  'mcp_approval_request',
  'mcp_approval_response',
  'compaction',
])
const ROLES = new Set(['user', 'assistant', 'system', 'developer'])
const INPUT_BLOCKS = new Set(['input_text', 'input_image', 'input_file', 'input_audio'])
const OUTPUT_BLOCKS = new Set(['output_text', 'refusal'])

/** Everything that the API would refuse in a list of input items; empty if it is legal. */
export function findResponsesFaults(items: readonly unknown[]): readonly string[] {
  const faults: string[] = []
  const open = new Map<string, string>()
  const calls = new Set<string>()
  const ids = new Set<unknown>()
  const approvals = new Set<unknown>()
  for (const [i, item] of items.entries()) {
    const fault = (text: string): number => faults.push(`items[${i}]: ${text}`)
    if (!isFields(item)) {
      fault('no object')
      continue
    }
    const type = typeof item['type'] === 'string' ? item['type'] : 'message'
    const { id, call_id: callId } = item
    if (typeof id === 'string' && !type.endsWith('_output')) {
      if (ids.has(id)) fault(`a second item ${id}`)
      ids.add(id)
    }
    if (type in OUTPUTS) {
      for (const text of callFaults(item)) fault(text)
      if (calls.has(String(callId))) fault(`call ${String(callId)} comes twice`)
      calls.add(String(callId))
      open.set(String(callId), type)
      continue
    }
    if (Object.values(OUTPUTS).includes(type)) {
      const call = open.get(String(callId))
      if (call === undefined) fault(`answers ${String(callId)}, which is not open`)
      else if (OUTPUTS[call] !== type) fault(`${type} answers a ${call}`)
      open.delete(String(callId))
      continue
    }
    if (!OTHER_TYPES.has(type)) fault(`type ${type}`)
    if (type === 'mcp_approval_request') approvals.add(id)
    else if (type === 'mcp_approval_response') {
      if (!approvals.delete(item['approval_request_id']))
        fault('an approval that was not asked for')
    } else if (approvals.size > 0) fault('a request for approval was not answered')
    if (type === 'message') for (const text of messageFaults(item)) fault(text)
    if (type === 'reasoning' && !mayFollow(items.slice(i + 1))) fault('reasoning of nothing')
    const isAssistant = type !== 'message' || item['role'] === 'assistant'
    if (!isAssistant && open.size > 0) fault(`calls ${[...open.keys()].join()} are not answered`)
  }
  return faults
}

/** Reasoning needs the item that followed from it. */
function mayFollow(after: readonly unknown[]): boolean {
  const next = after.find((item) => isFields(item) && item['type'] !== 'reasoning')
  if (!isFields(next)) return false
  const { type } = next
  return (type === 'message' && next['role'] === 'assistant') || String(type).endsWith('_call')
}

function callFaults(item: Fields): readonly string[] {
  const { type, call_id: id, name, arguments: args, input } = item
  const faults: string[] = []
  if (typeof id !== 'string' || id === '' || id.length > 64) faults.push(`call_id ${String(id)}`)
  if (type !== 'function_call' && type !== 'custom_tool_call') return faults
  if (!/^[a-zA-Z0-9_-]{1,64}$/.test(String(name))) faults.push(`name ${String(name)}`)
  if (typeof (type === 'function_call' ? args : input) !== 'string') faults.push('arguments')
  return faults
}

function messageFaults(item: Fields): readonly string[] {
  const { role, content } = item
  if (!ROLES.has(String(role))) return [`role ${String(role)}`]
  if (typeof content === 'string') return []
  if (!Array.isArray(content)) return ['content is neither text nor array']
  const allowed = role === 'assistant' ? OUTPUT_BLOCKS : INPUT_BLOCKS
  return content.flatMap((block: unknown) => {
    if (!isFields(block)) return ['a block that is no object']
    if (!allowed.has(String(block['type']))) return [`${String(block['type'])} of ${String(role)}`]
    const text = block[block['type'] === 'refusal' ? 'refusal' : 'text']
    const isText = /text|refusal/.test(String(block['type']))
    return isText && typeof text !== 'string' ? ['a text block without text'] : []
  })
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
