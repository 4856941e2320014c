import type { BlockRange } from '../core/compaction/job.ts'
import type { SessionStore } from '../core/ports/session-store.ts'
import type { Message } from '../core/session/message.ts'

/** Messages read in one transaction: a reader holds up whoever wants to append. */
export const READ_SLICE: number = 4

/** The active messages of a range, read a few at a time. */
export async function readSlices(
  store: Pick<SessionStore, 'read'>,
  session: string,
  { from, to }: BlockRange,
): Promise<readonly Message[]> {
  const messages: Message[] = []
  for (let first = from; first <= to; first += READ_SLICE) {
    const range = { from: first, to: Math.min(to, first + READ_SLICE - 1) }
    const read = await store.read({ session, range })
    messages.push(...read.range.filter((message) => message.active))
  }
  return messages
}
