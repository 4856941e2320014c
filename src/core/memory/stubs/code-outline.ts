import { CODE_PATTERNS, languagesOf, type Language } from './code-patterns.ts'
import { eachLine, firstLines } from './each-line.ts'
import { MAX_ROWS, plural, row, type Shape, type ShapeRow } from './shape.ts'

/** Lines of the start by which the language is told. */
const SAMPLE = 120
/** Declarations and imports in the sample that make it code, where no path says so. */
const LEAST_SIGNS = 3

/**
 * Language of a text by its declarations, or undefined.
 *
 * @param label - May name a file, whose extension then decides, as long as anything is declared.
 */
export function findLanguage(text: string, label: string): Language | undefined {
  const lines = firstLines(text, SAMPLE, 24_000)
  const candidates = languagesOf(label)
  const least = candidates.length === 1 ? 1 : Math.max(LEAST_SIGNS, lines.length * 0.08)
  let best: Language | undefined
  let most = 0
  for (const language of candidates) {
    const { top, member, imports } = CODE_PATTERNS[language]
    const signs = lines.filter(
      (line) => top.test(line) || imports.test(line) || member?.test(line) === true,
    ).length
    if (signs > most) {
      most = signs
      best = language
    }
  }
  return most >= least ? best : undefined
}

/** Declarations with their line numbers, and what is imported. */
export function codeShape(text: string, language: Language, lines: number, offset: number): Shape {
  const { top, member, imports } = CODE_PATTERNS[language]
  const rows: ShapeRow[] = []
  const imported: string[] = []
  let declared = 0
  eachLine(text, (line, number) => {
    const name = imported.length < 24 ? imports.exec(line) : null
    if (name) {
      imported.push(name[1] ?? name[2] ?? '')
      return
    }
    const isTop = top.test(line)
    if (!isTop && member?.test(line) !== true) return
    declared += 1
    // Of a long file, what it exports is worth more than what is inside of that.
    const isPublic = isTop && /^(?:export|pub|public|func [A-Z(]|type [A-Z])/.test(line)
    const worth = (isPublic ? 80 : isTop ? 72 : 56) - Math.min(12, declared / 20)
    const text = line.trim().replace(/\s*[{:]$/, '')
    if (rows.length < MAX_ROWS * 4) rows.push(row(`${number + offset}: ${text}`, worth))
  })
  if (imported.length > 0) rows.unshift(row(`imports ${[...new Set(imported)].join(', ')}`, 40))
  return {
    summary: `${language} code, ${plural(lines, 'line')}, ${plural(declared, 'declaration')}`,
    rows,
  }
}
