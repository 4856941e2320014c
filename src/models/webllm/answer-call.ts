import { toEngineQuestion } from '../../core/models/engine-question.ts'
import { judgeEngineFailure, type EngineFailure } from '../../core/models/judge-engine-failure.ts'
import { trimStops } from '../../core/models/trim-stops.ts'
import type { AbortSignalLike } from '../../core/ports/abort-signal-like.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { ModelReply, ModelRequest } from '../../core/ports/language-model.ts'
import type { EngineAnswer, EngineReply, EngineRequest } from './local-engine.ts'
import { failedReply, type ModelLoader, type Readiness } from './model-loader.ts'
import { INTERRUPTED, runGeneration } from './run-generation.ts'

export const ABORTED: ModelReply = failedReply('aborted', 'the call was aborted')

/** One call, as it waits for its turn. */
export interface Call {
  readonly request: ModelRequest
  readonly signal: AbortSignalLike
  readonly onText: (text: string) => void
}

/** How often one call is asked: an engine that was lost is replaced once. */
const MAX_ATTEMPTS = 2

/** Gets a model ready and asks it. Never rejects; resolves when the engine has ended the call. */
export async function answerCall(
  loader: ModelLoader,
  clock: Clock,
  call: Call,
  mayDownload: boolean,
): Promise<ModelReply> {
  let last: ModelReply = ABORTED
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    if (call.signal.aborted) return ABORTED
    const readiness = await loader.ensure(mayDownload)
    if (call.signal.aborted) return ABORTED
    // Why the engine was lost says more than that there is no other one.
    if (readiness.kind === 'failed') return attempt === 1 ? readiness : last
    const { reply, mayRepeat } = await answerOnce(loader, clock, call, readiness)
    if (!mayRepeat) return reply
    last = reply
  }
  return last
}

async function answerOnce(
  loader: ModelLoader,
  clock: Clock,
  { request, signal, onText }: Call,
  { thread, model }: Extract<Readiness, { kind: 'ready' }>,
): Promise<{ readonly reply: ModelReply; readonly mayRepeat: boolean }> {
  const question = toEngineQuestion(request, model.contextTokens)
  if (!question) {
    const reason = `the question is longer than the ${model.contextTokens} tokens that ${model.id} takes`
    return { reply: failedReply('context-exceeded', reason), mayRepeat: false }
  }
  const ask = (asked: EngineRequest): Promise<EngineReply<EngineAnswer>> =>
    runGeneration(clock, thread, asked, signal, onText, (why) => loader.discard(thread, why, false))
  let answer = await ask(question)
  if (!answer.ok && judgeEngineFailure(answer.failure, 'generate').cure === 'unconstrained') {
    const { schema: _, ...free } = question
    if (question.schema !== undefined) answer = await ask(free)
  }
  if (signal.aborted) {
    if (!answer.ok && !isUntouched(answer.failure)) loader.discard(thread, INTERRUPTED, false)
    return { reply: ABORTED, mayRepeat: false }
  }
  if (answer.ok) return { reply: toReply(answer.value), mayRepeat: false }
  const { code, cure, reason } = judgeEngineFailure(answer.failure, 'generate')
  const reply = failedReply(code, reason)
  if (cure === 'none' || cure === 'unconstrained') return { reply, mayRepeat: false }
  if (code === 'out-of-memory') loader.avoid(model)
  loader.discard(thread, answer.failure, true)
  return { reply, mayRepeat: cure === 'restart' }
}

/** Whether an engine that failed so goes on as it was. */
function isUntouched(failure: EngineFailure): boolean {
  if (failure === INTERRUPTED) return true
  const { cure } = judgeEngineFailure(failure, 'generate')
  return cure === 'none' || cure === 'unconstrained'
}

function toReply({ text, finish, usage }: EngineAnswer): ModelReply {
  if (finish === 'abort') return ABORTED
  return {
    kind: 'answered',
    text: trimStops(text),
    isWhole: finish === 'stop',
    ...(usage && { usage }),
  }
}
