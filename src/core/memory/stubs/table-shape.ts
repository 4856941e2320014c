import { eachLine } from './each-line.ts'
import { plural, row, type Shape, type ShapeRow } from './shape.ts'

/** How the cells of a table are told apart. */
export type TableForm = 'CSV' | 'TSV' | 'Markdown' | 'semicolon CSV'

/** Rows that types and ranges are read from. */
const SAMPLE = 500
const MAX_COLUMNS = 40

/** Columns with types and ranges, the number of rows, and the first and last of them. */
export function tableShape(text: string, form: TableForm): Shape {
  let header: readonly string[] | undefined
  const columns: Column[] = []
  const first: string[] = []
  let last = ''
  let rows = 0
  eachLine(text, (line) => {
    if (line.trim() === '' || isRule(line, form)) return
    if (!header) {
      header = splitRow(line, form)
      return
    }
    rows += 1
    last = line
    if (first.length < 3) first.push(line)
    if (rows > SAMPLE) return
    splitRow(line, form)
      .slice(0, MAX_COLUMNS)
      .forEach((cell, index) => addCell((columns[index] ??= newColumn()), cell))
  })
  const names = header ?? []
  const shown: ShapeRow[] = [
    row(`columns: ${names.slice(0, MAX_COLUMNS).map(describeColumn(columns)).join(', ')}`, 100),
    ...first.map((line, index) => row(line.trim(), 70 - index * 10)),
  ]
  if (rows > first.length) shown.push(row(last.trim(), 55))
  const size = `${plural(rows, 'row')} × ${plural(names.length, 'column')}`
  return { summary: `${form} table, ${size}`, rows: shown }
}

/** Splits one line into its cells; quoted ones of CSV may hold the delimiter. */
export function splitRow(line: string, form: TableForm): readonly string[] {
  switch (form) {
    case 'TSV':
      return line.split('\t')
    case 'Markdown':
      return line
        .trim()
        .replace(/^\||\|$/g, '')
        .split('|')
        .map((cell) => cell.trim())
    case 'CSV':
      return splitQuoted(line, ',')
    case 'semicolon CSV':
      return splitQuoted(line, ';')
  }
}

/** Whether a line only draws a table. */
function isRule(line: string, form: TableForm): boolean {
  return form === 'Markdown' && /^[\s|:+=-]+$/.test(line)
}

function splitQuoted(line: string, delimiter: string): readonly string[] {
  if (!line.includes('"')) return line.split(delimiter)
  const cells: string[] = []
  let from = 0
  let isQuoted = false
  for (let at = 0; at < line.length; at += 1) {
    const unit = line[at]
    if (unit === '"') isQuoted = !isQuoted
    else if (unit === delimiter && !isQuoted) {
      cells.push(line.slice(from, at))
      from = at + 1
    }
  }
  cells.push(line.slice(from))
  return cells
}

interface Column {
  numbers: number
  dates: number
  filled: number
  least: number
  most: number
  readonly values: Set<string>
}

function newColumn(): Column {
  return { numbers: 0, dates: 0, filled: 0, least: Infinity, most: -Infinity, values: new Set() }
}

function addCell(column: Column, cell: string): void {
  const value = cell.trim().replace(/^"|"$/g, '')
  if (value === '') return
  column.filled += 1
  if (column.values.size <= 6) column.values.add(value.slice(0, 24))
  if (/^[-+]?\d[\d_]{0,18}(?:\.\d{1,18})?(?:e[-+]?\d{1,3})?%?$/i.test(value)) {
    const number = Number.parseFloat(value)
    column.numbers += 1
    column.least = Math.min(column.least, number)
    column.most = Math.max(column.most, number)
  } else if (/^\d{4}-\d\d-\d\d(?:[T ]|$)|^\d{1,2}[./]\d{1,2}[./]\d{2,4}$/.test(value)) {
    column.dates += 1
  }
}

/** `price number 3.5–120`, `state one of open|closed`, `name text`. */
function describeColumn(columns: readonly Column[]) {
  return (name: string, index: number): string => {
    const label = name.trim().replace(/^"|"$/g, '').slice(0, 40) || `#${index + 1}`
    const column = columns[index]
    if (!column || column.filled === 0) return `${label} empty`
    if (column.numbers === column.filled) {
      return `${label} number ${column.least}–${column.most}`
    }
    if (column.dates === column.filled) return `${label} date`
    const isChoice = column.values.size <= 4 && column.filled >= column.values.size * 3
    return isChoice ? `${label} ${[...column.values].join('|')}` : `${label} text`
  }
}
