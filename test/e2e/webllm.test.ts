import { expect, test } from 'vitest'
import { judgeEngineFailure } from '../../src/core/models/judge-engine-failure.ts'
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
