import { hashText } from '../../../src/core/session/chain.ts'
import { partText, type Part } from '../../../src/core/session/message.ts'

/** What a turn says, in a form in which it is compared. */
export interface TurnWords {
  /** Of its letters and digits: what is drawn has no more than these of its Markdown. */
  readonly key: string
  /** Of its text but for blanks. */
  readonly exact: string
  /** Number of its letters and digits. */
  readonly size: number
}

const NO_WORDS = /[^\p{L}\p{N}]+/gu
const BLANKS = /\s+/gu

/** Words that were taken of parts that are still at hand. */
const taken = new WeakMap<readonly Part[], { readonly role: string; readonly words: TurnWords }>()

/** Characters that are looked at in one go: some 5 ms. */
const SLICE = 48_000

/**
 * Takes the words of many turns, a slice at a time, so that a long conversation keeps nobody waiting. What asks for
 * them afterwards finds them.
 *
 * @param rest - Lets others have their turn.
 */
export async function prepareWords(
  turns: readonly { readonly role: string; readonly parts: readonly Part[] }[],
  rest: () => Promise<void>,
): Promise<void> {
  let since = 0
  for (const { role, parts } of turns) {
    if (taken.has(parts)) continue
    wordsOf(role, parts)
    since += parts.reduce((sum, part) => sum + partText(part).length, 0)
    if (since < SLICE) continue
    since = 0
    await rest()
  }
}

/** @see SPEC.md rule ARCH6 */
export function wordsOf(role: string, parts: readonly Part[]): TurnWords {
  const found = taken.get(parts)
  if (found?.role === role) return found.words
  const words = takeWords(role, parts)
  taken.set(parts, { role, words })
  return words
}

function takeWords(role: string, parts: readonly Part[]): TurnWords {
  const text = textIn(parts)
  const letters = text.replace(NO_WORDS, '')
  const others = othersIn(parts)
  return {
    // A turn of signs only is told from others by them.
    key: hashText(JSON.stringify([role, letters === '' ? text.trim() : letters, others])),
    exact: hashText(JSON.stringify([role, text.replace(BLANKS, ' ').trim(), others])),
    size: letters.length,
  }
}

/** Whether a turn begins with what was known of it, and says more: it was read before it was whole. */
export function goesOn(
  role: string,
  parts: readonly Part[],
  known: Pick<TurnWords, 'key' | 'size'>,
): boolean {
  const letters = textIn(parts).replace(NO_WORDS, '')
  if (known.size === 0 || letters.length <= known.size) return false
  return (
    hashText(JSON.stringify([role, letters.slice(0, known.size), othersIn(parts)])) === known.key
  )
}

/** Whether there is nothing in it: a place that is kept for a turn. */
export function isBlank(parts: readonly Part[]): boolean {
  return othersIn(parts).length === 0 && textIn(parts).trim() === ''
}

function textIn(parts: readonly Part[]): string {
  return parts.flatMap((part) => (part.type === 'text' ? part.text : [])).join('\n')
}

/** Reasoning is folded away on most pages, and is no sign that a turn is another. */
function othersIn(parts: readonly Part[]): readonly string[] {
  return parts.flatMap((part) => {
    if (part.type === 'tool-call') return [`${part.name} ${part.input}`]
    return part.type === 'tool-result' ? [part.output] : []
  })
}
