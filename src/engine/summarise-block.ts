import type { AbortSignalLike } from '../core/ports/abort-signal-like.ts'
import type { LanguageModel, ModelRequest } from '../core/ports/language-model.ts'
import type { Message } from '../core/session/message.ts'
import { cutPieces, type Piece } from '../core/summarise/cut-pieces.ts'
import {
  atNextPiece,
  FIRST_STEP,
  nextStep,
  type LadderState,
  type NextStep,
} from '../core/summarise/ladder.ts'
import { planBlock, questionsFor } from '../core/summarise/plan-block.ts'
import { writeRepair } from '../core/summarise/write-question.ts'
import type {
  BlockForModel,
  BlockSummary,
  SummariserLimits,
  SummariserPorts,
} from './block-for-model.ts'
import { createRun, type PieceWork, type Run } from './summarise-run.ts'

/**
 * Lets a model write notes on one block: piece by piece, question by question, down the ladder. What comes of it is
 * judged by code; without any of it the block is as good as without a model.
 *
 * Never rejects, and always ends: calls, time, lines and tokens are bounded. Once the signal is aborted it
 * resolves at once, with what was taken by then.
 *
 * @see SPEC.md rules SUM1–SUM10
 */
export async function summariseBlock(
  model: LanguageModel,
  block: BlockForModel,
  signal: AbortSignalLike,
  ports: SummariserPorts,
  limits: SummariserLimits = {},
): Promise<BlockSummary> {
  const run = createRun(model, block, signal, ports, limits)
  const plan = planBlock(model.info, limits.sections)
  if (!plan) return run.summary('given-up', 'the window of the model is too small', 0)
  const pieces = cut(block.messages, plan.pieceTokens, ports.count)
  const questions = questionsFor(plan, pieces.length, run.maxCalls)
  let state: LadderState = FIRST_STEP
  for (const [index, piece] of pieces.entries()) {
    state = atNextPiece(state)
    const ended = await askAboutPiece(run, { index, piece, plan, questions, state })
    if (ended.kind !== 'next-piece') {
      return run.judged(ended.kind, ended.reason, pieces.length)
    }
    state = ended.state
  }
  if (pieces.length === 0) return run.judged('done', 'nobody says anything in it', 0)
  const fruitless = run.fruitless()
  return fruitless === undefined
    ? run.judged('done', 'all pieces were asked about', pieces.length)
    : run.judged('given-up', fruitless, pieces.length)
}

/** Pieces in which somebody speaks. */
function cut(
  messages: readonly Message[],
  maxTokens: number,
  count: (text: string) => number,
): readonly Piece[] {
  return cutPieces(messages, { maxTokens, count }).filter(({ isSpoken }) => isSpoken)
}

type PieceEnd =
  | { readonly kind: 'next-piece'; readonly state: LadderState }
  | { readonly kind: 'given-up' | 'aborted'; readonly reason: string }

async function askAboutPiece(run: Run, work: PieceWork): Promise<PieceEnd> {
  let { state } = work
  for (const topics of work.questions) {
    let next: NextStep | undefined
    let question = run.question(work, topics, false)
    let request: ModelRequest | undefined = question.request
    while (request !== undefined) {
      if (run.isOver())
        return { kind: 'given-up', reason: 'the calls or lines of the block are used up' }
      const { outcome, answer } = await run.ask(question, request)
      if (run.isAborted()) return { kind: 'aborted', reason: 'it was aborted' }
      next = nextStep(state, outcome)
      run.note({
        piece: work.index,
        step: state.step,
        topics: question.topics,
        outcome: outcome.kind,
        reason: next.reason,
      })
      if (next.kind === 'give-up') return { kind: 'given-up', reason: next.reason }
      state = next.state
      request = undefined
      if (next.kind === 'repair') {
        request = writeRepair(question, answer, next.reason, run.nonce())
      } else if (next.kind === 'tighter') {
        question = run.question(work, ['facts'], true)
        request = question.request
      }
    }
    if (next?.kind === 'next-piece') break
  }
  return { kind: 'next-piece', state }
}
