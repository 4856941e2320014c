import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import {
  NO_PROVIDER,
  parseProvider,
  readSettings,
  USUAL_SETTINGS,
  type Provider,
} from '../../../../src/app/keep/app-settings.ts'
import { createProviderKeys } from '../../../../src/app/keep/provider-keys.ts'
import { answeringModel } from '../../../../src/app/pages/answering-model.ts'
import { createKeptKeys } from '../../../../src/app/run/kept-keys.ts'

test('[KEEP9] settings read back; what makes no sense is as usual', () => {
  const settings = {
    provider: { protocol: 'gemini', baseUrl: 'https://a.example', model: 'm', system: 'Be brief' },
    locale: 'ar',
    budget: 50_000,
    idleMinutes: 0,
  } as const
  expect(readSettings(JSON.stringify(settings))).toEqual(settings)
  for (const text of [null, '', '{', '[]', '{"budget":"no","idleMinutes":-1,"locale":"??"}']) {
    expect(readSettings(text)).toEqual(USUAL_SETTINGS)
  }
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(Object.keys(readSettings(text)).sort()).toEqual(Object.keys(USUAL_SETTINGS).sort())
    }),
  )
  const withKey = JSON.stringify({ provider: { ...settings.provider, apiKey: 'sk-1' } })
  expect(JSON.stringify(readSettings(withKey))).not.toContain('sk-1')
})

test('[KEEP10] a session’s own provider is read from its text', () => {
  expect(parseProvider(undefined)).toBeUndefined()
  expect(parseProvider('nonsense')).toEqual(NO_PROVIDER)
  const own: Provider = { ...NO_PROVIDER, baseUrl: 'http://localhost:1/v1', model: 'm' }
  expect(parseProvider(JSON.stringify(own))).toEqual(own)
})

test('[KEEP18] a key is for its own server and protocol, and kept encrypted only', async () => {
  const stored = new Map<string, string>()
  const keys = createProviderKeys(
    createKeptKeys({
      getItem: (name) => stored.get(name) ?? null,
      setItem: (name, value) => void stored.set(name, value),
    }),
  )
  const one: Provider = { ...NO_PROVIDER, baseUrl: 'https://one.example/v1', model: 'm' }
  keys.set(one, 'sk-quince')
  expect(keys.get({ ...one, model: 'other' })).toBe('sk-quince')
  expect(keys.get({ ...one, baseUrl: 'https://two.example/v1' })).toBe('')
  expect(keys.get({ ...one, protocol: 'anthropic' })).toBe('')
  expect(stored.size).toBe(0)

  await keys.keep(one, 'open sesame')
  expect([...stored.values()].join()).not.toContain('sk-quince')
  keys.set(one, '')
  expect(keys.get(one)).toBe('')
  expect(keys.isKept(one)).toBe(true)
  expect(await keys.unlock(one, 'wrong')).toContain('not the passphrase')
  expect(await keys.unlock(one, 'open sesame')).toBeNull()
  expect(keys.get(one)).toBe('sk-quince')
  keys.forget(one)
  expect(keys.isKept(one)).toBe(false)
})

test('[KEEP24] without a server or a model nobody answers, and that is said', () => {
  expect(answeringModel(NO_PROVIDER, '')).toMatchObject({ problem: /settings/ })
})

test.each([
  ['openai', (body: Body) => body.messages?.[0]?.content],
  ['anthropic', (body: Body) => body.system],
] as const)('[KEEP24] a system prompt goes first in the shape of %s', async (protocol, read) => {
  const sent: Body[] = []
  vi.stubGlobal('location', { href: 'https://app.example/' })
  vi.stubGlobal('fetch', (_url: string, { body }: { readonly body: string }) => {
    sent.push(JSON.parse(body) as Body)
    return Promise.resolve(new Response('no', { status: 500 }))
  })
  const provider = { protocol, baseUrl: 'https://a.example/v1', model: 'm', system: 'Be brief' }
  const model = answeringModel(provider, 'sk-1')
  if ('problem' in model) throw new Error(model.problem)
  const outcome = await model.ask({
    messages: [{ role: 'user', content: 'Hello' }],
    system: undefined,
    tools: [],
    signal: new AbortController().signal,
    onProgress: () => {},
  })
  vi.unstubAllGlobals()
  expect(outcome.kind).toBe('failed')
  expect(JSON.stringify(sent.map(read))).toContain('Be brief')
  expect(JSON.stringify(sent[0]?.messages?.at(-1))).toContain('Hello')
})

interface Body {
  readonly system?: unknown
  readonly messages?: readonly { readonly content?: unknown }[]
}
