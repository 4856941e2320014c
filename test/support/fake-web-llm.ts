import type { GpuDevice } from '../../src/core/models/choose-model.ts'
import { DEVICE_LOST, type EngineFailure } from '../../src/core/models/judge-engine-failure.ts'
import type { LoadReport } from '../../src/core/models/load-progress.ts'
import type { LocalModel } from '../../src/core/models/local-model.ts'
import type {
  EngineAnswer,
  EngineReply,
  EngineRequest,
  EngineThread,
} from '../../src/models/webllm/local-engine.ts'
import {
  createWebLlmModel,
  type WebLlmLanguageModel,
} from '../../src/models/webllm/webllm-model.ts'
import type { WebLlmOptions } from '../../src/protocol/summariser-options.ts'
import { createManualClock, type ManualClock } from './build-clock.ts'

/** A GPU that holds every model of the list. */
export const LARGE_GPU: GpuDevice = {
  adapter: {
    isFallback: false,
    hasF16: true,
    maxBufferSize: 2 ** 32,
    maxStorageBufferBindingSize: 2 ** 31,
    maxComputeWorkgroupStorageSize: 32_768,
    maxStorageBuffersPerShaderStage: 10,
  },
  memoryMb: 16_384,
}

/** Three models, each smaller than the one before. */
export const FAKE_MODELS: readonly LocalModel[] = ['large', 'middle', 'small'].map((id, at) => ({
  id,
  weights: `https://models.example/${id}/resolve/main/`,
  library: `https://models.example/${id}.wasm`,
  memoryMb: 900 - at * 300,
  downloadBytes: 8_000_000,
  contextTokens: 4_096,
  needsF16: false,
}))

/** What the fake engine does when it is asked. */
export interface FakePlan {
  device: GpuDevice
  /** Ids of models that are stored; a load adds to them. */
  readonly stored: Set<string>
  /** Taken one by one, by loads; then loads succeed. `hang` never settles, a promise is waited for. */
  readonly loads: (EngineFailure | Promise<void> | 'hang' | 'lost' | 'without-model')[]
  /** Reports of every load. */
  reports: readonly LoadReport[]
  /** Taken one by one, by calls but proofs; then the text is answered. */
  readonly calls: FakeCall[]
  /** Pieces of the answer. */
  pieces: readonly string[]
  /** Removes of stored models fail with this. */
  removal?: EngineFailure
  /** Whether threads can't be started. */
  cannotStart?: boolean
}

export type FakeCall =
  | { readonly kind: 'answer'; readonly pieces: readonly string[] }
  | { readonly kind: 'fail'; readonly failure: EngineFailure; readonly afterPieces?: number }
  /** Never settles, whatever it is told; tells so many pieces before. */
  | { readonly kind: 'hang'; readonly afterPieces?: number }
  /** Goes on until it is interrupted. */
  | { readonly kind: 'endless' }
  /** Settles with an answer only after it was interrupted and told to. */
  | { readonly kind: 'late'; readonly until: Promise<void>; readonly failure?: EngineFailure }
  /** The GPU is lost after so many pieces; the call itself never settles. */
  | { readonly kind: 'lost'; readonly afterPieces: number }
  | { readonly kind: 'cut' }

/** What was seen. */
export interface FakeRecord {
  readonly loads: string[]
  readonly questions: EngineRequest[]
  readonly removed: string[]
  threads: number
  alive: number
  /** Most calls at the same time, in one thread. */
  mostRunning: number
  interrupts: number
  /** Loses the GPU of the newest thread. */
  lose: (failure?: EngineFailure) => void
}

export interface FakeWebLlm {
  readonly model: WebLlmLanguageModel
  readonly plan: FakePlan
  readonly record: FakeRecord
  readonly clock: ManualClock
}

/**
 * A local model over a fake engine: everything but the package itself and its thread is real. Time stands still
 * until a test lets it pass.
 */
export function createFakeWebLlm(
  options: Partial<Omit<WebLlmOptions, 'kind'>> = {},
  change: Partial<FakePlan> = {},
): FakeWebLlm {
  const clock = createManualClock()
  const plan: FakePlan = {
    device: LARGE_GPU,
    stored: new Set(),
    loads: [],
    reports: [],
    calls: [],
    pieces: ['Once ', 'upon ', 'a time.'],
    ...change,
  }
  const record: FakeRecord = {
    loads: [],
    questions: [],
    removed: [],
    threads: 0,
    alive: 0,
    mostRunning: 0,
    interrupts: 0,
    lose: () => {},
  }
  const model = createWebLlmModel(
    { models: FAKE_MODELS, mayDownload: true, ...options },
    { spawn: () => spawnFake(plan, record), clock },
  )
  return { model, plan, record, clock }
}

const NEVER = new Promise<never>(() => {})

function spawnFake(plan: FakePlan, record: FakeRecord): EngineThread {
  if (plan.cannotStart) throw new Error('workers are forbidden here')
  record.threads += 1
  record.alive += 1
  let hasModel = false
  let isAlive = true
  let running = 0
  let interrupt = (): void => {}
  let lose = (_: EngineFailure): void => {}
  const lost = new Promise<EngineFailure>((resolve) => {
    lose = resolve
  })
  record.lose = (failure = { name: DEVICE_LOST, message: 'unknown: driver' }) => lose(failure)

  const load = async (
    model: LocalModel,
    onReport: (report: LoadReport) => void,
  ): Promise<EngineReply<void>> => {
    record.loads.push(model.id)
    for (const report of plan.reports) onReport(report)
    const fault = plan.loads.shift()
    if (fault === 'hang') return NEVER
    if (fault === 'lost') {
      lose({ name: DEVICE_LOST, message: 'destroyed: ' })
      return NEVER
    }
    if (fault instanceof Promise) await fault
    else if (typeof fault === 'object') return { ok: false, failure: fault }
    plan.stored.add(model.id)
    hasModel = fault !== 'without-model'
    return { ok: true, value: undefined }
  }

  const generate = async (
    request: EngineRequest,
    onDelta: (delta: string) => void,
  ): Promise<EngineReply<EngineAnswer>> => {
    if (!hasModel) {
      return { ok: false, failure: { name: 'ModelNotLoadedError', message: 'no model' } }
    }
    if (request.maxTokens === 1) return { ok: true, value: { text: 'H', finish: 'length' } }
    record.questions.push(request)
    running += 1
    record.mostRunning = Math.max(record.mostRunning, running)
    const interrupted = new Promise<void>((resolve) => {
      interrupt = resolve
    })
    try {
      return await playCall(plan, plan.calls.shift(), onDelta, interrupted, lose)
    } finally {
      running -= 1
    }
  }

  return {
    lost,
    engine: {
      probe: async () => plan.device,
      isCached: async ({ id }) => plan.stored.has(id),
      load,
      generate,
      interrupt() {
        record.interrupts += 1
        interrupt()
      },
      async remove({ id }) {
        if (plan.removal) return { ok: false, failure: plan.removal }
        record.removed.push(id)
        plan.stored.delete(id)
        return { ok: true, value: undefined }
      },
    },
    end() {
      if (!isAlive) return
      isAlive = false
      record.alive -= 1
    },
  }
}

async function playCall(
  plan: FakePlan,
  call: FakeCall | undefined,
  onDelta: (delta: string) => void,
  interrupted: Promise<void>,
  lose: (failure: EngineFailure) => void,
): Promise<EngineReply<EngineAnswer>> {
  const usage = { input: 10, output: plan.pieces.length }
  const tell = (count: number): string => {
    const told = plan.pieces.slice(0, count)
    for (const piece of told) onDelta(piece)
    return told.join('')
  }
  switch (call?.kind) {
    case 'answer':
      for (const piece of call.pieces) onDelta(piece)
      return { ok: true, value: { text: call.pieces.join(''), finish: 'stop', usage } }
    case 'fail':
      tell(call.afterPieces ?? 0)
      return { ok: false, failure: call.failure }
    case 'hang':
      tell(call.afterPieces ?? 0)
      return NEVER
    case 'endless': {
      const text = tell(1)
      await interrupted
      return { ok: true, value: { text, finish: 'abort' } }
    }
    case 'late':
      tell(1)
      await interrupted
      await call.until
      if (call.failure) return { ok: false, failure: call.failure }
      return { ok: true, value: { text: tell(3), finish: 'stop', usage } }
    case 'lost':
      tell(call.afterPieces)
      lose({ name: DEVICE_LOST, message: 'unknown: driver' })
      return NEVER
    case 'cut':
      return { ok: true, value: { text: tell(2), finish: 'length', usage } }
    case undefined:
      return { ok: true, value: { text: tell(plan.pieces.length), finish: 'stop', usage } }
  }
}
