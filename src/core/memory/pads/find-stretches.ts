import { startsTurn, type Message, type Seq, type ToolCallPart } from '../../session/message.ts'
import { describeCall } from '../describe-call.ts'
import type { PadStep } from './pad.ts'
import { hasFailed } from './has-failed.ts'

/** A tool call of a stretch with its result. */
export interface MadeCall {
  readonly seq: Seq
  /** Index of the call among the parts of its message. */
  readonly part: number
  readonly call: ToolCallPart
  readonly does: PadStep['does']
  /** The path, command or query that it is about; empty if none stands out. */
  readonly subject: string
  readonly output: string
  readonly resultSeq: Seq
  readonly isFailed: boolean
}

/** What happened between a user's request and the user's next one. */
export interface Stretch {
  readonly request: Message
  /** In the order in which they were made. */
  readonly calls: readonly MadeCall[]
  /** The assistant's closing message. */
  readonly closing: Message
  readonly next: Message
}

/** Longest stretch that is looked at, in messages. */
export const MAX_STRETCH: number = 300

/**
 * The stretches of a part of the log that are closed: between two requests, with every call answered, no leave
 * refused, and the assistant's own words at the end. Linear.
 *
 * @param messages - Of the active path, ascending.
 * @see SPEC.md rule PAD1
 */
export function findStretches(messages: readonly Message[]): readonly Stretch[] {
  const stretches: Stretch[] = []
  let start = -1
  messages.forEach((next, at) => {
    if (!startsTurn(next)) return
    const request = messages[start]
    if (request && at - start > 1 && at - start <= MAX_STRETCH) {
      const found = closeStretch(request, messages.slice(start + 1, at), next)
      if (found) stretches.push(found)
    }
    start = at
  })
  return stretches
}

function closeStretch(
  request: Message,
  own: readonly Message[],
  next: Message,
): Stretch | undefined {
  const closing = own.at(-1)
  if (closing?.role !== 'assistant') return undefined
  const isSaid = closing.parts.some((part) => part.type === 'text' && part.text.trim() !== '')
  if (!isSaid || closing.parts.some(({ type }) => type === 'tool-call')) return undefined
  const open = new Map<string, Pick<MadeCall, 'seq' | 'part' | 'call'>>()
  const calls: MadeCall[] = []
  for (const { seq, parts } of own) {
    for (const [part, each] of parts.entries()) {
      if (each.type === 'approval-response' && !each.approved) return undefined
      if (each.type === 'tool-call') {
        // Two calls of one id can't be told apart.
        if (open.has(each.callId)) return undefined
        open.set(each.callId, { seq, part, call: each })
      } else if (each.type === 'tool-result') {
        const made = open.get(each.callId)
        if (!made) continue
        open.delete(each.callId)
        const { kind, subject } = describeCall(made.call)
        calls.push({
          ...made,
          does: kind,
          subject,
          output: each.output,
          resultSeq: seq,
          isFailed: hasFailed(each),
        })
      }
    }
  }
  if (open.size > 0 || calls.length === 0) return undefined
  const inOrder = calls.toSorted((a, b) => a.seq - b.seq || a.part - b.part)
  return { request, calls: inOrder, closing, next }
}
