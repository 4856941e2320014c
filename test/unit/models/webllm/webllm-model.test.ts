import { expect, test } from 'vitest'
import type { ModelReply, ModelRequest } from '../../../../src/core/ports/language-model.ts'
import { GRACE_MS } from '../../../../src/models/webllm/run-generation.ts'
import type { WebLlmStatus } from '../../../../src/models/webllm/webllm-status.ts'
import { createFakeWebLlm, LARGE_GPU, type FakeWebLlm } from '../../../support/fake-web-llm.ts'

const REQUEST: ModelRequest = { system: 'Be short.', prompt: 'Tell a story', maxTokens: 50 }

function ask(
  { model }: FakeWebLlm,
  change: Partial<ModelRequest> = {},
  onText?: (text: string) => void,
): Promise<ModelReply> {
  return model.generate({ ...REQUEST, ...change }, new AbortController().signal, onText)
}

/** Lets all that is ready to run, run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

function watch({ model }: FakeWebLlm): readonly WebLlmStatus[] {
  const seen: WebLlmStatus[] = []
  model.subscribe((status) => seen.push(status))
  return seen
}

const STORY = { kind: 'answered', text: 'Once upon a time.', isWhole: true }

test('[WEB5] the first call loads the model and answers, told as it grows', async () => {
  const fake = createFakeWebLlm()
  const texts: string[] = []
  expect(await ask(fake, {}, (text) => texts.push(text))).toEqual({
    ...STORY,
    usage: { input: 10, output: 3 },
  })
  expect(texts).toEqual(['Once ', 'Once upon ', 'Once upon a time.'])
  expect(fake.record).toMatchObject({ loads: ['large'], threads: 1 })
  expect(fake.model.status()).toEqual({ state: 'ready', model: 'large' })
  expect(await ask(fake)).toMatchObject(STORY)
  expect(fake.record.loads).toEqual(['large'])
})

test('[WEB5] calls that come during a load share it', async () => {
  const fake = createFakeWebLlm()
  const replies = await Promise.all([ask(fake), fake.model.load(false), ask(fake)])
  expect(replies).toMatchObject([STORY, { state: 'ready' }, STORY])
  expect(fake.record.loads).toEqual(['large'])
})

test('[WEB5] a load that ends without a model is done again by a fresh engine, once', async () => {
  const fake = createFakeWebLlm({}, { loads: ['without-model'] })
  expect(await ask(fake)).toMatchObject(STORY)
  expect(fake.record).toMatchObject({ loads: ['large', 'large'], threads: 2, alive: 1 })
  const loaded = createFakeWebLlm({}, { loads: ['without-model'] })
  expect(await loaded.model.load(true)).toEqual({ state: 'ready', model: 'large' })
  expect(loaded.record).toMatchObject({ loads: ['large', 'large'], threads: 2, alive: 1 })
  const never = createFakeWebLlm({}, { loads: ['without-model', 'without-model'] })
  expect(await ask(never)).toMatchObject({ kind: 'failed', code: 'failed' })
  expect(never.record).toMatchObject({ threads: 2, alive: 0 })
})

test('[WEB1] a device that can not hold a model starts no engine and says why', async () => {
  const fake = createFakeWebLlm({}, { device: { adapter: undefined } })
  expect(await ask(fake)).toMatchObject({
    code: 'unavailable',
    reason: expect.stringMatching(/GPU/) as unknown,
  })
  expect(await ask(fake)).toMatchObject({ code: 'unavailable' })
  expect(fake.record).toMatchObject({ loads: [], threads: 1, alive: 0 })
  expect(fake.model.status()).toMatchObject({ state: 'failed', code: 'unavailable' })
})

test('[WEB2] without consent nothing is downloaded', async () => {
  const fake = createFakeWebLlm({ mayDownload: false })
  expect(await ask(fake)).toMatchObject({
    code: 'needs-consent',
    reason: expect.stringMatching(/large .* 8 MB/) as unknown,
  })
  expect(fake.model.status()).toEqual({
    state: 'needs-consent',
    model: 'large',
    downloadBytes: 8_000_000,
  })
  expect(fake.record).toMatchObject({ loads: [], alive: 0 })
  expect(await fake.model.load(true)).toEqual({ state: 'ready', model: 'large' })
  await fake.model.unload()
  expect(await ask(fake)).toMatchObject(STORY)
})

test('[WEB2] without consent a smaller model that is stored is used, unless one was named', async () => {
  const stored = new Set(['small'])
  expect(await ask(createFakeWebLlm({ mayDownload: false }, { stored }))).toMatchObject(STORY)
  const named = createFakeWebLlm(
    { mayDownload: false, model: 'large' },
    { stored: new Set(stored) },
  )
  expect(await ask(named)).toMatchObject({ code: 'needs-consent' })
})

test('[WEB2] consent that comes while a call without it is under way counts', async () => {
  const fake = createFakeWebLlm({ mayDownload: false })
  const refused = ask(fake)
  expect(await fake.model.load(true)).toMatchObject({ state: 'ready' })
  expect(await refused).toMatchObject({ code: 'needs-consent' })
})

test('[WEB3] the progress of a load is told, and is whole once it is ready', async () => {
  const reports = [
    'Fetching param cache[1/2]: 4MB fetched.',
    'Loading model from cache[1/2]: ',
  ].map((text) => ({ text, progress: 0.5 }))
  const fake = createFakeWebLlm({}, { reports })
  const seen = watch(fake)
  await fake.model.load(true)
  const phases = seen.map((status) =>
    status.state === 'loading' ? status.progress.phase : status.state,
  )
  expect(phases).toEqual(['starting', 'downloading', 'loading', 'ready'])
})

test('[WEB3] a listener that throws disturbs nobody, and one that left hears no more', async () => {
  const fake = createFakeWebLlm()
  let heard = 0
  fake.model.subscribe(() => {
    throw new Error('listener')
  })
  const leave = fake.model.subscribe(() => (heard += 1))
  leave()
  const reply = await ask(fake, {}, () => {
    throw new Error('listener')
  })
  expect(reply).toMatchObject(STORY)
  expect(heard).toBe(0)
})

test('[WEB4] a paused download keeps what is complete, and goes on when it is resumed', async () => {
  const reports = [{ text: 'Fetching param cache[1/2]: 5MB fetched.', progress: 0.5 }]
  const fake = createFakeWebLlm({}, { loads: ['hang'], reports })
  const waiting = ask(fake)
  await settle()
  fake.model.pause()
  expect(await waiting).toMatchObject({ code: 'unavailable', reason: 'the download is paused' })
  expect(fake.model.status()).toMatchObject({ state: 'paused', progress: { bytes: 4 * 2 ** 20 } })
  expect(fake.record.alive).toBe(0)
  expect(await ask(fake)).toMatchObject({ code: 'unavailable' })
  const seen = watch(fake)
  expect(await fake.model.resume()).toEqual({ state: 'ready', model: 'large' })
  expect(seen[0]).toMatchObject({ state: 'loading', progress: { bytes: 4 * 2 ** 20 } })
  expect(await ask(fake)).toMatchObject(STORY)
})

test('[WEB4] resuming at once does not wait for the load that was paused', async () => {
  const fake = createFakeWebLlm({}, { loads: ['hang'] })
  void fake.model.load(true)
  await settle()
  fake.model.pause()
  expect(await fake.model.resume()).toEqual({ state: 'ready', model: 'large' })
  fake.model.pause()
  expect(fake.model.status()).toEqual({ state: 'ready', model: 'large' })
})

test('[WEB6] calls follow one another', async () => {
  const fake = createFakeWebLlm()
  const replies = await Promise.all(Array.from({ length: 8 }, () => ask(fake)))
  expect(replies.every(({ kind }) => kind === 'answered')).toBe(true)
  expect(fake.record.mostRunning).toBe(1)
})

test('[WEB6, WEB7] after an abort the next call waits until the engine has really ended', async () => {
  let release = (): void => {}
  const until = new Promise<void>((resolve) => {
    release = resolve
  })
  const fake = createFakeWebLlm({}, { calls: [{ kind: 'late', until }] })
  const aborting = new AbortController()
  const texts: string[] = []
  const first = fake.model.generate(REQUEST, aborting.signal, (text) => texts.push(text))
  await settle()
  aborting.abort()
  expect(await first).toMatchObject({ code: 'aborted' })
  let isAnswered = false
  const second = ask(fake).finally(() => {
    isAnswered = true
  })
  await settle()
  expect(isAnswered).toBe(false)
  expect(fake.record.interrupts).toBe(1)
  release()
  expect(await second).toMatchObject(STORY)
  expect(texts).toEqual(['Once '])
  expect(fake.record).toMatchObject({ mostRunning: 1, threads: 1 })
})

test('[WEB7] an engine that does not stop in time is ended with its thread, at no loss', async () => {
  const fake = createFakeWebLlm({}, { calls: Array.from({ length: 5 }, () => ({ kind: 'hang' })) })
  for (let time = 0; time < 5; time += 1) {
    const aborting = new AbortController()
    const call = fake.model.generate(REQUEST, aborting.signal)
    await settle()
    aborting.abort()
    expect(await call).toMatchObject({ code: 'aborted' })
    fake.clock.pass(GRACE_MS - 1)
    await settle()
    expect(fake.record.alive).toBe(1)
    fake.clock.pass(1)
    await settle()
    expect(fake.record.alive).toBe(0)
  }
  expect(await ask(fake)).toMatchObject(STORY)
})

test('[WEB7] an engine that fails when it is interrupted is ended, at no loss', async () => {
  const failure = { name: 'Error', message: 'boom' }
  const until = Promise.resolve()
  const calls = Array.from({ length: 4 }, () => ({ kind: 'late', until, failure }) as const)
  const fake = createFakeWebLlm({}, { calls })
  for (let time = 0; time < 4; time += 1) {
    const aborting = new AbortController()
    const call = fake.model.generate(REQUEST, aborting.signal)
    await settle()
    aborting.abort()
    expect(await call).toMatchObject({ code: 'aborted' })
    await settle()
    expect(fake.record.alive).toBe(0)
  }
  expect(await ask(fake)).toMatchObject(STORY)
})

test('[WEB7] an interrupted call keeps its engine', async () => {
  const fake = createFakeWebLlm({}, { calls: [{ kind: 'endless' }] })
  const aborting = new AbortController()
  const call = fake.model.generate(REQUEST, aborting.signal)
  await settle()
  aborting.abort()
  expect(await call).toMatchObject({ code: 'aborted' })
  expect(await ask(fake)).toMatchObject(STORY)
  expect(fake.record).toMatchObject({ threads: 1, interrupts: 1 })
})

test('[WEB7] a call that is aborted before it starts is never asked', async () => {
  const fake = createFakeWebLlm({}, { calls: [{ kind: 'endless' }] })
  expect(await fake.model.generate(REQUEST, AbortSignal.abort())).toMatchObject({ code: 'aborted' })
  expect(fake.record.threads).toBe(0)
  const first = new AbortController()
  const running = fake.model.generate(REQUEST, first.signal)
  const queued = new AbortController()
  const waiting = fake.model.generate(REQUEST, queued.signal)
  await settle()
  queued.abort()
  expect(await waiting).toMatchObject({ code: 'aborted' })
  first.abort()
  await running
  await settle()
  expect(fake.record.questions).toHaveLength(1)
})

test('[WEB7] an abort during a load answers at once, and the load goes on', async () => {
  let finish = (): void => {}
  const load = new Promise<void>((resolve) => {
    finish = resolve
  })
  const fake = createFakeWebLlm({}, { loads: [load] })
  const aborting = new AbortController()
  const call = fake.model.generate(REQUEST, aborting.signal)
  await settle()
  aborting.abort()
  expect(await call).toMatchObject({ code: 'aborted' })
  finish()
  await settle()
  expect(fake.model.status()).toEqual({ state: 'ready', model: 'large' })
  expect(fake.record.questions).toHaveLength(0)
})

test('[WEB12] a call that is silent for minutes is ended, and the next has a fresh engine', async () => {
  const fake = createFakeWebLlm({}, { calls: [{ kind: 'hang', afterPieces: 2 }] })
  const call = ask(fake)
  await settle()
  fake.clock.pass(239_999)
  await settle()
  fake.clock.pass(1)
  expect(await call).toMatchObject({ code: 'timed-out' })
  expect(fake.record.alive).toBe(0)
  expect(await ask(fake)).toMatchObject(STORY)
})

test('[WEB12] a load that is silent for minutes is ended', async () => {
  const fake = createFakeWebLlm({}, { loads: ['hang'] })
  const call = ask(fake)
  await settle()
  fake.clock.pass(300_000)
  expect(await call).toMatchObject({ code: 'timed-out' })
  expect(fake.record.alive).toBe(0)
  expect(fake.model.status()).toMatchObject({ state: 'failed', code: 'timed-out' })
})

test('[WEB14] what the engine is asked has bound and schema; what was cut is not whole', async () => {
  const fake = createFakeWebLlm({}, { calls: [{ kind: 'cut' }] })
  const reply = await ask(fake, { schema: { type: 'object' }, maxTokens: 7 })
  expect(reply).toMatchObject({ kind: 'answered', text: 'Once upon ', isWhole: false })
  expect(fake.record.questions).toEqual([
    { system: 'Be short.', prompt: 'Tell a story', maxTokens: 7, schema: '{"type":"object"}' },
  ])
  const long = await ask(fake, { prompt: 'x'.repeat(1_000_000) })
  expect(long).toMatchObject({ code: 'context-exceeded' })
  expect(fake.record.questions).toHaveLength(1)
})

test('[WEB14] a schema that is not taken is left out once', async () => {
  const failure = { name: 'GrammarMatcherInitError', message: 'unsupported' }
  const fake = createFakeWebLlm({}, { calls: [{ kind: 'fail', failure }] })
  expect(await ask(fake, { schema: { type: 'object' } })).toMatchObject(STORY)
  expect(fake.record.questions.map(({ schema }) => schema)).toEqual([
    '{"type":"object"}',
    undefined,
  ])
  expect(fake.record.threads).toBe(1)
})

test('[WEB15] an idle model is unloaded, and loaded again when it is asked', async () => {
  const fake = createFakeWebLlm({ idleMs: 60_000 })
  await ask(fake)
  fake.clock.pass(59_999)
  await settle()
  expect(fake.record.alive).toBe(1)
  await ask(fake)
  fake.clock.pass(59_999)
  await settle()
  expect(fake.record.alive).toBe(1)
  fake.clock.pass(1)
  await settle()
  expect(fake.record.alive).toBe(0)
  expect(fake.model.status()).toEqual({ state: 'idle' })
  expect(await ask(fake)).toMatchObject(STORY)
})

test('[WEB15] unloading and closing end the engine and every call', async () => {
  const fake = createFakeWebLlm({}, { calls: [{ kind: 'hang' }, { kind: 'hang' }] })
  const first = [ask(fake), ask(fake)]
  await settle()
  await fake.model.unload()
  for (const reply of await Promise.all(first)) expect(reply).toMatchObject({ code: 'aborted' })
  expect(fake.record.alive).toBe(0)
  const second = ask(fake)
  await settle()
  await fake.model.close()
  expect(await second).toMatchObject({ code: 'aborted' })
  expect(await ask(fake)).toMatchObject({ code: 'aborted' })
  expect(await fake.model.load(true)).toEqual({ state: 'closed' })
  await settle()
  expect(fake.record.alive).toBe(0)
  expect(fake.clock.waiting()).toBe(0)
})

test('[WEB15] removing deletes what is stored, and the next call needs consent again', async () => {
  const fake = createFakeWebLlm({ mayDownload: false })
  await fake.model.load(true)
  expect(await fake.model.remove()).toEqual({ state: 'idle' })
  expect(fake.record).toMatchObject({ alive: 0 })
  expect(fake.record.removed).toEqual(expect.arrayContaining(['large', 'middle', 'small']))
  expect(await ask(fake)).toMatchObject({ code: 'needs-consent' })
  const removal = { name: 'Error', message: 'no access' }
  const stuck = createFakeWebLlm({}, { removal })
  expect(await stuck.model.remove()).toMatchObject({ state: 'failed', code: 'failed' })
})

test('[WEB16] options out of bounds are refused by every call', async () => {
  const bad = createFakeWebLlm({ idleMs: 10 })
  expect(await ask(bad)).toMatchObject({
    code: 'invalid-options',
    reason: expect.stringMatching(/idleMs/) as unknown,
  })
  expect(await bad.model.load(true)).toMatchObject({ state: 'failed', code: 'invalid-options' })
  expect(bad.model.status()).toMatchObject({ code: 'invalid-options' })
  expect(bad.record.threads).toBe(0)
  expect(await ask(createFakeWebLlm({ model: 'nothing' }))).toMatchObject({
    code: 'invalid-options',
    reason: expect.stringMatching(/no model nothing; there are large/) as unknown,
  })
})

test('[WEB13] a worker that can not be started is told as unavailable', async () => {
  const fake = createFakeWebLlm({}, { cannotStart: true, device: LARGE_GPU })
  expect(await ask(fake)).toMatchObject({
    code: 'unavailable',
    reason: expect.stringMatching(/worker/) as unknown,
  })
})

test('[WEB15] a load that waits for a call is given up with it when the model is closed', async () => {
  const fake = createFakeWebLlm({}, { calls: [{ kind: 'hang' }] })
  const call = ask(fake)
  await settle()
  const load = fake.model.load(true)
  await fake.model.close()
  expect(await call).toMatchObject({ code: 'aborted' })
  expect(await load).toEqual({ state: 'closed' })
  await settle()
  expect(fake.record).toMatchObject({ threads: 1, alive: 0 })
})
