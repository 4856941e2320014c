import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { chooseModels, type GpuDevice } from '../../../../src/core/models/choose-model.ts'
import { LOCAL_MODELS } from '../../../../src/core/models/local-model.ts'
import { LARGE_GPU } from '../../../support/fake-web-llm.ts'

type Adapter = NonNullable<GpuDevice['adapter']>

function gpu(change: Partial<Adapter>, memoryMb?: number): GpuDevice {
  const adapter = { ...(LARGE_GPU.adapter as Adapter), ...change }
  return { adapter, ...(memoryMb !== undefined && { memoryMb }) }
}

function idsFor(device: GpuDevice, named?: string): readonly string[] {
  const choice = chooseModels(LOCAL_MODELS, device, named)
  return choice.kind === 'models' ? choice.models.map(({ id }) => id) : []
}

function reasonFor(device: GpuDevice, named?: string): string {
  const choice = chooseModels(LOCAL_MODELS, device, named)
  return choice.kind === 'none' ? choice.reason : ''
}

describe('chooseModels', () => {
  test('[WEB1] no GPU, one played by the CPU and one that is too small are not used, each with its reason', () => {
    expect(reasonFor({ adapter: undefined })).toContain('WebGPU')
    expect(reasonFor(gpu({ isFallback: true }))).toContain('CPU')
    expect(reasonFor(gpu({ maxBufferSize: 2 ** 27 }))).toContain('maxBufferSize')
    expect(reasonFor(gpu({ maxStorageBuffersPerShaderStage: 8 }))).toContain('at least 10')
    expect(reasonFor(gpu({ maxComputeWorkgroupStorageSize: Number.NaN }))).toContain('NaN')
    expect(reasonFor(gpu({}, 512))).toContain('too little memory')
  })

  test('[WEB1] the choice follows memory and 16-bit numbers', () => {
    expect(idsFor(gpu({}, 16_384))[0]).toBe('Llama-3.2-3B-Instruct-q4f16_1-MLC')
    expect(idsFor(gpu({}, 8_192))[0]).toBe('Qwen2.5-1.5B-Instruct-q4f16_1-MLC')
    expect(idsFor(gpu({}))[0]).toBe('Llama-3.2-1B-Instruct-q4f16_1-MLC')
    expect(idsFor(gpu({ hasF16: false }))[0]).toBe('Llama-3.2-1B-Instruct-q4f32_1-MLC')
    expect(idsFor(gpu({ maxBufferSize: 2 ** 28 }, 16_384))[0]).toContain('SmolLM2-360M')
  })

  test('[WEB1] a named model is tried first, however large, unless the GPU lacks what it needs', () => {
    const name = 'Llama-3.2-3B-Instruct-q4f16_1-MLC'
    expect(idsFor(gpu({}, 2_048), name)[0]).toBe(name)
    expect(reasonFor(gpu({ hasF16: false }), name)).toContain('shader-f16')
    expect(reasonFor(gpu({}), 'nothing')).toContain('no model nothing')
  })

  test('[WEB1] what is tried next takes less, and runs on the GPU, whatever the device', () => {
    const device = fc.record({
      hasF16: fc.boolean(),
      maxBufferSize: fc.constantFrom(2 ** 28, 2 ** 30, 2 ** 32),
      memoryMb: fc.option(fc.integer({ min: 0, max: 65_536 }), { nil: undefined }),
      named: fc.option(fc.constantFrom(...LOCAL_MODELS.map(({ id }) => id)), { nil: undefined }),
    })
    fc.assert(
      fc.property(device, ({ hasF16, maxBufferSize, memoryMb, named }) => {
        const choice = chooseModels(LOCAL_MODELS, gpu({ hasF16, maxBufferSize }, memoryMb), named)
        if (choice.kind === 'none') {
          expect(choice.reason).not.toBe('')
          return
        }
        const memories = choice.models.map((model) => model.memoryMb)
        expect(memories).toEqual([...new Set(memories)].toSorted((a, b) => b - a))
        expect(choice.models.every((model) => hasF16 || !model.needsF16)).toBe(true)
      }),
    )
  })
})
