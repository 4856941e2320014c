import type { Seq } from '../../session/message.ts'
import type { FeedbackTerm } from './feedback-terms.ts'
import { placeOf, type OpenSegment } from './open-segment.ts'
import {
  asksForIdentifiers,
  type QueryPhrase,
  type QueryTerm,
  type RecallQueryTerms,
} from './parse-query.ts'
import { selectBest } from './select-best.ts'

/** A passage that matches. */
export interface RankedPassage {
  readonly seq: Seq
  /** Where it begins in the text of its message, and its length, in UTF-16 code units. */
  readonly offset: number
  readonly length: number
  /** Higher is better; only comparable within one answer. */
  readonly score: number
}

/** How fast more of the same term stops counting, and how much long passages are held back (0 to 1). */
const K1 = 1.2
const B = 0.6
/** Of what passages are about, rare terms tell more than BM25 gives them. */
const RARITY = 1.3
/** What one match counts. Parts may be anything; pairs of characters come several to a word. */
const WEIGHTS = { word: 1, prefix: 1, identifier: 1.5, part: 0.8, gram: 0.7 } as const
/** How much a passage with a quoted phrase is raised above one without. */
const PHRASE = 1.5
/** What around a passage counts for its score. */
interface Around {
  /** Shares of the scores of the best around it that a passage gets besides its own. */
  readonly shares: readonly number[]
  /** How far around is, each way: so much text, or the next passage if that is longer, and so many passages. */
  readonly reach: number
  readonly most: number
}

const BESIDE_IT: Around = { shares: [0.3, 0.2, 0.2], reach: 280, most: 8 }
/** In talk an answer is a stretch of many turns, few of which have words of the question. */
const OF_ITS_TOPIC: Around = {
  shares: Array.from({ length: 80 }, () => 0.3),
  reach: 2_500,
  most: 40,
}

/** All passages of the segments in one row: where each segment begins in it. */
interface Row {
  readonly segments: readonly OpenSegment[]
  readonly bases: readonly number[]
  readonly total: number
}

/** Whether what is searched is a model's session, or people who talk. */
export type Register = 'session' | 'talk'

export interface RankOptions {
  /** In talk, what stands around a passage counts from farther away. Default `session`. */
  readonly register?: Register
  /** Terms that count besides those of the query. */
  readonly feedback?: readonly FeedbackTerm[]
}

/**
 * The passages that match a query, the best first, the newer of equals. BM25 (Robertson and Zaragoza, The
 * Probabilistic Relevance Framework, 2009) over passages instead of messages, so that terms have to stand close
 * together, with three changes: a passage with more of the query's terms is raised, rare terms and whole
 * identifiers weigh more, and what stands beside a good passage is raised a little. All sums run over all
 * segments alike: where their bounds are changes nothing.
 *
 * @param most - Passages that are returned.
 * @see SPEC.md rules IDX3, IDX4, IDX7, IDX12, IDX13
 */
export function rankPassages(
  segments: readonly OpenSegment[],
  query: RecallQueryTerms,
  most: number,
  { register = 'session', feedback = [] }: RankOptions = {},
): readonly RankedPassage[] {
  const row = layOut(segments)
  if (row.total === 0) return []
  const scratch = new Uint16Array(row.total)
  const scores = scoreByQuery(row, query, scratch)
  addFeedback(row, feedback, scratch, scores)
  const around = register === 'talk' ? OF_ITS_TOPIC : BESIDE_IT
  return selectBest(raiseByNeighbours(row, scores, around), most).map(([place, score]) =>
    passageAt(row, place, score),
  )
}

/** The passages that match a query best by themselves, whatever stands around them. */
export function bestAlone(
  segments: readonly OpenSegment[],
  query: RecallQueryTerms,
  most: number,
): readonly RankedPassage[] {
  const row = layOut(segments)
  if (row.total === 0) return []
  const scores = scoreByQuery(row, query, new Uint16Array(row.total))
  return selectBest(scores, most).map(([place, score]) => passageAt(row, place, score))
}

function scoreByQuery(row: Row, query: RecallQueryTerms, scratch: Uint16Array): Float64Array {
  const { scores, hasWhole } = scoreAll(row, query.terms, scratch)
  const others = query.isPhrases ? 0 : 1 / PHRASE
  for (const phrase of query.phrases) lowerOthers(row, phrase, scratch, scores, others)
  if (asksForIdentifiers(query)) keepWholes(scores, hasWhole)
  return scores
}

function layOut(segments: readonly OpenSegment[]): Row {
  let total = 0
  const bases = segments.map(({ segment }) => {
    const base = total
    total += segment.seqs.length
    return base
  })
  return { segments, bases, total }
}

function scoreAll(
  row: Row,
  terms: readonly QueryTerm[],
  scratch: Uint16Array,
): { readonly scores: Float64Array; readonly hasWhole: Uint8Array } {
  const { total } = row
  const norms = lengthNorms(row)
  const scores = new Float64Array(total)
  const matched = new Float64Array(total)
  const hasWhole = new Uint8Array(total)
  let asked = 0
  for (const term of terms) {
    const found = gather(row, term, scratch)
    if (found.length === 0) continue
    const rarity = Math.log(1 + (total - found.length + 0.5) / (found.length + 0.5))
    const weight = WEIGHTS[term.kind] * rarity ** RARITY
    asked += rarity
    for (const place of found) {
      // Counts are stored in halves.
      const count = (scratch[place] ?? 0) / 2
      scratch[place] = 0
      const share = (count * (K1 + 1)) / (count + (norms[place] ?? 0))
      scores[place] = (scores[place] ?? 0) + weight * share
      matched[place] = (matched[place] ?? 0) + rarity
      if (term.kind !== 'part') hasWhole[place] = 1
    }
  }
  for (let place = 0; place < total; place += 1) {
    // Twice as much where all that can be found of the query stands together.
    scores[place] = (scores[place] ?? 0) * (1 + (matched[place] ?? 0) / (asked || 1))
  }
  return { scores, hasWhole }
}

function lengthNorms({ segments, bases, total }: Row): Float64Array {
  let sum = 0
  for (const { segment } of segments) for (const size of segment.sizes) sum += size
  const mean = Math.max(1, sum / total)
  const norms = new Float64Array(total)
  segments.forEach(({ segment }, index) => {
    const base = bases[index] ?? 0
    segment.sizes.forEach((size, passage) => {
      norms[base + passage] = K1 * (1 - B + (B * size) / mean)
    })
  })
  return norms
}

/** Places of all passages with a term, or with what begins with it; how often goes to the scratch. */
function gather(row: Row, { term, kind }: QueryTerm, scratch: Uint16Array): readonly number[] {
  const found: number[] = []
  row.segments.forEach(({ segment, terms }, index) => {
    const base = row.bases[index] ?? 0
    for (let place = placeOf(terms, term); place < terms.length; place += 1) {
      const own = terms[place] ?? ''
      if (kind === 'prefix' ? !own.startsWith(term) : own !== term) break
      const end = segment.starts[place + 1] ?? 0
      for (let at = segment.starts[place] ?? 0; at < end; at += 1) {
        const passage = base + (segment.postings[at] ?? 0)
        if (scratch[passage] === 0) found.push(passage)
        scratch[passage] = (scratch[passage] ?? 0) + (segment.counts[at] ?? 0)
      }
    }
  })
  return found
}

/** Lowers the scores of passages that lack a term of a phrase which no neighbour has either. */
function lowerOthers(
  row: Row,
  phrase: QueryPhrase,
  scratch: Uint16Array,
  scores: Float64Array,
  factor: number,
): void {
  const near = new Uint16Array(row.total)
  for (const term of new Set(phrase.terms)) {
    const found = gather(row, { term, kind: 'word' }, scratch)
    for (const place of found) scratch[place] = 0
    const places = new Set(found.flatMap((place) => [place - 1, place, place + 1]))
    for (const place of places) if (place in near) near[place] = (near[place] ?? 0) + 1
  }
  const wanted = new Set(phrase.terms).size
  for (let place = 0; place < row.total; place += 1) {
    if ((near[place] ?? 0) < wanted) scores[place] = (scores[place] ?? 0) * factor
  }
}

function addFeedback(
  row: Row,
  feedback: readonly FeedbackTerm[],
  scratch: Uint16Array,
  scores: Float64Array,
): void {
  let best = 0
  for (const score of scores) best = Math.max(best, score)
  for (const { term, share } of feedback) {
    for (const place of gather(row, { term, kind: 'word' }, scratch)) {
      scratch[place] = 0
      scores[place] = (scores[place] ?? 0) + share * best
    }
  }
}

/** Where the identifier itself is found, what only shares a part with it is something else. */
function keepWholes(scores: Float64Array, hasWhole: Uint8Array): void {
  if (!hasWhole.includes(1)) return
  for (let place = 0; place < scores.length; place += 1) if (!hasWhole[place]) scores[place] = 0
}

/**
 * Raises what stands among good passages: an answer often stands beside the words of the question, and in talk
 * a message is no more than a few words. Only the best around count, so that the newest is not behind for
 * having nothing after it.
 */
function raiseByNeighbours(row: Row, scores: Float64Array, around: Around): Float64Array {
  const lengths = new Uint16Array(row.total)
  row.segments.forEach(({ segment }, index) => lengths.set(segment.lengths, row.bases[index]))
  return scores.map((score, place) => {
    if (score === 0) return 0
    const beside = [-1, 1].flatMap((step) => scoresBeside(scores, lengths, { place, step, around }))
    beside.sort((a, b) => b - a)
    return around.shares.reduce((sum, share, nth) => sum + share * (beside[nth] ?? 0), score)
  })
}

function scoresBeside(
  scores: Float64Array,
  lengths: Uint16Array,
  {
    place,
    step,
    around,
  }: { readonly place: number; readonly step: number; readonly around: Around },
): readonly number[] {
  const found: number[] = []
  let reached = 0
  for (let nth = 1; nth <= around.most; nth += 1) {
    const beside = place + step * nth
    reached += lengths[beside] ?? Infinity
    if (reached === Infinity || (nth > 1 && reached > around.reach)) break
    found.push(scores[beside] ?? 0)
  }
  return found
}

function passageAt({ segments, bases }: Row, place: number, score: number): RankedPassage {
  let index = segments.length - 1
  while (index > 0 && (bases[index] ?? 0) > place) index -= 1
  const segment = segments[index]?.segment
  const own = place - (bases[index] ?? 0)
  return {
    seq: segment?.seqs[own] ?? 0,
    offset: segment?.offsets[own] ?? 0,
    length: segment?.lengths[own] ?? 0,
    score,
  }
}
