import type { VaultOutcome } from '../../protocol/memory-vault.ts'

/** What came of a change that a person wanted, as a sentence. */
export function tellOutcome(outcome: VaultOutcome | undefined): string {
  if (outcome === undefined) return 'Nothing was changed.'
  return outcome.kind === 'changed' ? outcome.detail : `Not changed: ${outcome.reason}.`
}
