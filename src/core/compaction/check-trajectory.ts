import type { Origin } from '../memory/concept-worth.ts'
import { findIdentifiers } from '../memory/identifiers.ts'
import type { CheckResult, DigestLine } from '../session/generation.ts'
import { textOf, type Message, type Seq } from '../session/message.ts'
import { digestLine } from './digest-lines.ts'

/** Something that a message above the mark speaks of, and that the candidate does not show. */
export interface TrajectoryTerm {
  /** To the letter, as the message has it. */
  readonly term: string
  /** Message above the mark that speaks of it, the newest. */
  readonly seq: Seq
}

/** Beginning of each message above the mark that is read, and terms taken of it and of all. */
const MAX_READ_LENGTH = 20_000
const MAX_TERMS_PER_MESSAGE = 24
const MAX_TERMS = 80
/** Quoted words that are looked for; shorter ones stand anywhere. */
const QUOTED = /["“„«`「]([^"“”„«»`「」\n]{6,120})["”“»`」]/g

/**
 * What the messages above the mark speak of, by identifiers and quoted words, that stands in nothing which the model
 * will be shown: where a fold has lost something that is in use, it is among these. The newest first.
 *
 * Pure, total, bounded.
 *
 * @param shown - The digest, stubs and pinned messages of the candidate.
 * @see SPEC.md rule CHK6
 */
export function findTrajectoryTerms(
  tail: readonly Message[],
  shown: readonly string[],
): readonly TrajectoryTerm[] {
  const held = shown.join('\n').toLowerCase()
  const found = new Map<string, TrajectoryTerm>()
  for (const message of tail.toReversed()) {
    if (found.size >= MAX_TERMS) break
    const text = textOf(message).slice(0, MAX_READ_LENGTH)
    const said = [...text.matchAll(QUOTED)].slice(0, MAX_TERMS_PER_MESSAGE)
    const quotes = said.flatMap(([, quote = '']) => (/\S\s+\S/.test(quote) ? quote.trim() : []))
    // What a tool returned is what it is: only who speaks or calls refers to something.
    const isResult = message.role === 'tool'
    const terms = isResult ? [] : [...findIdentifiers(text, MAX_TERMS_PER_MESSAGE), ...quotes]
    for (const term of terms) {
      const key = term.toLowerCase()
      if (found.has(key) || found.size >= MAX_TERMS || held.includes(key)) continue
      found.set(key, { term, seq: message.seq })
    }
  }
  return [...found.values()]
}

export interface TrajectoryFacts {
  readonly terms: readonly TrajectoryTerm[]
  /** The covered messages. Read once, from the oldest. */
  readonly covered: Iterable<Message>
  /** Whether recall finds it: then it is not lost. */
  readonly isRecallable: (term: string) => boolean
  /** Quotes that may be added, 8 by default. */
  readonly maxLines?: number
}

export interface TrajectoryChecked {
  readonly check: CheckResult
  /** Quotes to be added to the digest: what the covered messages said of what is spoken of above the mark. */
  readonly lines: readonly DigestLine[]
}

const MAX_LINES = 8
const SALIENCE = 120
const MAX_QUOTE_LENGTH = 240
/** Longest text of one covered message that is searched; of a longer one both ends. */
const MAX_SEARCHED_LENGTH = 400_000

/**
 * Tests whether the turns above the mark speak of something that the candidate lost: covered messages say it, and
 * neither the digest nor a stub nor recall has it. Code mends that by a quote of the newest message that says it; what
 * there is no room for is reported.
 *
 * Pure and deterministic; linear in the covered text for each of few terms.
 *
 * @see SPEC.md rule CHK6
 */
export function checkTrajectory(facts: TrajectoryFacts): TrajectoryChecked {
  const open = facts.terms.filter(({ term }) => !facts.isRecallable(term))
  const quotes = new Map<string, DigestLine>()
  if (open.length > 0) {
    for (const message of facts.covered) {
      const text = searched(textOf(message))
      for (const { term } of open) {
        const at = text.indexOf(term)
        if (at !== -1) quotes.set(term, quoteLine(message, text, at, term))
      }
    }
  }
  const lost = open.flatMap(({ term }) => quotes.get(term) ?? [])
  const distinct = [...new Map(lost.map((line) => [line.id, line])).values()]
  const lines = distinct.slice(0, facts.maxLines ?? MAX_LINES)
  return { check: resultOf(facts.terms.length, lost.length, distinct.length, lines.length), lines }
}

function resultOf(terms: number, lost: number, quotes: number, added: number): CheckResult {
  const name = 'trajectory'
  if (lost === 0) {
    const detail =
      terms === 0
        ? 'all that is spoken of above the mark is shown'
        : `of ${terms} things spoken of above the mark that are not shown none was lost`
    return { name, outcome: 'passed', detail }
  }
  const rest = quotes > added ? `; for ${quotes - added} more there was no room` : ''
  const detail = `${lost} things spoken of above the mark had been lost, ${added} quotes were put back${rest}`
  return { name, outcome: 'mended', detail }
}

const ORIGINS: Readonly<Record<Message['role'], Origin>> = {
  user: 'user',
  system: 'user',
  assistant: 'own',
  tool: 'tool',
}

/** The line of a text in which something stands, as a quote. */
function quoteLine({ seq, role }: Message, text: string, at: number, term: string): DigestLine {
  const lead = Math.max(0, Math.floor((MAX_QUOTE_LENGTH - term.length) / 2))
  const from = Math.max(text.lastIndexOf('\n', at) + 1, at - lead)
  const newline = text.indexOf('\n', at + term.length)
  const end = newline === -1 ? text.length : newline
  const quote = text
    .slice(from, Math.min(end, from + MAX_QUOTE_LENGTH))
    .toWellFormed()
    .trim()
  const line = digestLine('quotes', `“${quote}”`, seq, SALIENCE)
  return { ...line, origin: ORIGINS[role] }
}

function searched(text: string): string {
  if (text.length <= MAX_SEARCHED_LENGTH) return text
  return `${text.slice(0, MAX_SEARCHED_LENGTH / 2)}\n${text.slice(-MAX_SEARCHED_LENGTH / 2)}`
}
