import type { ToolCallPart } from '../../../core/session/message.ts'
import type { Seq } from '../../../core/session/message.ts'
import type { ToolLine } from '../chat.ts'

/** Most characters of the arguments on a line. */
const MAX_SUMMARY = 200

/** Arguments longer than this are only looked at so far: more than fits on a line whatever the spaces in it. */
const LOOKED_AT = 2_000

/** A call that has no result yet. @see SPEC.md rule CHAT4 */
export function toolLine({ callId, name, input }: Omit<ToolCallPart, 'type'>, seq: Seq): ToolLine {
  return { callId, name, summary: summarise(input), status: 'running', seq, resultSeq: null }
}

function summarise(input: string): string {
  const line = input.slice(0, LOOKED_AT).replace(/\s+/g, ' ').trim()
  if (line.length <= MAX_SUMMARY && input.length <= LOOKED_AT) return line
  const cut = line.slice(0, MAX_SUMMARY - 1)
  // Half of a pair of surrogates is no character.
  const last = cut.charCodeAt(cut.length - 1)
  return `${last >= 0xd800 && last <= 0xdbff ? cut.slice(0, -1) : cut}…`
}
