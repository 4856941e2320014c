import { eachLine } from './each-line.ts'
import { MAX_ROWS, plural, row, type Shape, type ShapeRow } from './shape.ts'

/** Changed lines shown of each hunk. */
const LINES_PER_HUNK = 3
const MAX_FILES = 200

interface ChangedFile {
  readonly name: string
  added: number
  removed: number
  readonly rows: ShapeRow[]
}

/**
 * Files of a unified diff, or of the patch form `*** Begin Patch`, with what was added and removed,
 * the headers of their hunks and the first changed lines of each.
 */
export function diffShape(text: string): Shape {
  const files: ChangedFile[] = []
  let added = 0
  let removed = 0
  let shown = 0
  let rows = 0
  const current = (): ChangedFile => files.at(-1) ?? open(files, '')
  const show = (line: string, worth: number): void => {
    if (rows >= MAX_ROWS) return
    rows += 1
    current().rows.push(row(line, worth))
  }
  eachLine(text, (line) => {
    const name = fileOf(line)
    if (name !== undefined) {
      if (files.at(-1)?.name !== name && files.length < MAX_FILES) open(files, name)
      shown = 0
      return
    }
    if (line.startsWith('@@')) {
      shown = 0
      show(line.trimEnd(), 55)
      return
    }
    const sign = line[0]
    if ((sign !== '+' && sign !== '-') || /^(?:\+\+\+|---)(?: |$)/.test(line)) return
    if (sign === '+') added += 1
    else removed += 1
    if (sign === '+') current().added += 1
    else current().removed += 1
    if (line.trim().length < 2 || shown >= LINES_PER_HUNK) return
    show(line, 50 - shown * 10)
    shown += 1
  })
  const size = `${plural(files.length, 'file')}, +${added} −${removed}`
  return {
    summary: `diff, ${size}`,
    rows: files.flatMap((file, index) => [
      row(`${file.name} +${file.added} −${file.removed}`, 100 - Math.min(30, index)),
      ...file.rows,
    ]),
  }
}

/** The file that a header line names. */
function fileOf(line: string): string | undefined {
  const patch = /^\*\*\* (?:Add|Update|Delete) File: (.+)$/.exec(line)
  if (patch) return patch[1]?.trim()
  const git = /^diff --git a\/(.+) b\/(.+)$/.exec(line)
  if (git) return git[2]
  const plain = /^(?:\+\+\+|---) (?:[ab]\/)?([^\t]+)/.exec(line)
  if (plain?.[1] === '/dev/null' || plain?.[1] === undefined) return undefined
  return plain[1].trim()
}

function open(files: ChangedFile[], name: string): ChangedFile {
  const file = { name, added: 0, removed: 0, rows: [] }
  files.push(file)
  return file
}
