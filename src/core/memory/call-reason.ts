import type { Message, ToolCallPart } from '../session/message.ts'
import { cutFragments } from './fragments.ts'

/** Longest reason, in UTF-16 code units. */
const MAX_LENGTH = 140

/** Why a tool was called: what the call says of itself, else how the text before it ends. Empty if nothing does. */
export function callReason(message: Pick<Message, 'parts'>, call: ToolCallPart): string {
  const described = /"description"\s*:\s*"([^"\\]{4,140})"/.exec(call.input.slice(0, 4_000))?.[1]
  return described ?? endingOf(message)
}

/** How the text of a message ends. */
export function endingOf({ parts }: Pick<Message, 'parts'>): string {
  const text = parts.findLast((part) => part.type === 'text')?.text.slice(-MAX_LENGTH) ?? ''
  const last = cutFragments(text).at(-1)
  return last ? text.slice(last.from, last.to).toWellFormed() : ''
}
