import { expect, test } from 'vitest'
import type { EngineFailure } from '../../../../src/core/models/judge-engine-failure.ts'
import type { ModelReply } from '../../../../src/core/ports/language-model.ts'
import { createFakeWebLlm, type FakeCall, type FakeWebLlm } from '../../../support/fake-web-llm.ts'

function ask({ model }: FakeWebLlm, onText?: (text: string) => void): Promise<ModelReply> {
  const request = { system: '', prompt: 'Tell a story', maxTokens: 50 }
  return model.generate(request, new AbortController().signal, onText)
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

const STORY = { kind: 'answered', text: 'Once upon a time.' }
const BOOM: EngineFailure = { name: 'Error', message: 'boom' }
const OUT_OF_MEMORY: EngineFailure = { name: 'DeviceLostError', message: 'The device was lost' }
const DAMAGED: EngineFailure = { name: 'ExitStatus', message: 'Program terminated with exit(1)' }

test.each<[string, FakeCall]>([
  ['an unknown error', { kind: 'fail', failure: BOOM, afterPieces: 2 }],
  [
    'a disposed array',
    { kind: 'fail', failure: { name: 'Error', message: 'already been disposed' } },
  ],
  ['a lost instance', { kind: 'fail', failure: { name: 'OperationError', message: 'Instance' } }],
  ['a lost model', { kind: 'fail', failure: { name: 'ModelNotLoadedError', message: '' } }],
  ['a lost GPU whose call never settles', { kind: 'lost', afterPieces: 1 }],
])('[WEB8, WEB9] after %s the call is asked once more of a fresh engine', async (_, call) => {
  const fake = createFakeWebLlm({}, { calls: [call] })
  const texts: string[] = []
  expect(await ask(fake, (text) => texts.push(text))).toMatchObject(STORY)
  expect(texts.at(-1)).toBe('Once upon a time.')
  expect(fake.record).toMatchObject({ threads: 2, alive: 1, loads: ['large', 'large'] })
})

test.each([
  'ContextWindowSizeExceededError',
  'MessageOrderError',
  'UnsupportedFieldsError',
  'ContentTypeError',
])('[WEB13] %s leaves the engine as it was', async (name) => {
  const fake = createFakeWebLlm({}, { calls: [{ kind: 'fail', failure: { name, message: 'x' } }] })
  expect(await ask(fake)).toMatchObject({ kind: 'failed' })
  expect(await ask(fake)).toMatchObject(STORY)
  expect(fake.record.threads).toBe(1)
})

test('[WEB8] after three losses nothing is tried until the oldest is past', async () => {
  const calls = Array.from({ length: 3 }, (): FakeCall => ({ kind: 'fail', failure: BOOM }))
  const fake = createFakeWebLlm({}, { calls })
  expect(await ask(fake)).toMatchObject({ code: 'failed' })
  expect(fake.record.threads).toBe(2)
  fake.clock.pass(60_000)
  expect(await ask(fake)).toMatchObject({ code: 'failed' })
  expect(fake.record.threads).toBe(3)
  expect(await ask(fake)).toMatchObject({ code: 'device-lost', retryAfterMs: 540_000 })
  expect(fake.record).toMatchObject({ threads: 3, alive: 0 })
  fake.clock.pass(540_000)
  expect(await ask(fake)).toMatchObject(STORY)
})

test('[WEB9] a GPU that is lost while nothing runs ends the engine at once', async () => {
  const fake = createFakeWebLlm()
  await ask(fake)
  fake.record.lose()
  await settle()
  expect(fake.record.alive).toBe(0)
  expect(fake.model.status()).toEqual({ state: 'idle' })
  expect(await ask(fake)).toMatchObject(STORY)
})

test('[WEB9] a worker that dies in the middle of a load is replaced', async () => {
  const fake = createFakeWebLlm({}, { loads: ['hang'] })
  const call = ask(fake)
  await settle()
  fake.record.lose({ name: 'WorkerLost', message: 'the worker died' })
  expect(await call).toMatchObject(STORY)
  expect(fake.record.threads).toBe(2)
})

test('[WEB10] a damaged store is deleted and downloaded once more, and only once', async () => {
  const fake = createFakeWebLlm({}, { loads: [DAMAGED], stored: new Set(['large']) })
  expect(await ask(fake)).toMatchObject(STORY)
  expect(fake.record).toMatchObject({ removed: ['large'], loads: ['large', 'large'] })
  const twice = createFakeWebLlm({}, { loads: [DAMAGED, DAMAGED], stored: new Set(['large']) })
  expect(await ask(twice)).toMatchObject({ code: 'failed' })
  expect(twice.record).toMatchObject({ removed: ['large'], loads: ['large', 'large'], alive: 0 })
})

test('[WEB10] without consent a damaged store is deleted, and not downloaded again', async () => {
  const stored = new Set(['large'])
  const fake = createFakeWebLlm({ mayDownload: false }, { loads: [DAMAGED], stored })
  expect(await ask(fake)).toMatchObject({ code: 'needs-consent' })
  expect(fake.record).toMatchObject({ removed: ['large'], loads: ['large'] })
})

test('[WEB11] a model without room gives way to a smaller one, for good', async () => {
  const fake = createFakeWebLlm({}, { loads: [OUT_OF_MEMORY, 'lost'] })
  expect(await ask(fake)).toMatchObject(STORY)
  expect(fake.record.loads).toEqual(['large', 'middle', 'small'])
  expect(fake.model.status()).toEqual({ state: 'ready', model: 'small' })
  await fake.model.unload()
  expect(await ask(fake)).toMatchObject(STORY)
  expect(fake.record.loads).toEqual(['large', 'middle', 'small', 'small'])
})

test('[WEB11] without room for any model the answer is out-of-memory', async () => {
  const loads = [OUT_OF_MEMORY, OUT_OF_MEMORY, ...Array.from({ length: 20 }, () => OUT_OF_MEMORY)]
  const fake = createFakeWebLlm({}, { loads })
  expect(await ask(fake)).toMatchObject({ code: 'out-of-memory' })
  const tried = fake.record.loads.length
  expect(await ask(fake)).toMatchObject({ code: 'out-of-memory' })
  expect(fake.record.loads).toHaveLength(tried)
  expect(fake.record.alive).toBe(0)
})

test('[WEB11] memory that runs out in the middle of a call leads to a smaller model', async () => {
  const failure = { name: 'RangeError', message: 'Array buffer allocation failed' }
  const fake = createFakeWebLlm({}, { calls: [{ kind: 'fail', failure }] })
  expect(await ask(fake)).toMatchObject(STORY)
  expect(fake.record.loads).toEqual(['large', 'middle'])
})

test('[WEB11] a smaller model that may not be downloaded leaves the reason of the larger one', async () => {
  const stored = new Set(['large'])
  const fake = createFakeWebLlm(
    { mayDownload: false, model: 'large' },
    { loads: [OUT_OF_MEMORY], stored },
  )
  expect(await ask(fake)).toMatchObject({ code: 'out-of-memory' })
  expect(await ask(fake)).toMatchObject({ code: 'needs-consent' })
})

test('[WEB11] what a full disk left of a model is deleted before a smaller one is tried', async () => {
  const full = { name: 'QuotaExceededError', message: 'Quota exceeded.' }
  const fake = createFakeWebLlm({}, { loads: [full] })
  expect(await ask(fake)).toMatchObject(STORY)
  expect(fake.record).toMatchObject({ removed: ['large'], loads: ['large', 'middle'] })
})

test.each([
  ['TypeError', 'Failed to fetch', 'offline'],
  ['DownloadStatusError', 'status 404 for a.bin', 'not-found'],
  ['LinkError', 'Import #0', 'unavailable'],
])(
  '[WEB13] a load that fails with %s (%s) is not repeated at once',
  async (name, message, code) => {
    const fake = createFakeWebLlm({}, { loads: [{ name, message }] })
    expect(await ask(fake)).toMatchObject({ kind: 'failed', code })
    expect(fake.record).toMatchObject({ loads: ['large'], alive: 0 })
    expect(await ask(fake)).toMatchObject(STORY)
  },
)
