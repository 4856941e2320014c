import type { Message, Part, ToolResultPart } from '../core/session/message.ts'
import { namedParts } from './named-parts.ts'
import { describePart } from './openai/openai-render.ts'

/** What a message says in one go, or one result that it brings. */
export type Saying =
  | { readonly kind: 'speech'; readonly parts: readonly Part[] }
  | { readonly kind: 'result'; readonly part: ToolResultPart }

/**
 * Takes a message apart for formats in which results stand by themselves and speakers have no names: the name
 * stands before the first text, and what a tool says beside its results is in the last of them, as it is no
 * instruction.
 */
export function splitParts(message: Pick<Message, 'role' | 'parts' | 'name'>): readonly Saying[] {
  const { role, parts } = message
  if (role === 'tool') return withRemarks(parts)
  const sayings: Saying[] = []
  let said: Part[] = []
  const flush = (): void => {
    if (said.length > 0) sayings.push({ kind: 'speech', parts: said })
    said = []
  }
  for (const part of namedParts(message)) {
    if (part.type !== 'tool-result') {
      said.push(part)
      continue
    }
    flush()
    sayings.push({ kind: 'result', part })
  }
  flush()
  return sayings
}

function withRemarks(parts: readonly Part[]): readonly Saying[] {
  const results = parts.filter((part) => part.type === 'tool-result')
  const remarks = parts.map(describePart).filter((text) => text !== '')
  return results.map((part, i) => {
    const output = i === results.length - 1 ? [part.output, ...remarks].join('\n') : part.output
    return { kind: 'result', part: { ...part, output } }
  })
}
