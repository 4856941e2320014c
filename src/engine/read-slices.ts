import type { BlockRange } from '../core/compaction/job.ts'
import type { SessionStore } from '../core/ports/session-store.ts'
import type { Message } from '../core/session/message.ts'

/** Messages read in one transaction: a reader holds up whoever wants to append. */
export const READ_SLICE: number = 4

/** The active messages of a range, read a few at a time: {@link READ_SLICE} unless told. */
export async function readSlices(
  store: Pick<SessionStore, 'read'>,
  session: string,
  { from, to }: BlockRange,
  size: number = READ_SLICE,
): Promise<readonly Message[]> {
  const messages: Message[] = []
  for (let first = from; first <= to; first += size) {
    const range = { from: first, to: Math.min(to, first + size - 1) }
    const read = await store.read({ session, range })
    messages.push(...read.range.filter((message) => message.active))
  }
  return messages
}
