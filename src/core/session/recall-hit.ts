import type { Role, Seq } from './message.ts'

/** A passage of the log that a recall found. */
export interface RecallHit {
  readonly seq: Seq
  readonly role: Role
  /** The passage around what matched. */
  readonly text: string
  /** Higher is better; only comparable within one answer. */
  readonly score: number
  /** False for messages that a branch left behind. */
  readonly active: boolean
}
