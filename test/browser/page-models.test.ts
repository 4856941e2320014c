import { afterEach, expect, test } from 'vitest'
import { userEvent } from 'vitest/browser'
import { exposeModels } from '../../src/client/expose-models.ts'
import type { LanguageModel, ModelRequest } from '../../src/core/ports/language-model.ts'
import { createBrowserAi } from '../../src/models/browser-ai/browser-ai-model.ts'
import { hostModel } from '../../src/models/host-model.ts'
import {
  answered,
  hungModel,
  INFO,
  NEVER,
  REQUEST,
  summariserThat,
} from '../support/build-models.ts'
import { fakeBrowserAi } from '../support/fake-browser-ai.ts'
import type { WorkerAnswer, WorkerOrder } from './model-worker.ts'

const workers: Worker[] = []

afterEach(() => {
  for (const worker of workers.splice(0)) worker.terminate()
})

interface RealWorker {
  ask(ask: number, request?: ModelRequest, abortAfterMs?: number): Promise<WorkerAnswer>
}

/** A worker that asks models through this port. */
function openWorker(port: MessagePort, models: readonly Pick<LanguageModel, 'info'>[]): RealWorker {
  const url = new URL('./model-worker.ts', import.meta.url)
  const worker = new Worker(url, { type: 'module' })
  workers.push(worker)
  const tell = (order: WorkerOrder, transfer: Transferable[] = []): void =>
    worker.postMessage(order, transfer)
  tell({ port, infos: models.map(({ info }) => info) }, [port])
  return {
    ask: (ask, request = REQUEST, abortAfterMs) =>
      new Promise((resolve) => {
        worker.onmessage = ({ data }: MessageEvent<WorkerAnswer>) => resolve(data)
        tell({ ask, request, ...(abortAfterMs === undefined ? {} : { abortAfterMs }) })
      }),
  }
}

/** Models of this page, and a worker that asks them. */
function across(...models: readonly LanguageModel[]): RealWorker & { readonly stop: () => void } {
  const { port1, port2 } = new MessageChannel()
  return { stop: exposeModels(models, port1), ...openWorker(port2, models) }
}

test('[BAI1, BAI2] this browser, without an AI or with one that can’t run, says what to do', async () => {
  for (const mayDownload of [false, true]) {
    const model = createBrowserAi({ kind: 'browser-ai', mayDownload })
    const state = await model.check()
    expect(state).toMatchObject({ kind: 'failed', code: 'unavailable' })
    const reply = await model.generate(REQUEST, NEVER)
    expect(reply).toMatchObject({ kind: 'failed', code: 'unavailable' })
    expect(reply).toHaveProperty('reason', expect.stringMatching(/another model/))
    const enabled = await model.enable()
    expect(enabled).toMatchObject({ kind: 'failed', code: 'unavailable' })
    expect(enabled).toHaveProperty('reason', expect.stringMatching(/another model/))
    await model.close()
  }
})

test('[BAI1, PAGE4] asked from a worker, this browser says what to do, too', async () => {
  const { ask } = across(createBrowserAi({ kind: 'browser-ai' }))
  const { reply } = await ask(0)
  expect(reply).toMatchObject({ kind: 'failed', code: 'unavailable' })
  expect(reply).toHaveProperty('reason', expect.stringMatching(/another model/))
})

test('[BAI5, BAI7, PAGE4, PAGE5] a page’s AI answers a real worker, and its text streams', async () => {
  const answer = 'It is about a mark that was raised twice. '.repeat(20)
  const fake = fakeBrowserAi('2026', { answer: () => answer })
  const model = createBrowserAi({ kind: 'browser-ai' }, { scope: fake.scope })
  const { ask } = across(model)
  const { reply, heard, info } = await ask(0, { ...REQUEST, maxTokens: 1_000 })
  expect(reply).toMatchObject({ kind: 'answered', text: answer, isWhole: true })
  expect(heard.length).toBeGreaterThan(1)
  for (const text of heard) expect(answer.startsWith(text)).toBe(true)
  expect(info.contextTokens).toBe(9_216)
  expect([...fake.open]).toEqual([])
})

test('[BAI3] a real click enables what takes one, and nothing less does', async () => {
  const fake = fakeBrowserAi('2026', { availability: 'downloadable' })
  // What counts is whether a person was at this page, as the browser says.
  Object.defineProperty(fake.behaviour, 'isActivated', {
    get: () => navigator.userActivation.isActive,
  })
  const model = createBrowserAi({ kind: 'browser-ai' }, { scope: { ...fake.scope, navigator } })
  expect(await model.enable()).toEqual({ kind: 'needs-download' })
  const button = document.createElement('button')
  button.textContent = 'Enable'
  document.body.append(button)
  const clicked = new Promise((resolve) => {
    button.onclick = () => resolve(model.enable())
  })
  await userEvent.click(button)
  await expect.poll(() => fake.behaviour.availability).toBe('downloading')
  fake.progress(0.3)
  expect(model.state.get()).toEqual({ kind: 'downloading', share: 0.3 })
  fake.finish()
  expect(await clicked).toEqual({ kind: 'ready' })
  button.remove()
})

test('[PAGE1, PAGE4] a host’s own summariser answers a real worker', async () => {
  const mine = hostModel(summariserThat(({ prompt }) => `about: ${prompt}`))
  const broken = hostModel(summariserThat(() => Promise.reject(new Error('it broke'))))
  const { ask } = across(mine, broken)
  expect((await ask(0)).reply).toEqual(answered('about: The mark was raised twice.'))
  const { reply } = await ask(1)
  expect(reply).toEqual({ kind: 'failed', code: 'failed', reason: 'mine: it broke' })
})

test('[PAGE6] an abort in the worker reaches the page', async () => {
  const slow = hungModel()
  const { ask } = across(slow)
  const { reply } = await ask(0, REQUEST, 100)
  expect(reply).toMatchObject({ kind: 'failed', code: 'aborted' })
  await expect.poll(() => slow.signals[0]?.aborted).toBe(true)
})

test('[PAGE7] a page that ends it answers a waiting worker', async () => {
  const slow = hungModel()
  const { ask, stop } = across(slow)
  const asked = ask(0)
  await expect.poll(() => slow.signals.length).toBe(1)
  stop()
  expect((await asked).reply).toMatchObject({ kind: 'failed', code: 'unavailable' })
  expect((await ask(0)).reply).toMatchObject({ kind: 'failed', code: 'unavailable' })
})

test('[PAGE7] a page that goes away without a word does not let a call hang', async () => {
  const frame = document.createElement('iframe')
  const loaded = new Promise((resolve) => (frame.onload = resolve))
  frame.srcdoc = `<script>onmessage = ({ ports: [port] }) => {
    port.onmessage = () => parent.postMessage('asked', '*')
  }</script>`
  document.body.append(frame)
  await loaded
  const { port1, port2 } = new MessageChannel()
  frame.contentWindow?.postMessage('take', '*', [port1])
  const heard = new Promise((resolve) => {
    addEventListener('message', ({ data }) => data === 'asked' && resolve(data))
  })
  const { ask } = openWorker(port2, [{ info: INFO }])
  const asked = ask(0)
  await heard
  frame.remove()
  expect((await asked).reply).toMatchObject({ kind: 'failed', code: 'unavailable' })
})
