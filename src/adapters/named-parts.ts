import type { Message, Part } from '../core/session/message.ts'

/**
 * The parts of a message for a format without a field for who speaks: the name stands before the first text.
 * What a tool says is never given to a speaker.
 */
export function namedParts({
  role,
  parts,
  name,
}: Pick<Message, 'role' | 'parts' | 'name'>): readonly Part[] {
  if (name === undefined || role === 'tool') return parts
  const first = parts.findIndex(({ type }) => type === 'text')
  return parts.map((part, i) =>
    i === first && part.type === 'text' ? { ...part, text: `${name}: ${part.text}` } : part,
  )
}
