import type { Seq } from '../../session/message.ts'
import { scanTerms, type TermKind } from './scan-terms.ts'
import { checksumOf, type Unsigned } from './segment-checksum.ts'
import { SEGMENT_VERSION, type Segment } from './segment.ts'
import { splitPassages } from './split-passages.ts'

/** A text to be found again. Messages of the log are documents; so is whatever else names a message. */
export interface RecallDocument {
  readonly seq: Seq
  readonly text: string
}

/** A segment is full when it has so many messages, or so much text (some 32,000 tokens). */
const MAX_MESSAGES = 512
const MAX_TEXT = 128_000
/** Postings name passages by 16 bits. The longest text has a quarter of these. */
const MAX_PASSAGES = 0xffff
const MAX_COUNT = 0xff
/** Counts are kept in halves. */
const WHOLE = 2
const PART = 1

/** Collects documents into a segment. */
export interface SegmentBuilder {
  /** The message that comes next. */
  readonly next: Seq
  /** Documents come in the order of their messages. */
  add(document: RecallDocument): void
  isEmpty(): boolean
  /** Whether the next document belongs to another segment. Depends on what was added and on nothing else. */
  isFull(): boolean
  /** The segment of what was added so far. Adding may go on. */
  build(): Segment
}

/** An empty segment that begins with this message. Adding a text is linear in its length. */
export function createSegmentBuilder(from: Seq): SegmentBuilder {
  const postings = createPostings()
  const passages: Passages = { seqs: [], offsets: [], lengths: [], sizes: [] }
  let next = from
  let messages = 0
  let length = 0
  return {
    get next() {
      return next
    },
    add({ seq, text }) {
      next = seq + 1
      messages += 1
      length += text.length
      for (const stretch of splitPassages(text)) {
        if (passages.seqs.length >= MAX_PASSAGES) return
        const passage = text.slice(stretch.offset, stretch.offset + stretch.length)
        passages.sizes.push(postings.add(passages.seqs.length, passage))
        passages.seqs.push(seq)
        passages.offsets.push(stretch.offset)
        passages.lengths.push(stretch.length)
      }
    },
    isEmpty: () => messages === 0,
    isFull: () => messages >= MAX_MESSAGES || length >= MAX_TEXT,
    build() {
      const segment: Unsigned = {
        version: SEGMENT_VERSION,
        from,
        to: next - 1,
        ...postings.sort(),
        seqs: Uint32Array.from(passages.seqs),
        offsets: Uint32Array.from(passages.offsets),
        lengths: Uint16Array.from(passages.lengths),
        sizes: Uint16Array.from(passages.sizes),
      }
      return { ...segment, checksum: checksumOf(segment) }
    },
  }
}

interface Passages {
  readonly seqs: number[]
  readonly offsets: number[]
  readonly lengths: number[]
  readonly sizes: number[]
}

type Sorted = Pick<Segment, 'terms' | 'starts' | 'postings' | 'counts'>

/** Which terms stand in which passages, as they come. */
interface Postings {
  /** Returns how many terms the text has. */
  add(passage: number, text: string): number
  sort(): Sorted
}

function createPostings(): Postings {
  const ids = new Map<string, number>()
  /** By term: its newest entry. */
  const newest: number[] = []
  const entries: Entries = { terms: [], passages: [], counts: [] }
  let passage = 0
  let halves = 0

  const onTerm = (term: string, kind: TermKind): void => {
    const weight = kind === 'part' ? PART : WHOLE
    halves += weight
    let id = ids.get(term)
    if (id === undefined) {
      id = ids.size
      ids.set(term, id)
      newest.push(-1)
    }
    const entry = newest[id] ?? -1
    if (entries.passages[entry] === passage) {
      entries.counts[entry] = Math.min(MAX_COUNT, (entries.counts[entry] ?? 0) + weight)
      return
    }
    newest[id] = entries.terms.length
    entries.terms.push(id)
    entries.passages.push(passage)
    entries.counts.push(weight)
  }

  return {
    add(own, text) {
      passage = own
      halves = 0
      scanTerms(text, onTerm)
      return Math.ceil(halves / WHOLE)
    },
    sort: () => sortEntries(ids, entries),
  }
}

/** One for each term of each passage, in the order of the passages. */
interface Entries {
  readonly terms: number[]
  readonly passages: number[]
  readonly counts: number[]
}

/** Entries by term, terms ascending; within a term they stay in the order of the passages. */
function sortEntries(ids: ReadonlyMap<string, number>, entries: Entries): Sorted {
  // By code units, as they are compared when they are looked up.
  const terms = [...ids.keys()].sort()
  const places = new Uint32Array(terms.length)
  terms.forEach((term, place) => {
    places[ids.get(term) ?? 0] = place
  })
  const starts = new Uint32Array(terms.length + 1)
  for (const term of entries.terms) {
    const behind = (places[term] ?? 0) + 1
    starts[behind] = (starts[behind] ?? 0) + 1
  }
  for (let place = 1; place < starts.length; place += 1) {
    starts[place] = (starts[place] ?? 0) + (starts[place - 1] ?? 0)
  }
  const next = starts.slice()
  const postings = new Uint16Array(entries.terms.length)
  const counts = new Uint8Array(entries.terms.length)
  entries.terms.forEach((term, entry) => {
    const place = places[term] ?? 0
    const at = next[place] ?? 0
    next[place] = at + 1
    postings[at] = entries.passages[entry] ?? 0
    counts[at] = entries.counts[entry] ?? 0
  })
  return { terms: terms.join('\n'), starts, postings, counts }
}
