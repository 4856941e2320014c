/** A model that runs on this device, in web-llm's format. */
export interface LocalModel {
  readonly id: string
  /** Folder of the weights. */
  readonly weights: string
  /** Model library, a WebAssembly file made for the version of web-llm that is used. */
  readonly library: string
  /** Memory that it takes on the device, in megabytes. */
  readonly memoryMb: number
  /** Bytes that are downloaded. */
  readonly downloadBytes: number
  /** Most tokens of question and answer together. */
  readonly contextTokens: number
  /** Whether it needs the feature `shader-f16`. */
  readonly needsF16: boolean
  /** Hashes of files in the form of subresource integrity, by name. */
  readonly integrity?: Readonly<Record<string, string>>
}

const WEIGHTS = 'https://huggingface.co/mlc-ai'
const LIBRARIES =
  'https://raw.githubusercontent.com/mlc-ai/binary-mlc-llm-libs/main/web-llm-models/v0_2_86/base'

/** Weights of 4 bits with a scale for every 32 take four and a half bits each. */
const BYTES_PER_WEIGHT = 4.5 / 8

/** About what a library and a tokenizer take beside the weights. */
const SIDE_FILES_BYTES = 15_000_000

/**
 * One model in its two forms.
 *
 * @param millions - Number of weights.
 * @param memoryMb - Memory of the form with 16-bit numbers, and of the one with 32-bit numbers, in megabytes.
 */
function inBothForms(
  name: string,
  millions: number,
  memoryMb: readonly [number, number],
  library: string = name,
): readonly LocalModel[] {
  return (['q4f16_1', 'q4f32_1'] as const).map((form, at) => ({
    id: `${name}-${form}-MLC`,
    weights: `${WEIGHTS}/${name}-${form}-MLC`,
    library: `${LIBRARIES}/${library}-${form}_cs1k-webgpu.wasm`,
    memoryMb: memoryMb[at] ?? memoryMb[0],
    downloadBytes: Math.round(millions * 1e6 * BYTES_PER_WEIGHT) + SIDE_FILES_BYTES,
    contextTokens: 4_096,
    needsF16: form === 'q4f16_1',
  }))
}

/**
 * Models that are known to work with web-llm 0.2.86, the better ones first.
 *
 * A table of our own: the package's is part of a bundle of 6 MB, lists forms that lack `shader-f16` among
 * their needs, and says nothing about downloads. A library fits one version of the package only.
 */
export const LOCAL_MODELS: readonly LocalModel[] = [
  ...inBothForms('Llama-3.2-3B-Instruct', 3_213, [2_264, 2_952]),
  ...inBothForms('Qwen2.5-1.5B-Instruct', 1_544, [1_630, 1_889], 'Qwen2-1.5B-Instruct'),
  ...inBothForms('Llama-3.2-1B-Instruct', 1_236, [879, 1_129]),
  ...inBothForms('Qwen2.5-0.5B-Instruct', 494, [945, 1_061], 'Qwen2-0.5B-Instruct'),
  ...inBothForms('SmolLM2-360M-Instruct', 362, [376, 580]),
]
