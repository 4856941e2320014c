import type { Part, ToolCallPart, ToolResultPart } from '../../core/session/message.ts'
import { isJsonObject, type JsonObject } from '../copy-json.ts'
import { formatToolName, NO_CALL, parseToolInput } from '../tool-input.ts'
import { isToolPart } from './ai-sdk-ui-message.ts'

/** What answers a tool's part: a result, or leave to run it. */
export type Answer = ToolResultPart | Extract<Part, { type: 'approval-response' }>

/** States in which the SDK gives a call without a result to the model. */
const OPEN: ReadonlySet<unknown> = new Set([
  'input-available',
  'approval-requested',
  'approval-responded',
])

/** A call from another format. Dynamic, as the host may know no tool of that name. */
export function toolPartOf({ callId, name, input }: ToolCallPart): JsonObject {
  return {
    type: 'dynamic-tool',
    toolName: formatToolName(name),
    toolCallId: callId,
    state: 'input-available',
    input: parseToolInput(input),
  }
}

/** The part of a result whose call is not recorded. */
export function loneToolPart(result: ToolResultPart): JsonObject {
  const { callId } = result
  const call: ToolCallPart = { type: 'tool-call', callId, name: NO_CALL, input: '{}' }
  return answerToolPart(toolPartOf(call), result)
}

/** Ids of what a part of a UI message wants an answer to. Calls and approvals have ids of their own. */
export function asksFor(part: JsonObject): readonly string[] {
  if (!isToolPart(part)) return []
  const { state, toolCallId, approval, providerExecuted } = part
  const isOpen = OPEN.has(state) && providerExecuted !== true
  const isAsking = state === 'approval-requested' && isJsonObject(approval)
  return [
    ...(isOpen ? [`call:${String(toolCallId)}`] : []),
    ...(isAsking ? [`approval:${String(approval['id'])}`] : []),
  ]
}

/** The id of what is answered, as {@link asksFor} names it. */
export function answeredId(answer: Answer): string {
  return answer.type === 'tool-result' ? `call:${answer.callId}` : `approval:${answer.approvalId}`
}

/**
 * A part with its answer in it, in one of the states that the SDK's schema knows: a result goes with leave that
 * was given or that nobody asked for, a denial with leave that was refused.
 */
export function answerToolPart(part: JsonObject, answer: Answer): JsonObject {
  const { approval, state, errorText: _error, output: _output, ...rest } = part
  const asked = isJsonObject(approval) ? approval : undefined
  if (answer.type === 'approval-response') {
    if (state !== 'approval-requested' || !asked) return part
    const { approved } = answer
    return { ...part, state: 'approval-responded', approval: { ...asked, approved } }
  }
  if (asked?.['approved'] === false) {
    const reason = asked['reason'] ?? answer.output
    return { ...rest, state: 'output-denied', approval: { ...asked, reason } }
  }
  const granted = asked?.['approved'] === true ? { approval: asked } : {}
  return answer.isError === true
    ? { ...rest, state: 'output-error', errorText: answer.output, ...granted }
    : { ...rest, state: 'output-available', output: answer.output, ...granted }
}
