import type { FactCommand } from '../core/memory/facts/change-facts.ts'
import type { FactEntry, FactsWish } from '../core/memory/facts/fact-entry.ts'
import type { RuleCommand } from '../core/memory/vault/change-rules.ts'
import type { RuleEntry, RuleProposal } from '../core/memory/vault/rule-entry.ts'

/**
 * When a change takes effect in the context: with the next fold, or at once, through a new generation that covers
 * the same messages and can be rolled back.
 */
export interface TakesEffect {
  /** Wants it now; false by default. Where that can't be done, the change says why. */
  readonly now?: boolean
}

/** What a person wants of a rule. */
export type RuleChange = RuleCommand & TakesEffect
/** What a person wants of a fact. */
export type FactChange = FactCommand & TakesEffect

/** What came of a change that a person wanted. */
export type VaultOutcome =
  | {
      readonly kind: 'changed'
      /** Id of the rule or fact; missing where a proposal was refused. */
      readonly id?: string
      /** `now`: the context has it already, as this generation. */
      readonly takesEffect: 'now' | 'next-fold'
      readonly generation?: number
      /** One sentence for people. */
      readonly detail: string
    }
  | { readonly kind: 'refused'; readonly reason: string }

/** The rules of a session, newest first, after the change if there was one. */
export interface RulesResult {
  readonly rules: readonly RuleEntry[]
  /** What models proposed and nobody has decided on, newest first. */
  readonly proposals: readonly RuleProposal[]
  readonly outcome?: VaultOutcome
}

/** Which facts are wanted, and what is to be changed before. */
export interface FactsQuery extends FactsWish {
  readonly change?: FactChange
}

/** Facts, newest first, after the change if there was one. */
export interface FactsResult {
  readonly facts: readonly FactEntry[]
  /** All that were found, whatever the limit. */
  readonly total: number
  readonly outcome?: VaultOutcome
}

/** What came of editing a digest. Nothing is changed where it was refused. */
export type EditOutcome =
  | {
      readonly kind: 'edited'
      readonly takesEffect: 'now' | 'next-fold'
      /** The generation that has it, where it is in the context already. */
      readonly generation?: number
      readonly detail: string
    }
  | { readonly kind: 'refused'; readonly reason: string }
