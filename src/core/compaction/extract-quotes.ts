import type { DigestLine } from '../session/generation.ts'
import type { Message } from '../session/message.ts'
import { coverGreedily } from '../memory/cover.ts'
import { isDecision } from './decisions.ts'
import { digestLine } from './digest-lines.ts'
import { gatherQuotes } from './gather-quotes.ts'
import { marksOf } from './superseded.ts'

/** Worth of a line besides the concepts in it. */
const DECISION_SALIENCE = 40

/**
 * Quotes the fragments of a block that say the most about what will be needed again, within so many tokens.
 *
 * @see SPEC.md rules SAL4–SAL6
 */
export function extractQuotes(
  messages: readonly Message[],
  maxTokens: number,
): readonly DigestLine[] {
  const { quotes, groups, labels, weights } = gatherQuotes(messages)
  const chosen = coverGreedily({ items: quotes, weights, labels, room: maxTokens })
  return chosen
    .toSorted((a, b) => a - b)
    .flatMap((index) => {
      const quote = quotes[index]
      const group = quote && groups[quote.group]
      const first = group?.sources[0]
      if (!quote || !group || first === undefined) return []
      const text = quote.text.slice(quote.from, quote.to)
      const isOwnDecision = quote.isSaid && quote.origin === 'own' && isDecision(text)
      const section = quote.origin === 'tool' ? 'facts' : isOwnDecision ? 'decisions' : 'quotes'
      const salience = isOwnDecision ? DECISION_SALIENCE : quote.worth
      return {
        ...digestLine(section, text, first, salience),
        sources: group.sources,
        label: group.label,
        origin: quote.origin,
        place: quote.place,
        marks: marksOf(text),
      }
    })
}
