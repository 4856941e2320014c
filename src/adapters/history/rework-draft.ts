import type { Draft, Part, Wire } from '../../core/session/message.ts'
import { isJsonObject, type JsonObject } from '../copy-json.ts'

/**
 * A draft with some of its parts, in the order given, and with other ids for its calls.
 *
 * The wire value follows where it says the same as the parts: of the Messages API any selection of
 * blocks, of chat completions only other ids. Where it can't follow it is left out, and the message
 * is written from its parts. Returns the draft itself if nothing is different.
 *
 * @param picked - Indexes of the parts.
 * @param ids - New call ids, by the index of the part that names one.
 */
export function reworkDraft(
  draft: Draft,
  picked: readonly number[],
  ids: ReadonlyMap<number, string>,
): Draft {
  const renamed = draft.parts.map((part, i) => withCallId(part, ids.get(i)))
  const whole = isWhole(picked, draft.parts.length)
  if (whole && renamed.every((part, i) => part === draft.parts[i])) return draft
  const parts = picked.flatMap((i) => renamed[i] ?? [])
  const { wire, ...rest } = draft
  const role = whole || parts.some(({ type }) => type !== 'tool-result') ? draft.role : 'tool'
  const followed =
    wire?.format === 'anthropic'
      ? reworkBlocks(draft, renamed, picked)
      : whole && wire?.format === 'openai'
        ? renameInOpenAi(draft, renamed)
        : undefined
  return { ...rest, role, parts, ...(followed === undefined ? {} : { wire: followed }) }
}

/** The part as the host wrote it, where the wire value has a place of its own for it. */
export function wirePart(draft: Draft, index: number): unknown {
  const { wire } = draft
  if (wire?.format !== 'anthropic') return wire?.value
  return readBlocks(draft)?.[index] ?? wire.value
}

function isWhole(picked: readonly number[], length: number): boolean {
  return picked.length === length && picked.every((index, i) => index === i)
}

function withCallId(part: Part, callId: string | undefined): Part {
  if (callId === undefined || !('callId' in part) || part.callId === callId) return part
  return { ...part, callId }
}

/** The blocks of a Messages API message, one per part, if the parts are what they say. */
function readBlocks({ parts, wire }: Draft): readonly JsonObject[] | undefined {
  const content = isJsonObject(wire?.value) ? wire.value['content'] : undefined
  if (!Array.isArray(content) || content.length !== parts.length) return undefined
  const blocks: readonly unknown[] = content
  const fit = parts.every((part, i) => {
    const block = blocks[i]
    return isJsonObject(block) && (!('callId' in part) || block[idField(part)] === part.callId)
  })
  return fit ? blocks.filter(isJsonObject) : undefined
}

function idField(part: Part): 'id' | 'tool_use_id' {
  return part.type === 'tool-result' ? 'tool_use_id' : 'id'
}

function reworkBlocks(
  draft: Draft,
  renamed: readonly Part[],
  picked: readonly number[],
): Wire | undefined {
  const blocks = readBlocks(draft)
  const value = draft.wire?.value
  if (blocks === undefined || !isJsonObject(value)) return undefined
  const content = picked.flatMap((i) => {
    const block = blocks[i]
    const part = renamed[i]
    if (block === undefined || part === undefined) return []
    if (part === draft.parts[i] || !('callId' in part)) return [block]
    return [{ ...block, [idField(part)]: part.callId }]
  })
  return { format: 'anthropic', value: { ...value, content } }
}

function renameInOpenAi({ parts, wire }: Draft, renamed: readonly Part[]): Wire | undefined {
  if (wire?.format !== 'openai' || wire.value === undefined) return wire
  const { value } = wire
  if (!isJsonObject(value)) return undefined
  const [first] = parts
  const [answer] = renamed
  if (first?.type === 'tool-result' && answer?.type === 'tool-result') {
    const same = parts.length === 1 && value['tool_call_id'] === first.callId
    return same ? { format: 'openai', value: { ...value, tool_call_id: answer.callId } } : undefined
  }
  const calls = renameCalls(value['tool_calls'], parts, renamed)
  return calls && { format: 'openai', value: { ...value, tool_calls: calls } }
}

function renameCalls(
  written: unknown,
  parts: readonly Part[],
  renamed: readonly Part[],
): readonly JsonObject[] | undefined {
  const before = parts.filter((part) => 'callId' in part)
  const after = renamed.filter((part) => 'callId' in part)
  if (!Array.isArray(written) || written.length !== before.length) return undefined
  const calls: readonly unknown[] = written
  const fit = before.every((part, i) => {
    const call = calls[i]
    return part.type === 'tool-call' && isJsonObject(call) && call['id'] === part.callId
  })
  if (!fit) return undefined
  return calls.filter(isJsonObject).map((call, i) => {
    const id = after[i]?.callId
    return id === undefined || id === call['id'] ? call : { ...call, id }
  })
}
