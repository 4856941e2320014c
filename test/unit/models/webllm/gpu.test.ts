import { expect, test } from 'vitest'
import type { EngineFailure } from '../../../../src/core/models/judge-engine-failure.ts'
import { hookDeviceLoss, probeGpu } from '../../../../src/models/webllm/gpu.ts'

const LIMITS = {
  maxBufferSize: 2 ** 30,
  maxStorageBufferBindingSize: 2 ** 30,
  maxComputeWorkgroupStorageSize: 32_768,
  maxStorageBuffersPerShaderStage: 10,
}

test('[WEB1] a GPU is looked at as old and new browsers show it, and one that can not be is none', async () => {
  const features = new Set(['shader-f16'])
  const adapter = { features, limits: LIMITS, info: { isFallbackAdapter: true } }
  const gpu = { requestAdapter: async () => adapter }
  expect(await probeGpu({ gpu, deviceMemory: 8 })).toEqual({
    adapter: { isFallback: true, hasF16: true, ...LIMITS },
    memoryMb: 8_192,
  })
  const old = { features: new Set<string>(), limits: LIMITS, isFallbackAdapter: true }
  expect(await probeGpu({ gpu: { requestAdapter: async () => old } })).toMatchObject({
    adapter: { isFallback: true, hasF16: false },
  })
  const plain = { features, limits: LIMITS, info: {} }
  expect(await probeGpu({ gpu: { requestAdapter: async () => plain } })).toMatchObject({
    adapter: { isFallback: false },
  })
  expect(await probeGpu({})).toEqual({ adapter: undefined })
  expect(await probeGpu({ gpu: { requestAdapter: async () => null } })).toEqual({
    adapter: undefined,
  })
  const broken = { requestAdapter: () => Promise.reject(new Error('no')) }
  expect(await probeGpu({ gpu: broken })).toEqual({ adapter: undefined })
})

test('[WEB9] every device that is lost is told, with why', async () => {
  const adapter = {
    async requestDevice(options?: { readonly label: string }) {
      const message = `${options?.label} crashed`
      return { lost: Promise.resolve({ reason: 'unknown', message }) }
    },
  }
  const told: EngineFailure[] = []
  hookDeviceLoss(adapter, (failure) => told.push(failure))
  await adapter.requestDevice({ label: 'first' })
  await adapter.requestDevice({ label: 'second' })
  await Promise.resolve()
  expect(told).toEqual([
    { name: 'DeviceLostError', message: 'unknown: first crashed' },
    { name: 'DeviceLostError', message: 'unknown: second crashed' },
  ])
})
