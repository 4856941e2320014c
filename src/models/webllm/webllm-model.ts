import { allModels, checkLocalOptions } from '../../core/models/check-local-options.ts'
import type { EngineFailure } from '../../core/models/judge-engine-failure.ts'
import { LOCAL_MODELS } from '../../core/models/local-model.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type {
  LanguageModel,
  LanguageModelInfo,
  ModelReply,
} from '../../core/ports/language-model.ts'
import type { WebLlmOptions } from '../../protocol/summariser-options.ts'
import { ABORTED, answerCall } from './answer-call.ts'
import { joinSignals } from '../join-signals.ts'
import { createCallQueue } from './call-queue.ts'
import { createEngineHolder } from './engine-holder.ts'
import type { EngineThread } from './local-engine.ts'
import { createModelLoader, failedReply, type ModelLoader } from './model-loader.ts'
import { createStatusBoard, type StatusBoard, type WebLlmStatus } from './webllm-status.ts'

/** A model that runs on this device, and what a person does with it. */
export interface WebLlmLanguageModel extends LanguageModel {
  status(): WebLlmStatus
  /** @returns Ends the subscription. */
  subscribe(listener: (status: WebLlmStatus) => void): () => void
  /** Gets it ready. With consent, what is missing is downloaded. */
  load(consent: boolean): Promise<WebLlmStatus>
  /** Stops a download; what is complete stays. Nothing is loaded until it is resumed. */
  pause(): void
  /** Goes on with a download. Whoever resumes has consented. */
  resume(): Promise<WebLlmStatus>
  /** Frees memory and GPU. What is stored stays. Calls under way answer `aborted`. */
  unload(): Promise<void>
  /** Unloads, and deletes what is stored. */
  remove(): Promise<WebLlmStatus>
}

export interface WebLlmDeps {
  /** Starts the engine's thread. */
  readonly spawn: () => EngineThread
  readonly clock: Clock
}

const DEFAULT_IDLE_MS = 300_000

const UNLOADED: EngineFailure = { name: 'AbortError', message: 'the model was unloaded' }

/**
 * A local model behind the port of all models. One call at a time: the next one starts when the engine has really
 * ended the one before. The engine's thread is started when it is first needed, ended when it was idle for long
 * or can't be trusted any more, and started again for the next call.
 *
 * @see SPEC.md rules WEB1–WEB17
 */
export function createWebLlmModel(
  options: Omit<WebLlmOptions, 'kind'>,
  { spawn, clock }: WebLlmDeps,
): WebLlmLanguageModel {
  const wrong = checkLocalOptions(options, LOCAL_MODELS)
  const models = allModels(options, LOCAL_MODELS)
  const { model: named, idleMs = DEFAULT_IDLE_MS, mayDownload = false } = options
  const board = createStatusBoard()
  const holder = createEngineHolder(spawn, clock)
  const loader = createModelLoader(holder, board, models, named)
  let stopAll = new AbortController()
  let isClosed = false

  const idle = watchIdle(clock, idleMs, () => stop(UNLOADED))
  const queue = createCallQueue(() => {
    if (board.get().state === 'ready') idle.restart()
  })

  const stop = (why: EngineFailure): void => {
    idle.cancel()
    stopAll.abort()
    stopAll = new AbortController()
    loader.stop(why)
    if (board.get().state !== 'paused') board.set({ state: 'idle' })
  }

  const refused = (): ModelReply | undefined => {
    if (wrong !== undefined) return failedReply('invalid-options', wrong)
    return isClosed ? ABORTED : undefined
  }

  const ensure = async (consent: boolean): Promise<WebLlmStatus> => {
    if (refused()) return wrong === undefined ? board.get() : invalid(wrong)
    idle.cancel()
    const { signal } = stopAll
    await queue.run(async () => signal.aborted || loader.ensure(consent || mayDownload))
    return board.get()
  }

  return {
    info: describe(models, named),
    async generate(request, signal, onText = () => {}) {
      const refusal = refused() ?? (signal.aborted ? ABORTED : undefined)
      if (refusal) return refusal
      idle.cancel()
      const joined = joinSignals(signal, stopAll.signal)
      const call = { request, signal: joined.signal, onText: silenced(onText) }
      const answer = queue.run(() => answerCall(loader, clock, call, mayDownload))
      try {
        return await Promise.race([answer, onceAborted(joined.signal)])
      } finally {
        joined.release()
      }
    },
    async close() {
      stop({ name: 'AbortError', message: 'the model was closed' })
      board.set({ state: 'closed' })
      isClosed = true
    },
    status: () => (wrong === undefined ? board.get() : invalid(wrong)),
    subscribe: board.subscribe,
    load: ensure,
    pause: loader.pause,
    resume() {
      loader.resume()
      return ensure(true)
    },
    async unload() {
      if (!isClosed) stop(UNLOADED)
    },
    async remove() {
      if (refused()) return wrong === undefined ? board.get() : invalid(wrong)
      stop(UNLOADED)
      return queue.run(() => removeStored(loader, board))
    },
  }
}

async function removeStored(loader: ModelLoader, board: StatusBoard): Promise<WebLlmStatus> {
  const failure = await loader.remove()
  loader.resume()
  loader.stop(UNLOADED)
  board.set(failure ? { ...failure, state: 'failed' } : { state: 'idle' })
  return board.get()
}

/** Before a model is chosen, its window is the smallest of those it may be. */
function describe(
  models: ReturnType<typeof allModels>,
  named: string | undefined,
): LanguageModelInfo {
  const possible = models.filter(({ id }) => named === undefined || id === named)
  return {
    name: `webllm:${named ?? 'auto'}`,
    provider: 'webllm',
    contextTokens: Math.min(
      ...(possible.length > 0 ? possible : models).map((m) => m.contextTokens),
    ),
    slots: 1,
    isLocal: true,
    isConstrained: true,
  }
}

function invalid(reason: string): WebLlmStatus {
  return { state: 'failed', code: 'invalid-options', reason }
}

function silenced(listener: (text: string) => void): (text: string) => void {
  return (text) => {
    try {
      listener(text)
    } catch {
      // A listener's failure is its own.
    }
  }
}

/** Answers as soon as a call is aborted. */
function onceAborted(signal: AbortSignal): Promise<ModelReply> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(ABORTED), { once: true })
  })
}

/** Runs something once nothing was asked for so long. */
function watchIdle(
  clock: Clock,
  idleMs: number,
  onIdle: () => void,
): { readonly restart: () => void; readonly cancel: () => void } {
  let waiting = new AbortController()
  const cancel = (): void => {
    waiting.abort()
    waiting = new AbortController()
  }
  return {
    cancel,
    restart() {
      cancel()
      clock.delay(idleMs, waiting.signal).then(onIdle, () => {})
    },
  }
}
