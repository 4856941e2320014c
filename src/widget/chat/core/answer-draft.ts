import { draftOf } from '../../../adapters/message-input.ts'
import type { Draft, Part } from '../../../core/session/message.ts'
import type { ChatOutcome } from '../ask/chat-model.ts'
import { CUT_MARKS } from '../ask/cut-marks.ts'

/**
 * The message to append for an answer, in its own form where it is whole, so that nothing of it is lost; null if
 * nothing arrived. What was stopped or broke off is kept and marked, without calls: nobody is to answer half of one.
 *
 * @see SPEC.md rules SEND6, CHAT11
 */
export function answerDraft(outcome: ChatOutcome, id: string): Draft | null {
  const { completion } = outcome
  if (outcome.kind === 'finished' && outcome.wire !== null) {
    const { format, message } = outcome.wire
    const exact = read(() => draftOf(format, message, 'answer'))
    if (exact !== null) return exact.parts.some(isSomething) ? { ...exact, id } : null
  }
  const { text, reasoning } = completion
  const isCut = outcome.kind !== 'finished'
  const calls = isCut ? [] : completion.calls.filter(({ name }) => name !== '')
  if (text === '' && reasoning === '' && calls.length === 0) return null
  const parts: Part[] = []
  if (reasoning !== '') parts.push({ type: 'reasoning', text: reasoning })
  if (text !== '') parts.push({ type: 'text', text })
  for (const [at, { id: callId, name, input }] of calls.entries()) {
    parts.push({ type: 'tool-call', callId: callId || `${id}-${at}`, name, input: input || '{}' })
  }
  if (isCut) parts.push({ type: 'text', text: CUT_MARKS[outcome.kind] })
  return { id, role: 'assistant', parts }
}

function isSomething(part: Part): boolean {
  return part.type === 'text' || part.type === 'reasoning' ? part.text !== '' : true
}

/** A server may send what no format has. */
function read<T>(work: () => T): T | null {
  try {
    return work()
  } catch {
    return null
  }
}
