import { eachLine } from './each-line.ts'
import { plural, row, type Shape, type ShapeRow } from './shape.ts'

/** `src/app.ts:12:text`, `src/app.ts-12-text` and `src/app.ts:12` of grep and compilers. */
const MATCH = /^([^\s:][^:\n]{0,300}?)[:-](\d{1,7})(?:[:-](.*))?$/
const LONG_ENTRY = /^[-dlbcps][rwxsStT-]{9}/
const TREE_MARK = /[├└│]/

const MAX_GROUPS = 2_000

/** Whether a line is one match of a search in files. */
export function isSearchMatch(line: string): boolean {
  const path = MATCH.exec(line)?.[1]
  return path !== undefined && /[./\\]/.test(path) && !/^\d/.test(path) && !path.includes('  ')
}

/** Whether a line is one entry of a list of files. */
export function isFileEntry(line: string): boolean {
  if (LONG_ENTRY.test(line) || TREE_MARK.test(line)) return true
  const entry = line.trim()
  if (entry === '' || /\s/.test(entry.replace(/\\ /g, '')) || entry.length > 300) return false
  return /^[\w.@~+\\/()[\]-]+$/.test(entry) && (/[/\\]/.test(entry) || /\.\w{1,8}$/.test(entry))
}

/** Files with the number of their matches, and the first match of each. */
export function searchShape(text: string): Shape {
  const files = new Map<string, { count: number; readonly first: string }>()
  let matches = 0
  eachLine(text, (line) => {
    const match = MATCH.exec(line)
    const path = match?.[1]
    if (path === undefined) return
    matches += 1
    const known = files.get(path)
    if (known) known.count += 1
    else if (files.size < MAX_GROUPS) {
      files.set(path, { count: 1, first: `${match?.[2] ?? ''}: ${(match?.[3] ?? '').trim()}` })
    }
  })
  const rows = [...files].flatMap(([path, { count, first }], index): ShapeRow[] => {
    const rank = Math.min(40, index)
    return [row(`${path} ×${count}, ${first}`, 80 - rank + Math.min(10, count))]
  })
  return {
    summary: `search results, ${plural(matches, 'match', 'matches')} in ${plural(files.size, 'file')}`,
    rows,
  }
}

/** Folders with the number of their entries, kinds of files, and the first entries. */
export function fileListShape(text: string): Shape {
  const folders = new Map<string, number>()
  const kinds = new Map<string, number>()
  const first: string[] = []
  let entries = 0
  eachLine(text, (line) => {
    const entry = line.trim()
    if (entry === '' || /^total \d+$/.test(entry)) return
    entries += 1
    if (first.length < 24) first.push(entry)
    const name = entry.slice(entry.lastIndexOf(' ') + 1)
    const folder = name.replace(/^\.\//, '').split(/[/\\]/, 3)
    if (folder.length > 1) countIn(folders, `${folder.slice(0, -1).join('/')}/`)
    const kind = /\.\w{1,8}$/.exec(name)?.[0]
    if (kind) countIn(kinds, kind)
  })
  const rows: ShapeRow[] = []
  if (kinds.size > 0) rows.push(row(`kinds: ${mostOf(kinds, 8)}`, 90))
  if (folders.size > 0) rows.push(row(`folders: ${mostOf(folders, 12)}`, 95))
  first.forEach((entry, index) => rows.push(row(entry, 60 - index)))
  return { summary: `file list, ${plural(entries, 'entry', 'entries')}`, rows }
}

function countIn(counts: Map<string, number>, key: string): void {
  if (counts.size < MAX_GROUPS || counts.has(key)) counts.set(key, (counts.get(key) ?? 0) + 1)
}

function mostOf(counts: ReadonlyMap<string, number>, most: number): string {
  const sorted = [...counts].toSorted((a, b) => b[1] - a[1])
  const named = sorted.slice(0, most).map(([key, count]) => `${key} ${count}`)
  return named.join(', ') + (sorted.length > most ? `, ${sorted.length - most} more` : '')
}
