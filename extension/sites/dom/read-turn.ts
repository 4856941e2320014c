import type { Part } from '../../../src/core/session/message.ts'
import type { MountedTurn } from './find-turns.ts'
import { readRendered } from './read-rendered.ts'

/** What a mounted turn says; empty for a placeholder that nothing is drawn in. */
export function readTurn({ pieces }: MountedTurn, leaveOut: readonly string[]): readonly Part[] {
  const thoughts: string[] = []
  const texts: string[] = []
  for (const { element, rule } of pieces) {
    const thinking = rule.reasoning
    if (thinking !== undefined) {
      for (const one of outermost(element, thinking)) thoughts.push(readRendered(one, leaveOut))
    }
    const out = thinking === undefined ? leaveOut : [...leaveOut, ...thinking.split(',')]
    const isThought = (one: Element): boolean =>
      thinking !== undefined && one.closest(thinking) !== null
    const bodies = rule.body
      .map((selector) => outermost(element, selector).filter((one) => !isThought(one)))
      .find((found) => found.length > 0)
    const lines = (bodies ?? [element]).map((body) => readRendered(body, out))
    // Lines of a question are one text; pieces of an answer are paragraphs.
    const isLines = bodies?.[0]?.classList.contains('query-text-line') === true
    texts.push(lines.filter((text) => text !== '').join(isLines ? '\n' : '\n\n'))
  }
  return [...asPart('reasoning', thoughts), ...asPart('text', texts)]
}

function outermost(element: Element, selector: string): readonly Element[] {
  const found: Element[] = []
  for (const one of element.querySelectorAll(selector)) {
    if (found.at(-1)?.contains(one) !== true) found.push(one)
  }
  return found
}

function asPart(type: 'reasoning' | 'text', texts: readonly string[]): readonly Part[] {
  const text = texts.filter((one) => one.trim() !== '').join('\n\n')
  return text === '' ? [] : [{ type, text }]
}
