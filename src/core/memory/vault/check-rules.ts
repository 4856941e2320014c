import type { DigestLine } from '../../session/generation.ts'
import type { Seq } from '../../session/message.ts'
import { isRuleLine, type RuleRow } from './rule-row.ts'
import { renderRule } from './settle-rules.ts'

/** What is wrong with the rules of a context. */
export interface RuleFaults {
  /** Rules in force that stand nowhere in it. */
  readonly missing: readonly string[]
  /** Rules in the digest that are not in force any more, or not in that form. */
  readonly stale: readonly string[]
}

/** What a context is looked through for. */
export interface RulesInContext {
  readonly rows: readonly RuleRow[]
  readonly digest: readonly DigestLine[]
  /** Rules for which the digest had no room. They are known to be missing, and reported. */
  readonly leftOut: readonly string[]
  /** Messages that stand in the context whole. */
  readonly verbatim: ReadonlySet<Seq>
}

/**
 * Whether all rules in force stand in a context: in the digest, or in a message that it shows whole.
 *
 * @see SPEC.md rule VAULT8
 */
export function checkRulesInContext(given: RulesInContext): RuleFaults {
  const lines = new Map(given.digest.filter(isRuleLine).map((line) => [line.id, line]))
  const leftOut = new Set(given.leftOut)
  const missing: string[] = []
  const stale: string[] = []
  for (const row of given.rows) {
    const line = lines.get(row.id)
    if (row.status !== 'in-force') {
      if (line) stale.push(row.id)
      continue
    }
    if (line) {
      if (line.text !== renderRule(row)) stale.push(row.id)
      continue
    }
    const isSaid = row.sources.some((seq) => given.verbatim.has(seq))
    const isWhole = isSaid && row.origin === 'extracted' && row.edited === undefined
    if (!isWhole && !(leftOut.has(row.id) && !row.isPinned)) missing.push(row.id)
  }
  return { missing, stale }
}
