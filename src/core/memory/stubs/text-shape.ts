import { eachLine } from './each-line.ts'
import { MAX_ROWS, plural, row, type Shape, type ShapeRow } from './shape.ts'

/** Lines that say how something went wrong, or how it ended. */
const TROUBLE =
  /\b(?:error|exception|failed|failures?|fatal|panic|cannot|not found|denied|refused|timed? ?out|undefined|mismatch|conflict)\b/i
const OUTCOME =
  /\b(?:passed|succeeded|success|total|summary|finished|completed|built|exit code|result)\b/i
const HEADING = /^#{1,6} \S/

/** Lines shown from the start and from the end. */
const HEAD_LINES = 3
const TAIL_LINES = 3
/** Lines with trouble shown from the first on. */
const MAX_TROUBLE = 12

/** Head and tail of a text, its headings, and the lines that tell of trouble or of an outcome. */
export function textShape(text: string, lines: number): Shape {
  const rows: ShapeRow[] = []
  const last: { readonly line: string; readonly number: number }[] = []
  let said = 0
  let headings = 0
  let troubles = 0
  let lastTrouble: ShapeRow | undefined
  let isBehindHeading = false
  eachLine(text, (line, number) => {
    if (line.trim() === '') return
    // Lines of comments in a row look like headings.
    const isHeading = HEADING.test(line) && !isBehindHeading
    isBehindHeading = HEADING.test(line)
    if (isHeading) headings += 1
    said += 1
    last.push({ line, number })
    if (last.length > TAIL_LINES) last.shift()
    if (said <= HEAD_LINES) {
      rows.push(row(line, 76 - said * 4))
    } else if (isHeading) {
      if (headings <= MAX_ROWS) rows.push(row(`${number}: ${line}`, 66 - Math.min(20, headings)))
    } else if (TROUBLE.test(line)) {
      troubles += 1
      lastTrouble = row(`${number}: ${line.trim()}`, 60)
      if (troubles <= MAX_TROUBLE) rows.push(row(`${number}: ${line.trim()}`, 64 - troubles))
    } else if (OUTCOME.test(line) && rows.length < MAX_ROWS * 2) {
      rows.push(row(`${number}: ${line.trim()}`, 30))
    }
  })
  if (troubles > MAX_TROUBLE && lastTrouble) rows.push(lastTrouble)
  const shown = new Set(rows.map((one) => one.text))
  last.forEach(({ line, number }, index) => {
    const isNew = number > HEAD_LINES && !shown.has(`${number}: ${line.trim()}`)
    if (isNew) rows.push(row(line, 58 + index * 6))
  })
  // One endless line has an end of its own.
  if (lines === 1 && text.length > 800) rows.push(row(text.slice(-160), 60))
  const isDocument = headings >= 2
  const heads = isDocument ? `, ${plural(headings, 'heading')}` : ''
  return { summary: `${isDocument ? 'document' : 'text'}, ${plural(lines, 'line')}${heads}`, rows }
}
