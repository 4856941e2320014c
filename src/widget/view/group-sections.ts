import type { DigestLine, Section } from '../../core/session/generation.ts'

/** Lines of a digest by section, sections in the order in which they first come. */
export function groupSections(
  lines: readonly DigestLine[],
): readonly (readonly [Section, readonly DigestLine[]])[] {
  const groups = new Map<Section, DigestLine[]>()
  for (const line of lines) {
    const group = groups.get(line.section)
    if (group === undefined) groups.set(line.section, [line])
    else group.push(line)
  }
  return [...groups]
}
