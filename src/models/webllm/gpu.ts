import type { GpuDevice } from '../../core/models/choose-model.ts'
import { DEVICE_LOST, type EngineFailure } from '../../core/models/judge-engine-failure.ts'

/** The members of a `GPUAdapter` that are used here. */
interface AdapterLike {
  readonly features: { has(feature: string): boolean }
  readonly limits: {
    readonly maxBufferSize: number
    readonly maxStorageBufferBindingSize: number
    readonly maxComputeWorkgroupStorageSize: number
    readonly maxStorageBuffersPerShaderStage: number
  }
  readonly info?: { readonly isFallbackAdapter?: boolean }
  /** Where older browsers have it. */
  readonly isFallbackAdapter?: boolean
}

/** The members of a `navigator` that are used here. */
export interface GpuNavigator {
  readonly gpu?:
    | {
        requestAdapter(options: {
          powerPreference: 'high-performance'
        }): Promise<AdapterLike | null>
      }
    | undefined
  /** In gigabytes. */
  readonly deviceMemory?: number
}

/** Looks at the GPU. One that can't be looked at is none. */
export async function probeGpu({ gpu, deviceMemory }: GpuNavigator): Promise<GpuDevice> {
  const memory = deviceMemory === undefined ? {} : { memoryMb: deviceMemory * 1_024 }
  const adapter = await requestAdapter(gpu)
  if (!adapter) return { adapter: undefined, ...memory }
  const { limits } = adapter
  return {
    adapter: {
      isFallback: adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter ?? false,
      hasF16: adapter.features.has('shader-f16'),
      maxBufferSize: limits.maxBufferSize,
      maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
      maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
      maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
    },
    ...memory,
  }
}

async function requestAdapter(gpu: GpuNavigator['gpu']): Promise<AdapterLike | undefined> {
  try {
    return (await gpu?.requestAdapter({ powerPreference: 'high-performance' })) ?? undefined
  } catch {
    return undefined
  }
}

/** The members of `GPUAdapter.prototype` that are used here. */
export interface DeviceSource<Options> {
  requestDevice(options?: Options): Promise<{
    readonly lost: Promise<{ readonly reason: string; readonly message: string }>
  }>
}

/**
 * Tells of every device that is lost in this thread. web-llm keeps its device to itself, and a call that was under
 * way when it was lost may end with any error.
 *
 * @param prototype - `GPUAdapter.prototype`, changed in place.
 */
export function hookDeviceLoss<Options>(
  prototype: DeviceSource<Options>,
  onLost: (failure: EngineFailure) => void,
): void {
  const requestDevice = prototype.requestDevice
  prototype.requestDevice = async function hooked(this: DeviceSource<Options>, options) {
    const device = await requestDevice.call(this, options)
    void device.lost.then(({ reason, message }) =>
      onLost({ name: DEVICE_LOST, message: `${reason}: ${message}`.slice(0, 300) }),
    )
    return device
  }
}
