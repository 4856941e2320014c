import { findStateSlots } from '../memory/state-slots.ts'
import type { DigestLine } from '../session/generation.ts'
import type { Message } from '../session/message.ts'
import { digestLine } from './digest-lines.ts'
import { markOf } from './superseded.ts'

/** A value that took the place of another is what is asked for again and got wrong. */
const SALIENCE = 300

/**
 * The newest value of what has changed: fields of records, to-dos, edited lines, wishes. What it replaced is
 * marked, so that no other line shows it as current.
 *
 * @see SPEC.md rules FACT1–FACT4
 */
export function extractSlotLines(messages: readonly Message[]): readonly DigestLine[] {
  return findStateSlots(messages).flatMap((slot) => {
    if (!slot.isChanged) return []
    return {
      ...digestLine('state', slot.text, slot.seq, SALIENCE, {
        key: `slot:${slot.key}`,
        kind: 'slot',
      }),
      ...(slot.former.length > 0 ? { former: slot.former } : {}),
      label: slot.label,
      origin: 'own' as const,
      replaces: slot.replaced.map(markOf),
    }
  })
}
