import { overrideLines, type FactOverride } from '../memory/facts/fact-override.ts'
import { isRuleLine, type RuleRow } from '../memory/vault/rule-row.ts'
import { ruleLine, settleRules } from '../memory/vault/settle-rules.ts'
import type { DigestLine } from '../session/generation.ts'
import type { Message, Seq } from '../session/message.ts'
import { mergeLines } from './digest-lines.ts'
import { extractRuleLines } from './extract-rules.ts'

/** Lines of a digest to be, with what a person and the vault say of them. */
export interface UnsettledLines {
  readonly session: string
  readonly previous: readonly DigestLine[]
  readonly added: readonly DigestLine[]
  readonly mark: Seq
  /** Pinned messages at or below the mark: what they say stands in the context already. */
  readonly pins: readonly Message[]
  readonly rules: readonly RuleRow[]
  readonly facts: readonly FactOverride[]
}

export interface SettledLines {
  readonly lines: readonly DigestLine[]
  readonly hidden: ReadonlySet<string>
  readonly rules: readonly RuleRow[]
  readonly pinnedRules: ReadonlySet<string>
  /** Rules in force that the lines had lost. */
  readonly mended: number
}

/**
 * Joins the lines of a digest and honours the vault and the person's corrections: of the rules it holds exactly
 * those in force, in the form in which they are.
 *
 * @see SPEC.md rules VAULT5–VAULT7, FACT8
 */
export function settleLines(given: UnsettledLines): SettledLines {
  const { session, mark } = given
  const merged = mergeLines([
    ...given.previous.filter(({ section }) => section !== 'hints'),
    ...given.added,
  ])
  const said = merged.filter(isRuleLine)
  const found = new Set(said.map(({ id }) => id))
  const rules = settleRules(session, given.rules, [...said, ...extractRuleLines(given.pins)])
  const known = new Set(rules.map(({ id }) => id))
  const pinned = new Set(given.pins.map(({ seq }) => seq))
  const lines: DigestLine[] = []
  let mended = 0
  for (const row of rules) {
    const line = ruleLine(row, mark)
    if (!line || standsByPins(row, pinned)) continue
    if (!found.has(row.id) && row.origin === 'extracted' && row.edited === undefined) mended += 1
    lines.push(line)
  }
  const rest = merged.filter((line) => !isRuleLine(line) || !known.has(line.id))
  const current = withoutFormerRules(rest, rules)
  const overridden = overrideLines(current, given.facts, mark)
  return {
    lines: [...overridden.lines, ...lines],
    hidden: overridden.hidden,
    rules,
    pinnedRules: new Set(rules.filter(({ isPinned }) => isPinned).map(({ id }) => id)),
    mended,
  }
}

/** Least characters by which a quote says something besides the rule that was taken out of it. */
const LEAST_REST = 12

/**
 * Takes rules that do not hold as they were said out of what was quoted, too: nothing there would say that they do
 * not hold any more.
 */
function withoutFormerRules(
  lines: readonly DigestLine[],
  rules: readonly RuleRow[],
): readonly DigestLine[] {
  const bySource = new Map<Seq, string[]>()
  for (const { status, edited, quote, sources } of rules) {
    if (status === 'in-force' && edited === undefined) continue
    for (const seq of sources) bySource.set(seq, [...(bySource.get(seq) ?? []), quote])
  }
  if (bySource.size === 0) return lines
  return lines.flatMap((line) => {
    if (line.section !== 'quotes') return line
    const former = new Set(line.sources.flatMap((seq) => bySource.get(seq) ?? []))
    let { text } = line
    for (const quote of former) text = text.split(quote).join('⋯')
    if (text === line.text) return line
    return text.replaceAll(/[⋯\s“”"]/g, '').length < LEAST_REST ? [] : { ...line, text }
  })
}

function standsByPins(row: RuleRow, pinned: ReadonlySet<Seq>): boolean {
  return (
    row.origin === 'extracted' &&
    row.edited === undefined &&
    row.sources.every((seq) => pinned.has(seq))
  )
}
