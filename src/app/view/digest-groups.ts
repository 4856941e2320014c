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
