import { chooseModels, type ModelChoice } from '../../core/models/choose-model.ts'
import {
  judgeEngineFailure,
  type EngineFailure,
  type FailureVerdict,
} from '../../core/models/judge-engine-failure.ts'
import type { LoadProgress } from '../../core/models/load-progress.ts'
import type { LocalModel } from '../../core/models/local-model.ts'
import type { ModelReply } from '../../core/ports/language-model.ts'
import type { EngineHolder } from './engine-holder.ts'
import { isCached, loadModel, LOOK_MS } from './load-model.ts'
import type { HeldThread } from './watch-call.ts'
import type { StatusBoard, WebLlmStatus } from './webllm-status.ts'

export type FailedReply = Extract<ModelReply, { kind: 'failed' }>

/** A model that has answered one token, or why there is none. */
export type Readiness =
  { readonly kind: 'ready'; readonly thread: HeldThread; readonly model: LocalModel } | FailedReply

/** Gets a model ready: chosen, downloaded, loaded and proved. Asked for one at a time. */
export interface ModelLoader {
  /** Loads what is not loaded. Never called while another call of it is under way. */
  ensure(mayDownload: boolean): Promise<Readiness>
  /** Ends the engine, and the load under way. What is stored stays. */
  stop(why: EngineFailure): void
  /** Ends an engine that can't be trusted any more, or that has to stop at once. */
  discard(thread: HeldThread, why: EngineFailure, isLoss: boolean): void
  /** Never loads this model again: the device has no room for it. */
  avoid(model: LocalModel): void
  /** Stops a load that is under way until it is resumed. What is complete stays stored. */
  pause(): void
  resume(): void
  /** Deletes what is stored of every model of the list. */
  remove(): Promise<FailedReply | undefined>
}

/**
 * @param models - The better ones first.
 * @param named - The one that a person wants.
 */
export function createModelLoader(
  holder: EngineHolder,
  board: StatusBoard,
  models: readonly LocalModel[],
  named: string | undefined,
): ModelLoader {
  let ready: { readonly thread: HeldThread; readonly model: LocalModel } | undefined
  let choice: ModelChoice | undefined
  let isPaused = false
  /** Why the load under way was stopped; undefined while it may go on. */
  let stopped: EngineFailure | undefined
  const avoided = new Set<string>()
  const progress = new Map<string, LoadProgress>()

  const stop = (why: EngineFailure): void => {
    stopped = why
    ready = undefined
    holder.end(why)
  }

  const discard = (thread: HeldThread, why: EngineFailure, isLoss: boolean): void => {
    if (ready?.thread === thread) {
      ready = undefined
      if (isLoss) holder.noteLoss()
      board.set({ state: 'idle' })
    }
    thread.end(why)
  }

  const choose = async (): Promise<ModelChoice | FailedReply> => {
    if (choice) return choice
    const device = await holder.ask(LOOK_MS, async (engine) => ({
      ok: true,
      value: await engine.probe(),
    }))
    if (!device.ok) return toFailed(judgeEngineFailure(device.failure, 'load'))
    choice = chooseModels(models, device.value, named)
    return choice
  }

  /** Without consent, what is stored comes first, unless a person named a model. */
  const inOrder = async (
    possible: readonly LocalModel[],
    mayDownload: boolean,
  ): Promise<readonly LocalModel[]> => {
    if (mayDownload || named !== undefined) return possible
    const stored: LocalModel[] = []
    for (const model of possible) if (await isCached(holder, model)) stored.push(model)
    return stored.length > 0 ? stored : possible
  }

  const tryModel = async (
    model: LocalModel,
    mayDownload: boolean,
  ): Promise<{ readonly reply: Readiness; readonly isNextBetter: boolean }> => {
    const outcome = await loadModel(holder, model, {
      mayDownload,
      isStopped: () => stopped !== undefined,
      before: () => progress.get(model.id),
      onProgress(next) {
        progress.set(model.id, next)
        board.set({ state: 'loading', model: model.id, progress: next })
      },
    })
    const end = (reply: Readiness): { reply: Readiness; isNextBetter: false } => ({
      reply,
      isNextBetter: false,
    })
    if (outcome.kind === 'stopped') return end(stoppedReply(stopped))
    if (outcome.kind === 'needs-consent') return end(needsConsent(model))
    progress.delete(model.id)
    const thread = holder.current()
    if (outcome.kind === 'loaded') {
      if (!thread) return end(LOST)
      ready = { thread, model }
      void thread.ended.then((why) => discard(thread, why, true))
      return end({ kind: 'ready', thread, model })
    }
    const { verdict } = outcome
    if (verdict.code === 'out-of-memory') avoided.add(model.id)
    const isNextBetter = verdict.cure === 'smaller' || verdict.code === 'device-lost'
    return { reply: toFailed(verdict), isNextBetter: isNextBetter && holder.untilNextTry() === 0 }
  }

  const loadAny = async (mayDownload: boolean): Promise<Readiness> => {
    const waitMs = holder.untilNextTry()
    if (waitMs > 0) return { ...LOST, retryAfterMs: waitMs }
    const chosen = await choose()
    if (stopped) return stoppedReply(stopped)
    if (chosen.kind === 'failed') return chosen
    if (chosen.kind === 'none') return failedReply('unavailable', chosen.reason)
    const possible = chosen.models.filter(({ id }) => !avoided.has(id))
    let last: FailedReply | undefined
    for (const model of await inOrder(possible, mayDownload)) {
      const { reply, isNextBetter } = await tryModel(model, mayDownload)
      if (reply.kind === 'ready') return reply
      // That the larger one failed says more than that the smaller one is not downloaded.
      if (!last || reply.code !== 'needs-consent') last = reply
      if (!isNextBetter) break
    }
    return last ?? NO_ROOM
  }

  const start = async (mayDownload: boolean): Promise<Readiness> => {
    stopped = undefined
    const readiness = await loadAny(mayDownload)
    if (readiness.kind === 'failed') holder.end({ name: 'AbortError', message: readiness.reason })
    if (!stopped) board.set(statusOf(readiness, choice, avoided))
    return readiness
  }

  return {
    async ensure(mayDownload) {
      if (isPaused) return stoppedReply(PAUSED)
      if (ready && !ready.thread.hasEnded()) return { kind: 'ready', ...ready }
      return start(mayDownload)
    },
    stop,
    discard,
    avoid: (model) => void avoided.add(model.id),
    pause() {
      const status = board.get()
      if (status.state !== 'loading') return
      isPaused = true
      stop(PAUSED)
      board.set({ ...status, state: 'paused' })
    },
    resume() {
      isPaused = false
    },
    async remove() {
      progress.clear()
      for (const model of models) {
        const removed = await holder.ask(LOOK_MS, (engine) => engine.remove(model))
        if (!removed.ok) return toFailed(judgeEngineFailure(removed.failure, 'load'))
      }
      return undefined
    },
  }
}

const PAUSED: EngineFailure = { name: 'PausedError', message: 'the download is paused' }

const NO_ROOM: FailedReply = failedReply(
  'out-of-memory',
  'the device has too little free memory for any model of the list',
)

const LOST: FailedReply = failedReply(
  'device-lost',
  'the GPU was lost several times; the model is left alone for a while',
)

function needsConsent({ id, downloadBytes }: LocalModel): FailedReply {
  const megabytes = Math.ceil(downloadBytes / 1e6)
  const reason = `${id} has to be downloaded first, about ${megabytes} MB: a person has to allow it`
  return failedReply('needs-consent', reason)
}

function stoppedReply(why: EngineFailure | undefined): FailedReply {
  const code = why?.name === PAUSED.name ? 'unavailable' : 'aborted'
  return failedReply(code, why?.message ?? 'the load was stopped')
}

function toFailed({ code, reason }: FailureVerdict): FailedReply {
  return failedReply(code, reason)
}

export function failedReply(code: FailedReply['code'], reason: string): FailedReply {
  return { kind: 'failed', code, reason }
}

function statusOf(
  readiness: Readiness,
  choice: ModelChoice | undefined,
  avoided: ReadonlySet<string>,
): WebLlmStatus {
  if (readiness.kind === 'ready') return { state: 'ready', model: readiness.model.id }
  const { code, reason } = readiness
  const wanted =
    choice?.kind === 'models' ? choice.models.find(({ id }) => !avoided.has(id)) : undefined
  return code === 'needs-consent' && wanted
    ? { state: 'needs-consent', model: wanted.id, downloadBytes: wanted.downloadBytes }
    : { state: 'failed', code, reason }
}
