import { conceptWorth, isProse, recencyOf, type Origin } from '../memory/concept-worth.ts'
import { scanConcepts } from '../memory/concepts.ts'
import { findIdentifiers } from '../memory/identifiers.ts'
import { isRuleLine } from '../memory/vault/rule-row.ts'
import type { DigestLine } from '../session/generation.ts'
import type { Seq } from '../session/message.ts'
import { coverGreedily, type CoverItem } from '../memory/cover.ts'
import { countLabel, countLine, digestLine, mergeLines, newestSource } from './digest-lines.ts'
import { groupKey, renderDigest } from './digest-text.ts'
import { markOf } from './superseded.ts'

/** Everything that goes into a digest. */
export interface DigestSources {
  /** Lines of the digest that is patched; never rewritten, only merged and dropped from. */
  readonly previous: readonly DigestLine[]
  /** Lines of the blocks covered since, in log order. */
  readonly added: readonly DigestLine[]
  readonly mark: Seq
  /** Identifiers that the messages above the mark use: lines with them are kept longer. */
  readonly inUse: ReadonlySet<string>
  /** Rules that stay where there is no room, too. */
  readonly pinnedRules?: ReadonlySet<string>
  /** Lines that a person removed: what they replaced stays replaced. */
  readonly hidden?: ReadonlySet<string>
  /** Tokens that the digest may have. Rules and corrections may take it over by half. */
  readonly maxTokens: number
  readonly count: (text: string) => number
}

export interface ComposedDigest {
  readonly lines: readonly DigestLine[]
  readonly tokens: number
  /** Rules and corrections for which there was no room, by id; recallable, and counted in the hints. */
  readonly rulesLeftOut: readonly string[]
}

/** What a host proposes, or a model noted, is said for its own sake, and counts for more than what is in it. */
const PROPOSED = 8
/** Points that the newest line has over the oldest. */
const RECENCY_POINTS = 20
/** Requests of the user that keep their whole worth; older ones have what any quote of the user has. */
const NEWEST_REQUESTS = 80
const OLD_REQUEST_SALIENCE = 200
/** From here up a line of the user's counts as a request. */
const REQUEST_SALIENCE = 200
/** How much more a concept is worth that the messages above the mark use. */
const IN_USE = 1.25
/** Tokens kept free for the digest's frame, its headings and the lookup hint. */
const FRAME_TOKENS = 180
/** Share of the room that may stay empty. */
const MOST_SPARE = 0.01
/** Least tokens that rules leave to all other lines. */
const LEAST_REST_TOKENS = 150
/** Characters of the terms that a lookup hint names. */
const HINT_TERMS_LENGTH = 140
/** Newest lines that are looked through for terms of the hint. */
const MAX_HINT_LINES = 60

/**
 * Composes a digest: merges, drops what was superseded, keeps all rules, and fills the rest of the room with
 * the lines that cover the most of what will be needed again.
 *
 * Pure and deterministic: the same sources give the same bytes.
 *
 * @see SPEC.md rules COM1–COM8, COM10
 */
export function composeDigest(sources: DigestSources): ComposedDigest {
  const all = [...sources.previous.filter(isNoHint), ...sources.added]
  const merged = agedRequests(dropSuperseded(settleGoals(mergeLines(all))))
  const shown = merged.filter(({ id }) => !sources.hidden?.has(id))
  const counted = shown.map((line) => countLine(line, sources.count))
  const room = Math.max(200, sources.maxTokens - FRAME_TOKENS)
  const rules = keepRules(counted, room, sources.pinnedRules)
  const rest = Math.max(LEAST_REST_TOKENS, room - sumTokens(rules.kept))
  const others = counted.filter((line) => !isRuleLine(line))
  const choose = chooser(others, sources)
  const chosen = choose(rest)
  const composed = fitted(counted, rules, chosen, sources)
  const spare = sources.maxTokens - composed.tokens
  if (spare < sources.maxTokens * MOST_SPARE || chosen.length === others.length) return composed
  // Line by line, more is counted than the whole has: what is left over by that is filled as well.
  const wider = Math.min(rest * 3, rest ** 2 / Math.max(1, rest - spare))
  return fitted(counted, rules, choose(wider), sources)
}

/** Counting line by line is off by a little: the least telling lines go until the whole fits. */
function fitted(
  counted: readonly DigestLine[],
  rules: KeptRules,
  chosen: readonly DigestLine[],
  sources: DigestSources,
): ComposedDigest {
  const limit = Math.max(
    sources.maxTokens,
    rules.kept.length > 0 ? Math.floor(sources.maxTokens * 1.5) : 0,
  )
  const aim = rules.tokens > sources.maxTokens / 2 ? limit : sources.maxTokens
  const compose = (kept: number): ComposedDigest => {
    const lines = [...rules.kept, ...chosen.slice(0, kept)]
    const keptIds = new Set(lines.map((line) => line.id))
    const hint = hintLine(
      counted.filter((line) => !keptIds.has(line.id)),
      sources,
    )
    const ordered = inOrder([...lines, ...(hint ? [hint] : [])])
    const tokens = sources.count(renderDigest(ordered, sources.mark))
    return { lines: ordered, tokens, rulesLeftOut: rules.leftOut }
  }
  let best = compose(chosen.length)
  if (best.tokens <= aim) return best
  let [least, most] = [Math.min(1, chosen.length), chosen.length]
  best = compose(least)
  while (most - least > 1) {
    const middle = (least + most) >> 1
    const tried = compose(middle)
    if (tried.tokens <= aim) {
      best = tried
      least = middle
    } else most = middle
  }
  return best
}

/** Only the newest request is the current task; earlier ones are history, and quoted anyway. */
function settleGoals(lines: readonly DigestLine[]): readonly DigestLine[] {
  const goal = lines
    .filter(({ section }) => section === 'goal')
    .reduce<DigestLine | undefined>(
      (newest, line) => (newest && newestSource(newest) > newestSource(line) ? newest : line),
      undefined,
    )
  if (!goal) return lines
  const newest = newestSource(goal)
  const quoted = new Set(lines.flatMap((line) => (line.origin === 'user' ? line.sources : [])))
  return lines.flatMap((line) => {
    const seq = newestSource(line)
    // What was asked of the user is answered, or passed over, once the user has spoken again.
    if (line.section === 'open' && line.origin === 'own' && seq < newest) return []
    if (line.origin === 'user' && seq === newest && goal.text.includes(line.text)) return []
    if (line.section !== 'goal' || line === goal) return line
    if (quoted.has(seq)) return []
    const salience = Math.max(1, line.salience - 25)
    return { ...line, section: 'quotes', origin: 'user', salience }
  })
}

/** What was asked for long ago has been done, or was asked again. */
function agedRequests(lines: readonly DigestLine[]): readonly DigestLine[] {
  const requests = lines
    .filter((line) => line.origin === 'user' && line.salience >= REQUEST_SALIENCE)
    .toSorted((a, b) => newestSource(b) - newestSource(a))
  const old = new Set(requests.slice(NEWEST_REQUESTS))
  return lines.map((line) => (old.has(line) ? { ...line, salience: OLD_REQUEST_SALIENCE } : line))
}

/** What a newer line replaces is not shown as current any more, wherever it was quoted. */
export function dropSuperseded(lines: readonly DigestLine[]): readonly DigestLine[] {
  const replaced = new Map<string, Seq>()
  for (const line of lines) {
    for (const mark of line.replaces ?? []) {
      replaced.set(mark, Math.max(replaced.get(mark) ?? 0, newestSource(line)))
    }
  }
  if (replaced.size === 0) return lines
  return lines.filter((line) => {
    if (isRuleLine(line) || line.section === 'goal') return true
    const marks = line.marks ?? [markOf(line.text)]
    return !marks.some((mark) => (replaced.get(mark) ?? 0) >= newestSource(line))
  })
}

interface KeptRules {
  readonly kept: readonly DigestLine[]
  readonly tokens: number
  readonly leftOut: readonly string[]
}

/**
 * Keeps the newest rules first, so that where there is no room for all, the oldest are recalled. Pinned ones stay in
 * any case.
 */
function keepRules(
  lines: readonly DigestLine[],
  room: number,
  pinned: ReadonlySet<string> = new Set(),
): KeptRules {
  const rules = lines
    .filter(isRuleLine)
    .toSorted(
      (a, b) =>
        Number(pinned.has(b.id)) - Number(pinned.has(a.id)) ||
        newestSource(b) - newestSource(a) ||
        compareIds(a, b),
    )
  const most = Math.max(room, (room + FRAME_TOKENS) * 1.5 - FRAME_TOKENS - LEAST_REST_TOKENS)
  const kept: DigestLine[] = []
  const leftOut: string[] = []
  let tokens = 0
  for (const rule of rules) {
    if (tokens + rule.tokens > most && !pinned.has(rule.id)) {
      leftOut.push(rule.id)
      continue
    }
    kept.push(rule)
    tokens += rule.tokens
  }
  return { kept, tokens, leftOut }
}

/** Chooses, for any room, the lines that cover the most with it, the most telling first. */
function chooser(
  lines: readonly DigestLine[],
  sources: DigestSources,
): (room: number) => readonly DigestLine[] {
  const weights: number[] = []
  const ids = new Map<string, number>()
  const groups = new Map<string, number>()
  const labels: number[] = []
  const forced: number[] = []
  const items = lines.map((line, index): CoverItem => {
    const key = groupKey(line)
    let group = groups.get(key)
    if (group === undefined) {
      group = labels.push(countLabel(line, sources.count)) - 1
      groups.set(key, group)
    }
    // The current task is kept whatever the room: without it, the rest is for nothing.
    if (line.section === 'goal') forced.push(index)
    const find = (text: string): readonly number[] => conceptsOf(text, line, sources, ids, weights)
    const said = find(line.text)
    const introduced = line.label === undefined ? [] : find(line.label)
    const isNamed = line.section === 'artifacts'
    return {
      concepts: isNamed ? [] : said,
      named: isNamed ? said : introduced,
      group,
      tokens: line.tokens,
      worth: worthOf(line, sources.mark),
    }
  })
  const task = { items, weights, labels, forced: forced.slice(0, 1) }
  return (room) => coverGreedily({ ...task, room }).flatMap((index) => lines[index] ?? [])
}

/** The concepts of a line, by index; what each is worth is raised to the most that any line makes of it. */
function conceptsOf(
  text: string,
  line: DigestLine,
  { inUse, mark }: DigestSources,
  ids: Map<string, number>,
  weights: number[],
): readonly number[] {
  const origin = originOf(line)
  const found = new Set<number>()
  const recency = recencyOf(mark - newestSource(line))
  const prose = isProse(text, 0, text.length)
  scanConcepts(text, 0, text.length, (kind, from, to) => {
    const concept = text.slice(from, to)
    const use = inUse.has(concept) ? IN_USE : 1
    const worth = conceptWorth(origin, kind, prose) * recency * use
    const key = concept.toLowerCase()
    let id = ids.get(key)
    if (id === undefined) {
      id = weights.push(0) - 1
      ids.set(key, id)
    }
    weights[id] = Math.max(weights[id] ?? 0, worth)
    found.add(id)
  })
  return [...found]
}

/** What code wrote, or a host's extractor proposed, names what the model did. */
function originOf(line: DigestLine): Origin {
  if (line.origin !== undefined) return line.origin
  return line.section === 'goal' ? 'user' : 'own'
}

/** What a line is worth besides the concepts in it. A quote of a model or tool is worth what is in it. */
function worthOf(line: DigestLine, mark: Seq): number {
  if (line.origin === 'tool' || line.origin === 'own' || mark === 0) return line.salience
  const recency = (newestSource(line) / mark) * RECENCY_POINTS
  return line.salience * (line.origin === undefined ? PROPOSED : 1) + recency
}

/** Says what was left out and by which terms it is found again. */
function hintLine(left: readonly DigestLine[], sources: DigestSources): DigestLine | undefined {
  const newest = left.toSorted((a, b) => newestSource(b) - newestSource(a) || compareIds(a, b))
  const seq = newest[0] && newestSource(newest[0])
  if (seq === undefined) return undefined
  const terms = new Set<string>()
  let room = HINT_TERMS_LENGTH
  for (const line of newest.slice(0, MAX_HINT_LINES)) {
    // No identifier is shorter than four characters.
    if (room < 6) break
    for (const identifier of findIdentifiers(line.text, 4)) {
      if (terms.has(identifier) || identifier.length + 2 > room) continue
      terms.add(identifier)
      room -= identifier.length + 2
    }
  }
  const about = terms.size > 0 ? `, among them about ${[...terms].join(', ')}` : ''
  const text = `${left.length} more notes were left out${about}; search the stored messages for details`
  return countLine(digestLine('hints', text, seq, 0, { key: 'left-out' }), sources.count)
}

/** Lines as they stand in a digest: by their newest sources. */
export function inOrder(lines: readonly DigestLine[]): readonly DigestLine[] {
  return lines.toSorted(
    (a, b) =>
      newestSource(a) - newestSource(b) || (a.place ?? -1) - (b.place ?? -1) || compareIds(a, b),
  )
}

function isNoHint(line: DigestLine): boolean {
  return line.section !== 'hints'
}

function compareIds(a: DigestLine, b: DigestLine): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

function sumTokens(lines: readonly DigestLine[]): number {
  return lines.reduce((sum, line) => sum + line.tokens, 0)
}
