import { createSegmentBuilder, type SegmentBuilder } from '../core/memory/recall/build-segment.ts'
import { openSegment, type OpenSegment } from '../core/memory/recall/open-segment.ts'
import { recallText } from '../core/memory/recall/recall-text.ts'
import type { SegmentRow } from '../core/memory/recall/segment.ts'
import type { AbortSignalLike } from '../core/ports/abort-signal-like.ts'
import type { SessionStore } from '../core/ports/session-store.ts'
import type { Message, Seq } from '../core/session/message.ts'

/** Messages read in one transaction, so that indexing never holds up an append for long. */
const SLICE = 32
/** Segments read in one transaction; each has some 100 kB. */
const SEGMENT_SLICE = 8

/** The index of one session, kept up with its log. */
export interface SessionIndex {
  /** Everything up to this message, indexed. Calls in a row wait for each other. */
  upTo(newest: Seq, signal: AbortSignalLike, places?: Places): Promise<readonly OpenSegment[]>
  /** What it takes in memory, about, in bytes. */
  size(): number
}

/** Which messages may still change places, where other devices have a part in the session. */
export interface Places {
  /** Newest message whose place is settled. */
  readonly confirmed: Seq
  /** How often others have changed places. */
  readonly moves: number
  /** How often settled ones have; 0 by default. */
  readonly mended?: number
}

export type IndexStore = Pick<SessionStore, 'read' | 'put'>

/**
 * Reads the segments that are stored, indexes what they lack, and stores each segment once it is full. A segment
 * that is missing, damaged or of another version is made again from the log, and no other: where segments end
 * follows from the log alone.
 *
 * @see SPEC.md rules IDX5, IDX6, SYNC26
 */
export function createSessionIndex(store: IndexStore, session: string): SessionIndex {
  const segments: OpenSegment[] = []
  let filling: SegmentBuilder = createSegmentBuilder(1)
  /** The unfinished segment as it was last searched. */
  let unfinished: OpenSegment | undefined
  const stored = createSegmentReader(store, session)
  let turn: Promise<unknown> = Promise.resolve()
  let places: Places = SETTLED

  const finish = async (): Promise<void> => {
    const segment = filling.build()
    const { mended } = places
    const row: SegmentRow = {
      ...segment,
      session,
      segment: segments.length,
      ...(mended === undefined ? {} : { mended }),
    }
    const opened = openSegment(segment)
    if (opened) segments.push(opened)
    filling = createSegmentBuilder(segment.to + 1)
    unfinished = undefined
    if (segment.to > places.confirmed) return
    // What can't be stored is indexed again another time.
    await store.put([{ table: 'index', row }]).catch(() => {})
  }

  /** Takes the next segment as it is stored. */
  const takeStored = async (newest: Seq): Promise<boolean> => {
    const opened = await stored.read(segments.length, places.mended)
    if (opened?.segment.from !== filling.next || opened.segment.to > newest) return false
    segments.push(opened)
    filling = createSegmentBuilder(opened.segment.to + 1)
    unfinished = undefined
    return true
  }

  /** Indexes messages until a segment is full, or the slice ends. */
  const indexSlice = async (newest: Seq): Promise<void> => {
    const from = filling.next
    const to = Math.min(newest, from + SLICE - 1)
    const { range } = await store.read({ session, range: { from, to } })
    for (const message of withGaps(range, from, to)) {
      filling.add(message)
      unfinished = undefined
      if (filling.isFull()) return finish()
    }
  }

  /** Forgets all segments but the first ones. */
  const keepFirst = (most: number): void => {
    segments.length = most
    filling = createSegmentBuilder((segments.at(-1)?.segment.to ?? 0) + 1)
    unfinished = undefined
    stored.forget()
  }

  const catchUp = async (newest: Seq, signal: AbortSignalLike): Promise<readonly OpenSegment[]> => {
    // The log is shorter than what was indexed: it is another one by now.
    if (filling.next > newest + 1) keepFirst(0)
    while (filling.next <= newest && !signal.aborted) {
      if (filling.isEmpty() && (await takeStored(newest))) continue
      await indexSlice(newest)
    }
    if (filling.isEmpty()) return [...segments]
    unfinished ??= openSegment(filling.build())
    return unfinished ? [...segments, unfinished] : [...segments]
  }

  return {
    upTo(newest, signal, now = SETTLED) {
      const own = turn.then(() => {
        if (now.mended !== places.mended) keepFirst(0)
        else if (now.moves !== places.moves) {
          keepFirst(segments.filter(({ segment }) => segment.to <= places.confirmed).length)
        }
        places = now
        return catchUp(newest, signal)
      })
      turn = own.catch(() => {})
      return own
    },
    size: () => segments.reduce((sum, segment) => sum + segment.bytes, 0),
  }
}

/** Where no other device has a part, nothing moves. */
const SETTLED: Places = { confirmed: Infinity, moves: 0 }

/** Reads stored segments some at a time, each once. */
function createSegmentReader(
  store: IndexStore,
  session: string,
): { read(segment: number, mended?: number): Promise<OpenSegment | undefined>; forget(): void } {
  let ahead = new Map<number, SegmentRow>()
  let readTo = 0
  let isAtEnd = false
  return {
    async read(segment, mended) {
      if (segment >= readTo && !isAtEnd) {
        const numbers = Array.from({ length: SEGMENT_SLICE }, (_, index) => segment + index)
        const { index } = await store.read({ session, index: numbers })
        ahead = new Map(index.map((row) => [row.segment, row]))
        readTo = segment + SEGMENT_SLICE
        isAtEnd = index.length === 0
      }
      const row = ahead.get(segment)
      ahead.delete(segment)
      // Its messages may have had other places then.
      return row && row.mended === mended ? openSegment(row) : undefined
    },
    forget() {
      ahead.clear()
      readTo = 0
      isAtEnd = false
    },
  }
}

/** The texts of a range. A message that is missing from the log says nothing. */
function withGaps(
  range: readonly Message[],
  from: Seq,
  to: Seq,
): readonly { readonly seq: Seq; readonly text: string }[] {
  const bySeq = new Map(range.map((message) => [message.seq, message]))
  return Array.from({ length: to - from + 1 }, (_, index) => {
    const message = bySeq.get(from + index)
    return { seq: from + index, text: message ? recallText(message) : '' }
  })
}
