import { partText, type Draft } from '../../session/message.ts'

/** Longest text of one message that is searched, in UTF-16 code units. */
const MAX_TEXT_LENGTH = 2_000_000

/**
 * The text of a message as recall searches and shows it: as a model reads it, but for the arguments of calls,
 * which stand one to a line and without JSON's escapes, so that their words are words.
 */
export function recallText(message: Pick<Draft, 'parts'>): string {
  const texts = message.parts.map((part) =>
    part.type === 'tool-call' ? `${part.name} ${readableInput(part.input)}` : partText(part),
  )
  return texts.join('\n').slice(0, MAX_TEXT_LENGTH)
}

function readableInput(input: string): string {
  try {
    const lines: string[] = []
    tellValues(JSON.parse(input), '', lines)
    return lines.join('\n')
  } catch {
    // No JSON, or nested too deeply: then as the model wrote it.
    return input
  }
}

function tellValues(value: unknown, key: string, lines: string[]): void {
  if (typeof value !== 'object' || value === null) {
    lines.push(key === '' ? String(value) : `${key}: ${String(value)}`)
    return
  }
  for (const [own, inner] of Object.entries(value)) {
    tellValues(inner, Array.isArray(value) ? key : own, lines)
  }
}
