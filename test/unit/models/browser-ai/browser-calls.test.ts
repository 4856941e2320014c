import { expect, test } from 'vitest'
import type { JsonSchema, ModelReply } from '../../../../src/core/ports/language-model.ts'
import {
  createBrowserAi,
  type BrowserAi,
} from '../../../../src/models/browser-ai/browser-ai-model.ts'
import { until } from '../../../support/build-engine.ts'
import { NEVER, REQUEST } from '../../../support/build-models.ts'
import {
  domError,
  FAKE_VERSIONS,
  fakeBrowserAi,
  type FakeBehaviour,
  type FakeBrowserAi,
  type FakeVersion,
} from '../../../support/fake-browser-ai.ts'

const SCHEMA: JsonSchema = { type: 'object', properties: { about: { type: 'string' } } }

function build(
  version: FakeVersion = '2026',
  changes: Partial<FakeBehaviour> = {},
  timeoutMs: number = 5_000,
): { readonly fake: FakeBrowserAi; readonly model: BrowserAi } {
  const fake = fakeBrowserAi(version, changes)
  return { fake, model: createBrowserAi({ kind: 'browser-ai' }, { scope: fake.scope, timeoutMs }) }
}

function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5))
}

test('[BAI5] each call has a session of its own, with its orders, which is freed afterwards', async () => {
  const { fake, model } = build()
  const ask = (system: string): Promise<ModelReply> => model.generate({ ...REQUEST, system }, NEVER)
  await Promise.all([ask('one'), ask('two')])
  await ask('three')
  const seen = fake.asked.map(({ system, session }) => [system, session])
  expect(seen.toSorted((a, b) => Number(a[1]) - Number(b[1]))).toEqual([
    ['one', 1],
    ['two', 2],
    ['three', 3],
  ])
  await settled()
  expect([...fake.open]).toEqual([])
})

test('[BAI5] a session is freed whatever becomes of its call, also one that opens too late', async () => {
  const { fake, model } = build()
  fake.behaviour.throws.prompt.push(domError('UnknownError'))
  expect(await model.generate(REQUEST, NEVER)).toMatchObject({ code: 'failed' })
  const cut = model.generate({ ...REQUEST, prompt: 'x'.repeat(99_999) }, NEVER)
  expect(await cut).toMatchObject({ code: 'context-exceeded' })
  await settled()
  expect([...fake.open]).toEqual([])
})

test('[BAI5] a session that opens when its call is over is freed, and asked nothing', async () => {
  for (const version of ['2026', 'summariser-2026'] as const) {
    const { fake, model } = build(version)
    let letOpen = (): void => {}
    fake.behaviour.opensAfter = new Promise((resolve) => (letOpen = resolve))
    const over = new AbortController()
    const call = model.generate(REQUEST, over.signal)
    await until(() => fake.created.length === 1)
    over.abort()
    expect(await call).toMatchObject({ code: 'aborted' })
    letOpen()
    await settled()
    expect(fake.asked).toEqual([])
    await model.close()
    expect([...fake.open]).toEqual([])
  }
})

test('[BAI8] a session that opens when the model is closed is freed', async () => {
  for (const version of ['2026', 'summariser-2026'] as const) {
    const { fake, model } = build(version)
    let letOpen = (): void => {}
    fake.behaviour.opensAfter = new Promise((resolve) => (letOpen = resolve))
    const calls = [model.generate(REQUEST, NEVER), model.generate(REQUEST, NEVER)]
    await until(() => fake.created.length === 2)
    await model.close()
    letOpen()
    for (const reply of await Promise.all(calls)) expect(reply).toMatchObject({ code: 'aborted' })
    await settled()
    expect([fake.open.size, fake.asked.length]).toEqual([0, 0])
  }
})

test('[BAI6] the schema is handed to a browser that takes one, and to no other', async () => {
  for (const version of FAKE_VERSIONS) {
    const { fake, model } = build(version)
    expect(await model.generate({ ...REQUEST, schema: SCHEMA }, NEVER)).toMatchObject({
      kind: 'answered',
    })
    const isTaken = version === '2026' || version === '2025'
    expect(fake.asked).toMatchObject([{ schema: isTaken ? SCHEMA : undefined }])
    expect(model.info.isConstrained).toBe(isTaken)
  }
})

test('[BAI6] a schema that is turned down is told in words, and that is remembered', async () => {
  const { fake, model } = build('2026', { refusesSchema: true })
  const request = { ...REQUEST, schema: SCHEMA }
  expect(await model.generate(request, NEVER)).toMatchObject({ kind: 'answered' })
  expect(model.info.isConstrained).toBe(false)
  expect(fake.asked).toHaveLength(1)
  expect(fake.asked[0]?.system).toContain(JSON.stringify(SCHEMA))
  expect(fake.asked[0]?.system?.startsWith(REQUEST.system)).toBe(true)
  await model.generate(request, NEVER)
  expect(fake.created).toHaveLength(3)
  expect(fake.asked[1]).toMatchObject({ system: REQUEST.system, schema: undefined })
})

test('[BAI6, BAI10] what is refused without a schema, too, says nothing about schemas', async () => {
  const { fake, model } = build()
  const untested = domError('NotSupportedError', 'untested language')
  fake.behaviour.throws.prompt.push(untested, untested)
  const reply = await model.generate({ ...REQUEST, schema: SCHEMA }, NEVER)
  expect(reply).toMatchObject({ kind: 'failed', code: 'refused' })
  expect(reply).toHaveProperty('reason', expect.stringMatching(/untested language/))
  expect(model.info.isConstrained).toBe(true)
})

test.each(FAKE_VERSIONS)('[BAI7] text of %s grows, in either style of stream', async (version) => {
  for (const isCumulative of [false, true]) {
    const { model } = build(version, { isCumulative })
    const heard: string[] = []
    const reply = await model.generate(REQUEST, NEVER, (text) => void heard.push(text))
    const text = 'It is about a mark that was raised twice.'
    expect(reply).toMatchObject({ kind: 'answered', text, isWhole: true })
    expect(heard.at(0)).toBe('It is a')
    expect(heard.at(-1)).toBe(text)
    heard.forEach((one, at) => expect(one).toBe(text.slice(0, (at + 1) * 7)))
  }
})

test('[BAI7] a browser that does not stream is asked at once', async () => {
  const model = createBrowserAi(
    { kind: 'browser-ai' },
    {
      scope: {
        LanguageModel: {
          availability: async () => 'available',
          create: async () => ({ prompt: async () => 'short' }),
        },
      },
    },
  )
  const reply = await model.generate(REQUEST, NEVER)
  expect(reply).toEqual({ kind: 'answered', text: 'short', isWhole: true })
})

test('[BAI7] an answer that goes on and on is stopped at its tokens', async () => {
  const { fake, model } = build('2026', { answer: () => 'word after word '.repeat(100_000) })
  const reply = await model.generate({ ...REQUEST, maxTokens: 50 }, NEVER)
  expect(reply).toMatchObject({ kind: 'answered', isWhole: false })
  const { text } = reply as Extract<ModelReply, { kind: 'answered' }>
  expect(text.length).toBeGreaterThan(200)
  expect(text.length).toBeLessThan(600)
  await settled()
  expect([...fake.open]).toEqual([])
})

test.each(['availability', 'create', 'prompt'] as const)(
  '[BAI8] an abort, a close and the end of time are answered while %s hangs',
  async (step) => {
    const { fake, model } = build('2026', { hangs: new Set([step]) }, 60)
    const over = new AbortController()
    const first = model.generate(REQUEST, over.signal)
    await settled()
    over.abort()
    expect(await first).toMatchObject({ kind: 'failed', code: 'aborted' })
    expect(await model.generate(REQUEST, over.signal)).toMatchObject({ code: 'aborted' })
    expect(await model.generate(REQUEST, NEVER)).toMatchObject({ code: 'timed-out' })
    const last = model.generate(REQUEST, NEVER)
    await settled()
    await model.close()
    expect(await last).toMatchObject({ code: 'aborted' })
    expect(await model.generate(REQUEST, NEVER)).toMatchObject({ code: 'aborted' })
    await settled()
    expect([...fake.open]).toEqual([])
  },
)

test.each(FAKE_VERSIONS)('[BAI9] a question too long for %s is not asked', async (version) => {
  const { fake, model } = build(version, { window: 1_000 })
  const prompt = 'four'.repeat(1_000)
  const reply = await model.generate({ ...REQUEST, prompt }, NEVER)
  expect(reply).toMatchObject({ kind: 'failed', code: 'context-exceeded' })
  expect(reply).toHaveProperty('reason', expect.stringMatching(/window of 1000 tokens/))
  expect(fake.asked).toEqual([])
  expect(model.info.contextTokens).toBe(1_000)
  expect(await model.generate(REQUEST, NEVER)).toMatchObject({ kind: 'answered' })
})

test('[BAI9] what the browser counted is read back, and an answer cut by the window is not whole', async () => {
  const { model } = build('2025', { answer: () => 'four'.repeat(20) })
  const usage = { input: 14, output: 20 }
  expect(await model.generate(REQUEST, NEVER)).toMatchObject({ isWhole: true, usage })
  const { model: small } = build('2025', { answer: () => 'four'.repeat(20), window: 30 })
  expect(await small.generate(REQUEST, NEVER)).toMatchObject({ kind: 'answered', isWhole: false })
})

test('[BAI9] a window without end, or without sense, is not believed', async () => {
  for (const window of [Number.POSITIVE_INFINITY, Number.NaN, -1, 0]) {
    const { model } = build('2026', { window })
    await model.generate(REQUEST, NEVER)
    expect(model.info.contextTokens).toBe(4_096)
  }
})

type Row = readonly [keyof FakeBehaviour['throws'], unknown, string, RegExp]

const FAILURES: readonly Row[] = [
  ['availability', domError('NotAllowedError', 'policy'), 'forbidden', /policy/],
  ['availability', domError('SecurityError'), 'forbidden', /may not use/],
  ['availability', 'torn', 'failed', /torn/],
  ['create', domError('NotAllowedError', 'gesture'), 'needs-consent', /click/],
  ['create', domError('NotAllowedError', 'Permission Policy'), 'forbidden', /may not use/],
  ['create', domError('NotSupportedError', 'unable'), 'unavailable', /unable/],
  ['create', domError('NetworkError'), 'offline', /online/],
  ['create', domError('OperationError', 'no memory'), 'failed', /no memory/],
  [
    'create',
    domError('QuotaExceededError', 'big', { requested: 9, quota: 5 }),
    'context-exceeded',
    /9.*5/,
  ],
  ['prompt', domError('QuotaExceededError', 'big'), 'context-exceeded', /too long/],
  ['prompt', domError('NotAllowedError', 'gesture'), 'forbidden', /gesture/],
  ['prompt', domError('NotSupportedError', 'language'), 'refused', /language/],
  ['prompt', domError('NotReadableError'), 'refused', /held the answer/],
  ['prompt', domError('TimeoutError', 'slow'), 'timed-out', /slow/],
  ['prompt', domError('UnknownError', 'who knows'), 'failed', /who knows/],
  ['prompt', new TypeError('no'), 'failed', /no/],
  ['prompt', null, 'failed', /null/],
  ['prompt', { name: 'NetworkError' }, 'offline', /online/],
  ['prompt', Object.create(null), 'failed', /without a reason/],
]

test.each(FAILURES)('[BAI10] %s that throws %s is %s', async (step, thrown, code, reason) => {
  const { fake, model } = build()
  fake.behaviour.throws[step].push(thrown, thrown)
  const reply = await model.generate(REQUEST, NEVER)
  expect(reply).toMatchObject({ kind: 'failed', code })
  expect(reply).toHaveProperty('reason', expect.stringMatching(reason))
})

test('[BAI10] a person who is at the page needs no second click: then it is a policy', async () => {
  const { fake, model } = build('2026', { isActivated: true })
  fake.behaviour.throws.create.push(domError('NotAllowedError', 'no'))
  expect(await model.generate(REQUEST, NEVER)).toMatchObject({ code: 'forbidden' })
})

test.each(['2026', 'assistant', 'summariser-2026'] as const)(
  '[BAI10] %s that lost its session opens another, once',
  async (version) => {
    const { fake, model } = build(version)
    const lost = domError('InvalidStateError', 'the model crashed')
    fake.behaviour.throws.prompt.push(lost)
    expect(await model.generate(REQUEST, NEVER)).toMatchObject({ kind: 'answered' })
    expect(fake.created).toHaveLength(2)
    fake.behaviour.throws.prompt.push(lost, lost)
    const reply = await model.generate(REQUEST, NEVER)
    expect(reply).toMatchObject({ code: 'device-lost', retryAfterMs: 2_000 })
    fake.crash()
    expect(await model.generate(REQUEST, NEVER)).toMatchObject({ kind: 'answered' })
  },
)

test('[BAI11] a summariser gets the orders as context and shares one session among calls', async () => {
  const { fake, model } = build('summariser-2026')
  await Promise.all([model.generate(REQUEST, NEVER), model.generate(REQUEST, NEVER)])
  await model.generate({ ...REQUEST, system: 'Be brief.' }, NEVER)
  expect(fake.asked.map(({ system }) => system)).toEqual([
    REQUEST.system,
    REQUEST.system,
    'Be brief.',
  ])
  await settled()
  expect(fake.open.size).toBe(1)
  expect(fake.created[0]).toMatchObject({
    type: 'key-points',
    format: 'plain-text',
    length: 'long',
  })
  await model.close()
  expect(fake.open.size).toBe(0)
})

test('[BAI11] one that turns our wishes down is asked without them', async () => {
  const { fake, model } = build('summariser-2026')
  fake.behaviour.throws.create.push(new TypeError('unknown type'))
  expect(await model.generate(REQUEST, NEVER)).toMatchObject({ kind: 'answered' })
  expect(fake.created.map((options) => 'type' in options)).toEqual([true, false])
})
