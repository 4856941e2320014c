import { MAX_STRETCH } from '../core/memory/pads/find-stretches.ts'
import type { SessionStore } from '../core/ports/session-store.ts'
import { startsTurn, type Message, type Seq } from '../core/session/message.ts'
import { READ_SLICE, readSlices } from './read-slices.ts'

/**
 * Messages of a part of the log, with what belongs to their stretches of tool calls besides: those before the first,
 * back to the request, and the next request where that stands right behind the last. A stretch that ends further
 * behind is found from there.
 *
 * @param own - The active messages of the part, ascending.
 * @param to - Where the part ends.
 * @see SPEC.md rule PAD1
 */
export async function readStretches(
  store: Pick<SessionStore, 'read'>,
  session: string,
  own: readonly Message[],
  to: Seq,
): Promise<readonly Message[]> {
  const [first] = own
  if (!first) return own
  const before: Message[] = []
  let from = first.seq
  while (from > 1 && before.length < MAX_STRETCH && !startsTurn(before[0] ?? first)) {
    const slice = { from: Math.max(1, from - READ_SLICE), to: from - 1 }
    before.unshift(...(await readSlices(store, session, slice)))
    from = slice.from
  }
  const behind = await readSlices(store, session, { from: to + 1, to: to + READ_SLICE })
  const next = behind.slice(0, 1).filter(startsTurn)
  return [...before, ...own, ...next]
}
