import type { AbortSignalLike } from '../core/ports/abort-signal-like.ts'
import type { LanguageModel, ModelReply, ModelRequest } from '../core/ports/language-model.ts'
import { cutPieces, type Piece } from '../core/summarise/cut-pieces.ts'
import { nonceOf } from '../core/summarise/escape-data.ts'
import { foldText } from '../core/summarise/fold-text.ts'
import { createGrounds } from '../core/summarise/grounds.ts'
import { createKnownLines, type LineGround } from '../core/summarise/judge-line.ts'
import { judgePatch } from '../core/summarise/judge-patch.ts'
import type { LadderState, StepOutcome } from '../core/summarise/ladder.ts'
import { addDrops, type Topic } from '../core/summarise/patch.ts'
import { choosePatchable } from '../core/summarise/patchable.ts'
import type { BlockPlan } from '../core/summarise/plan-block.ts'
import { readAnswer } from '../core/summarise/read-answer.ts'
import { writeQuestion, type Question } from '../core/summarise/write-question.ts'
import { askModel } from './ask-model.ts'
import {
  DEFAULT_SUMMARISER_LIMITS,
  type BlockForModel,
  type BlockSummary,
  type StepTaken,
  type SummariserLimits,
  type SummariserPorts,
} from './block-for-model.ts'
import { judgeLines } from './judge-lines.ts'
import { createTaken, lineOf } from './taken-lines.ts'

export interface PieceWork {
  readonly index: number
  readonly piece: Piece
  readonly plan: BlockPlan
  readonly questions: readonly (readonly Topic[])[]
  readonly state: LadderState
}

/** What one block has come to so far. */
export interface Run {
  readonly maxCalls: number
  nonce(): string
  isAborted(): boolean
  /** Whether nothing more may be asked, or taken. */
  isOver(): boolean
  question(work: PieceWork, topics: readonly Topic[], isTight: boolean): Question
  ask(
    question: Question,
    request: ModelRequest,
  ): Promise<{ readonly outcome: StepOutcome; readonly answer: string }>
  note(step: StepTaken): void
  /** Why nothing came of any call; undefined if something did. */
  fruitless(): string | undefined
  summary(kind: BlockSummary['kind'], reason: string, pieces: number): BlockSummary
  /** The same once the judge, if there is one, has had its say. */
  judged(kind: BlockSummary['kind'], reason: string, pieces: number): Promise<BlockSummary>
}

export function createRun(
  model: LanguageModel,
  block: BlockForModel,
  signal: AbortSignalLike,
  ports: SummariserPorts,
  limits: SummariserLimits,
): Run {
  const bounds = { ...DEFAULT_SUMMARISER_LIMITS, ...limits }
  const { count } = ports
  const known = createKnownLines([...block.extracted, ...block.previous])
  const grounds = new Map<Piece, LineGround['grounds']>()
  const taken = createTaken()
  const timing = { clock: ports.clock, timeoutMs: bounds.callTimeoutMs }
  const nonce = (): string => nonceOf(ports.random.id())

  const groundFor = ({ piece, request, nonce: own }: Question, asked: ModelRequest): LineGround => {
    const made = grounds.get(piece) ?? createGrounds(piece.messages)
    grounds.set(piece, made)
    return {
      messages: piece.messages,
      grounds: made,
      orders: foldText(`${request.system}\n${asked.system}`),
      nonce: own,
      known,
    }
  }

  const judge = (question: Question, request: ModelRequest, reply: ModelReply): StepOutcome => {
    if (reply.kind === 'failed') return { ...reply, reason: String(reply.reason).slice(0, 300) }
    const read = readAnswer(reply.text)
    if (read.kind === 'none') return read
    if (read.kind === 'unreadable') return read
    const judged = judgePatch(read.operations, question, groundFor(question, request), {
      maxLines: bounds.maxLines - taken.lines.length,
      maxTokens: bounds.maxTokens - taken.tokens(count),
      count,
      inUse: block.inUse ?? new Set(),
    })
    const dropped = addDrops(
      judged.dropped,
      read.malformed > 0 ? { malformed: read.malformed } : {},
    )
    taken.take(judged, dropped)
    const isTaken = judged.lines.length + judged.operations.length > 0
    if (isTaken) return { kind: 'taken' }
    // What was noted before need not be noted again.
    if (Object.keys(dropped).every((reason) => reason === 'duplicate')) return { kind: 'none' }
    return { kind: 'refused', dropped }
  }

  const summary: Run['summary'] = (kind, reason, pieces) => ({
    kind,
    reason,
    lines: taken.lines,
    operations: [...taken.operations.values()],
    dropped: taken.dropped,
    pieces,
    calls: taken.calls,
    usage: taken.usage,
    steps: taken.steps,
  })

  return {
    maxCalls: bounds.maxCalls,
    nonce,
    isAborted: () => signal.aborted,
    isOver: () =>
      taken.calls >= bounds.maxCalls ||
      taken.lines.length >= bounds.maxLines ||
      taken.tokens(count) >= bounds.maxTokens,
    fruitless: () =>
      taken.steps.some(({ outcome }) => outcome === 'taken' || outcome === 'none')
        ? undefined
        : taken.steps.at(-1)?.reason,
    note: (step) => void taken.steps.push(step),
    summary,
    question({ piece: whole, plan }, topics, isTight) {
      const own = nonce()
      const half = { maxTokens: plan.pieceTokens / 2, count }
      const [piece = whole] = isTight ? cutPieces(whole.messages, half).toReversed() : [whole]
      const shown = choosePatchable(isTight ? [] : block.previous, piece.text, {
        topics,
        maxTokens: plan.shownTokens,
        locked: new Set([...(block.locked ?? []), ...taken.operations.keys()]),
        count,
      })
      return writeQuestion({
        topics,
        piece,
        shown,
        nonce: own,
        isTight,
        isConstrained: model.info.isConstrained,
        maxAnswerTokens: plan.answerTokens,
        ...(block.instructions === undefined ? {} : { instructions: block.instructions }),
      })
    },
    async ask(question, request) {
      taken.calls += 1
      const reply = await askModel(model, request, signal, timing)
      taken.addUsage(reply.kind === 'answered' ? reply : {})
      if (signal.aborted) return { outcome: { kind: 'none' }, answer: '' }
      const answer = reply.kind === 'answered' ? reply.text : ''
      return { outcome: judge(question, request, reply), answer }
    },
    async judged(kind, reason, pieces) {
      const candidates = [...taken.lines, ...[...taken.operations.values()].flatMap(lineOf)]
      if (kind === 'aborted' || !ports.judge || candidates.length === 0) {
        return summary(kind, reason, pieces)
      }
      const verdict = await judgeLines(ports.judge, candidates, block.messages, signal, {
        ...timing,
        count,
        nonce,
      })
      taken.reject(verdict.rejected)
      for (const usage of verdict.usages) taken.addUsage({ usage })
      taken.calls += verdict.calls
      return summary(signal.aborted ? 'aborted' : kind, reason, pieces)
    },
  }
}
