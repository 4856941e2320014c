/** Longest beginning of an assistant's text that is read sentence by sentence. */
export const MAX_READ_LENGTH = 20_000

const DECISION =
  /\b(?:decided|decision|we(?:'ll| will)|i(?:'ll| will) (?:use|go with|keep)|going with|chose|choose|agreed|fixed|root cause|because|turns out|the (?:problem|bug|issue|cause) (?:is|was)|conclusion|confirmed|beschlossen|entschieden|décidé|decidido|决定|结论|因为)\b/iu

/** Whether a sentence says what was decided, or why. */
export function isDecision(sentence: string): boolean {
  return DECISION.test(sentence)
}
