import { conceptWorth, isProse } from './concept-worth.ts'
import { scanConcepts } from './concepts.ts'
import { coverGreedily, type CoverItem } from './cover.ts'
import { cutFragments } from './fragments.ts'

/** Worth of a fragment in which nothing stands out: enough to fill what room is left. */
const LEAST_WORTH = 1
/** Worth of the beginning and the end, where texts say what they are and how they ended. */
const EDGE_WORTH = 60
/** Fragments of more than so much text are not weighed; its two ends stand for it. */
const MAX_READ_LENGTH = 2_000_000
/** Set between two fragments that do not follow each other. */
const GAP = '[…]'

/**
 * The parts of a text that say the most, verbatim and in order, in about so many tokens.
 *
 * @param count - Tokens of a text. What is given back has at most `maxTokens`, by this count.
 * @see SPEC.md rule SQZ3
 */
export function excerptOf(
  text: string,
  maxTokens: number,
  count: (text: string) => number,
): string {
  const read =
    text.length <= MAX_READ_LENGTH
      ? text
      : text.slice(0, MAX_READ_LENGTH / 2) + text.slice(-MAX_READ_LENGTH / 2)
  const fragments = cutFragments(read)
  const ids = new Map<string, number>()
  const weights: number[] = []
  const items = fragments.map(({ from, to }, index): CoverItem => {
    const prose = isProse(read, from, to)
    const concepts = new Set<number>()
    scanConcepts(read, from, to, (kind, start, end) => {
      const key = read.slice(start, end).toLowerCase()
      let id = ids.get(key)
      if (id === undefined) {
        id = weights.push(conceptWorth('tool', kind, prose)) - 1
        ids.set(key, id)
      }
      concepts.add(id)
    })
    const isEdge = index === 0 || index === fragments.length - 1
    const tokens = count(read.slice(from, to)) + 1
    const worth = isEdge ? EDGE_WORTH : LEAST_WORTH
    return { concepts: [...concepts], named: [], group: 0, tokens, worth }
  })
  const chosen = coverGreedily({ items, weights, labels: [0], room: maxTokens })
  // Gaps and line breaks count as well; what was chosen last goes first.
  let [least, most] = [0, chosen.length]
  while (least < most) {
    const kept = (least + most + 1) >> 1
    if (count(join(read, fragments, chosen.slice(0, kept))) <= maxTokens) least = kept
    else most = kept - 1
  }
  return join(read, fragments, chosen.slice(0, least))
}

function join(
  text: string,
  fragments: readonly { readonly from: number; readonly to: number }[],
  chosen: readonly number[],
): string {
  const out: string[] = []
  let last = -1
  for (const index of chosen.toSorted((a, b) => a - b)) {
    const fragment = fragments[index]
    if (!fragment) continue
    if (index > last + 1) out.push(GAP)
    out.push(text.slice(fragment.from, fragment.to).toWellFormed())
    last = index
  }
  if (last < fragments.length - 1) out.push(GAP)
  return out.join('\n')
}
