import type { DigestLine, Section } from '../session/generation.ts'
import type { Message } from '../session/message.ts'
import { coverGreedily } from '../memory/cover.ts'
import { isDecision } from './decisions.ts'
import { oneLine } from './digest-text.ts'
import { gatherQuotes } from './gather-quotes.ts'
import { markOf, marksOf } from './superseded.ts'

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
      if (!quote || !group) return []
      const text = quote.text.slice(quote.from, quote.to)
      const isOwnDecision = quote.isSaid && quote.origin === 'own' && isDecision(text)
      const section = quote.origin === 'tool' ? 'facts' : isOwnDecision ? 'decisions' : 'quotes'
      const salience = isOwnDecision ? DECISION_SALIENCE : quote.worth
      const shown = oneLine(text)
      return {
        id: quoteId(section, shown),
        section,
        text: shown,
        tokens: 0,
        salience,
        sources: group.sources,
        label: group.label,
        origin: quote.origin,
        place: quote.place,
        marks: marksOf(text),
      }
    })
}

/**
 * The id of a quote: the same text of one section is quoted once. There are thousands, so it is a short mark and not
 * a cryptographic hash as that of all other lines, none of which it can ever equal.
 */
function quoteId(section: Section, text: string): string {
  return `${section}:${markOf(text)}:${text.length.toString(36)}`
}
