/** A piece of a Markdown text that is parsed and drawn by itself. */
export interface Block {
  readonly kind: 'text' | 'code' | 'maths'
  /** Where it begins in the text: the same as long as the text only grows. */
  readonly start: number
  /** Markdown, the code without its fences, or TeX. */
  readonly text: string
  /** What follows an opening fence: a language, and whatever else stands there. Empty for other kinds. */
  readonly info: string
  /** More may follow: the last block, or one whose end is not there yet. */
  readonly isOpen: boolean
}

/** Where reference links lead, by their names in lower case. */
export type LinkTargets = Readonly<Record<string, { readonly href: string; readonly title: null }>>

export interface SplitText {
  readonly blocks: readonly Block[]
  /** The same object as before where no target was added. */
  readonly links: LinkTargets
}

/** Longest block, in UTF-16 code units: what a parser does with a long one may take a time that grows with its square. */
const MAX_BLOCK = 8_000
/** Longest formula on lines of its own. */
const MAX_MATHS = 4_000
/** Most reference links of a text. */
const MAX_LINKS = 500

const FENCE = /^( {0,3})(`{3,}|~{3,})([^`]{0,200})/
const INNER_FENCE = /^\s*(?:[-*+]|\d{1,9}[.)])?\s*(`{3,}|~{3,})/
const LIST_ITEM = /^ {0,3}(?:[-*+]|\d{1,9}[.)])(?:\s|$)/
const DELIMITER_ROW = /^ {0,3}\|?[ :|-]*-[ :|-]*$/
const DEFINITION = /^ {0,3}\[([^\]\\]{1,200})\]:\s{0,20}<?([^\s<>]{1,2000})>?/

/** A block that is not at its end yet. */
interface OpenBlock {
  readonly kind: 'text' | 'list' | 'table' | 'code' | 'maths'
  readonly start: number
  /** Where the content begins: behind the fence. */
  readonly from: number
  readonly info: string
  /** The fence, `$$`, `\[`, or of a list the fence that is open in one of its items. */
  readonly mark: string
  /** Head rows of a table, for what is cut off it. */
  readonly head: string
  readonly lines: number
  /** A list is over at the next line that is no part of it. */
  readonly isBlank: boolean
}

interface State {
  blocks: Block[]
  open: OpenBlock | null
}

/**
 * Splits a growing text. Each line is looked at once, so a long answer takes linear time however often it is drawn on
 * the way; blocks that are complete stay the same objects.
 *
 * @see SPEC.md rules MDV1, MDV2
 */
export function createBlockSplitter(): (text: string) => SplitText {
  let before = ''
  let at = 0
  let links: LinkTargets = {}
  let state: State = { blocks: [], open: null }
  return (text) => {
    if (!text.startsWith(before)) {
      at = 0
      links = {}
      state = { blocks: [], open: null }
    }
    for (let end = text.indexOf('\n', at); end >= 0; end = text.indexOf('\n', at)) {
      const line = text.slice(at, end)
      links = withDefinition(links, state.open, line)
      takeLine(state, text, line, at, end + 1)
      at = end + 1
    }
    before = text.slice(0, at)
    // The line that is not complete counts for now only.
    const now: State = { blocks: [...state.blocks], open: state.open }
    if (at < text.length) takeLine(now, text, text.slice(at), at, text.length)
    if (now.open !== null) closeBlock(now, text, text.length, true)
    return { blocks: now.blocks, links }
  }
}

/** Splits a whole text. */
export function splitBlocks(text: string): SplitText {
  return createBlockSplitter()(text)
}

function withDefinition(links: LinkTargets, open: OpenBlock | null, line: string): LinkTargets {
  if (open?.kind === 'code' || !/^ {0,3}\[/.test(line)) return links
  const [, name, href] = DEFINITION.exec(line) ?? []
  if (name === undefined || href === undefined) return links
  const key = name.trim().replace(/\s+/g, ' ').toLowerCase()
  if (key in links || key === '__proto__' || Object.keys(links).length >= MAX_LINKS) return links
  return { ...links, [key]: { href, title: null } }
}

function takeLine(state: State, text: string, line: string, start: number, end: number): void {
  const { open } = state
  if (open?.kind === 'code') takeCode(state, open, text, line, start)
  else if (open?.kind === 'maths') takeMaths(state, open, text, line, start, end)
  else takeText(state, text, line, start, end)
}

function takeText(state: State, text: string, line: string, start: number, end: number): void {
  const { open } = state
  if (line.trim() === '') {
    if (open?.kind === 'list') state.open = { ...open, isBlank: true }
    else if (open !== null) closeBlock(state, text, start, false)
    return
  }
  if (open?.kind === 'list' && continuesList(open, line)) {
    state.open = { ...open, isBlank: false, mark: innerFence(open.mark, line) }
    limit(state, text, end)
    return
  }
  if (open?.kind === 'list' && open.isBlank) closeBlock(state, text, start, false)
  const began = beginBlock(line, start, end)
  const goesOn = state.open !== null && began.kind === 'text'
  if (!goesOn) {
    if (state.open !== null) closeBlock(state, text, start, false)
    state.open = began
    if (began.kind === 'maths') takeMaths(state, began, text, line.trimStart().slice(2), start, end)
  } else if (state.open !== null) {
    state.open = { ...state.open, lines: state.open.lines + 1 }
    if (isTableHead(state.open, text, line, start)) {
      state.open = { ...state.open, kind: 'table', head: text.slice(state.open.start, end) }
    }
  }
  limit(state, text, end)
}

/** What a line begins that is no part of what stands above it. */
function beginBlock(line: string, start: number, end: number): OpenBlock {
  const block = { start, from: start, info: '', mark: '', head: '', lines: 1, isBlank: false }
  const fence = FENCE.exec(line)
  if (fence !== null) {
    const info = (fence[3] ?? '').trim()
    // A line of backticks in its info is code within a text.
    const isCode = !(
      fence[2]?.startsWith('`') === true && line.slice(fence[0].length).includes('`')
    )
    if (isCode) return { ...block, kind: 'code', from: end, mark: fence[2] ?? '', info }
  }
  const maths = /^ {0,3}(\$\$|\\\[)/.exec(line)
  if (maths !== null && mayBeMaths(line, maths)) {
    return { ...block, kind: 'maths', from: start + maths[0].length, mark: maths[1] ?? '' }
  }
  if (LIST_ITEM.test(line)) return { ...block, kind: 'list', mark: innerFence('', line) }
  return { ...block, kind: 'text' }
}

/** A formula within a line of text is the parser's. */
function mayBeMaths(line: string, begin: RegExpExecArray): boolean {
  const rest = line.slice(begin[0].length).trimEnd()
  const close = begin[1] === '$$' ? '$$' : '\\]'
  const at = rest.indexOf(close)
  return at < 0 || at === rest.length - 2
}

function takeCode(state: State, open: OpenBlock, text: string, line: string, start: number): void {
  const close = line.trimEnd()
  const indent = close.length - close.trimStart().length
  const sign = open.mark.charAt(0)
  const isEnd = indent <= 3 && close.trim().length >= open.mark.length && isRun(close.trim(), sign)
  if (isEnd) finish(state, open, text.slice(open.from, Math.max(open.from, start - 1)))
}

function isRun(line: string, sign: string): boolean {
  for (const one of line) if (one !== sign) return false
  return line !== ''
}

function takeMaths(
  state: State,
  open: OpenBlock,
  text: string,
  line: string,
  start: number,
  end: number,
): void {
  const close = open.mark === '$$' ? '$$' : '\\]'
  const rest = line.trimEnd()
  const isFirst = start === open.start
  if (rest.endsWith(close)) {
    finish(state, open, text.slice(open.from, Math.max(open.from, text.lastIndexOf(close, end))))
  } else if ((rest === '' && !isFirst) || end - open.start > MAX_MATHS) {
    // No formula has an empty line in it, nor is it as long as that: what looked like one was text.
    state.open = { ...open, kind: 'text', from: open.start }
    closeBlock(state, text, rest === '' ? start : end, false)
  }
}

function continuesList(open: OpenBlock, line: string): boolean {
  if (open.mark !== '' || /^(?: {2}|\t)/.test(line)) return true
  if (LIST_ITEM.test(line)) return true
  // Without an empty line between them, text goes on with the item.
  return (
    !open.isBlank && beginBlock(line, 0, 0).kind === 'text' && !/^ {0,3}(?:#{1,6}\s|>)/.test(line)
  )
}

/** The fence that is open in a list behind this line; empty for none. */
function innerFence(mark: string, line: string): string {
  const found = INNER_FENCE.exec(line)?.[1]
  if (mark === '') return found ?? ''
  return found?.startsWith(mark) === true ? '' : mark
}

function isTableHead(open: OpenBlock, text: string, line: string, start: number): boolean {
  return (
    open.kind === 'text' &&
    open.lines === 2 &&
    line.includes('-') &&
    DELIMITER_ROW.test(line) &&
    text.slice(open.start, start).includes('|')
  )
}

/** Cuts what has grown too long; the rest of a table keeps its head. */
function limit(state: State, text: string, end: number): void {
  const { open } = state
  if (open === null || end - open.from <= MAX_BLOCK) return
  closeBlock(state, text, end, false)
  if (open.kind !== 'text' && open.mark === '') {
    state.open = { ...open, start: end, from: end, isBlank: false, lines: 3 }
  }
}

function finish(state: State, open: OpenBlock, text: string, isOpen = false): void {
  const { start, info } = open
  const kind = open.kind === 'code' || open.kind === 'maths' ? open.kind : 'text'
  state.blocks.push({ kind, start, text, info, isOpen })
  state.open = null
}

/** Ends the open block before a position. */
function closeBlock(state: State, text: string, end: number, isOpen: boolean): void {
  const { open } = state
  if (open === null) return
  const content = text.slice(Math.min(open.from, end), end)
  if (open.kind === 'code' || open.kind === 'maths') {
    finish(state, open, content.replace(/\n$/, ''), isOpen)
    return
  }
  if (content.trim() === '') {
    state.open = null
    return
  }
  const head = open.from > open.start || open.lines < 3 ? '' : cutHead(open, content)
  let from = 0
  while (content.length - from > 2 * MAX_BLOCK) {
    const space = content.lastIndexOf(' ', from + MAX_BLOCK)
    const to = space > from ? space : safeCut(content, from + MAX_BLOCK)
    finish(state, { ...open, start: open.start + from }, content.slice(from, to))
    from = to
  }
  finish(state, { ...open, start: open.start + from }, head + content.slice(from), isOpen)
}

/** Of a table that goes on from another block, the head that it has not got. */
function cutHead({ kind, head }: OpenBlock, content: string): string {
  return kind === 'table' && !content.startsWith(head) ? head : ''
}

/** Never between the halves of a character. */
function safeCut(text: string, at: number): number {
  const code = text.charCodeAt(at)
  return code >= 0xdc00 && code < 0xe000 ? at + 1 : at
}
