import type { Context } from '../../core/session/context.ts'
import { textOf } from '../../core/session/message.ts'
import { exactWire } from '../exact-wire.ts'
import { readPlainMessage } from './plain-message.ts'

/** One entry of a context as text, or a message as a host that has such messages wrote it. */
export interface PlainMessage {
  /** `system`, `user`, `assistant` or `tool`, or what the host calls it. */
  readonly role: string
  /** Missing only where the host's own message has none. */
  readonly text?: string
  readonly [field: string]: unknown
}

/**
 * Writes a context as roles and texts, one per entry. For people, logs and models without tools:
 * calls and results become text, the digest a system message. Messages that came in this format go out exactly
 * as they came.
 *
 * @see SPEC.md rules ADP17, TXT3, TXT4
 */
export function toPlain(context: Context): PlainMessage[] {
  return context.entries.map((entry) => {
    if (entry.kind === 'digest') return { role: 'system', text: entry.text }
    const exact = exactWire(entry.message, entry.kind === 'stubbed', 'plain', readPlainMessage)
    if (exact) return exact as unknown as PlainMessage
    const { role, name } = entry.message
    const text = textOf(entry.message)
    return { role, text: name === undefined ? text : `${name}: ${text}` }
  })
}
