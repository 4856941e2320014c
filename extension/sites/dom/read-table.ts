/** Most rows and cells of a row that are read. */
const MAX_ROWS = 2_000
const MAX_CELLS = 100

/** A table with one line for each row; the first row is its head. */
export function readTable(table: Element, readCell: (cell: Element) => string): string {
  const rows = Array.from(table.querySelectorAll('tr'))
    .filter((row) => row.closest('table') === table)
    .slice(0, MAX_ROWS)
    .map((row) =>
      Array.from(row.children)
        .filter((cell) => /^T[DH]$/i.test(cell.tagName))
        .slice(0, MAX_CELLS)
        .map((cell) => readCell(cell).replace(/\s+/g, ' ').replaceAll('|', '\\|')),
    )
    .filter((row) => row.length > 0)
  const [head] = rows
  if (head === undefined) return ''
  const lines = rows.map((row) => `| ${row.join(' | ')} |`)
  lines.splice(1, 0, `| ${head.map(() => '---').join(' | ')} |`)
  return lines.join('\n')
}
