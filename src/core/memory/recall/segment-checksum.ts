import type { Segment } from './segment.ts'

/** A segment that is not sealed yet. */
export type Unsigned = Omit<Segment, 'checksum'>

/**
 * A checksum over all that a segment says, against damage, not against malice: FNV-1a over 32 bits at a time
 * (Fowler, Noll and Vo), which reads a segment of 100 kB in well under a millisecond.
 */
export function checksumOf(segment: Unsigned): number {
  let hash = 0x811c9dc5
  const mix = (word: number): void => {
    hash = Math.imul(hash ^ word, 0x01000193)
    // Without it, high bits of a word would never reach the low ones.
    hash ^= hash >>> 15
  }
  mix(segment.version)
  mix(segment.from)
  mix(segment.to)
  const { terms } = segment
  mix(terms.length)
  for (let at = 0; at < terms.length; at += 1) mix(terms.charCodeAt(at))
  const { starts, postings, counts, seqs, offsets, lengths, sizes } = segment
  for (const numbers of [starts, postings, counts, seqs, offsets, lengths, sizes]) {
    mix(numbers.length)
    for (let at = 0; at < numbers.length; at += 1) mix(numbers[at] ?? 0)
  }
  return hash >>> 0
}
