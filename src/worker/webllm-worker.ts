import { expose } from 'comlink'
import type { GpuDevice } from '../core/models/choose-model.ts'
import type { EngineFailure } from '../core/models/judge-engine-failure.ts'
import type { LoadReport } from '../core/models/load-progress.ts'
import type { LocalModel } from '../core/models/local-model.ts'
import { hookDeviceLoss, probeGpu } from '../models/webllm/gpu.ts'
import { hookDownloads, type DownloadWatch } from '../models/webllm/hook-downloads.ts'
import type { EngineAnswer, EngineReply, EngineRequest } from '../models/webllm/local-engine.ts'
import { createMlcEngine, importWebLlm } from '../models/webllm/mlc-engine.ts'
import { isStored, removeStored } from '../models/webllm/model-files.ts'
import { holdLifeline } from '../tabs/lifeline.ts'

/** What may be asked of this worker. */
export interface WebLlmApi {
  /** Resolves when the lifeline is held. */
  start(lifeline: string): Promise<void>
  probe(): Promise<GpuDevice>
  isCached(model: LocalModel): Promise<boolean>
  load(model: LocalModel): Promise<EngineReply<void>>
  generate(request: EngineRequest): Promise<EngineReply<EngineAnswer>>
  interrupt(): void
  remove(model: LocalModel): Promise<EngineReply<void>>
}

/**
 * What this worker tells meanwhile, beside its replies and in order with them. Never has an `id`, which is how
 * comlink knows its own messages.
 */
export interface WebLlmEvent {
  readonly webllm:
    | { readonly kind: 'report'; readonly report: LoadReport }
    | { readonly kind: 'delta'; readonly delta: string }
    | { readonly kind: 'lost'; readonly failure: EngineFailure }
}

function tell(event: WebLlmEvent['webllm']): void {
  const message: WebLlmEvent = { webllm: event }
  self.postMessage(message)
}

let watching: DownloadWatch | undefined

// Both are missing on insecure origins, and where there is no WebGPU.
if (typeof Cache !== 'undefined') {
  hookDownloads(
    Cache.prototype,
    (request) => fetch(request),
    () => watching,
  )
}
if (typeof GPUAdapter !== 'undefined') {
  hookDeviceLoss(GPUAdapter.prototype, (failure) => tell({ kind: 'lost', failure }))
}

// A GPU that crashes leaves dozens behind; what went wrong is told by the call that was under way.
self.addEventListener('unhandledrejection', (event) => event.preventDefault())

const engine = createMlcEngine({
  importPackage: importWebLlm,
  probe: () => probeGpu(navigator),
  isCached: async (model) => typeof caches !== 'undefined' && isStored(caches, model),
  remove: async (model) => {
    if (typeof caches !== 'undefined') await removeStored(caches, model)
  },
})

async function load(model: LocalModel): Promise<EngineReply<void>> {
  let bytes = 0
  let last: LoadReport = { text: '', progress: 0 }
  let told = 0
  watching = {
    integrity: model.integrity ?? {},
    onBytes(more) {
      bytes += more
      if (bytes - told < REPORT_BYTES) return
      told = bytes
      tell({ kind: 'report', report: { ...last, bytes } })
    },
  }
  try {
    return await engine.load(model, ({ text, progress }) => {
      last = { text, progress }
      tell({ kind: 'report', report: { text, progress, bytes } })
    })
  } finally {
    watching = undefined
  }
}

/** A download tells of itself about so often. */
const REPORT_BYTES = 1_000_000

const api: WebLlmApi = {
  async start(lifeline) {
    if (navigator.locks) await holdLifeline(navigator.locks, lifeline)
  },
  probe: engine.probe,
  isCached: engine.isCached,
  load,
  generate: (request) => engine.generate(request, (delta) => tell({ kind: 'delta', delta })),
  interrupt: engine.interrupt,
  remove: engine.remove,
}

expose(api)
