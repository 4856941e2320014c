import { checksumOf } from './segment-checksum.ts'
import { SEGMENT_VERSION, type Segment } from './segment.ts'

/** A segment that was found sound, ready to be searched. */
export interface OpenSegment {
  readonly segment: Segment
  /** Ascending by code units. */
  readonly terms: readonly string[]
  /** What it takes in memory, about. */
  readonly bytes: number
}

/**
 * Opens what was stored as a segment. Undefined if it is of another version, damaged, or no segment at all:
 * then its run of the log has to be indexed anew.
 *
 * @see SPEC.md rule IDX5
 */
export function openSegment(row: Segment): OpenSegment | undefined {
  if (row.version !== SEGMENT_VERSION || !hasShape(row)) return undefined
  if (checksumOf(row) !== row.checksum) return undefined
  const terms = row.terms === '' ? [] : row.terms.split('\n')
  if (row.starts.length !== terms.length + 1) return undefined
  return { segment: row, terms, bytes: bytesOf(row, terms.length) }
}

/** Beside its characters, a string of its own takes some 40 bytes. */
const STRING_BYTES = 40

function bytesOf({ terms, postings, seqs }: Segment, distinct: number): number {
  return terms.length * 2 + distinct * (STRING_BYTES + 4) + postings.length * 3 + seqs.length * 12
}

function hasShape(row: Segment): boolean {
  const { starts, postings, counts, seqs, offsets, lengths, sizes } = row
  const isTyped =
    typeof row.terms === 'string' &&
    Number.isInteger(row.from) &&
    Number.isInteger(row.to) &&
    [starts, seqs, offsets].every((array) => array instanceof Uint32Array) &&
    [postings, lengths, sizes].every((array) => array instanceof Uint16Array) &&
    counts instanceof Uint8Array
  if (!isTyped || counts.length !== postings.length) return false
  return [offsets, lengths, sizes].every((array) => array.length === seqs.length)
}

/** Place of the first term that is not below this one. */
export function placeOf(terms: readonly string[], term: string): number {
  let [low, high] = [0, terms.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((terms[middle] ?? '') < term) low = middle + 1
    else high = middle
  }
  return low
}
