import type { FileFinding, ImportReport } from '../../core/transfer/import-report.ts'

/** What came of a file, as the page shows it. */
export interface ReportWords {
  readonly sessions: readonly {
    readonly id: string
    readonly title: string
    /** One sentence, or empty. */
    readonly note: string
  }[]
  /** What was damaged and how it was mended. */
  readonly repairs: readonly string[]
  /** What was left out, with where and why. */
  readonly refusals: readonly string[]
}

/** Most lines shown of repairs and of refusals; the rest is counted. */
const MOST_LINES = 200

const NOTES = {
  imported: '',
  'already-there': 'It was there already; nothing was stored twice.',
  resumed: 'It went on where an earlier import stopped.',
} as const

/** A report in words. @see SPEC.md rule KEEP20 */
export function readImportReport({ sessions, repairs, refused }: ImportReport): ReportWords {
  return {
    sessions: sessions.map(({ id, title, note, kind }) => ({
      id,
      title,
      note: note ?? NOTES[kind],
    })),
    repairs: linesOf(repairs),
    refusals: linesOf(refused),
  }
}

function linesOf(findings: readonly FileFinding[]): readonly string[] {
  const lines = findings.slice(0, MOST_LINES).map(({ what, line, column, reason }) => {
    const at = line === undefined ? '' : `, line ${line}`
    return `${what}${at}${column === undefined ? '' : `, column ${column}`}: ${reason}`
  })
  const more = findings.length - MOST_LINES
  return more > 0 ? [...lines, `and ${more} more`] : lines
}
