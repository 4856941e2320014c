import type { LanguageModelInfo } from '../ports/language-model.ts'
import { TOPICS, type Topic } from './patch.ts'
import { LEAST_PIECE_TOKENS } from './cut-pieces.ts'

/** How one block is asked about. */
export interface BlockPlan {
  /** Tokens of one piece, of the earlier notes shown with it, and of an answer. */
  readonly pieceTokens: number
  readonly shownTokens: number
  readonly answerTokens: number
  /** Topics of each question about a piece. */
  readonly questions: readonly (readonly Topic[])[]
}

/** Windows up to this are asked about one section per call: small models lose sight of more. */
const SMALL_WINDOW = 8_192
/** Share of a window that is planned with: other tokenisers count otherwise. */
const USED_SHARE = 0.82
/** Tokens of the orders, at most. */
const ORDER_TOKENS = 480
/** Larger pieces are read less well. */
const MOST_PIECE_TOKENS = { one: 3_000, all: 12_000 } as const

/** What to ask of a model of this window; undefined if it is too small for any question. */
export function planBlock(
  { contextTokens }: Pick<LanguageModelInfo, 'contextTokens'>,
  wished?: 'one' | 'all',
): BlockPlan | undefined {
  const window = Number.isFinite(contextTokens) ? Math.floor(contextTokens * USED_SHARE) : 0
  const mode = wished ?? (contextTokens <= SMALL_WINDOW ? 'one' : 'all')
  const [least, most] = mode === 'one' ? [160, 320] : [320, 1_200]
  const answerTokens = Math.min(most, Math.max(least, Math.floor(window / 6)))
  const shownTokens = Math.min(600, Math.floor(window / 12))
  const left = window - ORDER_TOKENS - answerTokens - shownTokens
  if (left < LEAST_PIECE_TOKENS) return undefined
  return {
    pieceTokens: Math.min(left, MOST_PIECE_TOKENS[mode]),
    shownTokens,
    answerTokens,
    questions: mode === 'one' ? TOPICS.map((topic) => [topic]) : [TOPICS],
  }
}

/**
 * Questions about each of so many pieces within so many calls: where one section per call would take too many, all
 * are asked for at once.
 */
export function questionsFor(
  { questions }: Pick<BlockPlan, 'questions'>,
  pieces: number,
  maxCalls: number,
): readonly (readonly Topic[])[] {
  return pieces * questions.length <= maxCalls ? questions : [TOPICS]
}
