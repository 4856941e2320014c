import type { DigestLine, Section } from '../../core/session/generation.ts'
import { groupDigest, groupLines } from './digest-groups.ts'
import type { MemoryItem } from './memory-item.ts'

/**
 * Lines of some sections as items, grouped by section, and within it as the digest renders them.
 *
 * @see SPEC.md rule APP62
 */
export function digestItems(
  lines: readonly DigestLine[],
  sections: readonly Section[],
): readonly MemoryItem[] {
  const groups = groupDigest(lines)
  return sections.flatMap((section) => {
    const group = groups.find((one) => one.section === section)
    return groupLines(group?.lines ?? []).map((one): MemoryItem => {
      return {
        id: one.id,
        group: group?.name ?? '',
        title: one.label ?? '',
        detail: one.lines.map(({ text }) => text).join('\n'),
        sources: one.sources,
        // The label of a quote says who speaks.
        notes: one.origin === null || section === 'quotes' ? [] : [one.origin],
        status: null,
        actions: [],
        lines: one.lines.map(({ id }) => id),
      }
    })
  })
}
