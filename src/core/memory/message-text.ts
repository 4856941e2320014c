import { partText, type Part } from '../session/message.ts'

/** A part in words, for a model that reads what was said before: calls by name and arguments. */
export function callInputOrText(part: Part): string {
  return part.type === 'tool-call' ? `called ${part.name} ${part.input}` : partText(part)
}
