import { expect, test } from 'vitest'
import { judgeEngineFailure, NOT_STARTED } from '../../src/core/models/judge-engine-failure.ts'
import type { LocalModel } from '../../src/core/models/local-model.ts'
import { createWebLlmModel } from '../../src/models/webllm/webllm-model.ts'
import { systemClock } from '../../src/tabs/system-clock.ts'
import { spawnWebLlm } from '../../src/worker/spawn-webllm.ts'

/** A model whose files this page makes up. */
const MODEL: LocalModel = {
  id: 'made-up',
  weights: `${location.origin}/made-up/resolve/main/`,
  library: `${location.origin}/made-up/made-up.wasm`,
  memoryMb: 10,
  downloadBytes: 1_000,
  contextTokens: 1_024,
  needsF16: false,
}

async function store(cache: string, name: string, text: string): Promise<void> {
  await (await caches.open(cache)).put(MODEL.weights + name, new Response(text))
}

/** Lifelines of workers that are alive. */
async function heldLifelines(): Promise<readonly (string | undefined)[]> {
  const { held = [] } = await navigator.locks.query()
  return held.map(({ name }) => name).filter((name) => name?.startsWith('backfold:webllm:'))
}

test('[WEB19] without a GPU a call says so, loads nothing and leaves no worker', async () => {
  const workers: Worker[] = []
  const model = createWebLlmModel(
    { mayDownload: true },
    {
      clock: systemClock,
      spawn: () =>
        spawnWebLlm(() => {
          const url = new URL('../../src/worker/webllm-worker.ts', import.meta.url)
          const worker = new Worker(url, { type: 'module' })
          workers.push(worker)
          return worker
        }),
    },
  )
  const request = { system: '', prompt: 'Hello', maxTokens: 10 }
  const reply = await model.generate(request, new AbortController().signal)
  expect(reply).toMatchObject({ kind: 'failed', code: 'unavailable' })
  if (reply.kind === 'failed') expect(reply.reason).toContain('WebGPU')
  expect(model.status()).toMatchObject({ state: 'failed', code: 'unavailable' })
  expect(workers).toHaveLength(1)
  await expect.poll(heldLifelines).toEqual([])
  await model.close()
})

test('[WEB19] the worker answers, and tells what is stored without loading web-llm', async () => {
  const thread = spawnWebLlm()
  expect(await thread.engine.probe()).toMatchObject({ adapter: undefined })
  expect(await thread.engine.isCached(MODEL)).toBe(false)
  await store('webllm/config', 'mlc-chat-config.json', '{}')
  await store('webllm/model', 'tensor-cache.json', '{"records":[{"dataPath":"a.bin"}]}')
  await store('webllm/model', 'a.bin', 'weights')
  await store('webllm/model', 'tokenizer.json', '{}')
  await (await caches.open('webllm/wasm')).put(MODEL.library, new Response('library'))
  expect(await thread.engine.isCached(MODEL)).toBe(true)
  expect(await thread.engine.remove(MODEL)).toMatchObject({ ok: true })
  expect(await thread.engine.isCached(MODEL)).toBe(false)
  const question = { system: '', prompt: 'Hello', maxTokens: 1 }
  expect(await thread.engine.generate(question, () => {})).toMatchObject({ ok: false })
  thread.end()
})

test('[WEB19] the real package runs in the worker; a download that finds nobody is told as offline', async () => {
  const thread = spawnWebLlm()
  // The port of discard: nobody answers.
  const weights = 'http://127.0.0.1:9/made-up/resolve/main/'
  const reply = await thread.engine.load({ ...MODEL, weights }, () => {})
  expect(reply).toMatchObject({ ok: false })
  if (!reply.ok)
    expect(judgeEngineFailure(reply.failure, 'load')).toMatchObject({ code: 'offline' })
  expect(await (await caches.open('webllm/config')).keys()).toEqual([])
  thread.end()
})

test('[WEB19] a library that is none ends a load of the real package with a reason', async () => {
  const thread = spawnWebLlm()
  await store('webllm/config', 'mlc-chat-config.json', '{}')
  await (await caches.open('webllm/wasm')).put(MODEL.library, new Response('library'))
  const reply = await thread.engine.load(MODEL, () => {})
  expect(reply).toMatchObject({ ok: false, failure: { name: 'CompileError' } })
  await thread.engine.remove(MODEL)
  thread.end()
})

test('[WEB19] a worker that can not start, or dies, is noticed', async () => {
  const missing = spawnWebLlm(
    // An error of its first line.
    () => new Worker('data:text/javascript,throw new Error("no")', { type: 'module' }),
  )
  expect(await missing.lost).toMatchObject({ name: NOT_STARTED })
  missing.end()
  let worker: Worker | undefined
  const dying = spawnWebLlm(() => {
    const url = new URL('../../src/worker/webllm-worker.ts', import.meta.url)
    worker = new Worker(url, { type: 'module' })
    return worker
  })
  await dying.engine.probe()
  worker?.terminate()
  expect(await dying.lost).toMatchObject({ name: 'WorkerLost' })
})
