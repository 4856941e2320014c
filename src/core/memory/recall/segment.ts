import type { Seq } from '../../session/message.ts'

/** Changes whenever the same log would be indexed otherwise. Segments of another version are built anew. */
export const SEGMENT_VERSION = 1

/**
 * The index of a run of the log: which terms stand in which of its passages. Plain data that can be stored
 * as it is; the texts themselves stay in the log.
 */
export interface Segment {
  readonly version: number
  /** First and last message of the run. */
  readonly from: Seq
  readonly to: Seq
  /** All terms, ascending by code units, one to a line. */
  readonly terms: string
  /** Where each term's postings begin, and the end of the last one's. */
  readonly starts: Uint32Array
  /** Passages by term, ascending within a term. */
  readonly postings: Uint16Array
  /** How often, in halves: a part of an identifier counts half. One for each posting. */
  readonly counts: Uint8Array
  /** Of each passage: its message, where it begins in that message's text, its length, and its terms. */
  readonly seqs: Uint32Array
  readonly offsets: Uint32Array
  readonly lengths: Uint16Array
  readonly sizes: Uint16Array
  /** Over all of the above. */
  readonly checksum: number
}

/** A segment as it is stored. */
export interface SegmentRow extends Segment {
  readonly session: string
  /** Its place in the row of segments; the first is 0. */
  readonly segment: number
  /** How often settled messages had changed places by then; missing for never. */
  readonly mended?: number
}
