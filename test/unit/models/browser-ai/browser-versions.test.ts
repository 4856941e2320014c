import { expect, test } from 'vitest'
import { createBrowserAi } from '../../../../src/models/browser-ai/browser-ai-model.ts'
import { readAvailability } from '../../../../src/models/browser-ai/browser-api.ts'
import { NEVER, REQUEST } from '../../../support/build-models.ts'
import { FAKE_VERSIONS, fakeBrowserAi } from '../../../support/fake-browser-ai.ts'

const KIND = { kind: 'browser-ai' } as const
const TEXT = 'It is about a mark that was raised twice.'

test.each(FAKE_VERSIONS)('[BAI1, BAI5] it is asked under the names of %s', async (version) => {
  const fake = fakeBrowserAi(version)
  const model = createBrowserAi(KIND, { scope: fake.scope })
  const isSummariser = version.startsWith('summariser')
  expect(model.info).toEqual({
    name: isSummariser ? 'browser-ai:summariser' : 'browser-ai',
    provider: 'browser-ai',
    contextTokens: 4_096,
    slots: 1,
    isLocal: true,
    isConstrained: version === '2026' || version === '2025',
  })
  expect(model.state.get()).toEqual({ kind: 'unknown' })
  expect(await model.check()).toEqual({ kind: 'available' })
  const reply = await model.generate(REQUEST, NEVER)
  expect(reply).toMatchObject({ kind: 'answered', text: TEXT, isWhole: true })
  const { system, prompt } = REQUEST
  expect(fake.asked).toEqual([{ system, prompt, schema: undefined, session: 1 }])
  expect(model.state.get()).toEqual({ kind: 'ready' })
  expect(model.info.contextTokens).toBe(9_216)
  await model.close()
  expect([...fake.open]).toEqual([])
})

test('[BAI1] what follows orders comes before what only summarises, and newer names before older', async () => {
  const [prompt, old, points] = [
    fakeBrowserAi('2026'),
    fakeBrowserAi('2024'),
    fakeBrowserAi('summariser-2026'),
  ]
  const scope = { ...points.scope, ...old.scope, ...prompt.scope }
  await createBrowserAi(KIND, { scope }).generate(REQUEST, NEVER)
  expect([prompt, old, points].map(({ asked }) => asked.length)).toEqual([1, 0, 0])
})

test.each<readonly [string, object, RegExp]>([
  ['a browser without one', { document: {}, isSecureContext: true }, /choose another model/],
  ['a page without https', { document: {}, isSecureContext: false }, /https or localhost/],
  ['a worker', { isSecureContext: true }, /on pages only/],
  [
    'something else of that name',
    { document: {}, LanguageModel: 'x', ai: null },
    /no AI of its own/,
  ],
])('[BAI1] %s answers `unavailable` and what to do', async (_, scope, reason) => {
  const model = createBrowserAi(KIND, { scope })
  const reply = await model.generate(REQUEST, NEVER)
  expect(reply).toMatchObject({ kind: 'failed', code: 'unavailable' })
  expect(reply).toHaveProperty('reason', expect.stringMatching(reason))
  for (const state of [await model.check(), await model.enable()]) {
    expect(state).toMatchObject({ kind: 'failed', code: 'unavailable' })
  }
})

test('[BAI2] availability is read in the words of every version; what is not understood is no', () => {
  const words = ['available', 'readily', 'downloadable', 'after-download', 'downloading']
  expect(words.map(readAvailability)).toEqual([
    'available',
    'available',
    'downloadable',
    'downloadable',
    'downloading',
  ])
  for (const no of ['unavailable', 'no', 'perhaps', '', null, undefined, true, {}]) {
    expect(readAvailability(no)).toBe('unavailable')
  }
})

test.each(FAKE_VERSIONS)('[BAI1, BAI2] %s that can’t run here says so', async (version) => {
  const fake = fakeBrowserAi(version, { availability: 'unavailable' })
  const model = createBrowserAi({ ...KIND, mayDownload: true }, { scope: fake.scope })
  const reply = await model.generate(REQUEST, NEVER)
  expect(reply).toMatchObject({ kind: 'failed', code: 'unavailable' })
  expect(reply).toHaveProperty('reason', expect.stringMatching(/disk space.*another model/))
  expect(model.state.get()).toMatchObject({ kind: 'failed', code: 'unavailable' })
  expect(fake.created).toEqual([])
})

test.each(FAKE_VERSIONS)(
  '[BAI2] nothing of %s is downloaded before somebody said so',
  async (version) => {
    const fake = fakeBrowserAi(version, { availability: 'downloadable' })
    const model = createBrowserAi(KIND, { scope: fake.scope })
    const reply = await model.generate(REQUEST, NEVER)
    expect(reply).toMatchObject({ kind: 'failed', code: 'needs-consent' })
    expect(reply).toHaveProperty('reason', expect.stringMatching(/enable\(\)/))
    expect(model.state.get()).toEqual({ kind: 'needs-download' })
    expect(fake.created).toEqual([])
  },
)

test('[BAI2] a download that another page has begun is not ours to join unasked', async () => {
  const fake = fakeBrowserAi('2026', { availability: 'downloading' })
  const model = createBrowserAi(KIND, { scope: fake.scope })
  const reply = await model.generate(REQUEST, NEVER)
  expect(reply).toMatchObject({ code: 'unavailable', retryAfterMs: 30_000 })
  expect(fake.created).toEqual([])
})

test.each(['2026', 'summariser-2026'] as const)(
  '[BAI1] %s is told the languages, unless it does not vouch for them',
  async (version) => {
    const fake = fakeBrowserAi(version)
    const told = createBrowserAi({ ...KIND, languages: ['es', 'en'] }, { scope: fake.scope })
    expect(await told.generate(REQUEST, NEVER)).toMatchObject({ kind: 'answered' })
    const text = [{ type: 'text', languages: ['es', 'en'] }]
    expect(fake.created.at(-1)).toMatchObject(
      version === '2026'
        ? { expectedInputs: text, expectedOutputs: text }
        : { outputLanguage: 'es', expectedInputLanguages: ['es', 'en'] },
    )
    const other = createBrowserAi({ ...KIND, languages: ['sw'] }, { scope: fake.scope })
    expect(await other.generate(REQUEST, NEVER)).toMatchObject({ kind: 'answered' })
    expect(fake.created.at(-1)).not.toHaveProperty('expectedOutputs')
    expect(fake.created.at(-1)).not.toHaveProperty('outputLanguage')
    const wanted = createBrowserAi({ ...KIND, languages: ['sw'] }, { scope: fake.scope })
    expect(await wanted.enable()).toEqual({ kind: 'ready' })
  },
)

test.each([{ mayDownload: 'yes' }, { languages: 'en' }, { languages: ['english language'] }])(
  '[BAI12] options of another shape are refused: %o',
  (options) => {
    const build = (): unknown => createBrowserAi({ ...KIND, ...(options as object) })
    expect(build).toThrow(/browser-ai: (?:mayDownload|languages) must be/)
  },
)
