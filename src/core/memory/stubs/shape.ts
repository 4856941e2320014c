import { groupDigits } from '../group-digits.ts'

/** One line that a stub may show. */
export interface ShapeRow {
  readonly text: string
  /** How much it is worth beside the others; the best are shown, in the order of the payload. */
  readonly worth: number
}

/** What a payload is like: one line about the whole, and lines from which a stub is filled. */
export interface Shape {
  /** Kind and size in the kind's own measure: `CSV table, 1,200 rows × 8 columns`. */
  readonly summary: string
  readonly rows: readonly ShapeRow[]
}

/** Most rows that a renderer offers: a stub has room for a few of them. */
export const MAX_ROWS = 60

/** A row of a shape. */
export function row(text: string, worth: number): ShapeRow {
  return { text, worth }
}

/** `1 row`, `2 rows`. */
export function plural(count: number, one: string, many: string = `${one}s`): string {
  return `${groupDigits(count)} ${count === 1 ? one : many}`
}
