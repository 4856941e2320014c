/** A piece of a payload, bounded, with how much there is besides. */
export interface Slice {
  readonly text: string
  /** What `found` and `shown` count. */
  readonly unit: 'lines' | 'values' | 'matches'
  /** Lines asked for, or values or matches that there are. */
  readonly found: number
  /** How many of them the text has, a shortened one included. */
  readonly shown: number
  /** Characters of what is shown that were left out. */
  readonly cut: number
  /** Size of the whole payload, in UTF-16 code units and lines. */
  readonly characters: number
  readonly lines: number
}

export type Sliced =
  | ({ readonly kind: 'sliced' } & Omit<Slice, 'characters' | 'lines'>)
  | { readonly kind: 'invalid' | 'missing'; readonly reason: string }

/** Longest text of one slice, in UTF-16 code units. */
export const MAX_SLICE_LENGTH = 100_000

/** Number of lines of a text; an empty one has one. */
export function countLines(text: string): number {
  let lines = 1
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1
  return lines
}
