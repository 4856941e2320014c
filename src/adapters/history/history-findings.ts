/** What was done to a history that another tool had damaged. */
export type RepairKind =
  | 'message-empty'
  | 'message-copied'
  | 'message-id-doubled'
  | 'system-doubled'
  | 'calls-empty'
  | 'call-id-missing'
  | 'call-id-doubled'
  | 'call-unanswered'
  | 'result-misplaced'
  | 'result-copied'
  | 'result-without-call'
  | 'line-cut-off'

/** What stands out in a history and is left as it is, because only a person can tell what was meant. */
export type FlagKind =
  | 'summary-torn'
  | 'summary-failed'
  | 'summary-empty'
  | 'summary-as-user'
  | 'control-prompt'
  | 'arguments-unreadable'
  | 'message-alike'
  | 'call-pending'
  | 'begins-without-user'
  | 'system-again'
  | 'same-role'
  | 'time-backwards'
  | 'media-inline'

/** One change to a damaged history. */
export interface Repair {
  readonly kind: RepairKind
  /** Index of the message in what was handed in. */
  readonly at: number
  /** One sentence for people. It may change; branch on `kind`. */
  readonly detail: string
}

/** Something noticed that was not changed. */
export interface Flag {
  readonly kind: FlagKind
  /** Index of the message in what was handed in; the first of several. */
  readonly at: number
  /** One sentence for people. It may change; branch on `kind`. */
  readonly detail: string
}

/** Puts findings in the order of the history, those about one message in the order found. */
export function inOrder<T extends { readonly at: number }>(findings: readonly T[]): readonly T[] {
  return findings.toSorted((a, b) => a.at - b.at)
}

/** An id as it can stand in a sentence. It comes from outside and may be anything. */
export function quoteId(id: string): string {
  const plain = id.replace(/[^\p{L}\p{N}_:./-]/gu, '?')
  return plain.length > 40 ? `${plain.slice(0, 39)}…` : plain
}
