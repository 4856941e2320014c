import type { LocalModel } from './local-model.ts'

/** What a device tells of itself. Plain data: it crosses threads. */
export interface GpuDevice {
  /** Undefined where there is no WebGPU, or no adapter for it. */
  readonly adapter:
    | {
        /** An adapter that computes on the CPU. */
        readonly isFallback: boolean
        readonly hasF16: boolean
        readonly maxBufferSize: number
        readonly maxStorageBufferBindingSize: number
        readonly maxComputeWorkgroupStorageSize: number
        readonly maxStorageBuffersPerShaderStage: number
      }
    | undefined
  /** Memory of the whole device in megabytes, as far as the browser tells; it may be cut to 8 GB. */
  readonly memoryMb?: number
}

/** Models to try, in this order, or why there is none. */
export type ModelChoice =
  | { readonly kind: 'models'; readonly models: readonly LocalModel[] }
  | { readonly kind: 'none'; readonly reason: string }

const MB = 2 ** 20

/** Below these, web-llm does not start at all. */
const LEAST = {
  maxBufferSize: 256 * MB,
  maxStorageBufferBindingSize: 128 * MB,
  maxComputeWorkgroupStorageSize: 32 * 1024,
  maxStorageBuffersPerShaderStage: 10,
} as const

/** What web-llm asks for where it can have it: less than that is a small GPU. */
const WANTED_BUFFER_SIZE = 1_024 * MB

/** A quarter of the memory: page, tabs and system need theirs, and many GPUs share it. */
const SHARE_OF_MEMORY = 1 / 4

/** Most memory of a model, in megabytes, where the device does not tell of its own, and on a small GPU. */
const UNTOLD_MEMORY_MB = 1_200
const SMALL_GPU_MEMORY_MB = 700

/**
 * Chooses what a device can hold: the first model of the list that fits, and after it those that take less
 * memory, for when it turns out that there was none left. No browser tells how much memory a GPU has, so
 * the choice is careful; a model that a person named is tried first, however large.
 *
 * @param models - The better ones first.
 */
export function chooseModels(
  models: readonly LocalModel[],
  device: GpuDevice,
  named: string | undefined,
): ModelChoice {
  const { adapter } = device
  if (!adapter) return none('this browser offers no GPU for models (WebGPU)')
  if (adapter.isFallback) return none('there is no GPU, only a CPU that plays one: far too slow')
  for (const [limit, least] of Object.entries(LEAST) as [keyof typeof LEAST, number][]) {
    if (!(adapter[limit] >= least)) {
      return none(
        `the GPU is too small: ${limit} is ${adapter[limit]}, at least ${least} is needed`,
      )
    }
  }
  const possible = models.filter((model) => adapter.hasF16 || !model.needsF16)
  if (named === undefined) return chooseByMemory(possible, adapter.maxBufferSize, device.memoryMb)
  const first = possible.find(({ id }) => id === named)
  if (first) return { kind: 'models', models: [first, ...smallerThan(first, possible)] }
  return models.some(({ id }) => id === named)
    ? none(`${named} needs 16-bit numbers (shader-f16), which this GPU does not have`)
    : none(`there is no model ${named}`)
}

function chooseByMemory(
  possible: readonly LocalModel[],
  maxBufferSize: number,
  memoryMb: number | undefined,
): ModelChoice {
  const shared = memoryMb === undefined ? UNTOLD_MEMORY_MB : memoryMb * SHARE_OF_MEMORY
  const most = maxBufferSize < WANTED_BUFFER_SIZE ? Math.min(shared, SMALL_GPU_MEMORY_MB) : shared
  const first = possible.find((model) => model.memoryMb <= most)
  if (first) return { kind: 'models', models: [first, ...smallerThan(first, possible)] }
  const needed = possible.reduce((least, model) => Math.min(least, model.memoryMb), Infinity)
  return none(
    Number.isFinite(needed)
      ? `the device has too little memory: about ${Math.floor(most)} MB for a model, ${needed} MB are needed`
      : 'no model of the list runs on this GPU',
  )
}

/** Each takes less than the one before it, so that a next try has a chance. */
function smallerThan(first: LocalModel, models: readonly LocalModel[]): readonly LocalModel[] {
  const smaller: LocalModel[] = []
  let least = first.memoryMb
  for (const model of models) {
    if (model.memoryMb >= least) continue
    smaller.push(model)
    least = model.memoryMb
  }
  return smaller
}

function none(reason: string): ModelChoice {
  return { kind: 'none', reason }
}
