import type { Entry } from '../core/session/context.ts'
import { textOf } from '../core/session/message.ts'

/** An entry that speaks to the model with the host's authority: the digest, or a system message. */
export function isSystemEntry(entry: Entry): boolean {
  return entry.kind === 'digest' || entry.message.role === 'system'
}

/** All text of an entry. */
export function entryText(entry: Entry): string {
  return entry.kind === 'digest' ? entry.text : textOf(entry.message)
}
