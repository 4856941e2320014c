import type { Role, Seq } from './message.ts'

/** A stretch of a message's text. */
export interface RecallPassage {
  /** Where it begins in the text of its message as recall reads it, in UTF-16 code units. */
  readonly offset: number
  readonly text: string
}

/** A message of the log that a recall found, by its best passages. */
export interface RecallHit {
  readonly seq: Seq
  readonly role: Role
  /** The passages in the order of the message, with `…` where something is left out. */
  readonly text: string
  /** Higher is better; only comparable within one answer. */
  readonly score: number
  /** False for messages that a branch left behind. */
  readonly active: boolean
  readonly passages: readonly RecallPassage[]
}
