import type { Context } from '../core/session/context.ts'
import { textOf, type Role } from '../core/session/message.ts'

/** One entry of a context as text. */
export interface PlainMessage {
  readonly role: Role
  readonly text: string
}

/**
 * Writes a context as roles and texts, one per entry. For people, logs and models without tools:
 * calls and results become text, the digest a system message.
 *
 * @see SPEC.md rule ADP17
 */
export function toPlain(context: Context): PlainMessage[] {
  return context.entries.map((entry) => {
    if (entry.kind === 'digest') return { role: 'system', text: entry.text }
    const { role, name } = entry.message
    const text = textOf(entry.message)
    return { role, text: name === undefined ? text : `${name}: ${text}` }
  })
}
