import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  askedWindow,
  isPrivateHost,
  planScouting,
} from '../../../../extension/bridge/windows/plan-scouting.ts'
import { readToldWindows } from '../../../../extension/bridge/windows/read-told-windows.ts'
import { createWindowScout } from '../../../../extension/bridge/windows/window-scout.ts'
import type { ToldWindow } from '../../../../extension/wire/bridge-wire.ts'

const LOCAL = 'http://127.0.0.1:8080'

function told(path: string, body: unknown): readonly unknown[] {
  return readToldWindows(`${LOCAL}${path}`, JSON.stringify(body)).map(({ model, tokens, as }) => [
    model,
    tokens,
    as,
  ])
}

test('[TOLD1] windows are read from what each server says', () => {
  const slot = { default_generation_settings: { n_ctx: 8_192 }, n_ctx: 32_768, total_slots: 4 }
  expect(told('/props', slot)).toEqual([['', 8_192, 'loaded']])
  expect(told('/props', { n_ctx: 4_096 })).toEqual([['', 4_096, 'loaded']])
  const trained = { meta: { n_ctx_train: 131_072, n_vocab: 9 } }
  const list = {
    models: [{ name: 'a.gguf', model: 'a.gguf' }],
    data: [{ id: 'a.gguf', ...trained }],
  }
  expect(told('/v1/models', list)).toEqual([['a.gguf', 131_072, 'most']])
  const set = { data: [{ id: 'a', meta: { n_ctx: 4_096, n_ctx_train: 131_072 } }] }
  expect(told('/v1/models', set)).toEqual([['a', 4_096, 'loaded']])
  expect(told('/v1/models', { data: [{ id: 'q', max_model_len: 40_960 }] })).toEqual([
    ['q', 40_960, 'loaded'],
  ])
  const studio = {
    data: [
      { id: 'x', state: 'loaded', max_context_length: 131_072, loaded_context_length: 4_096 },
      { id: 'y', state: 'not-loaded', max_context_length: 32_768 },
    ],
  }
  expect(told('/api/v0/models', studio)).toEqual([
    ['x', 4_096, 'loaded'],
    ['y', 32_768, 'most'],
  ])
  const instances = [{ id: 'z', config: { context_length: 16_384 } }]
  expect(
    told('/api/v1/models', {
      models: [{ key: 'z', loaded_instances: instances, max_context_length: 131_072 }],
    }),
  ).toEqual([['z', 16_384, 'loaded']])
  expect(
    told('/api/ps', { models: [{ name: 'l:8b', model: 'l:8b', context_length: 4_096 }] }),
  ).toEqual([['l:8b', 4_096, 'loaded']])
  const info = { 'general.architecture': 'llama', 'llama.context_length': 131_072 }
  expect(
    told('/api/show', { model_info: info, parameters: 'stop "<x>"\nnum_ctx    16384\n' }),
  ).toEqual([['', 16_384, 'set']])
  expect(told('/api/show', { model_info: info })).toEqual([['', 131_072, 'most']])
  expect(
    told('/v1beta/models', { models: [{ name: 'models/g', inputTokenLimit: 1_048_576 }] }),
  ).toEqual([['g', 1_048_576, 'set']])
})

test('[TOLD2] nothing that a server says makes reading it fail, or gives what is no window', () => {
  const key = fc.constantFrom('data', 'models', 'meta', 'n_ctx', 'id', 'max_model_len', 'config')
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<unknown>(null, 1e308, -1, 0.5, 4_096, 'a', '', true),
      fc.array(tie('json'), { maxLength: 4 }),
      fc.dictionary(key, tie('json'), { maxKeys: 4 }),
    ),
  }))
  fc.assert(
    fc.property(
      fc.oneof(
        json.map((value) => JSON.stringify(value)),
        fc.string(),
      ),
      (text) => {
        for (const path of ['/props', '/v1/models', '/api/show', '']) {
          for (const { tokens } of readToldWindows(`${LOCAL}${path}`, text)) {
            expect(Number.isInteger(tokens) && tokens >= 128 && tokens <= 1e8).toBe(true)
          }
        }
      },
    ),
  )
  const many = {
    data: Array.from({ length: 5_000 }, (_, at) => ({ id: `${at}`, context_length: 999 })),
  }
  expect(told('/v1/models', many)).toHaveLength(200)
  expect(readToldWindows('', `{"n_ctx":4096,"a":"${'x'.repeat(4_000_000)}"}`)).toEqual([])
})

test('[TOLD3] only servers of the page itself and near ones are asked, and with no more than is needed', () => {
  const urls = (url: string, origin: string, body = '{}'): readonly string[] =>
    planScouting({ url, body }, origin).map(({ url: asked }) => asked)
  expect(urls('https://api.openai.com/v1/chat/completions', 'https://ui.example')).toEqual([])
  expect(urls('https://ui.example/api/openai/v1/chat/completions', 'https://ui.example')).toEqual([
    'https://ui.example/api/openai/props',
    'https://ui.example/api/openai/v1/models',
  ])
  expect(urls(`${LOCAL}/v1/chat/completions`, 'https://ui.example')).toEqual([
    `${LOCAL}/props`,
    `${LOCAL}/v1/models`,
    `${LOCAL}/api/v0/models`,
    `${LOCAL}/api/ps`,
  ])
  const body = '{"model":"l:8b","messages":[]}'
  expect(planScouting({ url: `${LOCAL}/api/chat`, body }, LOCAL)).toEqual([
    { url: `${LOCAL}/api/ps` },
    { url: `${LOCAL}/api/show`, body: '{"model":"l:8b"}' },
  ])
  for (const odd of ['', 'chat', 'file:///v1/chat/completions', `${LOCAL}/upload`]) {
    expect(urls(odd, LOCAL)).toEqual([])
  }
  for (const near of [
    'localhost',
    'a.localhost',
    '127.0.0.2',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.0.9',
    '[::1]',
    '[fd00::1]',
    'nas.local',
  ]) {
    expect([near, isPrivateHost(near)]).toEqual([near, true])
  }
  for (const far of [
    'example.com',
    '8.8.8.8',
    '172.32.0.1',
    '192.169.0.1',
    '11.0.0.1',
    'localhost.example',
    '[2001:db8::1]',
    'fd00.example',
  ]) {
    expect([far, isPrivateHost(far)]).toEqual([far, false])
  }
})

function scouting(answers: Readonly<Record<string, unknown>>): {
  readonly scout: ReturnType<typeof createWindowScout>
  readonly asked: string[]
  readonly windows: ToldWindow[]
} {
  const asked: string[] = []
  const windows: ToldWindow[] = []
  const scout = createWindowScout({
    origin: LOCAL,
    fetch: async (input) => {
      const url = input as string
      asked.push(url)
      const answer = answers[new URL(url).pathname]
      return new Response(JSON.stringify(answer), { status: answer === undefined ? 404 : 200 })
    },
    tell: (window) => windows.push(window),
  })
  return { scout, asked, windows }
}

test('[TOLD3] a server is asked once, until it has told', async () => {
  const { scout, asked, windows } = scouting({ '/props': { n_ctx: 8_192 }, '/v1/models': {} })
  const request = { url: `${LOCAL}/v1/chat/completions`, headerNames: [], body: '{"model":"m"}' }
  scout.sent(request)
  scout.sent(request)
  await expect.poll(() => windows).toEqual([{ server: LOCAL, model: '', tokens: 8_192 }])
  scout.sent(request)
  expect(asked).toEqual([`${LOCAL}/props`])
  scout.sent({ ...request, url: 'https://far.example/v1/chat/completions' })
  await Promise.resolve()
  expect(asked).toHaveLength(1)
})

test('[TOLD4] what is surer or newer counts, and a request knows best', () => {
  const { scout, windows } = scouting({})
  const url = `${LOCAL}/api/show`
  const show = (parameters: string, most: number): string =>
    JSON.stringify({ parameters, model_info: { 'a.context_length': most } })
  const observe = (text: string, request?: string): boolean =>
    scout.observed({ url, method: 'POST', text, ...(request !== undefined && { request }) })
  const asking = '{"model":"l:8b"}'
  expect(observe(show('', 131_072), asking)).toBe(true)
  observe(show('num_ctx 16384', 131_072), asking)
  observe(show('', 65_536), asking)
  observe(show('num_ctx 32768', 131_072), asking)
  expect(windows.map(({ model, tokens }) => [model, tokens])).toEqual([
    ['l:8b', 131_072],
    ['l:8b', 16_384],
    ['l:8b', 32_768],
  ])
  const body = '{"model":"l:8b","messages":[],"options":{"num_ctx":2048}}'
  scout.sent({ url: `${LOCAL}/api/chat`, headerNames: [], body })
  observe(show('num_ctx 4096', 131_072), asking)
  expect(windows.at(-1)).toEqual({ server: LOCAL, model: 'l:8b', tokens: 2_048 })
  expect(scout.observed({ url: `${LOCAL}/else`, method: 'GET', text: '{}' })).toBe(false)
  const quoted = JSON.stringify({ model: 'm', messages: [{ content: '"num_ctx": 5000' }] })
  expect(askedWindow({ url: `${LOCAL}/api/chat`, body: quoted })).toBeUndefined()
  expect(askedWindow({ url: `${LOCAL}/api/chat`, body: '{"num_ctx"' })).toBeUndefined()
  expect(
    askedWindow({ url: `${LOCAL}/api/chat`, body: '{"model":"m","options":null,"num_ctx":1}' }),
  ).toBeUndefined()
})
