import { hashText } from './chain.ts'
import type { Draft, Part } from './message.ts'

/**
 * What makes a message the same message when a host sends its history again: who says what. Left out is what
 * apps change on the way: ids of calls, which some issue anew, a model's reasoning, which most strip, and blanks
 * around texts.
 *
 * @see SPEC.md rule HIST1
 */
export function matchKey(message: Pick<Draft, 'role' | 'parts'>): string {
  const said: string[][] = []
  for (const part of message.parts) {
    const [kind, ...words] = wordsOf(part, message.role === 'assistant')
    if (kind === undefined || words[0] === '') continue
    const last = said.at(-1)
    if (kind === 'text' && last?.[0] === kind) last.push(...words)
    else said.push([kind, ...words])
  }
  // A text in one piece or in several is the same text.
  const whole = said.map(([kind = '', ...words]) =>
    kind === 'text' ? [kind, words.join('\n')] : [kind, ...words],
  )
  return hashText(JSON.stringify([message.role, whole]))
}

/** Kind and content; empty for what does not count. */
function wordsOf(part: Part, isModel: boolean): string[] {
  switch (part.type) {
    case 'text':
      return ['text', normalise(isModel ? withoutThoughts(part.text) : part.text)]
    case 'reasoning':
      return []
    case 'tool-call':
      return ['call', part.name, canonicalJson(part.input)]
    case 'tool-result':
      return ['result', normalise(part.output) || '-']
    case 'approval-request':
      return []
    case 'approval-response':
      return ['approval', String(part.approved)]
    case 'image':
    case 'file':
      return [part.type, part.url]
  }
}

function normalise(text: string): string {
  return text.replaceAll('\r\n', '\n').trim()
}

const OPENING = '<think>'
const CLOSING = '</think>'

/** Some servers put reasoning into the text; apps take it out before they send it again. */
function withoutThoughts(text: string): string {
  const start = text.trimStart()
  if (!start.startsWith(OPENING)) return text
  const end = start.indexOf(CLOSING)
  return end < 0 ? text : start.slice(end + CLOSING.length)
}

/** Arguments are written anew by many apps: spaces and the order of fields say nothing. */
function canonicalJson(text: string): string {
  try {
    return JSON.stringify(sorted(JSON.parse(text), 0))
  } catch {
    return text.trim()
  }
}

/** Deepest nesting that is put in order; what is deeper stays as it is. */
const MAX_DEPTH = 50

function sorted(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return value
  if (Array.isArray(value)) return value.map((item: unknown) => sorted(item, depth + 1))
  const fields = Object.entries(value).map(
    ([key, field]) => [key, sorted(field, depth + 1)] as const,
  )
  return fields.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}
