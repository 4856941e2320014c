import { judgeEngineFailure, type FailureVerdict } from '../../core/models/judge-engine-failure.ts'
import { foldProgress, startProgress, type LoadProgress } from '../../core/models/load-progress.ts'
import type { LocalModel } from '../../core/models/local-model.ts'
import type { EngineHolder } from './engine-holder.ts'
import type { EngineReply } from './local-engine.ts'

/** How a load of one model ended. */
export type LoadOutcome =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'needs-consent' }
  /** It was told to stop, by whoever may. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly verdict: FailureVerdict }

export interface LoadWatch {
  readonly mayDownload: boolean
  isStopped(): boolean
  /** How far this model has come before, within the same download. */
  before(): LoadProgress | undefined
  onProgress(progress: LoadProgress): void
}

/** How long a thread may take for a look at GPU or cache, and a load to tell of progress, in milliseconds. */
export const LOOK_MS = 30_000
const QUIET_LOAD_MS = 300_000

/** Enough to read a word and write a token, also on a slow GPU. */
const PROOF_MS = 240_000

/** Fresh engines that one model gets within one load. */
const MAX_RESTARTS = 1

/** One model, with a fresh engine and a fresh download where these help. Leaves no engine if it fails. */
export async function loadModel(
  holder: EngineHolder,
  model: LocalModel,
  watch: LoadWatch,
): Promise<LoadOutcome> {
  let restarts = 0
  let wasCleared = false
  for (;;) {
    const isStored = await isCached(holder, model)
    if (watch.isStopped()) return { kind: 'stopped' }
    if (!isStored && !watch.mayDownload) return { kind: 'needs-consent' }
    watch.onProgress(watch.before() ?? startProgress(model.downloadBytes))
    const reply = await loadAndProve(holder, model, watch)
    if (watch.isStopped()) return { kind: 'stopped' }
    if (reply.ok) return { kind: 'loaded' }
    const verdict = judgeEngineFailure(reply.failure, 'load')
    holder.end(reply.failure)
    if (verdict.cure === 'clear-cache' && !wasCleared) {
      wasCleared = true
      await holder.ask(LOOK_MS, (engine) => engine.remove(model))
      continue
    }
    if (verdict.cure === 'restart') {
      holder.noteLoss()
      restarts += 1
      if (restarts <= MAX_RESTARTS && holder.untilNextTry() === 0) continue
    }
    if (reply.failure.name === 'QuotaExceededError') {
      // What came of it is in the way of a smaller one.
      await holder.ask(LOOK_MS, (engine) => engine.remove(model))
    }
    return { kind: 'failed', verdict }
  }
}

/** Whether a model can be loaded without the network. An engine that can't tell is asked to load. */
export async function isCached(holder: EngineHolder, model: LocalModel): Promise<boolean> {
  const reply = await holder.ask(LOOK_MS, async (engine) => ({
    ok: true,
    value: await engine.isCached(model),
  }))
  return reply.ok && reply.value
}

/** The engine may say that a model is loaded when it is not, so one token is asked of it. */
async function loadAndProve(
  holder: EngineHolder,
  model: LocalModel,
  watch: LoadWatch,
): Promise<EngineReply<unknown>> {
  const isLoaded = await holder.ask(QUIET_LOAD_MS, (engine, sign) => {
    let progress = watch.before() ?? startProgress(model.downloadBytes)
    return engine.load(model, (report) => {
      sign()
      if (watch.isStopped()) return
      progress = foldProgress(progress, report)
      watch.onProgress(progress)
    })
  })
  const thread = holder.current()
  if (!isLoaded.ok || !thread) return isLoaded
  return holder.ask(PROOF_MS, (engine) => engine.generate(PROOF, () => {}))
}

const PROOF = { system: '', prompt: 'Hello', maxTokens: 1 }
