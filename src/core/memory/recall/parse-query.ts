import { scanTerms, type TermKind } from './scan-terms.ts'

/** One term that is looked for. */
export interface QueryTerm {
  readonly term: string
  readonly kind: TermKind | 'prefix'
}

/** A phrase: its words have to stand there in this order. */
export interface QueryPhrase {
  /** As {@link plainPhrase} makes it. */
  readonly text: string
  readonly terms: readonly string[]
}

/** A query taken apart. */
export interface RecallQueryTerms {
  readonly terms: readonly QueryTerm[]
  readonly phrases: readonly QueryPhrase[]
  /** Whether nothing but phrases is asked for. Then they must be there; else they count more. */
  readonly isPhrases: boolean
}

/** Longest query that is read, in UTF-16 code units, and most of its terms. */
const MAX_QUERY_LENGTH = 2_000
const MAX_TERMS = 96
const MAX_PHRASES = 8

const QUOTED = /["“„«]([^"“”„«»]{1,500})["”“»]/g
const PREFIXED = /([^\s*]{1,100})\*(?=\s|$)/g

/**
 * Takes a query apart: "quoted phrases", prefixes with a `*` at their end, and everything else as the terms of
 * a text, identifiers whole and in parts.
 *
 * @see SPEC.md rules IDX3, IDX4
 */
export function parseQuery(query: string): RecallQueryTerms {
  const phrases: QueryPhrase[] = []
  const terms = new Map<string, QueryTerm>()
  const add = (term: string, kind: QueryTerm['kind']): void => {
    const known = terms.get(term)
    // A word that is also a part of an identifier is asked for as a word.
    if (known && (known.kind !== 'part' || kind === 'part')) return
    if (known || terms.size < MAX_TERMS) terms.set(term, { term, kind })
  }
  let hasOthers = false
  const rest = query
    .slice(0, MAX_QUERY_LENGTH)
    .replace(QUOTED, (_, inner: string) => {
      const own: string[] = []
      scanTerms(inner, (term, kind) => {
        add(term, kind)
        if (kind !== 'part') own.push(term)
      })
      if (own.length > 1 && phrases.length < MAX_PHRASES) {
        phrases.push({ text: plainPhrase(inner), terms: own })
      } else hasOthers = true
      return ' '
    })
    .replace(PREFIXED, (_, begin: string) => {
      hasOthers = true
      const wholes: string[] = []
      scanTerms(begin, (term, kind) => {
        if (kind !== 'part') wholes.push(term)
      })
      const last = wholes.pop()
      for (const word of wholes) add(word, 'word')
      if (last !== undefined) add(last, 'prefix')
      return ' '
    })
  scanTerms(rest, (term, kind) => {
    hasOthers = true
    add(term, kind)
  })
  return { terms: [...terms.values()], phrases, isPhrases: phrases.length > 0 && !hasOthers }
}

/** Whether nothing but identifiers is asked for. */
export function asksForIdentifiers({ terms }: RecallQueryTerms): boolean {
  return terms.every(({ kind }) => kind === 'identifier' || kind === 'part')
}

/** A text as phrases are compared: compatibility form, lower case, one space between words. */
export function plainPhrase(text: string): string {
  return text.normalize('NFKC').toLowerCase().trim().replace(/\s+/g, ' ')
}
