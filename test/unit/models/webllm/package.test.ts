import { modelVersion, prebuiltAppConfig } from '@mlc-ai/web-llm'
import { expect, test } from 'vitest'
import { judgeEngineFailure } from '../../../../src/core/models/judge-engine-failure.ts'
import { LOCAL_MODELS } from '../../../../src/core/models/local-model.ts'
import type { ModelReply, ModelRequest } from '../../../../src/core/ports/language-model.ts'
import type { LocalEngine } from '../../../../src/models/webllm/local-engine.ts'
import { createMlcEngine } from '../../../../src/models/webllm/mlc-engine.ts'
import { toModelRecord } from '../../../../src/models/webllm/model-record.ts'
import {
  createWebLlmModel,
  type WebLlmLanguageModel,
} from '../../../../src/models/webllm/webllm-model.ts'
import { systemClock } from '../../../../src/tabs/system-clock.ts'
import {
  createFakePackage,
  type PipelineLog,
  type PipelineScript,
} from '../../../support/fake-pipeline.ts'
import { FAKE_MODELS, LARGE_GPU } from '../../../support/fake-web-llm.ts'

interface Bench {
  readonly engine: LocalEngine
  readonly model: WebLlmLanguageModel
  readonly script: PipelineScript
  readonly log: PipelineLog
  readonly threads: () => number
}

const WORDS = ['Hel', 'lo', ' wor', 'ld']

/** The real package over a fake pipeline, behind the engine's port and behind the model. */
function createBench(change: Partial<PipelineScript> = {}): Bench {
  const script: PipelineScript = { tokens: WORDS, ...change }
  const log: PipelineLog = { prefills: [], configs: [], stops: 0 }
  let threads = 0
  const createEngine = (): LocalEngine =>
    createMlcEngine({
      importPackage: async () => createFakePackage(script, log),
      probe: async () => LARGE_GPU,
      isCached: async () => true,
      remove: async () => {},
    })
  const spawn = () => {
    threads += 1
    return { engine: createEngine(), lost: new Promise<never>(() => {}), end: () => {} }
  }
  const model = createWebLlmModel({ models: FAKE_MODELS }, { spawn, clock: systemClock })
  return { engine: createEngine(), model, script, log, threads: () => threads }
}

const [FIRST] = FAKE_MODELS
const REQUEST: ModelRequest = { system: 'Be short.', prompt: 'Greet', maxTokens: 50 }

function ask(
  { model }: Bench,
  change: Partial<ModelRequest> = {},
  onText?: (text: string) => void,
): Promise<ModelReply> {
  return model.generate({ ...REQUEST, ...change }, new AbortController().signal, onText)
}

async function loadEngine(change: Partial<PipelineScript> = {}): Promise<Bench> {
  const bench = createBench(change)
  if (FIRST) expect(await bench.engine.load(FIRST, () => {})).toMatchObject({ ok: true })
  return bench
}

const generate = ({ engine }: Bench, onDelta: (delta: string) => void = () => {}) =>
  engine.generate({ system: '', prompt: 'Greet', maxTokens: 50 }, onDelta)

test('[WEB18] an answer streams, and its usage is read', async () => {
  const bench = createBench()
  const texts: string[] = []
  expect(await ask(bench, {}, (text) => texts.push(text))).toEqual({
    kind: 'answered',
    text: 'Hello world',
    isWhole: true,
    usage: { input: 7, output: 4 },
  })
  expect(texts).toEqual(['Hel', 'Hello', 'Hello wor', 'Hello world'])
  await bench.model.close()
})

test('[WEB18] bound, chance and schema reach the pipeline', async () => {
  const bench = createBench({ tokens: Array.from({ length: 90 }, () => 'a') })
  const reply = await ask(bench, { maxTokens: 5, schema: { type: 'object' } })
  expect(reply).toMatchObject({ kind: 'answered', text: 'aaaaa', isWhole: false })
  expect(bench.log.configs.at(-1)).toMatchObject({
    max_tokens: 5,
    temperature: 0.2,
    response_format: { type: 'json_object', schema: '{"type":"object"}' },
  })
  await bench.model.close()
})

test('[WEB18] an abort in the middle stops after the next token, and the engine goes on', async () => {
  const bench = createBench({ tokens: Array.from({ length: 500 }, () => 'a'), stepMs: 1 })
  const aborting = new AbortController()
  const aborted = bench.model.generate(REQUEST, aborting.signal, (text) => {
    if (text.length === 3) aborting.abort()
  })
  expect(await aborted).toMatchObject({ code: 'aborted' })
  bench.script.tokens = WORDS
  expect(await ask(bench)).toMatchObject({ text: 'Hello world' })
  expect(bench.log.stops).toBe(1)
  expect(bench.threads()).toBe(1)
  await bench.model.close()
})

test('[WEB18] an interrupt stops within one token, in the middle and while the question is read', async () => {
  const tokens = Array.from({ length: 500 }, () => 'a')
  const middle = await loadEngine({ tokens })
  let seen = 0
  const answer = await generate(middle, () => {
    seen += 1
    if (seen === 3) middle.engine.interrupt()
  })
  expect(answer).toMatchObject({ ok: true, value: { finish: 'abort', text: 'aaa' } })
  const reading = await loadEngine({ tokens })
  reading.script.onPrefill = () => reading.engine.interrupt()
  expect(await generate(reading)).toMatchObject({ ok: true, value: { finish: 'abort', text: 'a' } })
})

test('[WEB18] an interrupt before a request does not reach it, one right after its start does', async () => {
  const bench = await loadEngine({ tokens: Array.from({ length: 50 }, () => 'a') })
  bench.engine.interrupt()
  expect(await generate(bench)).toMatchObject({ ok: true, value: { finish: 'stop' } })
  const started = generate(bench)
  bench.engine.interrupt()
  expect(await started).toMatchObject({ ok: true, value: { finish: 'abort' } })
})

test('[WEB18] a listener that throws ends the stream, and the next request is not held up', async () => {
  const bench = await loadEngine({ tokens: Array.from({ length: 50 }, () => 'a') })
  const broken = await generate(bench, () => {
    throw new Error('listener')
  })
  expect(broken).toMatchObject({ ok: false, failure: { message: 'listener' } })
  expect(await generate(bench)).toMatchObject({ ok: true, value: { finish: 'stop' } })
})

test.each(['prefill', 'decode'] as const)(
  '[WEB18] an error in %s rejects with its name, and a fresh engine answers',
  async (throwIn) => {
    const engine = await loadEngine({ throwIn })
    const failure = { name: 'Error', message: `boom in ${throwIn}` }
    expect(await generate(engine)).toEqual({ ok: false, failure })
    expect(await generate(engine)).toMatchObject({ ok: true })
    const bench = createBench()
    await bench.model.load(true)
    bench.script.throwIn = throwIn
    expect(await ask(bench)).toMatchObject({ text: 'Hello world' })
    expect(bench.threads()).toBe(2)
    await bench.model.close()
  },
)

test('[WEB18] what refuses a request has a name that is known, and changes nothing', async () => {
  const bench = await loadEngine()
  const refused = await bench.engine.generate(
    { system: '', prompt: 'Greet', maxTokens: -1 },
    () => {},
  )
  expect(refused).toMatchObject({ ok: false })
  if (!refused.ok) expect(judgeEngineFailure(refused.failure, 'generate').cure).toBe('none')
  expect(await generate(bench)).toMatchObject({ ok: true })
})

test('[WEB18] an engine without a model says so', async () => {
  const bench = createBench()
  expect(await generate(bench)).toMatchObject({ ok: false })
  const { MLCEngine } = createFakePackage(bench.script, bench.log)
  const { chat } = new MLCEngine({ logLevel: 'SILENT' })
  const messages = [{ role: 'user', content: 'a' } as const]
  await expect(chat.completions.create({ messages })).rejects.toMatchObject({
    name: 'ModelNotLoadedError',
  })
})

test('[WEB18] every known model is in the list of the package, with its library and memory', () => {
  expect(modelVersion).toBe('v0_2_86/base')
  for (const model of LOCAL_MODELS) {
    const record = prebuiltAppConfig.model_list.find(({ model_id }) => model_id === model.id)
    expect(record, model.id).toBeDefined()
    expect(model.weights).toBe(record?.model)
    expect(model.library).toBe(record?.model_lib)
    expect(model.contextTokens).toBe(record?.overrides?.context_window_size)
    expect(Math.abs(model.memoryMb - (record?.vram_required_MB ?? 0)), model.id).toBeLessThan(2)
    expect(toModelRecord(model).required_features?.includes('shader-f16')).toBe(
      model.id.includes('f16'),
    )
  }
})
