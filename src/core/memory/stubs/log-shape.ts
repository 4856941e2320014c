import { eachLine } from './each-line.ts'
import { createLogTemplates } from './log-templates.ts'
import { plural, row, type Shape, type ShapeRow } from './shape.ts'

const LEVEL = /\b(FATAL|CRITICAL|ERROR|ERR|WARN(?:ING)?|INFO|DEBUG|TRACE|NOTICE)\b/
const LOWER_LEVEL =
  /(?:level["']?[=:]\s{0,2}["']?|^|[[\s<(])(fatal|critical|error|warn(?:ing)?|info|debug|trace|notice)(?=[\]\s>):"'])/
const TIME = /\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d(?::\d\d)?|\b\d\d:\d\d:\d\d\b/

/** Lines of a log that are put into templates; of a longer one, the first of them. */
const MAX_TEMPLATED = 50_000

/** Level of a log line in capitals, or undefined. */
function levelOf(line: string): string | undefined {
  const head = line.slice(0, 160)
  const level = LEVEL.exec(head)?.[1] ?? LOWER_LEVEL.exec(head)?.[1]
  if (level === undefined) return undefined
  const upper = level.toUpperCase()
  return upper === 'WARNING' ? 'WARN' : upper === 'ERR' ? 'ERROR' : upper
}

/** Whether a line begins as log lines do: with a time or a level. */
export function isLogLine(line: string): boolean {
  const head = line.slice(0, 48)
  return (
    TIME.test(head) || /^\[?(?:FATAL|CRITICAL|ERROR|WARN(?:ING)?|INFO|DEBUG|TRACE)\b/.test(head)
  )
}

/** Levels, span of time, first and last error, and the templates of the lines with their counts. */
export function logShape(text: string, lines: number): Shape {
  const levels = new Map<string, number>()
  const log = createLogTemplates()
  let firstTime = ''
  let lastTime = ''
  let firstError: string | undefined
  let lastError: string | undefined
  let lastLine = ''
  eachLine(text, (line, number) => {
    if (line.trim() === '') return
    lastLine = `${number}: ${line.trim()}`
    const level = levelOf(line)
    if (level) levels.set(level, (levels.get(level) ?? 0) + 1)
    if (level === 'ERROR' || level === 'FATAL' || level === 'CRITICAL') {
      firstError ??= lastLine
      lastError = lastLine
    }
    const time = TIME.exec(line.slice(0, 80))?.[0]
    if (time) {
      firstTime ||= time
      lastTime = time
    }
    if (number <= MAX_TEMPLATED) log.add(line)
  })
  const counts = [...levels].toSorted((a, b) => b[1] - a[1]).map(([level, n]) => `${level} ${n}`)
  const rows: ShapeRow[] = []
  if (firstError) rows.push(row(`first error, line ${firstError}`, 95))
  if (lastError && lastError !== firstError) rows.push(row(`last error, line ${lastError}`, 90))
  log
    .templates()
    .slice(0, 20)
    .forEach(({ tokens, count }, index) => {
      rows.push(row(`×${count} ${tokens.join(' ')}`, 80 - index * 4))
    })
  if (lastLine !== lastError) rows.push(row(`last line, ${lastLine}`, 70))
  const span = firstTime && firstTime !== lastTime ? `, ${firstTime} to ${lastTime}` : ''
  const summary = `log, ${plural(lines, 'line')}${counts.length > 0 ? `, ${counts.join(', ')}` : ''}`
  return { summary: `${summary}${span}`, rows }
}
