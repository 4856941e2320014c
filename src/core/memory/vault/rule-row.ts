import type { DigestLine } from '../../session/generation.ts'
import type { Seq } from '../../session/message.ts'

/** Where a rule comes from: said in the session, added by the person, or proposed by a model and accepted. */
export type RuleOrigin = 'extracted' | 'person' | 'proposal'

export type RuleStatus = 'in-force' | 'superseded' | 'removed'

/**
 * One standing instruction, prohibition, preference or correction, as it is kept in the vault. Rows are never
 * removed: what is no longer in force says why.
 */
export interface RuleRow {
  readonly session: string
  /** Id of the digest line that renders it. */
  readonly id: string
  readonly schema: number
  readonly kind: 'rule' | 'correction'
  /** The sentence verbatim, as the user or the system said it, or as the person added it. */
  readonly quote: string
  /** What the person has made of it; rendered in place of the quote. */
  readonly edited?: string
  /** Messages that say it, ascending; for one that was added, the newest message at that time. */
  readonly sources: readonly Seq[]
  readonly origin: RuleOrigin
  readonly status: RuleStatus
  /** The rule that took its place. */
  readonly supersededBy?: string
  /** Never dropped from a digest, and never superseded by code. */
  readonly isPinned: boolean
  /**
   * Newest message when a person last decided on it, or a branch left it behind: only what is said after that
   * brings a removed rule back, or supersedes one that was kept.
   */
  readonly decidedAt?: Seq
  /** Memory action that proposed it. */
  readonly proposal?: number
}

/** Bounds of the vault. */
export const VAULT_BOUNDS = {
  /** Rows of one session. Rules found beyond that are in digests, as far as there is room, and in the log. */
  rules: 2_000,
  /** Rules that a person added. */
  added: 200,
  /** Characters of a rule that a person writes. */
  textLength: 500,
  /** Share of the budget that pinned rules may take. */
  pinShare: 0.1,
  /** Sources kept with one rule: the first and the newest. */
  sources: 12,
} as const

/** Whether a digest line renders a rule. */
export function isRuleLine({ section }: Pick<DigestLine, 'section'>): boolean {
  return section === 'rules' || section === 'corrections'
}

/** Newest message that says a rule. */
export function newestSaid({ sources }: Pick<RuleRow, 'sources'>): Seq {
  return sources.at(-1) ?? 0
}

/** The rule as it is in force. */
export function ruleText({ edited, quote }: Pick<RuleRow, 'edited' | 'quote'>): string {
  return edited ?? quote
}
