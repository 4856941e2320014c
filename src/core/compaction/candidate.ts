import type { RuleRow } from '../memory/vault/rule-row.ts'
import type { Categories } from '../session/context.ts'
import type { PadRun } from '../memory/pads/pad.ts'
import type { Artifact, CheckResult, DigestLine, Stub } from '../session/generation.ts'

/** A complete, checked generation that is not stored yet. */
export interface Candidate {
  readonly digest: readonly DigestLine[]
  readonly digestTokens: number
  readonly stubs: readonly Stub[]
  readonly artifacts: readonly Artifact[]
  readonly covered: number
  readonly coverage: string
  readonly tokensAfter: number
  readonly categoriesAfter: Categories
  readonly checks: readonly CheckResult[]
  /** What stretches of tool calls came to; counted when the candidate is stored. */
  readonly padRuns?: readonly PadRun[]
  /** The vault as it was when the digest was composed, with what the covered part says. */
  readonly rules?: readonly RuleRow[]
  /** Who wrote lines besides code. */
  readonly summarisedBy?: readonly string[]
  /** Rules in force for which the digest had no room. */
  readonly rulesLeftOut?: readonly string[]
}
