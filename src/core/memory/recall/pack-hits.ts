import type { Seq } from '../../session/message.ts'
import type { Register } from './rank-passages.ts'
import { scanTerms } from './scan-terms.ts'

/** A passage with its text, as it was ranked. */
export interface FoundPassage {
  readonly seq: Seq
  readonly offset: number
  readonly text: string
  readonly score: number
}

/** Passages of one message that go into an answer, in the order of its text. */
export interface PackedHit {
  readonly seq: Seq
  /** That of its best passage. */
  readonly score: number
  readonly passages: readonly { readonly offset: number; readonly text: string }[]
}

export interface PackOptions {
  /** Most messages. */
  readonly limit: number
  /** Most tokens of all passages together. Then many passages are chosen that say different things. */
  readonly tokens?: number
  /** Tokens of a text. */
  readonly count: (text: string) => number
  /** Terms that the query has already. */
  readonly asked?: ReadonlySet<string>
  /** Terms whose identifiers the reader knows already: those of the context. */
  readonly known?: ReadonlySet<string>
  /** Messages that the reader has before them. Their passages come after all others. */
  readonly held?: ReadonlySet<Seq>
  /** Texts of messages, of which short ones come along with short ones beside them. */
  readonly texts?: ReadonlyMap<Seq, string>
  /** In talk, whole stretches come along. Default `session`. */
  readonly register?: Register
}

/** Passages shown of one message where no budget of tokens says how many. */
const MAX_PASSAGES = 3
/** Stands where something is left out; every passage is charged for one. */
export const MARK = '\n…\n'
/** What is taken along with a message that says little without what stands beside it. */
interface Company {
  /** Such a message is shorter, in UTF-16 code units. */
  readonly short: number
  /** Longer messages are not taken along. */
  readonly longest: number
  /** Once all is as long as this, no more is taken. */
  readonly enough: number
  /** Messages each way. */
  readonly reach: number
}

const COMPANY: Readonly<Record<Register, Company>> = {
  session: { short: 140, longest: 280, enough: 280, reach: 2 },
  // Who is asked for an answer of people who talk wants to know how it came about.
  talk: { short: 2_000, longest: 2_000, enough: 3_000, reach: 24 },
}

/** Where messages stand that may be taken along with one, in the order in which they are. */
export function stepsBeside(register: Register): readonly number[] {
  return Array.from({ length: COMPANY[register].reach }, (_, nth) => [nth + 1, -nth - 1]).flat()
}

/** How much of a passage's score depends on what it says that was not said yet (0 to 1). */
const NOVELTY = 0.6

/**
 * Chooses what an answer shows of the passages found. Passages of one message come together. Of passages with
 * the same text the newest comes in its place and the others come last, or not at all where a budget is filled.
 * In a budget, a passage that repeats identifiers of better ones, or that the reader knows, is held back: maximal
 * marginal relevance (Carbonell and Goldstein 1998), with what is new in a passage measured by its identifiers.
 *
 * @param found - Best first.
 * @see SPEC.md rules IDX8, IDX9, IDX11, IDX12
 */
export function packHits(
  found: readonly FoundPassage[],
  options: PackOptions,
): readonly PackedHit[] {
  const { held } = options
  const [fresh, copies] = partCopies(found)
  const seen = fresh.filter(({ seq }) => held?.has(seq))
  const unseen = fresh.filter(({ seq }) => !held?.has(seq))
  if (options.tokens === undefined) return takeByScore([...unseen, ...seen, ...copies], options)
  return takeByBudget(unseen, seen, options.tokens, options)
}

/** Apart: passages whose text came already. Of equals the newest stays. */
function partCopies(
  found: readonly FoundPassage[],
): readonly [fresh: readonly FoundPassage[], copies: readonly FoundPassage[]] {
  const newest = new Map<string, FoundPassage>()
  for (const passage of found) {
    const key = plain(passage.text)
    const other = newest.get(key)
    if (!other || other.seq < passage.seq) newest.set(key, passage)
  }
  // The newest takes the place of the best of them.
  const fresh = new Set<FoundPassage>()
  for (const passage of found) fresh.add(newest.get(plain(passage.text)) ?? passage)
  return [[...fresh], found.filter((passage) => !fresh.has(passage))]
}

function plain(text: string): string {
  return text.toLowerCase().replace(/\s+/g, ' ')
}

function takeByScore(
  passages: readonly FoundPassage[],
  { limit }: PackOptions,
): readonly PackedHit[] {
  const bySeq = new Map<Seq, FoundPassage[]>()
  for (const passage of passages) {
    const own = bySeq.get(passage.seq)
    if (own) {
      if (own.length < MAX_PASSAGES) own.push(passage)
    } else if (bySeq.size < limit) bySeq.set(passage.seq, [passage])
  }
  return [...bySeq.values()].map(joinPassages)
}

function takeByBudget(
  unseen: readonly FoundPassage[],
  seen: readonly FoundPassage[],
  tokens: number,
  options: PackOptions,
): readonly PackedHit[] {
  const taken = new Map<Seq, FoundPassage[]>()
  const told = new Set([...(options.known ?? []), ...(options.asked ?? [])])
  const mark = options.count(MARK)
  // The last mark of a text.
  let left = tokens - mark
  const along = new Set<Seq>()
  const take = (passage: FoundPassage): boolean => {
    if (passage.text === '') return false
    const own = taken.get(passage.seq)
    if (own?.includes(passage) || along.has(passage.seq)) return false
    if (!own && taken.size >= options.limit) return false
    const cost = options.count(passage.text) + mark
    if (cost > left) return false
    left -= cost
    if (own) own.push(passage)
    else taken.set(passage.seq, [passage])
    return true
  }
  const takeAlong = (passage: FoundPassage): boolean => {
    if (!take(passage)) return false
    for (const beside of shortBeside(passage, options)) {
      if (!taken.has(beside.seq) && take(beside)) along.add(beside.seq)
    }
    return true
  }
  for (const passages of [unseen, seen]) takeFresh(passages, told, options.asked, takeAlong)
  const [best] = [...unseen, ...seen]
  // A budget of less than one passage still gets what fits of the best.
  if (taken.size === 0 && best) take({ ...best, text: cutTo(best.text, tokens, options.count) })
  return [...taken.values()].map(joinPassages)
}

/**
 * Takes passages by score and novelty. A passage only ever loses novelty, so the first of a queue is the best
 * if it still is after being looked at anew (lazy greedy, Minoux 1978).
 */
function takeFresh(
  passages: readonly FoundPassage[],
  told: Set<string>,
  asked: ReadonlySet<string> | undefined,
  take: (passage: FoundPassage) => boolean,
): void {
  const valueOf = (score: number, says: readonly string[]): number => {
    const fresh = says.filter((term) => !told.has(term)).length
    return score * (1 - NOVELTY + (says.length > 0 ? (NOVELTY * fresh) / says.length : 0))
  }
  const queue = passages
    .map((passage) => {
      const says = identifiersOf(passage.text).filter((term) => !asked?.has(term))
      return { passage, says, value: valueOf(passage.score, says) }
    })
    .toSorted((a, b) => b.value - a.value)
  for (let first = queue.shift(); first; first = queue.shift()) {
    const { passage, says } = first
    const value = valueOf(passage.score, says)
    if (value < (queue[0]?.value ?? 0)) {
      const at = queue.findIndex((other) => other.value < value)
      queue.splice(at === -1 ? queue.length : at, 0, { passage, says, value })
    } else if (take(passage)) for (const term of says) told.add(term)
  }
}

/** What a text names: its identifiers, and whatever has a digit. */
export function identifiersOf(text: string): readonly string[] {
  const found = new Set<string>()
  scanTerms(text, (term, kind) => {
    if (kind === 'identifier' || /\d/.test(term)) found.add(term)
  })
  return [...found]
}

/** Short messages beside a short one, the nearest first, until all of it is long enough. */
function shortBeside(
  { seq, text, score }: FoundPassage,
  { texts, held, register = 'session' }: PackOptions,
): readonly FoundPassage[] {
  const { short, longest, enough } = COMPANY[register]
  if ((texts?.get(seq)?.length ?? Infinity) >= short) return []
  let length = text.length
  return stepsBeside(register).flatMap((step): FoundPassage[] => {
    const beside = texts?.get(seq + step) ?? ''
    const plain = beside.trim()
    if (plain === '' || plain.length > longest || held?.has(seq + step)) return []
    if (length >= enough) return []
    length += plain.length
    return [{ seq: seq + step, offset: beside.indexOf(plain), text: plain.toWellFormed(), score }]
  })
}

/** The beginning of a text that costs about so many tokens with its marks. */
function cutTo(text: string, tokens: number, count: PackOptions['count']): string {
  let cut = text
  while (cut !== '' && count(cut) + 2 * count(MARK) > tokens) cut = cut.slice(0, cut.length >> 1)
  return cut.toWellFormed()
}

/** Passages of one message in the order of its text. */
function joinPassages(passages: readonly FoundPassage[]): PackedHit {
  const first = passages[0]
  const inOrder = passages.toSorted((a, b) => a.offset - b.offset)
  return {
    seq: first?.seq ?? 0,
    score: first?.score ?? 0,
    passages: inOrder.map(({ offset, text }) => ({ offset, text })),
  }
}
