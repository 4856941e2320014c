import type { Message } from '../session/message.ts'

/**
 * Whether people talk among themselves, with no model that answers. Nobody is instructed then, however many
 * sentences say "don't".
 *
 * @see SPEC.md rule RULE6
 */
export function isTalk(messages: readonly Message[]): boolean {
  const speakers = new Set<string>()
  for (const { role, name } of messages) {
    if (role === 'assistant') return false
    if (role === 'user' && name !== undefined) speakers.add(name)
  }
  return speakers.size > 1
}
