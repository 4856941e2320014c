import type { Seq } from '../session/message.ts'

/** A part of a message whose payload is to be moved out. */
export interface PayloadRef {
  readonly seq: Seq
  readonly part: number
}

interface ActionFields {
  readonly session: string
  /** Counted up within the session, from 1. */
  readonly n: number
  readonly schema: number
  /** Who did it. Only models act through tools. */
  readonly by: 'model'
  /** Unix time in milliseconds. */
  readonly at: number
  /** Newest message at that time. */
  readonly seq: Seq
  /** Number of the turn in which it was done. */
  readonly turn: number
  /**
   * `pending`: takes effect when the next turn starts, or with the next fold.
   * `taken-over`: a pin that a person or the system has made its own since, or a proposal that was accepted.
   */
  readonly status: 'done' | 'pending' | 'taken-over' | 'undone'
  readonly undone?: { readonly by: 'model' | 'person'; readonly at: number }
}

/**
 * One thing that a model did to its memory: what, when, and what became of it. Rows are never removed: they
 * are the record of it.
 */
export type MemoryAction = ActionFields &
  (
    | { readonly kind: 'note'; readonly text: string }
    /** Stored for the person to decide on; never in force by itself. */
    | { readonly kind: 'rule-proposal'; readonly text: string }
    | { readonly kind: 'pin'; readonly seqs: readonly Seq[]; readonly tokens: number }
    | { readonly kind: 'unpin'; readonly seqs: readonly Seq[] }
    | {
        readonly kind: 'archive'
        /** Newest message to be folded, where a stretch was archived. */
        readonly upTo?: Seq
        readonly payloads: readonly PayloadRef[]
        /** Candidate that it led to. */
        readonly generation?: number
      }
  )

export type MemoryActionKind = MemoryAction['kind']
export type ActionOf<K extends MemoryActionKind> = Extract<MemoryAction, { readonly kind: K }>

/** Bounds of what a model may do, so that it cannot fill its own memory. */
export const MEMORY_BOUNDS = {
  /** Actions of one session, undone ones included. */
  actions: 1_000,
  /** Actions of one turn. */
  actionsPerTurn: 12,
  notes: 200,
  proposals: 50,
  pins: 20,
  archives: 100,
  /** Characters of a note or a proposed rule. */
  textLength: 500,
  /** Share of the budget that pinned messages may take. */
  pinShare: 0.1,
} as const

/** The actions of one kind that still hold. */
export function openActions<K extends MemoryActionKind>(
  actions: readonly MemoryAction[],
  kind: K,
): readonly ActionOf<K>[] {
  return actions.filter(
    (action): action is ActionOf<K> =>
      action.kind === kind && (action.status === 'done' || action.status === 'pending'),
  )
}
