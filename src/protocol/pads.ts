import type { PadChange } from '../core/memory/pads/change-pads.ts'
import type { Pad } from '../core/memory/pads/pad.ts'

/** What a person may ask about action pads. */
export type PadCommand =
  /** All of them, in the order in which they were found. */
  | { readonly kind: 'list' }
  /** Those that fit a goal, the best first. */
  | { readonly kind: 'find'; readonly goal: string }
  /** As JSON text: all of them, or those with these numbers. */
  | { readonly kind: 'export'; readonly pads?: readonly number[] }
  | PadChange

/** An action pad as people and hosts see it. */
export interface PadEntry extends Omit<Pad, 'session' | 'schema' | 'shape' | 'isDeleted' | 'runs'> {
  /** It failed since it last worked. */
  readonly isDemoted: boolean
  /** The pad as a model reads it. */
  readonly text: string
}

export interface PadsResult {
  /** What was listed, found or exported; of a change, the pads that it made or changed and that are there. */
  readonly pads: readonly PadEntry[]
  /** The file, of an export. */
  readonly json?: string
}
