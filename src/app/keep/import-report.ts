import type { ImportReport } from './kept-backfold.ts'

/** What came of a file, as the page shows it. */
export interface ReportWords {
  readonly sessions: readonly {
    readonly id: string
    readonly title: string
    readonly messages: number
  }[]
  /** What was damaged and how it was mended. */
  readonly repairs: readonly string[]
  /** What was left out, with where and why. */
  readonly refusals: readonly string[]
}

/** Most lines kept of repairs and of refusals; the rest is counted. */
const MOST_LINES = 200

/** Reads a report field by field: what is missing is empty. @see SPEC.md rule KEEP20 */
export function readImportReport(report: ImportReport): ReportWords {
  const { sessions, repairs, refusals, refused } = fieldsOf(report)
  return {
    sessions: listOf(sessions).map((one) => {
      const { id, session, title, messages } = fieldsOf(one)
      return {
        id: text(id) || text(session) || text(fieldsOf(session)['id']),
        title: text(title),
        messages: typeof messages === 'number' ? messages : 0,
      }
    }),
    repairs: linesOf(repairs),
    refusals: linesOf(refusals ?? refused),
  }
}

function linesOf(value: unknown): readonly string[] {
  const all = listOf(value)
  const lines = all.slice(0, MOST_LINES).map((one) => {
    if (typeof one === 'string') return one
    const { line, place, reason, detail, file } = fieldsOf(one)
    const where = [text(file), text(place), typeof line === 'number' ? `line ${line}` : '']
    const said = text(reason) || text(detail)
    return [...where, said].filter((part) => part !== '').join(': ')
  })
  return all.length > MOST_LINES ? [...lines, `and ${all.length - MOST_LINES} more`] : lines
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
