import type { Seq } from '../../core/session/message.ts'
import type { PayloadPlace } from '../../protocol/requests.ts'

/** What a person can do to something stored. `open` and `edit` begin in the list itself. */
export type ItemAction =
  | 'open'
  | 'edit'
  | 'revert'
  | 'rename'
  | 'pin'
  | 'unpin'
  | 'accept'
  | 'refuse'
  | 'restore'
  | 'undo'
  | 'remove'
  | 'delete'

/** How something stored stands, in a word or two. */
export interface ItemStatus {
  readonly tone: 'plain' | 'good' | 'warn'
  readonly text: string
}

/** Anything that Backfold keeps, as a list shows it: payload, fact, rule, action pad, note. */
export interface MemoryItem {
  /** Unique in its list, and the same as long as it is the same thing. */
  readonly id: string
  /** Heading that it stands under; lists without headings have one group. */
  readonly group: string
  /** What it is, in some words; empty where the detail says all. */
  readonly title: string
  /** All of it, of any length and from anywhere: only ever shown as text. */
  readonly detail: string
  /** Messages that it comes from, ascending. */
  readonly sources: readonly Seq[]
  /** What is to be known besides, one short sentence each. */
  readonly notes: readonly string[]
  readonly status: ItemStatus | null
  readonly actions: readonly ItemAction[]
  /** What `edit` and `rename` start from. */
  readonly editable?: Partial<Record<ItemAction, string>>
  /** Lines of the head's digest that it stands for. */
  readonly lines?: readonly string[]
  /** Where it is stored whole. */
  readonly place?: PayloadPlace
}

/** Names of the buttons. */
export const ACTION_NAMES: Readonly<Record<ItemAction, string>> = {
  open: 'Open',
  edit: 'Edit',
  revert: 'Undo the edit',
  rename: 'Rename',
  pin: 'Pin',
  unpin: 'Unpin',
  accept: 'Accept',
  refuse: 'Refuse',
  restore: 'Restore',
  undo: 'Undo',
  remove: 'Remove',
  delete: 'Delete',
}

/** Actions that take away for good: asked for twice. */
export const FINAL_ACTIONS: ReadonlySet<ItemAction> = new Set(['delete'])
