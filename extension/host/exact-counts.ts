import { MESSAGE_OVERHEAD_TOKENS } from '../../src/core/session/append.ts'
import { partText, type Part } from '../../src/core/session/message.ts'

/** Counts the tokens of messages exactly, a slice at a time. */
export interface ExactCounts {
  /**
   * Tokens of a message as its model counts them, with what its format adds.
   *
   * @returns undefined where the vocabulary can't be had.
   */
  count(parts: readonly Part[]): Promise<number | undefined>
}

/** Characters that are counted in one go: some 5 ms. */
const SLICE = 32_000

/**
 * @param load - Loads the vocabulary, when it is first needed.
 * @param rest - Lets others have their turn.
 */
export function createExactCounts(
  load: () => Promise<{ count(text: string): number }>,
  rest: () => Promise<void>,
): ExactCounts {
  let loading: Promise<{ count(text: string): number } | undefined> | undefined
  let sinceRest = 0
  return {
    async count(parts) {
      const tokeniser = await (loading ??= load().catch(() => undefined))
      if (!tokeniser) return undefined
      let tokens = MESSAGE_OVERHEAD_TOKENS
      for (const text of parts.map(partText)) {
        for (let from = 0; from < text.length;) {
          const to = cutAt(text, from + SLICE)
          tokens += tokeniser.count(text.slice(from, to))
          sinceRest += to - from
          from = to
          if (sinceRest < SLICE / 2) continue
          sinceRest = 0
          await rest()
        }
      }
      return tokens
    },
  }
}

/** Behind the last white space before a place, if there is one near, so that no word is counted in two. */
function cutAt(text: string, wanted: number): number {
  if (wanted >= text.length) return text.length
  for (let at = wanted; at > wanted - 1_000; at -= 1) if (text[at] === ' ') return at
  return wanted
}
