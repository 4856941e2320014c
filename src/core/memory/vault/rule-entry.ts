import { extractRuleLines } from '../../compaction/extract-rules.ts'
import type { Snapshotted } from '../../ports/session-store.ts'
import type { Seq } from '../../session/message.ts'
import type { SessionRow } from '../../session/session-row.ts'
import { openActions } from '../memory-action.ts'
import { isRuleLine, newestSaid, ruleText, type RuleRow } from './rule-row.ts'
import { renderRule, settleRules } from './settle-rules.ts'

/**
 * Where a rule stands in the context now: in the digest, verbatim in a message that the context shows whole, in no
 * place for lack of room (it is recallable, and back once there is room), in none until the next fold, or in none
 * because it is not in force.
 */
export type RuleStands = 'digest' | 'verbatim' | 'left-out' | 'next-fold' | 'nowhere'

/** One rule as a person sees it. */
export interface RuleEntry extends Omit<RuleRow, 'session' | 'schema'> {
  /** The rule as it is in force: the quote, or what the person made of it. */
  readonly text: string
  readonly stands: RuleStands
  /** Rules that it took the place of. */
  readonly supersedes: readonly string[]
}

/** A rule that a model proposes, for the person to decide on. */
export interface RuleProposal {
  /** Number of the memory action. */
  readonly n: number
  readonly text: string
  /** Newest message at that time. */
  readonly seq: Seq
  readonly at: number
}

/** What {@link listRules} must be given. */
export const RULES_QUERY = {
  head: true,
  tail: true,
  pins: true,
  rules: 'all',
  notes: 'all',
} as const

/** All rules of a session: those of the vault, and those stated where nothing is folded yet. */
export function allRules(read: Snapshotted, session: SessionRow): readonly RuleRow[] {
  const lines = [
    ...(read.head?.digest ?? []).filter(isRuleLine),
    ...extractRuleLines([...read.pins, ...read.tail]),
  ]
  return settleRules(session.id, read.rules, lines)
}

/**
 * Lists the rules, newest first.
 *
 * @see SPEC.md rule VAULT12
 */
export function listRules(read: Snapshotted, session: SessionRow): readonly RuleEntry[] {
  const rows = allRules(read, session)
  const digest = new Map(
    (read.head?.digest ?? []).filter(isRuleLine).map((line) => [line.id, line.text]),
  )
  const whole = new Set([...read.pins, ...read.tail].map(({ seq }) => seq))
  const leftOut = new Set(read.head?.rulesLeftOut)
  const supersedes = new Map<string, string[]>()
  for (const { id, supersededBy } of rows) {
    if (supersededBy === undefined) continue
    supersedes.set(supersededBy, [...(supersedes.get(supersededBy) ?? []), id])
  }
  const standsAt = (row: RuleRow): RuleStands => {
    const text = digest.get(row.id)
    if (row.status !== 'in-force') return text === undefined ? 'nowhere' : 'digest'
    if (text === renderRule(row)) return 'digest'
    const isOwn = row.origin === 'extracted' && row.edited === undefined
    if (isOwn && row.sources.some((seq) => whole.has(seq))) return 'verbatim'
    return leftOut.has(row.id) && isOwn ? 'left-out' : 'next-fold'
  }
  return rows
    .map(({ session: _, schema: __, ...row }, index): RuleEntry => {
      const whole = rows[index]
      return {
        ...row,
        text: ruleText(row),
        stands: whole ? standsAt(whole) : 'nowhere',
        supersedes: supersedes.get(row.id) ?? [],
      }
    })
    .toSorted((a, b) => newestSaid(b) - newestSaid(a) || (a.id < b.id ? -1 : 1))
}

/** What models have proposed and nobody has decided on, newest first. */
export function listProposals({ notes }: Snapshotted): readonly RuleProposal[] {
  return openActions(notes, 'rule-proposal')
    .map(({ n, text, seq, at }) => ({ n, text, seq, at }))
    .toReversed()
}
