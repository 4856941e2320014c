import { createEstimatingTokeniser } from '../estimating-tokeniser.ts'
import { cutAnswer } from '../cut-answer.ts'
import { callMethod, hasMethod, peek } from './foreign.ts'

/** An answer as far as it came, and whether its end is its own. */
export interface AnswerText {
  readonly text: string
  readonly isWhole: boolean
}

interface Reading {
  /** Most tokens of the answer; the browser knows no such bound, so it is stopped here. */
  readonly maxTokens: number
  readonly growth: 'pieces' | 'unknown'
  readonly signal: AbortSignal
  readonly tell: (text: string) => void
}

const { count } = createEstimatingTokeniser()

/** Least length between two looks at how many tokens a text has, in code units. */
const LEAST_STEP = 64

/**
 * Reads what the browser answered with: a text, or a stream of texts.
 *
 * @throws whatever the browser throws, and TypeError for an answer that is neither.
 * @see SPEC.md rule BAI7
 */
export async function readAnswer(answer: unknown, reading: Reading): Promise<AnswerText> {
  if (typeof answer === 'string') return cutAnswer(answer, reading.maxTokens)
  if (!hasMethod(answer, 'getReader')) throw new TypeError('the browser answered with no text')
  const reader = await callMethod(answer, 'getReader')
  const cancel = (): void => void callMethod(reader, 'cancel').catch(() => {})
  reading.signal.addEventListener('abort', cancel, { once: true })
  const growing = growText(reading.growth)
  let look = reading.maxTokens
  while (!reading.signal.aborted) {
    const chunk = await callMethod(reader, 'read')
    if (peek(chunk, 'done') === true) break
    const piece = peek(chunk, 'value')
    if (typeof piece !== 'string' || piece === '') continue
    const text = growing(piece)
    reading.tell(text)
    if (text.length < look) continue
    // A token is rarely less than a code unit, so that few looks are needed and each is worth its while.
    const tokens = count(text)
    if (tokens > reading.maxTokens) {
      cancel()
      return { text: cutAnswer(text, reading.maxTokens).text, isWhole: false }
    }
    look = text.length + Math.max(LEAST_STEP, reading.maxTokens - tokens)
  }
  return cutAnswer(growing(''), reading.maxTokens)
}

/** Length from which on a piece that begins with all that came before is taken for the whole text. */
const SURE_LENGTH = 16

/**
 * Joins a stream of texts, of which each is either a piece or, in older browsers, the whole text so far. Which
 * it is shows once there is enough text: a piece that repeats all of it is none.
 *
 * @returns Takes the next text, and gives the whole text so far.
 */
export function growText(growth: 'pieces' | 'unknown'): (next: string) => string {
  let joined = ''
  /** The newest text, for as long as each began with the one before it. */
  let newest: string | undefined = growth === 'unknown' ? '' : undefined
  let isSure = growth === 'pieces'
  return (next) => {
    if (next === '') return newest ?? joined
    if (isSure) {
      if (newest === undefined) joined += next
      // What shrinks is no whole text so far; the longer one is kept.
      else if (next.length >= newest.length) newest = next
      return newest ?? joined
    }
    const before = newest ?? ''
    joined += next
    if (!next.startsWith(before)) {
      newest = undefined
      isSure = true
    } else {
      isSure = before.length >= SURE_LENGTH
      newest = next
      if (isSure) joined = ''
    }
    return newest ?? joined
  }
}
