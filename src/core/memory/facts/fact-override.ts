import { digestLine } from '../../compaction/digest-lines.ts'
import type { DigestLine, Section } from '../../session/generation.ts'
import type { Seq } from '../../session/message.ts'
import type { LineKind } from './fact.ts'

/** What a person has made of a fact. Rows are never removed: the newest decision stands. */
export interface FactOverride {
  readonly session: string
  /** Id of the digest line that states it. */
  readonly id: string
  readonly schema: number
  /** As corrected; null where it was removed, and undefined where the fact is as it was found again. */
  readonly text?: string | null
  /** As it was found. */
  readonly found: string
  readonly section: Section
  readonly label?: string
  readonly kind?: LineKind
  readonly sources: readonly Seq[]
  /** Newest message at that time: a value that is found later stands over it. */
  readonly decidedAt: Seq
}

/** Bounds of what a person may correct. */
export const FACT_BOUNDS = { overrides: 500, textLength: 500 } as const

/** A corrected fact is kept before most others. */
const SALIENCE = 300

/** Lines as a person wants them. */
export interface OverriddenLines {
  readonly lines: readonly DigestLine[]
  /** Lines not to be shown. */
  readonly hidden: ReadonlySet<string>
}

/**
 * Puts a person's corrections in the place of what was found, unless something newer was found since.
 *
 * @param lines - Merged, so that no id stands twice.
 * @see SPEC.md rule FACT8
 */
export function overrideLines(
  lines: readonly DigestLine[],
  overrides: readonly FactOverride[],
  mark: Seq,
): OverriddenLines {
  const byId = new Map(overrides.map((row) => [row.id, row]))
  if (byId.size === 0) return { lines, hidden: new Set() }
  const hidden = new Set<string>()
  const shown = lines.map((line) => {
    const own = byId.get(line.id)
    if (!own) return line
    byId.delete(line.id)
    if ((line.sources.at(-1) ?? 0) > own.decidedAt) return line
    if (own.text === null) {
      hidden.add(line.id)
      return line
    }
    const { marks: _, ...rest } = line
    return own.text === undefined
      ? { ...line, text: own.found }
      : { ...rest, text: renderCorrection(own.text), salience: SALIENCE }
  })
  const others = [...byId.values()].flatMap((row) => lineOf(row, mark) ?? [])
  return { lines: [...shown, ...others], hidden }
}

/** A correction as the model reads it. */
function renderCorrection(text: string): string {
  return `${text} (corrected by the person)`
}

/** A corrected or restored fact whose line has left the digest comes back, if there is room. */
function lineOf(row: FactOverride, mark: Seq): DigestLine | undefined {
  const sources = row.sources.filter((seq) => seq <= mark)
  const first = sources[0]
  if (first === undefined || row.text === null) return undefined
  const text = row.text === undefined ? row.found : renderCorrection(row.text)
  const line = digestLine(row.section, text, first, SALIENCE)
  return {
    ...line,
    id: row.id,
    sources,
    ...(row.label === undefined ? {} : { label: row.label, origin: 'own' as const }),
    ...(row.kind === undefined ? {} : { kind: row.kind }),
  }
}
