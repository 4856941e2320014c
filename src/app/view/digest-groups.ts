import { groupKey } from '../../core/compaction/digest-text.ts'
import type { DigestLine, Section } from '../../core/session/generation.ts'
import { SECTIONS } from '../../core/session/generation.ts'

const SECTION_NAMES: Readonly<Record<Section, string>> = {
  goal: 'Goal',
  rules: 'Rules',
  corrections: 'Corrections',
  decisions: 'Decisions',
  quotes: 'Quotes',
  state: 'State',
  facts: 'Facts',
  artifacts: 'Artifacts',
  open: 'Open items',
  hints: 'Lookup hints',
}

const ORIGIN_NAMES = {
  own: 'written by the assistant',
  user: 'said by the user',
  tool: 'from a tool',
} as const

export interface DigestGroup {
  readonly section: Section
  readonly name: string
  readonly lines: readonly DigestLine[]
  readonly tokens: number
}

/** Lines by section, in the order in which a digest is rendered; empty sections left out. */
export function groupDigest(lines: readonly DigestLine[]): readonly DigestGroup[] {
  return SECTIONS.map((section) => {
    const own = lines.filter((line) => line.section === section)
    const tokens = own.reduce((sum, line) => sum + line.tokens, 0)
    return { section, name: SECTION_NAMES[section], lines: own, tokens }
  }).filter(({ lines: own }) => own.length > 0)
}

/** Lines that a digest renders as one: those of one message behind the same label. */
export interface LineGroup {
  /** Id of its first line. */
  readonly id: string
  readonly section: Section
  readonly label: string | null
  /** Never empty. */
  readonly lines: readonly DigestLine[]
  /** Messages of all lines, ascending, each once. */
  readonly sources: readonly number[]
  /** Who wrote it, in words; null if unknown or mixed. */
  readonly origin: string | null
}

/**
 * Groups lines as a digest renders them, in the order of their first lines.
 *
 * @see SPEC.md rule APP61
 */
export function groupLines(lines: readonly DigestLine[]): readonly LineGroup[] {
  const groups = new Map<string, DigestLine[]>()
  for (const line of lines) {
    const key = groupKey(line)
    const known = groups.get(key)
    if (known) known.push(line)
    else groups.set(key, [line])
  }
  return [...groups.values()].flatMap((own) => {
    const [first] = own
    if (first === undefined) return []
    const { id, section, label = null, origin } = first
    const sources = [...new Set(own.flatMap((line) => line.sources))].sort((a, b) => a - b)
    const known = own.every((line) => line.origin === origin) ? origin : undefined
    return [{ id, section, label, lines: own, sources, origin: originName(known) }]
  })
}

function originName(origin: DigestLine['origin']): string | null {
  return origin === undefined ? null : (ORIGIN_NAMES[origin] ?? null)
}

export function sectionName(section: Section): string {
  return SECTION_NAMES[section]
}

/** Runs of adjacent positions as one link each: 4, 5, 6, 9 becomes 4–6, 9. */
export function sourceRanges(
  sources: readonly number[],
): readonly { readonly from: number; readonly to: number }[] {
  const ranges: { from: number; to: number }[] = []
  for (const seq of [...sources].sort((a, b) => a - b)) {
    const last = ranges.at(-1)
    if (last !== undefined && seq <= last.to + 1) last.to = Math.max(last.to, seq)
    else ranges.push({ from: seq, to: seq })
  }
  return ranges
}
