import { MOST_PARTS, type PartShelf } from './entry-parts.ts'
import { readHeaders } from './entry-headers.ts'
import type { Connected } from './nats-link.ts'
import { openReader, type ReaderWish } from './space-reader.ts'
import { partsSubjectOf } from './space-subjects.ts'

export interface MissingParts {
  readonly token: string
  readonly of: string
  readonly count: number
  readonly from: number
  /** Position of the entry itself: parts come before it. */
  readonly before: number
}

/**
 * Fetches parts that were delivered before this device began to follow, and puts them on the shelf. False if the server could
 * not be asked; true if it could, whatever was there.
 */
export async function readParts(
  connected: Connected,
  wish: Omit<ReaderWish, 'from'>,
  { token, of, count, from, before }: MissingParts,
  shelf: PartShelf,
): Promise<boolean> {
  if (from >= before || count > MOST_PARTS) return true
  const filter = partsSubjectOf(wish.space, token)
  const reader = await openReader(connected, { ...wish, filter, from })
  if (reader.kind === 'broken') return false
  const found = new Set<number>()
  try {
    for (;;) {
      const read = await reader.read(false)
      if (read.kind === 'broken') return false
      for (const { position, message } of read.delivered) {
        const { part } = readHeaders(message.headers, message.subject)
        if (position >= before || part?.of !== of) continue
        found.add(part.turn)
        shelf.put(token, of, part.turn, new Uint8Array(message.data))
      }
      const isPast = (read.delivered.at(-1)?.position ?? 0) >= before
      if (found.size >= count || isPast || read.isAll) return true
    }
  } finally {
    reader.break('it was read')
  }
}
