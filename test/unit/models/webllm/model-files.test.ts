import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { allModels, checkLocalOptions } from '../../../../src/core/models/check-local-options.ts'
import type { LocalModel } from '../../../../src/core/models/local-model.ts'
import {
  hookDownloads,
  type AddingCache,
  type DownloadWatch,
} from '../../../../src/models/webllm/hook-downloads.ts'
import {
  folderOf,
  isStored,
  removeStored,
  type FileCaches,
} from '../../../../src/models/webllm/model-files.ts'
import { toAppConfig } from '../../../../src/models/webllm/model-record.ts'
import { FAKE_MODELS } from '../../../support/fake-web-llm.ts'

const SHARD = 'weights of a model'
const HASH = `sha256-${createHash('sha256').update(SHARD).digest('base64')}`

const MODEL: LocalModel = {
  id: 'own',
  weights: 'https://models.example/own',
  library: 'https://models.example/lib/own.wasm?v=1',
  memoryMb: 300,
  downloadBytes: 1_000,
  contextTokens: 2_048,
  needsF16: true,
  integrity: {
    'own.wasm': HASH,
    'tokenizer.json': HASH,
    'mlc-chat-config.json': HASH,
    'a.bin': HASH,
  },
}

const FOLDER = 'https://models.example/own/resolve/main/'

/** Caches in memory. */
function createCaches(): FileCaches & { readonly files: Map<string, string> } {
  const files = new Map<string, string>()
  return {
    files,
    open: async (name) => ({
      match: async (address) => {
        const text = files.get(`${name} ${address}`)
        return text === undefined ? undefined : new Response(text)
      },
      keys: async () =>
        [...files.keys()]
          .filter((key) => key.startsWith(`${name} `))
          .map((key) => ({ url: key.slice(name.length + 1) })),
      delete: async (address) => files.delete(`${name} ${address}`),
    }),
  }
}

function fill(files: Map<string, string>): void {
  const list = JSON.stringify({ records: [{ dataPath: 'a.bin' }, { dataPath: 'b.bin' }] })
  files.set(`webllm/model ${FOLDER}tensor-cache.json`, list)
  for (const name of ['a.bin', 'b.bin', 'tokenizer.json']) {
    files.set(`webllm/model ${FOLDER}${name}`, 'x')
  }
  files.set(`webllm/config ${FOLDER}mlc-chat-config.json`, '{}')
  files.set(`webllm/wasm ${MODEL.library}`, 'x')
}

test('[WEB17] a model is stored when every file of it is', async () => {
  const caches = createCaches()
  expect(await isStored(caches, MODEL)).toBe(false)
  fill(caches.files)
  expect(await isStored(caches, MODEL)).toBe(true)
  for (const key of [...caches.files.keys()]) {
    const text = caches.files.get(key) ?? ''
    caches.files.delete(key)
    expect(await isStored(caches, MODEL), key).toBe(false)
    caches.files.set(key, text)
  }
})

test.each([
  '',
  '<html>',
  '[]',
  '{"records":5}',
  '{"records":[]}',
  '{"records":[null,{"dataPath":"//["}]}',
])('[WEB17] a list of files that is %j stands for no model', async (list) => {
  const caches = createCaches()
  fill(caches.files)
  caches.files.set(`webllm/model ${FOLDER}tensor-cache.json`, list)
  expect(await isStored(caches, MODEL)).toBe(false)
})

test('[WEB15] removing deletes every file of a model, and of no other', async () => {
  const caches = createCaches()
  fill(caches.files)
  caches.files.set('webllm/model https://models.example/other/resolve/main/a.bin', 'x')
  await removeStored(caches, MODEL)
  expect([...caches.files.keys()]).toEqual([
    'webllm/model https://models.example/other/resolve/main/a.bin',
  ])
})

/** A cache whose `add` is taken over, over a network that answers with this. */
async function addFile(
  response: () => Response,
  watch?: DownloadWatch,
): Promise<{ readonly stored: string | undefined; readonly failure: unknown }> {
  let stored: string | undefined
  const cache: AddingCache = {
    add: async () => {},
    put: async (_, found) => {
      stored = await found.text()
    },
  }
  hookDownloads(
    cache,
    async () => response(),
    () => watch,
  )
  try {
    await cache.add(`${FOLDER}a.bin?token=1`)
    return { stored, failure: undefined }
  } catch (failure) {
    return { stored, failure }
  }
}

test('[WEB17] a file is stored with the right hash only, and its bytes are counted', async () => {
  let bytes = 0
  const watch = (hash: string): DownloadWatch => ({
    integrity: { 'a.bin': hash },
    onBytes: (more) => (bytes += more),
  })
  expect(await addFile(() => new Response(SHARD), watch(HASH))).toMatchObject({ stored: SHARD })
  expect(bytes).toBe(SHARD.length)
  const wrong = await addFile(() => new Response('other'), watch(HASH))
  expect(wrong).toMatchObject({ stored: undefined, failure: { name: 'IntegrityError' } })
  const unknown = await addFile(() => new Response(SHARD), watch(HASH.replace('sha256', 'md5')))
  expect(unknown).toMatchObject({ stored: undefined, failure: { name: 'IntegrityError' } })
})

test('[WEB17] a file with a bad status is not stored', async () => {
  const missing = await addFile(() => new Response('<html>', { status: 404 }))
  expect(missing).toMatchObject({
    stored: undefined,
    failure: { name: 'DownloadStatusError', message: 'status 404 for a.bin' },
  })
})

test('[WEB17] a file that breaks off is not stored', async () => {
  const broken = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('half'))
      controller.error(new TypeError('network error'))
    },
  })
  const cut = await addFile(() => new Response(broken))
  expect(cut).toMatchObject({ stored: undefined, failure: { name: 'TypeError' } })
})

test('[WEB16] own models and hashes reach web-llm', () => {
  expect(toAppConfig(MODEL)).toEqual({
    cacheBackend: 'cache',
    model_list: [
      {
        model: FOLDER,
        model_id: 'own',
        model_lib: MODEL.library,
        vram_required_MB: 300,
        overrides: { context_window_size: 2_048, sliding_window_size: -1 },
        required_features: ['shader-f16'],
        integrity: {
          config: HASH,
          model_lib: HASH,
          tokenizer: { 'tokenizer.json': HASH },
          onFailure: 'error',
        },
      },
    ],
  })
  const branch = 'https://models.example/own/resolve/v2'
  expect(folderOf({ ...MODEL, weights: branch })).toBe(`${branch}/`)
})

test.each<[Partial<LocalModel>, string]>([
  [{ id: '' }, 'no id'],
  [{ weights: 'models/own' }, 'weights'],
  [{ library: 'javascript:alert(1)' }, 'library'],
  [{ memoryMb: Number.NaN }, 'memoryMb'],
  [{ downloadBytes: -1 }, 'downloadBytes'],
  [{ contextTokens: 100 }, 'contextTokens'],
  [{ integrity: { 'a.bin': 'sha256-short' } }, 'a.bin'],
])('[WEB16] a model with %j is refused', (change, named) => {
  expect(checkLocalOptions({ models: [{ ...MODEL, ...change }] }, [])).toContain(named)
  expect(checkLocalOptions({ models: [MODEL] }, [])).toBeUndefined()
})

test('[WEB16] names are unique, an own model replaces a known one, and who names one of its own has no others', () => {
  expect(checkLocalOptions({ models: [MODEL, MODEL] }, [])).toContain('two models')
  expect(checkLocalOptions({ model: 'large' }, FAKE_MODELS)).toBeUndefined()
  const own = { ...MODEL, id: 'middle' }
  const models = allModels({ models: [own] }, FAKE_MODELS)
  expect(models.map(({ id }) => id)).toEqual(['middle', 'large', 'small'])
  expect(models[0]).toBe(own)
  expect(allModels({}, FAKE_MODELS)).toEqual(FAKE_MODELS)
  expect(allModels({ models: [MODEL], model: 'large' }, FAKE_MODELS)).toHaveLength(4)
  expect(allModels({ models: [MODEL], model: 'own' }, FAKE_MODELS)).toEqual([MODEL])
})
