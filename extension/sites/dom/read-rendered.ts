import { readCode, readMath } from './read-source.ts'
import { readTable } from './read-table.ts'

/** Deepest nesting that is read; what is deeper is read as plain text. */
const MAX_DEPTH = 100
/** Most nodes and characters of one turn. */
const MAX_NODES = 200_000
const MAX_TEXT = 2_000_000

/** What is never a text for people, in any language of the page. */
const LEFT_OUT =
  'button,[role="button"],[role="toolbar"],[role="tooltip"],svg,style,script,noscript,template,select,textarea,iframe,object,video,audio,canvas,[hidden],[aria-hidden="true"],.sr-only,.visually-hidden,.cdk-visually-hidden,[contenteditable="true"]'

/** Elements that begin a paragraph, and elements that begin a line. */
const PARAGRAPHS: ReadonlySet<string> = new Set(
  'P PRE UL OL TABLE BLOCKQUOTE H1 H2 H3 H4 H5 H6 HR DL FIGURE DETAILS CODE-BLOCK'.split(' '),
)
const LINES: ReadonlySet<string> = new Set(
  'DIV SECTION ARTICLE LI DT DD TR SUMMARY FIGCAPTION HEADER FOOTER MAIN ASIDE NAV'.split(' '),
)

/** A text that grows: pieces, and what is owed before the next one. */
interface Out {
  readonly pieces: string[]
  gap: number
  space: boolean
}

interface Reader {
  readonly leaveOut: string
  nodes: number
  characters: number
}

/**
 * The text of what is drawn, as Markdown: code with its language and its lines, lists, tables, links and the source
 * of formulas. Buttons, marks of sources and hidden nodes are left out. It reads the tree only: no layout is asked
 * for, and nothing becomes HTML. Total, linear and bounded.
 *
 * @param leaveOut - Selectors of what is no part of the text on this site.
 * @see SPEC.md rules DOM7, DOM8
 */
export function readRendered(element: Element, leaveOut: readonly string[]): string {
  const reader: Reader = { leaveOut: [LEFT_OUT, ...leaveOut].join(','), nodes: 0, characters: 0 }
  return readInside(reader, element, isPreformatted(element), 0)
}

function isPreformatted(element: Element): boolean {
  const around = element.closest('[class*="whitespace-pre"],[style*="white-space: pre"],pre')
  return around !== null
}

function readInside(reader: Reader, node: Node, isPre: boolean, depth: number): string {
  const out: Out = { pieces: [], gap: 0, space: false }
  readChildren(reader, out, node, isPre, depth)
  return out.pieces.join('')
}

function readChildren(reader: Reader, out: Out, node: Node, isPre: boolean, depth: number): void {
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    reader.nodes += 1
    if (reader.nodes > MAX_NODES || reader.characters > MAX_TEXT) return
    if (child.nodeType === 3) put(reader, out, child.nodeValue ?? '', isPre)
    else if (child.nodeType === 1) readElement(reader, out, child as Element, isPre, depth + 1)
  }
}

function readElement(
  reader: Reader,
  out: Out,
  element: Element,
  isPre: boolean,
  depth: number,
): void {
  if (depth > MAX_DEPTH) {
    put(reader, out, element.textContent, isPre)
    return
  }
  const math = readMath(element)
  if (math !== undefined) {
    if (math.isBlock) owe(out, 2)
    put(reader, out, math.text, true)
    if (math.isBlock) owe(out, 2)
    return
  }
  if (element.matches(reader.leaveOut)) return
  const tag = tagOf(element)
  // Lines of a question, each in a paragraph of its own.
  const isLine = element.classList.contains('query-text-line')
  const gap = isLine || LINES.has(tag) ? 1 : PARAGRAPHS.has(tag) ? 2 : 0
  if (gap > 0) owe(out, gap)
  readTagged(reader, out, { element, tag, isPre: isPre || isOwnPre(element), depth })
  if (gap > 0) owe(out, gap)
}

/** Its name, or what it is: code under a label with its language is one piece of code. */
function tagOf(element: Element): string {
  const isCode = element.getAttribute('role') === 'group' && element.querySelector('pre') !== null
  return isCode && element.querySelectorAll('p,pre').length === 1
    ? 'PRE'
    : element.tagName.toUpperCase()
}

function isOwnPre(element: Element): boolean {
  return /(?:^|\s)whitespace-pre/.test(element.getAttribute('class') ?? '')
}

interface Tagged {
  readonly element: Element
  readonly tag: string
  readonly isPre: boolean
  readonly depth: number
}

function readTagged(reader: Reader, out: Out, tagged: Tagged): void {
  const { element, tag, isPre, depth } = tagged
  if (tag === 'UL' || tag === 'OL') {
    readList(reader, out, element, depth)
    return
  }
  if (tag === 'BR') out.space = false
  const text = writeTagged(reader, tagged)
  if (text === undefined) readChildren(reader, out, element, isPre, depth)
  else put(reader, out, text, true)
}

/** What stands for an element that means more than its text; undefined for any other. */
function writeTagged(reader: Reader, { element, tag, isPre, depth }: Tagged): string | undefined {
  const inside = (): string => readInside(reader, element, isPre, depth)
  switch (tag) {
    case 'BR':
      return '\n'
    case 'HR':
      return '---'
    case 'PRE':
    case 'CODE-BLOCK':
      return readCode(element)
    case 'CODE':
      return quoteCode(element.textContent)
    case 'STRONG':
    case 'B':
      return wrap(inside(), '**')
    case 'EM':
    case 'I':
      return wrap(inside(), '*')
    case 'DEL':
    case 'S':
      return wrap(inside(), '~~')
    case 'A':
      return link(inside(), element.getAttribute('href') ?? '')
    case 'IMG':
      return image(element)
    case 'TABLE':
      return readTable(element, (cell) => readInside(reader, cell, false, depth))
    case 'BLOCKQUOTE':
      return indent(inside(), '> ', '> ')
    case 'INPUT':
      return checkbox(element)
    default:
      return /^H[1-6]$/.test(tag) ? heading(inside(), Number(tag[1])) : undefined
  }
}

function wrap(text: string, mark: string): string {
  return text === '' ? '' : mark + text + mark
}

function heading(text: string, level: number): string {
  return text === '' ? '' : `${'#'.repeat(level)} ${text}`
}

function checkbox(element: Element): string {
  if (element.getAttribute('type') !== 'checkbox') return ''
  return (element as HTMLInputElement).checked ? '[x] ' : '[ ] '
}

function readList(reader: Reader, out: Out, list: Element, depth: number): void {
  const begun = Number(list.getAttribute('start') ?? '1')
  let number = Number.isSafeInteger(begun) ? begun : 1
  const isOrdered = list.tagName.toUpperCase() === 'OL'
  for (let child = list.firstChild; child !== null; child = child.nextSibling) {
    reader.nodes += 1
    if (reader.nodes > MAX_NODES) return
    if (child.nodeType !== 1) continue
    const element = child as Element
    if (element.tagName.toUpperCase() !== 'LI') {
      readElement(reader, out, element, false, depth + 1)
      continue
    }
    if (element.matches(reader.leaveOut)) continue
    const text = readInside(reader, element, false, depth + 1).replace(
      /\n\n(?=\s*(?:[-*]|\d+\.) )/g,
      '\n',
    )
    const mark = isOrdered ? `${number}. ` : '- '
    number += 1
    owe(out, 1)
    put(
      reader,
      out,
      mark.trimEnd() + (text === '' ? '' : ` ${indent(text, '', ' '.repeat(mark.length))}`),
      true,
    )
    owe(out, 1)
  }
}

function link(text: string, href: string): string {
  if (!/^https?:\/\//i.test(href) || text === '' || text === href) return text
  return `[${text}](${href.slice(0, 2_000)})`
}

/** An image by its name: what is behind an address of the page may be gone tomorrow. */
function image(element: Element): string {
  const alt = (element.getAttribute('alt') ?? '').trim().slice(0, 500)
  const src = element.getAttribute('src') ?? ''
  const isKept = /^https?:\/\//i.test(src) && src.length < 2_000
  if (isKept) return `![${alt}](${src})`
  return src === '' && alt === '' ? '' : `[Image${alt === '' ? '' : `: ${alt}`}]`
}

function quoteCode(text: string): string {
  if (text === '') return ''
  const longest = Math.max(
    0,
    ...[...text.matchAll(/`+/g)].slice(0, 1_000).map(([run]) => run.length),
  )
  const fence = '`'.repeat(longest + 1)
  return longest > 0 ? `${fence} ${text} ${fence}` : fence + text + fence
}

function indent(text: string, first: string, next: string): string {
  const [line = '', ...lines] = text.split('\n')
  return [first + line, ...lines.map((one) => (one === '' ? next.trimEnd() : next + one))].join(
    '\n',
  )
}

function owe(out: Out, gap: number): void {
  out.gap = Math.max(out.gap, gap)
  out.space = false
}

/** Adds a text: as it is, or with whatever space is in it as one. */
function put(reader: Reader, out: Out, text: string, isPre: boolean): void {
  if (text === '') return
  const collapsed = isPre ? text : text.replace(/\s+/g, ' ')
  const isBegun = out.pieces.length > 0
  if (!isPre && collapsed === ' ') {
    out.space = isBegun && out.gap === 0
    return
  }
  const begins = !isPre && collapsed.startsWith(' ')
  const ends = !isPre && collapsed.endsWith(' ')
  if (isBegun && out.gap > 0) out.pieces.push('\n'.repeat(out.gap))
  else if (isBegun && (out.space || begins) && !lastOf(out).endsWith('\n')) out.pieces.push(' ')
  const said = collapsed.slice(begins ? 1 : 0, ends ? -1 : undefined)
  out.pieces.push(said)
  reader.characters += said.length
  out.gap = 0
  out.space = ends
}

function lastOf(out: Out): string {
  return out.pieces.at(-1) ?? ''
}
