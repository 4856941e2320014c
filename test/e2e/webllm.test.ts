import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { judgeEngineFailure } from '../../src/core/models/judge-engine-failure.ts'
import { buildRandomModel, readLibraryMetadata } from '../support/random-model.ts'
import { openWebLlmPage } from './open-webllm-page.ts'
import type {} from './webllm-page.ts'

test('[WEB19] a GPU that software plays is found, and not used for a model', async () => {
  const { page, close } = await openWebLlmPage({ flags: ['--enable-unsafe-webgpu'] })
  try {
    const device = await page.evaluate(() => webLlmPage.probe())
    expect(device.adapter).toMatchObject({ isFallback: true })
    const reply = await page.evaluate(() => webLlmPage.askKnown())
    expect(reply).toMatchObject({ kind: 'failed', code: 'unavailable' })
    expect(JSON.stringify(reply)).toContain('CPU')
  } finally {
    await close()
  }
})

test('[WEB9] a GPU process that crashes is told as a lost device', async () => {
  const { page, close } = await openWebLlmPage({ flags: ['--enable-unsafe-webgpu'] })
  try {
    await page.evaluate(() => webLlmPage.takeDevice())
    const lost = page.evaluate(() => webLlmPage.lostDevice())
    const browser = await page.context().browser()?.newBrowserCDPSession()
    const session = browser ?? (await page.context().newCDPSession(page))
    // The session may end before it is answered: the crash is what is wanted.
    await session.send('Browser.crashGpuProcess').catch(() => {})
    const failure = await lost
    expect(failure).toMatchObject({ name: 'DeviceLostError' })
    expect(failure.message).toMatch(/^unknown/)
    expect(judgeEngineFailure(failure, 'generate')).toMatchObject({ code: 'device-lost' })
  } finally {
    await close()
  }
})

/** Path of a model library, a file of WebAssembly; and of a web-llm that it was made for, if it is another one. */
const LIBRARY = process.env['WEBLLM_LIB']
const PACKAGE = process.env['WEBLLM_PACKAGE']

/** More flags for the browser, such as those that a real GPU needs where there is one. */
const FLAGS = process.env['WEBLLM_FLAGS']?.split(' ') ?? []

/**
 * The whole path for real, by hand: `WEBLLM_LIB=path/to/Model-q4f32_1-webgpu.wasm npx vitest run --project e2e
 * test/e2e/webllm.test.ts`. Libraries are too large for the repository, and each fits one version of web-llm. It
 * builds a model of random numbers for the library, serves it, and lets the worker with the real package download
 * it, load it, stream, keep to a schema, be interrupted, unload and load again from what is stored. On a GPU
 * it takes about a minute; where software plays the GPU, a token takes half a minute, and a library of version
 * 0.2.80 or later does not get ready at all. Then `WEBLLM_PACKAGE` names the folder of web-llm 0.2.79, and the
 * library is the one of version 0.2.48.
 */
test.skipIf(!LIBRARY)(
  '[WEB20] the whole path runs with a real library',
  { timeout: 3_600_000 },
  async () => {
    const library = readFileSync(LIBRARY ?? '')
    const files = new Map<string, Uint8Array>([['library.wasm', library]])
    let downloadBytes = library.byteLength
    for (const [name, bytes] of buildRandomModel(readLibraryMetadata(library))) {
      files.set(`random/resolve/main/${name}`, bytes)
      downloadBytes += bytes.byteLength
    }
    const flags = ['--enable-unsafe-webgpu', ...FLAGS]
    const { page, origin, served, close } = await openWebLlmPage({
      flags,
      files,
      packageFolder: PACKAGE,
    })
    try {
      page.setDefaultTimeout(0)
      const model = {
        id: 'random',
        weights: `${origin}/models/random`,
        library: `${origin}/models/library.wasm`,
        memoryMb: Math.ceil(downloadBytes / 1e6),
        downloadBytes,
        contextTokens: 1_024,
        needsF16: false,
      }
      await page.evaluate((own) => webLlmPage.open(own), model)
      expect(await page.evaluate(() => webLlmPage.load())).toMatchObject({ state: 'ready' })
      const [reply, times] = await page.evaluate(() => webLlmPage.ask('Hi', 4))
      expect(reply).toMatchObject({ kind: 'answered' })
      expect(times).toBeGreaterThan(0)
      const schema = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] }
      const [held] = await page.evaluate((asked) => webLlmPage.ask('Hi', 40, asked), schema)
      expect(held).toMatchObject({ kind: 'answered' })
      if (held.kind === 'answered' && held.isWhole) {
        expect(JSON.parse(held.text)).toMatchObject({ ok: expect.any(Boolean) as unknown })
      }
      const aborted = await page.evaluate(() => webLlmPage.abortAnswer('Hi'))
      expect(aborted).toMatchObject({ reply: { code: 'aborted' } })
      expect(aborted.lengths).toHaveLength(1)
      expect(await page.evaluate(() => webLlmPage.unload())).toEqual({ state: 'idle' })
      const downloads = served.length
      expect((await page.evaluate(() => webLlmPage.ask('Hi', 2)))[0].kind).toBe('answered')
      expect(served).toHaveLength(downloads)
      expect(await page.evaluate(() => webLlmPage.remove())).toEqual({ state: 'idle' })
      await page.evaluate(() => webLlmPage.close())
    } finally {
      await close()
    }
  },
)
