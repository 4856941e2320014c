import { placeOf, type OpenSegment } from './open-segment.ts'
import { asksForIdentifiers, type RecallQueryTerms } from './parse-query.ts'
import { scanTerms } from './scan-terms.ts'

/** A term that good passages have and the query lacks. */
export interface FeedbackTerm {
  readonly term: string
  /** What a passage with it gets, as a share of the best score of all. */
  readonly share: number
}

/** Passages that are taken for good, the best. */
export const FEEDBACK_PASSAGES = 4
const MAX_TERMS = 10
/** What all terms of the feedback together count beside the query. */
const WEIGHT = 1.2
/** A term of about this rarity counts once. */
const USUAL_RARITY = 8

/**
 * What the best passages say besides the query: with it, passages are found that speak of the same in other
 * words. Pseudo relevance feedback (RM3: Abdul-Jaleel et al., UMass at TREC 2004), with few passages and few
 * terms, so that a bad one leads not far astray.
 *
 * Pure and total.
 *
 * @param best - The best passages with their scores.
 * @see SPEC.md rule IDX13
 */
export function feedbackTerms(
  segments: readonly OpenSegment[],
  query: RecallQueryTerms,
  best: readonly { readonly text: string; readonly score: number }[],
): readonly FeedbackTerm[] {
  const total = segments.reduce((sum, { segment }) => sum + segment.seqs.length, 0)
  const top = Math.max(...best.map(({ score }) => score), 0)
  // Who asks for these by name wants nothing else.
  if (top <= 0 || query.isPhrases || asksForIdentifiers(query)) return []
  const asked = new Set(query.terms.map(({ term }) => term))
  const found = new Map<string, number>()
  for (const { text, score } of best.slice(0, FEEDBACK_PASSAGES)) {
    const own = new Set<string>()
    scanTerms(text, (term) => {
      if (!asked.has(term)) own.add(term)
    })
    for (const term of own) found.set(term, (found.get(term) ?? 0) + score / top)
  }
  const chosen = [...found]
    .flatMap(([term, weight]) => {
      const spread = passagesWith(segments, term)
      const rarity = Math.log(1 + total / Math.max(1, spread))
      // What stands nowhere else leads nowhere.
      return spread > 1 ? [{ term, rarity, weight: weight * rarity }] : []
    })
    .toSorted((a, b) => b.weight - a.weight || (a.term < b.term ? -1 : 1))
    .slice(0, MAX_TERMS)
  const sum = chosen.reduce((all, { weight }) => all + weight, 0)
  return chosen.map(({ term, weight, rarity }) => ({
    term,
    share: WEIGHT * (weight / sum) * (rarity / USUAL_RARITY),
  }))
}

function passagesWith(segments: readonly OpenSegment[], term: string): number {
  let spread = 0
  for (const { segment, terms } of segments) {
    const place = placeOf(terms, term)
    if (terms[place] === term) {
      spread += (segment.starts[place + 1] ?? 0) - (segment.starts[place] ?? 0)
    }
  }
  return spread
}
