import type { Part, Role } from '../core/session/message.ts'
import type { Place, WireReading } from './wire-reading.ts'

/** A part, with where it stands in the wire value. */
export interface PlacedPart {
  readonly part: Part
  readonly place: Place
}

/** What a message says, from its placed parts. */
export function readingOf(role: Role, placed: readonly PlacedPart[], name?: string): WireReading {
  return {
    role,
    parts: placed.map(({ part }) => part),
    places: placed.map(({ place }) => place),
    ...(name === undefined ? {} : { name }),
  }
}

/** A text in place of a block that can't hold one. */
export function asTextBlock(text: string): { readonly type: 'text'; readonly text: string } {
  return { type: 'text', text }
}
