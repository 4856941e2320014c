import type { LossKind } from '../memory/loss-cues.ts'
import type { Seq } from '../session/message.ts'
import type { ProbationPolicy } from '../session/policy.ts'

/** The time after an apply in which evidence of loss counts. */
export interface Probation {
  /** Generation that is watched. */
  readonly generation: number
  /** Newest turn, by number, in which it is. */
  readonly until: number
  readonly evidence: readonly Evidence[]
}

/** Something that shows, or hints, that the fold lost what was needed. */
export interface Evidence {
  readonly kind: LossKind | 'recalled'
  /** Message that shows it; for a recall, the newest message at that time. */
  readonly seq: Seq
  /** Covered messages that it is about. */
  readonly covered: readonly Seq[]
  readonly weight: number
  /** One sentence for people. */
  readonly detail: string
}

/** Most pieces of evidence that are kept. */
const MAX_EVIDENCE = 8
/** Recalls of the covered part by the model that are nothing unusual. */
const USUAL_RECALLS = 2

/** The probation of a generation that is applied now, if the policy wants one. */
export function startProbation(
  generation: number,
  turns: number,
  policy: ProbationPolicy,
): Probation | null {
  return policy.turns > 0 ? { generation, until: turns + policy.turns, evidence: [] } : null
}

/** The probation that is under way, given the head generation and the number of turns so far. */
export function probationNow(session: {
  readonly head: number
  readonly turns: number
  readonly probation: Probation | null
}): Probation | undefined {
  const { probation, head, turns } = session
  if (!probation || probation.generation !== head || turns > probation.until) return undefined
  return probation
}

/** Whether the evidence is enough to take the generation back. */
export function showsLoss(probation: Probation | undefined, policy: ProbationPolicy): boolean {
  const weight = (probation?.evidence ?? []).reduce((sum, piece) => sum + piece.weight, 0)
  return weight >= policy.evidence
}

/** The probation with one more piece of evidence; the same message counts once. */
export function addEvidence(probation: Probation, piece: Evidence): Probation {
  const isKnown = probation.evidence.some(
    ({ seq, kind }) => seq === piece.seq && kind === piece.kind && kind !== 'recalled',
  )
  if (isKnown || probation.evidence.length >= MAX_EVIDENCE) return probation
  return { ...probation, evidence: [...probation.evidence, piece] }
}

/**
 * Evidence from recalls by the model: the covered part is wanted again and again.
 *
 * @param recalls - Number of recalls by the model in this probation that read covered messages.
 * @see SPEC.md rule PROB5
 */
export function weighRecalls(
  seq: Seq,
  covered: readonly Seq[],
  recalls: number,
): Evidence | undefined {
  if (recalls <= USUAL_RECALLS) return undefined
  const detail = `the model recalled the covered part ${recalls} times`
  return { kind: 'recalled', seq, covered: covered.slice(0, 3), weight: 1, detail }
}
