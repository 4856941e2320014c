import type { GpuDevice } from '../../src/core/models/choose-model.ts'
import type { EngineFailure } from '../../src/core/models/judge-engine-failure.ts'
import type { LanguageModelInfo, ModelReply } from '../../src/core/ports/language-model.ts'
import { hookDeviceLoss } from '../../src/models/webllm/gpu.ts'
import type { EngineThread } from '../../src/models/webllm/local-engine.ts'
import {
  createWebLlmModel,
  type WebLlmLanguageModel,
} from '../../src/models/webllm/webllm-model.ts'
import type { WebLlmStatus } from '../../src/models/webllm/webllm-status.ts'
import type { WebLlmModel } from '../../src/protocol/summariser-options.ts'
import { systemClock } from '../../src/tabs/system-clock.ts'
import { spawnWebLlm } from '../../src/worker/spawn-webllm.ts'

/** What a test asks of the page that it has opened. Arguments and answers are plain data. */
export interface WebLlmPage {
  probe(): Promise<GpuDevice>
  /** Asks a model of the known list that may be downloaded. */
  askKnown(): Promise<ModelReply>
  /** Makes a model of its own the one that is asked, whatever plays the GPU. */
  open(model: WebLlmModel): LanguageModelInfo
  load(): Promise<WebLlmStatus>
  /** @returns The reply, and how often the text grew. */
  ask(prompt: string, maxTokens: number, schema?: object): Promise<readonly [ModelReply, number]>
  /** Aborts as soon as the answer has begun. */
  abortAnswer(prompt: string): Promise<{ readonly reply: ModelReply; readonly lengths: number[] }>
  unload(): Promise<WebLlmStatus>
  remove(): Promise<WebLlmStatus>
  close(): Promise<void>
  /** Begins to wait for the loss of a GPU device that this page takes. */
  takeDevice(): Promise<void>
  lostDevice(): Promise<EngineFailure>
}

declare global {
  var webLlmPage: WebLlmPage
}

/** Software plays the GPU where tests run; only here it may pass for a real one. */
function trusting(thread: EngineThread): EngineThread {
  const probe = async (): Promise<GpuDevice> => {
    const device = await thread.engine.probe()
    const { adapter } = device
    return adapter ? { ...device, adapter: { ...adapter, isFallback: false } } : device
  }
  return { ...thread, engine: { ...thread.engine, probe } }
}

let model: WebLlmLanguageModel | undefined
let lost: Promise<EngineFailure> | undefined

function opened(): WebLlmLanguageModel {
  if (!model) throw new Error('no model was opened')
  return model
}

globalThis.webLlmPage = {
  async probe() {
    const thread = spawnWebLlm()
    const device = await thread.engine.probe()
    thread.end()
    return device
  },
  async askKnown() {
    const known = createWebLlmModel(
      { mayDownload: true },
      { clock: systemClock, spawn: () => spawnWebLlm() },
    )
    const request = { system: '', prompt: 'Hello', maxTokens: 5 }
    const reply = await known.generate(request, new AbortController().signal)
    await known.close()
    return reply
  },
  open(own) {
    model = createWebLlmModel(
      { models: [own], model: own.id, mayDownload: true },
      { clock: systemClock, spawn: () => trusting(spawnWebLlm()) },
    )
    return model.info
  },
  load: () => opened().load(true),
  async ask(prompt, maxTokens, schema) {
    let times = 0
    const request = {
      system: 'Be short.',
      prompt,
      maxTokens,
      ...(schema && { schema: { ...schema } }),
    }
    const reply = await opened().generate(request, new AbortController().signal, () => {
      times += 1
    })
    return [reply, times]
  },
  async abortAnswer(prompt) {
    const aborting = new AbortController()
    const lengths: number[] = []
    const request = { system: '', prompt, maxTokens: 500 }
    const reply = await opened().generate(request, aborting.signal, (text) => {
      lengths.push(text.length)
      aborting.abort()
    })
    return { reply, lengths }
  },
  async unload() {
    await opened().unload()
    return opened().status()
  },
  remove: () => opened().remove(),
  close: () => opened().close(),
  async takeDevice() {
    let tell = (_: EngineFailure): void => {}
    lost = new Promise((resolve) => {
      tell = resolve
    })
    hookDeviceLoss(GPUAdapter.prototype, tell)
    const adapter = await navigator.gpu.requestAdapter()
    await adapter?.requestDevice()
  },
  async lostDevice() {
    if (!lost) throw new Error('no device was taken')
    return lost
  },
}
