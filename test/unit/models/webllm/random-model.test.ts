import { expect, test } from 'vitest'
import {
  buildRandomModel,
  readLibraryMetadata,
  type LibraryMetadata,
} from '../../../support/random-model.ts'

const PARAMS: LibraryMetadata['params'] = [
  { name: 'model.embed_tokens.q_weight', shape: [512, 8], dtype: 'uint32' },
  { name: 'model.embed_tokens.q_scale', shape: [512, 2], dtype: 'float32' },
  { name: 'model.layers.0.self_attn.o_proj.q_weight', shape: [64, 8], dtype: 'uint32' },
  { name: 'model.layers.0.mlp.gate_up_proj.q_weight', shape: [64, 8], dtype: 'uint32' },
  { name: 'model.norm.weight', shape: [64], dtype: 'float16' },
]

test('[WEB20] what a library says of its weights is found in it', () => {
  const said = JSON.stringify({ model_type: 'qwen2', params: PARAMS, nested: { a: {} } })
  const library = new TextEncoder().encode(`\0asm\u0001${said}}}rest`)
  expect(readLibraryMetadata(library)).toMatchObject({ params: PARAMS })
  expect(() => readLibraryMetadata(new Uint8Array(8))).toThrow('says nothing')
})

test('[WEB20] a model of random numbers has every file, and marks the tokens that exist', () => {
  const files = buildRandomModel({ params: PARAMS })
  const list = JSON.parse(new TextDecoder().decode(files.get('tensor-cache.json'))) as {
    readonly records: readonly { readonly dataPath: string; readonly nbytes: number }[]
  }
  expect(list.records).toHaveLength(PARAMS.length)
  for (const { dataPath, nbytes } of list.records) {
    expect(files.get(dataPath)?.byteLength).toBe(nbytes)
  }
  const words = (at: number): Uint32Array =>
    new Uint32Array(files.get(`params_shard_${at}.bin`)?.buffer ?? new ArrayBuffer(0))
  const embedding = words(0)
  const mark = (token: number): number => (embedding[token * 8] ?? 0) & 0xf
  expect([mark(0), mark(258), mark(259), mark(511)]).toEqual([15, 15, 0, 0])
  expect([...words(2).subarray(0, 8)]).toEqual(Array.from({ length: 8 }, () => 0x7777_7777))
  for (let row = 0; row < 64; row += 1) expect((words(3)[row * 8] ?? 0) & 0xf).toBe(7)
  const norm = new Uint16Array(files.get('params_shard_4.bin')?.buffer ?? new ArrayBuffer(0))
  expect(norm[0]).toBe(0x3c00)
})
