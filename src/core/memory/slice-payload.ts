import { grepText } from './grep-text.ts'
import { followPath } from './json-path.ts'
import type { Sliced } from './slice.ts'
import { sliceLines } from './slice-lines.ts'

/** Which piece of a payload is wanted. */
export type SliceQuery =
  /** Lines by number, the first is 1, both ends included. */
  | { readonly lines: { readonly from: number; readonly to: number } }
  /** A JSON path: `$.a.b`, `['a b']`, `[3]`, `[-1]`, `[*]`; see {@link followPath}. */
  | { readonly path: string }
  /** Lines that hold these words, or `/one literal/`, `*` standing for anything; see {@link grepText}. */
  | { readonly grep: string; readonly context?: number }

/**
 * Takes one piece out of a payload.
 *
 * Total and pure; linear in the payload, whatever is asked. There are no patterns but literals and `*`, so
 * nothing that a caller or a model writes can hang.
 *
 * @see SPEC.md rules REC5–REC8
 */
export function slicePayload(text: string, query: SliceQuery): Sliced {
  if ('lines' in query) return sliceLines(text, query.lines)
  if ('path' in query) return followPath(text, query.path)
  return grepText(text, query.grep, query.context)
}
