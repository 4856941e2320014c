import type { Draft } from '../../../core/session/message.ts'
import type { AppendReceipt } from '../../../protocol/requests.ts'
import type { ChatModel, ChatOutcome, NoModel, WireMessage } from '../ask/chat-model.ts'
import type { Completion } from '../ask/completion-stream.ts'
import { EMPTY_COMPLETION } from '../ask/completion-stream.ts'
import { describeEmpty, type LiveFailure } from '../ask/live-failure.ts'
import type { ChatAnswer, ChatFailure } from '../chat.ts'
import { answerDraft } from '../core/answer-draft.ts'
import { toolLine } from '../core/tool-line.ts'
import { answerCalls } from './answer-calls.ts'
import type { ChatOptions } from './chat-options.ts'
import { hostToolShapes } from './host-tools.ts'

/** Times that tool calls of one turn are answered; the last answer is asked for without tools. */
const MAX_ROUNDS = 12

export interface TurnWorld extends Pick<
  ChatOptions,
  'session' | 'model' | 'tools' | 'recall' | 'turn'
> {
  readonly issueId: () => string
  readonly signal: AbortSignal
  /** Shows how far it is; once a message of that id is in the log, it is shown there. */
  readonly show: (answer: ChatAnswer, id: string) => void
  /** Appends messages of the answer; what can't be appended now is kept until it can. */
  readonly append: (drafts: readonly Draft[]) => Promise<AppendReceipt>
  readonly told: (seq: number, text: string, outcome: ChatOutcome['kind']) => void
}

/** How a turn ended. */
export type TurnEnd =
  { readonly kind: 'done' | 'stopped' } | { readonly kind: 'failed'; readonly failure: ChatFailure }

/**
 * One turn: the context, the request, the answer as it comes, appended in its own form; then, as long as the model
 * calls tools, their results and the next answer.
 *
 * @throws BackfoldError for what goes wrong in Backfold itself.
 * @see SPEC.md rules CHAT11, SEND10, SEND11
 */
export async function answerTurn(world: TurnWorld): Promise<TurnEnd> {
  const { session, signal, show } = world
  for (let round = 0; round <= MAX_ROUNDS; round += 1) {
    const model = world.model()
    if ('problem' in model) return failed(notSetUp(model))
    const id = world.issueId()
    show(asAnswer(round === 0 ? 'folding' : 'recalling', EMPTY_COMPLETION, 0), id)
    const { messages, system } = await session.context({ format: model.format })
    const tools = round < MAX_ROUNDS ? await offeredTools(world, model) : []
    if (signal.aborted) return { kind: 'stopped' }
    show(asAnswer('waiting', EMPTY_COMPLETION, 0), id)
    const seq = session.state.get().newest + 1
    const onProgress = (completion: Completion): void =>
      show(asAnswer('answering', completion, seq), id)
    const outcome = await (world.turn === undefined || model.provider === ''
      ? model.ask({ messages, system, tools, signal, onProgress })
      : world.turn(model.provider, () =>
          model.ask({ messages, system, tools, signal, onProgress }),
        ))
    const draft = await keepAnswer(world, outcome, id)
    await reportTokens(world, model, outcome)
    if (outcome.kind === 'failed') return failed(outcome.failure)
    if (outcome.kind === 'stopped') return { kind: 'stopped' }
    if (draft === null) return failed(describeEmpty(outcome.completion.finishReason))
    const wire = outcome.wire ?? wireOf(draft)
    if (wire === null) return { kind: 'done' }
    // What it says and calls stands in the log.
    show(asAnswer('recalling', EMPTY_COMPLETION, seq), id)
    const results = await answerCalls(wire, {
      session,
      recall: (world.recall?.() ?? true) && model.toolFormat !== null,
      tools: world.tools?.() ?? null,
      signal,
    })
    if (results.length === 0) return { kind: 'done' }
    await world.append(results.map((result) => ({ id: world.issueId(), ...result })))
    if (signal.aborted) return { kind: 'stopped' }
  }
  return failed(TOO_MANY_ROUNDS)
}

const TOO_MANY_ROUNDS: LiveFailure = {
  status: 200,
  code: 'only-tools',
  about: '',
  title: 'The model only called tools',
  advice: 'Send again, or ask for something smaller.',
  said: '',
}

/** A failure as a chat shows it. */
function failed({ status: _, ...failure }: LiveFailure): TurnEnd {
  return { kind: 'failed', failure: { ...failure, canRetry: true } }
}

function notSetUp({ problem, code = 'no-endpoint' }: NoModel): LiveFailure {
  return { status: 0, code, about: '', title: 'No model is set up', advice: problem, said: '' }
}

/** Appended before anything else is done with it. */
async function keepAnswer(
  world: TurnWorld,
  outcome: ChatOutcome,
  id: string,
): Promise<Draft | null> {
  const draft = answerDraft(outcome, id)
  if (draft === null) return null
  const { seqs } = await world.append([draft])
  world.told(seqs[0] ?? 0, outcome.completion.text, outcome.kind)
  return draft
}

/** Estimates learn from it; that it fails is no reason to hold a turn up. */
async function reportTokens(
  { session }: TurnWorld,
  { model }: ChatModel,
  { completion }: ChatOutcome,
): Promise<void> {
  const { inputTokens } = completion
  if (inputTokens === null) return
  await session.reportUsage({ inputTokens, ...(model === '' ? {} : { model }) }).catch(() => {})
}

async function offeredTools(world: TurnWorld, model: ChatModel): Promise<readonly unknown[]> {
  const { toolFormat } = model
  if (toolFormat === null) return []
  const own = hostToolShapes(world.tools?.()?.definitions ?? [], toolFormat)
  if (world.recall?.() === false) return own
  const recall: readonly unknown[] = await world.session.recallTools({ format: toolFormat })
  return [...own, ...recall]
}

/** An answer that was not whole as it came may still make calls. */
function wireOf({ parts }: Draft): WireMessage | null {
  const calls = parts.flatMap((part) =>
    part.type === 'tool-call'
      ? [
          {
            id: part.callId,
            type: 'function',
            function: { name: part.name, arguments: part.input },
          },
        ]
      : [],
  )
  if (calls.length === 0) return null
  return { format: 'openai', message: { role: 'assistant', content: null, tool_calls: calls } }
}

function asAnswer(
  phase: ChatAnswer['phase'],
  { text, reasoning, calls }: Completion,
  seq: number,
): ChatAnswer {
  return {
    phase,
    text,
    reasoning,
    calls: calls.map(({ id, name, input }, at) =>
      toolLine({ callId: id || `${at}`, name, input }, seq),
    ),
  }
}
