import { wrap } from 'comlink'
import { NOT_STARTED, type EngineFailure } from '../core/models/judge-engine-failure.ts'
import type { LoadReport } from '../core/models/load-progress.ts'
import type { EngineThread } from '../models/webllm/local-engine.ts'
import { watchLifeline } from '../tabs/lifeline.ts'
import type { WebLlmApi, WebLlmEvent } from './webllm-worker.ts'

/** Starts the worker that web-llm runs in, as the local model sees it. */
export function spawnWebLlm(start: () => Worker = startWorker): EngineThread {
  const worker = start()
  const api = wrap<WebLlmApi>(worker)
  const watching = new AbortController()
  let onReport = (_: LoadReport): void => {}
  let onDelta = (_: string): void => {}
  let hasStarted = false
  let lose = (_: EngineFailure): void => {}
  const lost = new Promise<EngineFailure>((resolve) => {
    lose = resolve
  })
  worker.addEventListener('error', ({ message }) =>
    lose({
      name: hasStarted ? 'WorkerLost' : NOT_STARTED,
      message: message || 'the worker of the model failed',
    }),
  )
  worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (!isEvent(data)) return
    const { webllm: event } = data
    if (event.kind === 'report') onReport(event.report)
    else if (event.kind === 'delta') onDelta(event.delta)
    else lose(event.failure)
  })
  const lifeline = `backfold:webllm:${crypto.randomUUID()}`
  const started = api.start(lifeline).then(() => {
    hasStarted = true
    const died = (): void => lose({ name: 'WorkerLost', message: 'the worker of the model died' })
    // Missing on insecure origins: then only silence tells that the worker died.
    const locks: LockManager | undefined = navigator.locks
    if (locks) void watchLifeline(locks, lifeline, watching.signal).then(died, () => {})
  })
  started.catch((failure: unknown) => lose({ name: NOT_STARTED, message: String(failure) }))
  return {
    lost,
    engine: {
      async probe() {
        await started
        return api.probe()
      },
      async isCached(model) {
        await started
        return api.isCached(model)
      },
      async load(model, listener) {
        onReport = listener
        await started
        return api.load(model)
      },
      async generate(request, listener) {
        onDelta = listener
        await started
        return api.generate(request)
      },
      interrupt: () => void api.interrupt(),
      async remove(model) {
        await started
        return api.remove(model)
      },
    },
    end() {
      watching.abort()
      worker.terminate()
    },
  }
}

function startWorker(): Worker {
  return new Worker(new URL('./webllm-worker.ts', import.meta.url), { type: 'module' })
}

function isEvent(data: unknown): data is WebLlmEvent {
  return typeof data === 'object' && data !== null && 'webllm' in data
}
