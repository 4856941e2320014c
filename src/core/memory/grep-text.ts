import { MAX_SLICE_LENGTH, type Sliced } from './slice.ts'

/** Most characters and words of what is looked for. */
const MAX_PATTERN_LENGTH = 400
const MAX_WORDS = 16
/** Most matches shown, and most lines of context on each side. */
const MAX_MATCHES = 200
const MAX_CONTEXT = 20
/** Characters of a longer line that are shown around a match. */
const PASSAGE_LENGTH = 400
/** A line longer than this may match more than once. */
const LONG_LINE = 1_000

/** What a line has to hold: pieces in this order, anything between them. */
type Needle = readonly string[]

interface Match {
  /** Index of the line. */
  readonly line: number
  /** Where in the line. */
  readonly at: number
}

/**
 * Lines that hold all words of a pattern, in any order, or, between slashes, one literal with its spaces.
 * `*` stands for anything within the line. Without a capital letter, case does not count.
 *
 * Deliberately no regular expressions: nothing that a model writes can make this take more than linear time.
 * Shown as `12: line`, lines of context as `11- line`; of a long line, the passage around each match, as
 * `12@3456: passage`.
 *
 * @param context - Lines shown around each match, 0 to 20; none by default.
 * @see SPEC.md rule REC7
 */
export function grepText(text: string, pattern: string, context: number = 0): Sliced {
  if (typeof pattern !== 'string' || pattern.length > MAX_PATTERN_LENGTH) {
    const reason = `grep takes at most ${MAX_PATTERN_LENGTH} characters of words or /a literal/`
    return { kind: 'invalid', reason }
  }
  if (!Number.isInteger(context) || context < 0 || context > MAX_CONTEXT) {
    return { kind: 'invalid', reason: `context is 0 to ${MAX_CONTEXT} lines, got ${context}` }
  }
  const needles = needlesOf(pattern)
  if (needles.length === 0) return { kind: 'invalid', reason: 'grep has nothing to look for' }
  const lines = text.split('\n')
  const folds = pattern === pattern.toLowerCase()
  const matches: Match[] = []
  let found = 0
  lines.forEach((line, index) => {
    const searched = folds ? line.toLowerCase() : line
    for (const at of findInLine(searched, needles)) {
      found += 1
      if (matches.length < MAX_MATCHES) matches.push({ line: index, at })
    }
  })
  return { kind: 'sliced', unit: 'matches', found, ...showMatches(lines, matches, context) }
}

/** `/a literal/` is one needle, anything else one for each word. */
function needlesOf(pattern: string): readonly Needle[] {
  const isLiteral = pattern.length > 2 && pattern.startsWith('/') && pattern.endsWith('/')
  const wanted = isLiteral ? [pattern.slice(1, -1)] : pattern.trim().split(/\s+/, MAX_WORDS)
  return wanted
    .map((word) => word.split('*').filter((piece) => piece !== ''))
    .filter((pieces) => pieces.length > 0)
}

/** Where a line matches: nowhere, once, or, if it is long, as often as the first needle is in it. */
function findInLine(line: string, needles: readonly Needle[]): readonly number[] {
  const [first, ...others] = needles
  if (!first || others.some((needle) => findNeedle(line, needle, 0) === undefined)) return []
  const places: number[] = []
  for (let from = 0; ;) {
    const place = findNeedle(line, first, from)
    if (!place) return places
    places.push(place.at)
    if (line.length <= LONG_LINE) return places
    // What is shown around one match need not be shown again.
    from = Math.max(place.end, place.at + PASSAGE_LENGTH / 2)
  }
}

/** The leftmost place of each piece in turn: if these do not fit, none do. */
function findNeedle(
  line: string,
  pieces: Needle,
  from: number,
): { readonly at: number; readonly end: number } | undefined {
  let at = -1
  let end = from
  for (const piece of pieces) {
    const found = line.indexOf(piece, end)
    if (found === -1) return undefined
    if (at === -1) at = found
    end = found + piece.length
  }
  return { at, end }
}

function showMatches(
  lines: readonly string[],
  matches: readonly Match[],
  context: number,
): { readonly text: string; readonly shown: number; readonly cut: number } {
  const out: string[] = []
  const matched = new Set(matches.map(({ line }) => line))
  let length = 0
  let cut = 0
  let shown = 0
  let through = -1
  const show = (line: string, label: string): void => {
    out.push(`${label}${line}`)
    length += label.length + line.length + 1
  }
  const showContext = (from: number, to: number): void => {
    for (let index = Math.max(from, through + 1, 0); index <= to; index += 1) {
      const line = lines[index]
      // A match is shown by itself.
      if (line === undefined || matched.has(index)) return
      const passage = passageAt(line, 0)
      cut += passage.cut
      show(passage.text, `${index + 1}- `)
      through = index
    }
  }
  for (const { line, at } of matches) {
    if (length > MAX_SLICE_LENGTH - PASSAGE_LENGTH * 2) break
    if (context > 0 && out.length > 0 && line - context > through + 1) show('--', '')
    showContext(line - context, line - 1)
    const passage = passageAt(lines[line] ?? '', at)
    cut += passage.cut
    show(passage.text, passage.cut > 0 ? `${line + 1}@${at + 1}: ` : `${line + 1}: `)
    shown += 1
    through = line
    showContext(line + 1, line + context)
  }
  return { text: out.join('\n'), shown, cut }
}

/** A line, or of a long one the passage around a place. */
function passageAt(line: string, at: number): { readonly text: string; readonly cut: number } {
  if (line.length <= PASSAGE_LENGTH) return { text: line, cut: 0 }
  const from = Math.max(0, Math.min(at - PASSAGE_LENGTH / 4, line.length - PASSAGE_LENGTH))
  const to = from + PASSAGE_LENGTH
  const passage = line.slice(from, to).toWellFormed()
  const text = `${from > 0 ? '…' : ''}${passage}${to < line.length ? '…' : ''}`
  return { text, cut: line.length - PASSAGE_LENGTH }
}
