import { oneLine } from '../compaction/digest-text.ts'
import type { DigestLine } from '../session/generation.ts'

/** Least characters by which a line may be named instead of by its id. */
const LEAST_LENGTH = 8

/**
 * The line of a digest that is meant: by its id, or by how its text begins, as the model reads it. The newest
 * of several.
 *
 * @see SPEC.md rule REC8
 */
export function findDigestLine(
  lines: readonly DigestLine[],
  wanted: string,
): DigestLine | undefined {
  const byId = lines.find(({ id }) => id === wanted)
  if (byId) return byId
  // As it is rendered: behind a dash, followed by its sources.
  const text = oneLine(wanted.slice(0, 2_000))
    .replace(/^- /, '')
    .replace(/ \(#[#\d +]*\)$/, '')
  if (text.length < LEAST_LENGTH) return undefined
  return lines.findLast((line) => isNamed(line, text))
}

/** A line is named by its beginning, or by the rendered one that it stands at the beginning of. */
function isNamed({ label, text }: DigestLine, wanted: string): boolean {
  const shown = oneLine(text)
  const labelled = label === undefined ? shown : `${oneLine(label)}: ${shown}`
  return shown.startsWith(wanted) || labelled.startsWith(wanted) || wanted.startsWith(labelled)
}
