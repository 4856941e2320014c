import { closeCutJson } from './close-cut-json.ts'
import { codeShape, findLanguage } from './code-outline.ts'
import type { Language } from './code-patterns.ts'
import { diffShape } from './diff-shape.ts'
import { countLines, firstLines } from './each-line.ts'
import { htmlShape } from './html-shape.ts'
import { jsonShape, ndjsonShape } from './json-shape.ts'
import { withoutLineNumbers } from './line-numbers.ts'
import { fileListShape, isFileEntry, isSearchMatch, searchShape } from './listing-shape.ts'
import { isLogLine, logShape } from './log-shape.ts'
import { mediaShape, readMedia, type Media } from './media-shape.ts'
import type { Shape } from './shape.ts'
import { splitRow, tableShape, type TableForm } from './table-shape.ts'
import { textShape } from './text-shape.ts'
import { isFrame, isTraceMessage, traceShape } from './trace-shape.ts'

/** What a payload was found to be, with what was learnt while finding out. */
export type PayloadKind =
  | { readonly kind: 'media'; readonly media: Media }
  | { readonly kind: 'json'; readonly value: unknown; readonly isCut: boolean }
  | { readonly kind: 'ndjson' | 'diff' | 'trace' | 'html' | 'search' | 'files' | 'log' | 'text' }
  | { readonly kind: 'table'; readonly form: TableForm }
  | { readonly kind: 'code'; readonly language: Language }

/** A payload's kind and shape. */
export interface DescribedPayload {
  readonly kind: PayloadKind['kind']
  /** One line: kind and size in the kind's own measure. */
  readonly summary: string
  readonly mediaType: string
  readonly rows: Shape['rows']
}

/** Longest text that is parsed as JSON, in UTF-16 code units; a longer one is shown by its head. */
const MAX_PARSED = 8_000_000
/** Lines of the start by which the kind is told, and the code units in which they have to stand. */
const SAMPLE_LINES = 60
const SAMPLE_LENGTH = 24_000

/**
 * Tells what kind of payload a text is and describes it as such.
 *
 * Total, and linear in the length of the text, whatever it is: a wrong guess costs a stub that fits
 * less well, never a failure.
 *
 * @param label - What gave the payload; a file that it names tells the language.
 * @see SPEC.md rules STUB2–STUB4
 */
export function describePayload(payload: string, label: string = ''): DescribedPayload {
  const { text, offset } = withoutLineNumbers(payload)
  const found = findKind(text, label)
  const lines = countLines(text)
  return { kind: found.kind, mediaType: mediaTypeOf(found), ...shapeOf(found, text, lines, offset) }
}

/** The kind of a payload that stands without line numbers of a tool. */
export function findKind(text: string, label: string = ''): PayloadKind {
  const media = readMedia(text)
  if (media) return { kind: 'media', media }
  const json = readJson(text)
  if (json) return json
  const sample = firstLines(text, SAMPLE_LINES, SAMPLE_LENGTH)
  if (isDiff(sample)) return { kind: 'diff' }
  if (isTrace(sample)) return { kind: 'trace' }
  if (isMarkup(sample)) return { kind: 'html' }
  const share = (test: (line: string) => boolean): number =>
    sample.filter(test).length / Math.max(1, sample.length)
  if (sample.length >= 3 && share(isLogLine) >= 0.5) return { kind: 'log' }
  if (sample.length >= 3 && share(isSearchMatch) >= 0.7) return { kind: 'search' }
  if (sample.length >= 4 && share(isFileEntry) >= 0.85) return { kind: 'files' }
  const form = tableForm(sample)
  if (form) return { kind: 'table', form }
  const language = findLanguage(text, label)
  if (language) return { kind: 'code', language }
  return { kind: 'text' }
}

function shapeOf(found: PayloadKind, text: string, lines: number, offset: number): Shape {
  switch (found.kind) {
    case 'media':
      return mediaShape(found.media)
    case 'json':
      return jsonShape(found.value, found.isCut)
    case 'ndjson':
      return ndjsonShape(text, lines)
    case 'diff':
      return diffShape(text)
    case 'trace':
      return traceShape(text, lines)
    case 'html':
      return htmlShape(text)
    case 'search':
      return searchShape(text)
    case 'files':
      return fileListShape(text)
    case 'log':
      return logShape(text, lines)
    case 'table':
      return tableShape(text, found.form)
    case 'code':
      return codeShape(text, found.language, lines, offset)
    case 'text':
      return textShape(text, lines)
  }
}

function mediaTypeOf(found: PayloadKind): string {
  switch (found.kind) {
    case 'media':
      return found.media.mediaType
    case 'json':
      return 'application/json'
    case 'ndjson':
      return 'application/jsonl'
    case 'diff':
      return 'text/x-diff'
    case 'html':
      return 'text/html'
    case 'table':
      return TABLE_TYPES[found.form]
    case 'trace':
    case 'search':
    case 'files':
    case 'log':
    case 'code':
    case 'text':
      return 'text/plain'
  }
}

const TABLE_TYPES: Readonly<Record<TableForm, string>> = {
  CSV: 'text/csv',
  'semicolon CSV': 'text/csv',
  TSV: 'text/tab-separated-values',
  Markdown: 'text/markdown',
}

function readJson(text: string): PayloadKind | undefined {
  const start = text.slice(0, 2_000).trimStart()
  if (!/^(?:\{\s*["}]|\[\s*(?:[[{"\]]|-?\d|true|false|null))/.test(start)) return undefined
  const whole = parse(text)
  if (whole) return { kind: 'json', ...whole, isCut: false }
  const lines = firstLines(text, 3, 200_000)
  if (lines.length >= 2 && lines.slice(0, 2).every(isObjectLine)) return { kind: 'ndjson' }
  const closed = text.length > MAX_PARSED ? undefined : closeCutJson(text)
  const cut = closed === undefined ? undefined : parse(closed)
  return cut && { kind: 'json', ...cut, isCut: true }
}

function parse(text: string): { readonly value: unknown } | undefined {
  if (text.length > MAX_PARSED) return undefined
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

/** Lines are cut, so that a long one can only be told by its start. */
function isObjectLine(line: string): boolean {
  return /^\{\s*"[^"]{1,100}"\s*:/.test(line)
}

function isDiff(sample: readonly string[]): boolean {
  return sample.some((line, index) => {
    if (/^diff --git |^\*\*\* (?:Begin Patch|(?:Add|Update|Delete) File: )/.test(line)) return true
    if (/^@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@/.test(line)) return true
    return line.startsWith('--- ') && sample[index + 1]?.startsWith('+++ ') === true
  })
}

function isTrace(sample: readonly string[]): boolean {
  const frames = sample.filter(isFrame).length
  return frames >= 2 && frames >= sample.length * 0.25 && sample.some(isTraceMessage)
}

function isMarkup(sample: readonly string[]): boolean {
  const start = sample[0]?.trimStart() ?? ''
  if (/^(?:<!doctype html|<html|<\?xml|<svg|<rss)\b/i.test(start)) return true
  if (!/^<[a-z!]/i.test(start)) return false
  const tags = sample.reduce(
    (sum, line) => sum + (line.match(/<\/?[a-z][^<>]*>/gi)?.length ?? 0),
    0,
  )
  return tags >= 5 && tags >= sample.length * 0.6
}

function tableForm(sample: readonly string[]): TableForm | undefined {
  if (sample.length < 3) return undefined
  const bars = sample.filter((line) => /^\s*\|.*\|\s*$/.test(line)).length
  const isRuled = sample.slice(0, 4).some((line) => /^\s*[|+][\s|:+=-]{3,}$/.test(line))
  if (isRuled && bars >= sample.length * 0.6) return 'Markdown'
  for (const form of ['TSV', 'CSV', 'semicolon CSV'] as const) {
    // The last line of a sample may be cut off.
    const counts = sample.slice(0, -1).map((line) => splitRow(line, form).length)
    const width = counts[0] ?? 0
    const least = form === 'TSV' ? 2 : 3
    const even = counts.filter((count) => count === width).length
    if (width >= least && even >= counts.length * 0.95) return form
  }
  return undefined
}
