import { expect, test } from 'vitest'
import { createBrowserAi } from '../../../../src/models/browser-ai/browser-ai-model.ts'
import type { SummariserState } from '../../../../src/protocol/summariser-state.ts'
import { until } from '../../../support/build-engine.ts'
import { NEVER, REQUEST } from '../../../support/build-models.ts'
import {
  domError,
  FAKE_BYTES,
  FAKE_VERSIONS,
  fakeBrowserAi,
  type FakeBehaviour,
  type FakeVersion,
} from '../../../support/fake-browser-ai.ts'

type Build = Parameters<typeof createBrowserAi>

function build(
  version: FakeVersion,
  changes: Partial<FakeBehaviour> = {},
  options: Partial<Build[0]> = {},
  setup: Build[1] = {},
) {
  const fake = fakeBrowserAi(version, { availability: 'downloadable', ...changes })
  const given = { kind: 'browser-ai', ...options } as const
  const model = createBrowserAi(given, { scope: fake.scope, patienceMs: 20, ...setup })
  const states: SummariserState[] = []
  model.state.subscribe(() => void states.push(model.state.get()))
  return { fake, model, states }
}

test.each(FAKE_VERSIONS)('[BAI3] a click downloads %s and tells how far it is', async (version) => {
  const { fake, model, states } = build(version)
  const enabled = fake.click(() => model.enable())
  await until(() => fake.created.length === 1)
  fake.progress(0.42)
  fake.progress(1)
  fake.finish()
  expect(await enabled).toEqual({ kind: 'ready' })
  const isOld = version !== '2026' && version !== '2025' && version !== 'summariser-2026'
  expect(states).toEqual([
    { kind: 'loading' },
    { kind: 'downloading', share: 0.42, ...(isOld ? { bytes: FAKE_BYTES } : {}) },
    { kind: 'loading' },
    { kind: 'ready' },
  ])
  expect(await model.generate(REQUEST, NEVER)).toMatchObject({ kind: 'answered' })
  await model.close()
  expect([...fake.open]).toEqual([])
})

test('[BAI3] without a click the browser refuses, and that is said', async () => {
  const { model } = build('2026')
  expect(await model.enable()).toEqual({ kind: 'needs-download' })
  const { model: allowed } = build('2026', {}, { mayDownload: true })
  const reply = await allowed.generate(REQUEST, NEVER)
  expect(reply).toMatchObject({ kind: 'failed', code: 'needs-consent' })
  expect(reply).toHaveProperty('reason', expect.stringMatching(/click/))
})

test('[BAI3] the browser is asked before anything is awaited, and once for all who want it', async () => {
  const { fake, model } = build('2026')
  const both = fake.click(() => [model.enable(), model.enable()])
  expect(fake.created).toHaveLength(1)
  await until(() => fake.behaviour.availability === 'downloading')
  fake.finish()
  expect(await Promise.all(both)).toEqual([{ kind: 'ready' }, { kind: 'ready' }])
  expect(fake.created).toHaveLength(1)
})

test('[BAI3] a download that fails says why, and can be begun again', async () => {
  const { fake, model } = build('2026')
  fake.behaviour.throws.create.push(domError('NetworkError', 'offline'))
  expect(await fake.click(() => model.enable())).toMatchObject({ kind: 'failed', code: 'offline' })
  const again = fake.click(() => model.enable())
  await until(() => fake.behaviour.availability === 'downloading')
  fake.finish()
  expect(await again).toEqual({ kind: 'ready' })
})

test('[BAI3] closing ends a download, and nothing is told any more', async () => {
  const { fake, model, states } = build('2026')
  const enabled = fake.click(() => model.enable())
  await until(() => fake.behaviour.availability === 'downloading')
  await model.close()
  await enabled
  expect(states).toEqual([{ kind: 'loading' }])
  expect(await fake.click(() => model.enable())).toEqual({ kind: 'loading' })
  expect(fake.created).toHaveLength(1)
})

test('[BAI4] a call waits a little for a download, then says when to ask again', async () => {
  const { fake, model } = build('2026', { isActivated: true }, { mayDownload: true })
  const first = model.generate(REQUEST, NEVER)
  await until(() => fake.behaviour.availability === 'downloading')
  fake.progress(0.4237)
  expect(await first).toMatchObject({ kind: 'failed', code: 'unavailable', retryAfterMs: 30_000 })
  expect(await first).toHaveProperty('reason', expect.stringMatching(/42 % so far/))
  const second = model.generate(REQUEST, NEVER)
  await until(() => fake.created.length === 1)
  fake.finish()
  expect(await second).toMatchObject({ kind: 'answered' })
})

test('[BAI2, BAI3] looking again forgets neither how far a download is nor that the model has answered', async () => {
  const { fake, model } = build('2026')
  const enabled = fake.click(() => model.enable())
  await until(() => fake.behaviour.availability === 'downloading')
  fake.progress(0.5)
  expect(await model.check()).toEqual({ kind: 'downloading', share: 0.5 })
  fake.finish()
  await enabled
  expect(await model.check()).toEqual({ kind: 'ready' })
  fake.behaviour.availability = 'unavailable'
  expect(await model.check()).toMatchObject({ kind: 'failed' })
})

test('[BAI3, BAI12] whoever watches a download can’t break it', async () => {
  const { fake, model, states } = build('2026')
  model.state.subscribe(() => {
    throw new Error('the watcher broke')
  })
  const stop = model.state.subscribe(() => void states.push({ kind: 'unknown' }))
  stop()
  const enabled = fake.click(() => model.enable())
  await until(() => fake.behaviour.availability === 'downloading')
  fake.finish()
  expect(await enabled).toEqual({ kind: 'ready' })
  expect(states).toEqual([{ kind: 'loading' }, { kind: 'ready' }])
})

test('[BAI4] an aborted call does not end the download', async () => {
  const { fake, model } = build(
    '2026',
    { isActivated: true },
    { mayDownload: true },
    { patienceMs: 5_000 },
  )
  const over = new AbortController()
  const call = model.generate(REQUEST, over.signal)
  await until(() => fake.behaviour.availability === 'downloading')
  over.abort()
  expect(await call).toMatchObject({ code: 'aborted' })
  const next = model.generate(REQUEST, NEVER)
  await new Promise((resolve) => setTimeout(resolve, 5))
  fake.finish()
  expect(await next).toMatchObject({ kind: 'answered' })
  expect(fake.created).toHaveLength(2)
})

test('[BAI11] a summariser that opens only during a click is kept once it was enabled', async () => {
  const { fake, model } = build('summariser-2026', {
    availability: 'available',
    alwaysNeedsClick: true,
  })
  expect(await model.generate(REQUEST, NEVER)).toMatchObject({ code: 'needs-consent' })
  expect(model.state.get()).toMatchObject({ kind: 'failed', code: 'needs-consent' })
  expect(await fake.click(() => model.enable())).toEqual({ kind: 'ready' })
  for (const prompt of ['one', 'two']) {
    expect(await model.generate({ ...REQUEST, prompt }, NEVER)).toMatchObject({ kind: 'answered' })
  }
  expect(fake.asked.map(({ session, prompt }) => [session, prompt])).toEqual([
    [1, 'one'],
    [1, 'two'],
  ])
  expect([...fake.open]).toEqual([1])
  await model.close()
  expect([...fake.open]).toEqual([])
})
