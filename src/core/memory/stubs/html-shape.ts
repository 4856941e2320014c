import { MAX_ROWS, plural, row, type Shape, type ShapeRow } from './shape.ts'

/** Characters of a page whose text is read for its head. */
const MAX_READ = 200_000
/** Longest text of a title or heading, in UTF-16 code units. */
const MAX_HEADING = 300
const TAG = /<([a-z][a-z0-9:.-]{0,40})[^<>]*>/gi

/** Title, headings, number of links and elements, and the head of the text of HTML or XML. */
export function htmlShape(text: string): Shape {
  const rows: ShapeRow[] = []
  const counts = new Map<string, number>()
  let read = 0
  for (const match of text.matchAll(TAG)) {
    const name = (match[1] ?? '').toLowerCase()
    if (counts.size < 200 || counts.has(name)) counts.set(name, (counts.get(name) ?? 0) + 1)
    const isHeading = /^h[1-4]$/.test(name)
    if ((name !== 'title' && !isHeading) || read >= MAX_ROWS) continue
    read += 1
    const from = match.index + match[0].length
    const inner = text.slice(from, from + MAX_HEADING * 2)
    const end = inner.search(/<\/(?:title|h[1-4])\b/i)
    const said = stripTags(inner.slice(0, end === -1 ? MAX_HEADING : end))
    if (said === '') continue
    rows.push(row(`${name}: ${said}`, name === 'title' ? 100 : 96 - Number(name[1]) * 8))
  }
  const isHtml = counts.has('html') || counts.has('body') || counts.has('div') || counts.has('p')
  const links = counts.get('a') ?? 0
  const most = [...counts].toSorted((a, b) => b[1] - a[1]).slice(0, 8)
  rows.push(
    row(`elements: ${most.map(([name, n]) => `${name} ${n}`).join(', ')}`, isHtml ? 30 : 85),
  )
  const head = readText(text.slice(0, MAX_READ))
  for (const line of head) rows.push(row(line, 60))
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0)
  const summary = isHtml
    ? `HTML page, ${plural(links, 'link')}, ${plural(all, 'element')}`
    : `XML, ${plural(all, 'element')}`
  return { summary, rows }
}

/** The first lines of what a reader sees: no scripts, no styles, no marks. */
function readText(html: string): readonly string[] {
  const body = html.search(/<body\b/i)
  const text = dropElements(body === -1 ? html : html.slice(body), [
    'script',
    'style',
    'head',
    'svg',
  ])
  return text
    .replace(/<(?:\/?(?:p|div|li|tr|h[1-6]|section|article|ul|ol|table|title)|br)\b[^<>]*>/gi, '\n')
    .replace(/<[^<>]*>/g, ' ')
    .slice(0, 20_000)
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .filter((line) => line.length > 20)
    .slice(0, 6)
}

/** Drops elements with what is in them. Each search goes on where the last one ended. */
function dropElements(html: string, names: readonly string[]): string {
  let text = html
  for (const name of names) {
    const pieces: string[] = []
    const open = new RegExp(`<${name}\\b[^<>]*>`, 'gi')
    const close = new RegExp(`</${name}\\b[^<>]*>`, 'gi')
    let from = 0
    for (let match = open.exec(text); match; match = open.exec(text)) {
      pieces.push(text.slice(from, match.index))
      close.lastIndex = open.lastIndex
      const end = close.exec(text)
      from = end ? close.lastIndex : text.length
      open.lastIndex = from
    }
    pieces.push(text.slice(from))
    text = pieces.join(' ')
  }
  return text
}

function stripTags(html: string): string {
  return html
    .replace(/<[^<>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_HEADING)
}
