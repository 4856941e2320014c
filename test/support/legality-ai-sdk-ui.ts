/**
 * What a server of the AI SDK that hands UI messages on to a provider refuses. Written from the SDK's
 * documentation and errors, without a line of the adapters' code.
 */

type Fields = Readonly<Record<string, unknown>>

/** States of a tool's part that the SDK makes a call of, for which it then wants a result. */
const PENDING = new Set<unknown>(['input-available', 'approval-requested', 'approval-responded'])

/**
 * Everything that is wrong with UI messages; empty if they are legal.
 *
 * @param ownSystem - Whether the host put system messages between others itself.
 */
export function findAiSdkUiFaults(
  messages: readonly unknown[],
  ownSystem: boolean = false,
): readonly string[] {
  const faults: string[] = []
  const ids = new Set<unknown>()
  let isBegun = false
  for (const [i, message] of messages.entries()) {
    const fault = (text: string): number => faults.push(`messages[${i}]: ${text}`)
    if (!isFields(message)) {
      fault('no object')
      continue
    }
    const { id, role, parts } = message
    if (typeof id !== 'string' || id === '') fault('no id')
    if (ids.has(id)) fault(`id ${String(id)} is used twice`)
    ids.add(id)
    if (role !== 'system' && role !== 'user' && role !== 'assistant') fault(`role ${String(role)}`)
    if (role === 'system' && isBegun && !ownSystem) fault('a system message between others')
    if (role !== 'system') isBegun = true
    if (!Array.isArray(parts)) {
      fault('no parts')
      continue
    }
    if (parts.length === 0 && role !== 'assistant') fault('nothing said')
    for (const part of parts) {
      for (const text of partFaults(part, role, i === messages.length - 1)) fault(text)
    }
  }
  return faults
}

function partFaults(part: unknown, role: unknown, isNewest: boolean): readonly string[] {
  if (!isFields(part) || typeof part['type'] !== 'string') return ['a part without a type']
  const { type, state, approval, toolCallId } = part
  if (type === 'text') return typeof part['text'] === 'string' ? [] : ['a text without text']
  if (type === 'file') {
    const isWhole = typeof part['url'] === 'string' && typeof part['mediaType'] === 'string'
    return isWhole ? [] : ['a file without url or mediaType']
  }
  if (type !== 'dynamic-tool' && !type.startsWith('tool-')) return []
  const faults: string[] = []
  if (role !== 'assistant') faults.push(`a tool part in role ${String(role)}`)
  if (typeof toolCallId !== 'string' || toolCallId === '') faults.push('a call without an id')
  if (PENDING.has(state) && part['providerExecuted'] !== true && !isNewest) {
    faults.push(`call ${String(toolCallId)} is not answered`)
  }
  const approved = isFields(approval) ? approval['approved'] : undefined
  if ((state === 'output-available' || state === 'output-error') && approval !== undefined) {
    if (approved !== true) faults.push('a result without leave')
  }
  if (state === 'output-denied' && approved !== false) faults.push('a denial that nobody gave')
  return faults
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
