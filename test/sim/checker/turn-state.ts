import type { Message } from '../../../src/core/session/message.ts'
import type { View } from './view.ts'

/** Newest message that the context of a view shows above its mark. */
function newestShown({ active, session }: View): Message | undefined {
  const newest = active.at(-1)
  return newest && newest.seq > session.mark ? newest : undefined
}

/** Newest position that the context of a view stands for. */
export function throughOf(view: View): number {
  return newestShown(view)?.seq ?? view.session.mark
}

/** Whether the model has not yielded: it called tools, or got results and has said nothing since. */
export function isMidTurn(view: View): boolean {
  const parts = newestShown(view)?.parts ?? []
  return parts.some(({ type }) => type === 'tool-call' || type === 'tool-result')
}

/** Whether a person spoke with this message. */
export function isRequest({ role, parts }: Message): boolean {
  return role === 'user' && parts.some(({ type }) => type !== 'tool-result')
}
