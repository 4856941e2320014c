import { findIdentifiers } from '../memory/identifiers.ts'
import type { DigestLine, Section } from '../session/generation.ts'
import type { Seq } from '../session/message.ts'
import { countLine, digestLine, mergeLines, newestSource } from './digest-lines.ts'
import { renderDigest } from './digest-text.ts'

/** Everything that goes into a digest. */
export interface DigestSources {
  /** Lines of the digest that is patched; never rewritten, only merged and dropped from. */
  readonly previous: readonly DigestLine[]
  /** Lines of the blocks covered since, in log order. */
  readonly added: readonly DigestLine[]
  readonly mark: Seq
  /** Identifiers that the messages above the mark use: lines with them are kept longer. */
  readonly inUse: ReadonlySet<string>
  /** Tokens that the digest may have. Rules and corrections may take it over by half. */
  readonly maxTokens: number
  readonly count: (text: string) => number
}

export interface ComposedDigest {
  readonly lines: readonly DigestLine[]
  readonly tokens: number
  /** Rules and corrections for which there was no room; recallable, and counted in the hints. */
  readonly rulesLeftOut: number
}

/** Most of a digest's tokens that one section may take; what one leaves over, another may use. */
const SHARES: Readonly<Partial<Record<Section, number>>> = {
  decisions: 0.3,
  state: 0.35,
  facts: 0.5,
  artifacts: 0.3,
  open: 0.1,
}

/** Points a line gains for each identifier in it that is used above the mark. */
const USE_POINTS = 12
/** Points that the newest line has over the oldest. */
const RECENCY_POINTS = 30
/** Tokens kept free for the digest's frame, its headings and the lookup hint. */
const FRAME_TOKENS = 180
/** Least tokens that rules leave to all other lines. */
const LEAST_REST_TOKENS = 150
/** Characters of the terms that a lookup hint names. */
const HINT_TERMS_LENGTH = 140

/**
 * Composes a digest: merges, demotes goals that are done with, keeps all rules, and fills the rest of
 * the room with the most salient lines.
 *
 * Pure and deterministic: the same sources give the same bytes.
 *
 * @see SPEC.md rules COM1–COM7
 */
export function composeDigest(sources: DigestSources): ComposedDigest {
  const merged = demoteGoals(mergeLines([...sources.previous.filter(isNoHint), ...sources.added]))
  const counted = merged.map((line) => countLine(line, sources.count))
  const room = Math.max(200, sources.maxTokens - FRAME_TOKENS)
  const rules = keepRules(counted, room)
  const rulesTokens = sumTokens(rules.kept)
  const rest = counted.filter((line) => !isRule(line))
  const kept = fill(rest, Math.max(LEAST_REST_TOKENS, room - rulesTokens), sources)
  const keptIds = new Set([...rules.kept, ...kept].map((line) => line.id))
  const left = counted.filter((line) => !keptIds.has(line.id))
  const hint = hintLine(left, sources)
  const lines = inOrder([...rules.kept, ...kept, ...(hint ? [hint] : [])])
  return {
    lines,
    tokens: sources.count(renderDigest(lines, sources.mark)),
    rulesLeftOut: rules.leftOut,
  }
}

/** Only the newest request is the current task; earlier ones are history. */
function demoteGoals(lines: readonly DigestLine[]): readonly DigestLine[] {
  const newest = lines.reduce(
    (seq, line) => (line.section === 'goal' ? Math.max(seq, newestSource(line)) : seq),
    0,
  )
  return lines.map((line) =>
    line.section === 'goal' && newestSource(line) < newest
      ? { ...line, section: 'state', salience: line.salience - 25 }
      : line,
  )
}

/** Keeps the newest rules first, so that where there is no room for all, the oldest are recalled. */
function keepRules(
  lines: readonly DigestLine[],
  room: number,
): { readonly kept: readonly DigestLine[]; readonly leftOut: number } {
  const rules = lines
    .filter(isRule)
    .toSorted((a, b) => newestSource(b) - newestSource(a) || compareIds(a, b))
  const most = Math.max(room, (room + FRAME_TOKENS) * 1.5 - FRAME_TOKENS - LEAST_REST_TOKENS)
  const kept: DigestLine[] = []
  let tokens = 0
  for (const rule of rules) {
    if (tokens + rule.tokens > most) continue
    kept.push(rule)
    tokens += rule.tokens
  }
  return { kept, leftOut: rules.length - kept.length }
}

function fill(
  lines: readonly DigestLine[],
  room: number,
  sources: DigestSources,
): readonly DigestLine[] {
  const scored = lines
    .map((line) => ({ line, score: scoreLine(line, sources) }))
    .toSorted((a, b) => b.score - a.score || compareIds(a.line, b.line))
  const kept: DigestLine[] = []
  const passedOver: DigestLine[] = []
  const spent = new Map<Section, number>()
  let tokens = 0
  const keep = (line: DigestLine): void => {
    kept.push(line)
    tokens += line.tokens
  }
  for (const { line } of scored) {
    const own = spent.get(line.section) ?? 0
    // The current task is kept whatever the room: without it, the rest is for nothing.
    const fits =
      (line.section === 'goal' && own === 0) ||
      (tokens + line.tokens <= room && own + line.tokens <= room * (SHARES[line.section] ?? 1))
    if (fits) {
      keep(line)
      spent.set(line.section, own + line.tokens)
    } else passedOver.push(line)
  }
  for (const line of passedOver) if (tokens + line.tokens <= room) keep(line)
  return kept
}

function scoreLine(line: DigestLine, { mark, inUse }: DigestSources): number {
  const recency = mark === 0 ? 0 : (newestSource(line) / mark) * RECENCY_POINTS
  const used = findIdentifiers(line.text, 16).filter((id) => inUse.has(id)).length
  const current = line.section === 'goal' ? 1_000 : 0
  return line.salience + recency + used * USE_POINTS + current
}

/** Says what was left out and by which terms it is found again. */
function hintLine(left: readonly DigestLine[], sources: DigestSources): DigestLine | undefined {
  const newest = left.toSorted((a, b) => newestSource(b) - newestSource(a) || compareIds(a, b))
  const seq = newest[0] && newestSource(newest[0])
  if (seq === undefined) return undefined
  const terms = new Set<string>()
  let room = HINT_TERMS_LENGTH
  for (const line of newest) {
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

function inOrder(lines: readonly DigestLine[]): readonly DigestLine[] {
  return lines.toSorted((a, b) => newestSource(a) - newestSource(b) || compareIds(a, b))
}

function isRule(line: DigestLine): boolean {
  return line.section === 'rules' || line.section === 'corrections'
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
