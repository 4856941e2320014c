/** A long text cut into pieces small enough to be drawn. */
export interface PagedText {
  readonly lines: number
  /** The first lines, shown while collapsed. */
  readonly head: string
  /** Whether anything is left out while collapsed. */
  readonly long: boolean
  readonly pages: number
}

/** How much of a text is shown while collapsed. */
export interface HeadSize {
  readonly lines: number
  readonly chars: number
}

/** Tool output is skimmed; what people and models say is read. */
export const OUTPUT_HEAD: HeadSize = { lines: 6, chars: 600 }
export const PROSE_HEAD: HeadSize = { lines: 30, chars: 2_400 }

/** A text this much longer than its head is shown whole. */
const SLACK = 1.35
/** Most text drawn at a time once opened: some 400 lines of a build log. */
export const PAGE_CHARS = 24_000

/**
 * Measures a text for showing it collapsed and in pages.
 *
 * @see SPEC.md rules APP29, APP30
 */
export function pageText(text: string, headSize: HeadSize): PagedText {
  let lines = 1
  let headEnd = -1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    if (lines === headSize.lines) headEnd = at
    lines++
  }
  // A button that brings two more lines is worth less than the lines.
  const nearly = lines <= headSize.lines * SLACK && text.length <= headSize.chars * SLACK
  const cut = Math.min(headEnd < 0 ? text.length : headEnd, headSize.chars)
  const end = nearly ? text.length : wholeCharacter(text, cut)
  return {
    lines,
    head: text.slice(0, end),
    long: end < text.length,
    pages: Math.max(1, Math.ceil(text.length / PAGE_CHARS)),
  }
}

/** One page of a text, from 0. Pages joined in order are the text. */
export function pageOf(text: string, page: number): string {
  const from = wholeCharacter(text, page * PAGE_CHARS)
  const to = wholeCharacter(text, (page + 1) * PAGE_CHARS)
  return text.slice(from, to)
}

/** Moves a cut back from the middle of a surrogate pair. */
function wholeCharacter(text: string, cut: number): number {
  if (cut <= 0 || cut >= text.length) return Math.min(Math.max(0, cut), text.length)
  const before = text.charCodeAt(cut - 1)
  const after = text.charCodeAt(cut)
  const splits = before >= 0xd800 && before < 0xdc00 && after >= 0xdc00 && after < 0xe000
  return splits ? cut - 1 : cut
}
