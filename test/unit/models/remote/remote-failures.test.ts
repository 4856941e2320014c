import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ModelFailure } from '../../../../src/core/ports/language-model.ts'
import { findConnectionFailure } from '../../../../src/models/remote/find-connection-failure.ts'
import type { ModelServer } from '../../../support/model-server/model-server.ts'
import { startModelServer } from '../../../support/model-server/model-server.ts'
import {
  createHastyClock,
  KEYS,
  KINDS,
  never,
  openScripted,
  QUESTION,
} from '../../../support/model-server/open-scripted-model.ts'
import type { Script } from '../../../support/model-server/script.ts'

let server: ModelServer

beforeEach(async () => {
  server = await startModelServer()
})

afterEach(() => server.close())

const html = '<!doctype html><title>Sign in</title>'
const refuse = (
  status: number,
  message: string,
  more: Partial<Extract<Script, { kind: 'refuse' }>> = {},
): Script => ({ kind: 'refuse', status, message, ...more })
const raw = (status: number, type: string, body: string, headers = {}): Script => ({
  kind: 'raw',
  status,
  type,
  body,
  headers,
})

/** What a server does, what the call answers, and how often it was asked with two retries allowed. */
const FAILURES: readonly (readonly [string, Script, ModelFailure, number])[] = [
  ['401', refuse(401, 'bad key'), 'unauthorised', 1],
  ['402', refuse(402, 'Insufficient credits'), 'forbidden', 1],
  ['403', refuse(403, 'not in your region'), 'forbidden', 1],
  ['404', refuse(404, 'model scripted-1 does not exist'), 'not-found', 1],
  ['404 in text', raw(404, 'text/plain', '404 page not found'), 'not-found', 1],
  ['408', refuse(408, 'too slow'), 'timed-out', 3],
  ['413', refuse(413, 'Request exceeds the maximum size'), 'too-large', 1],
  ['413 of a proxy', raw(413, 'text/html', html), 'too-large', 1],
  ['422', refuse(422, 'odd'), 'failed', 1],
  ['429', refuse(429, 'slow down'), 'rate-limited', 3],
  ['500', refuse(500, 'oops'), 'server', 3],
  ['502 of a proxy', raw(502, 'text/html', html), 'server', 3],
  ['503 without a body', raw(503, 'text/plain', ''), 'server', 3],
  ['529', refuse(529, 'Overloaded'), 'server', 3],
  [
    'model named wrongly with 400',
    refuse(400, 'model `x` does not exist', { type: 'model_not_found' }),
    'not-found',
    1,
  ],
  ['content not allowed', refuse(400, 'flagged by content_filter'), 'refused', 1],
  ['refused answer', { kind: 'answer', text: 'I', stop: 'refused' }, 'refused', 1],
  ['all tokens thought away', { kind: 'answer', text: '', stop: 'length' }, 'truncated', 1],
  ['HTML page', raw(200, 'text/html; charset=utf-8', html), 'not-json', 1],
  ['JSON that is none', raw(200, 'application/json', '{"choices": [{'), 'not-json', 1],
  ['JSON of something else', raw(200, 'application/json', '{"status":"ok"}'), 'not-json', 1],
  [
    'error with status 200',
    raw(200, 'application/json', '{"error":{"message":"upstream","code":502}}'),
    'server',
    3,
  ],
  [
    'stream of something else',
    raw(200, 'text/event-stream', 'data: {"hello":1}\n\n'),
    'not-json',
    1,
  ],
  [
    'stream of no JSON',
    raw(200, 'text/event-stream', 'event: message_start\ndata: <garbage>\n\n'),
    'not-json',
    1,
  ],
  ['plain text', raw(200, 'text/plain', 'Hello there, how are you?'), 'not-json', 1],
  ['empty stream', raw(200, 'text/event-stream', ''), 'truncated', 3],
  [
    'stream without an end',
    { kind: 'answer', text: 'so far', ends: 'without-stop' },
    'truncated',
    3,
  ],
  ['socket closed at once', { kind: 'close' }, 'truncated', 3],
  ['socket closed in the middle', { kind: 'close', text: 'so far' }, 'truncated', 3],
  [
    'redirect',
    raw(307, 'text/plain', '', { location: 'https://elsewhere.test/' }),
    'invalid-options',
    1,
  ],
  ['endless line', { kind: 'flood', bytes: 3_000_000, isOneLine: true }, 'failed', 1],
]

describe.each(KINDS)('%s', (kind) => {
  test.each(FAILURES)('[REM5, REM9, REM10] %s', async (_what, script, code, asked) => {
    server.planAlways(script)
    const model = openScripted(kind, server)
    const reply = await model.generate(QUESTION, never)
    expect(reply).toMatchObject({ kind: 'failed', code })
    expect(server.requests).toHaveLength(asked)
    if (reply.kind === 'failed') expect(reply.reason).not.toMatch(/<|undefined|\[object/)
  })

  test('[REM9] an answer much longer than asked for is cut and not whole', async () => {
    server.plan({ kind: 'flood', bytes: 30_000_000, isOneLine: false })
    const reply = await openScripted(kind, server).generate(QUESTION, never)
    expect(reply).toMatchObject({ kind: 'answered', isWhole: false })
    if (reply.kind === 'answered') expect(reply.text.length).toBeLessThan(5_000)
    await server.requests[0]?.left
  })

  test('[REM3] a key is in no reason and no name, whatever the server quotes', async () => {
    const key = KEYS[kind]
    const headers = { 'x-tenant': 'tenant-password-9f8e7d' }
    const model = openScripted(kind, server, { headers, retries: 0 })
    const echoes = [
      key,
      key.slice(4, 14),
      `${key.slice(0, 12)}***`,
      `"${key}"`,
      btoa(key),
      headers['x-tenant'],
    ]
    for (const echo of echoes) {
      for (const status of [400, 401, 403, 404, 429, 500]) {
        server.plan(refuse(status, `Bad value ${echo}, sent by you`))
        const reply = await model.generate(QUESTION, never)
        const said = JSON.stringify([reply, model.info])
        expect(said).not.toContain(key.slice(4, 12))
        expect(said).not.toContain('tenant-password')
        expect(said).not.toContain(btoa(key))
      }
    }
    server.acceptKey('another')
    const reply = await model.generate(QUESTION, never)
    expect(reply).toMatchObject({ kind: 'failed', code: 'unauthorised' })
    expect(JSON.stringify(reply)).not.toContain(key.slice(0, 12))
  })

  test('[REM3] what a server says is shown in one short line', async () => {
    server.plan(refuse(400, `no\r\n\u202e${'long '.repeat(5_000)}`))
    const reply = await openScripted(kind, server).generate(QUESTION, never)
    if (reply.kind === 'answered') expect.unreachable()
    else expect(reply.reason).toMatch(/^[^\r\n\u202e]{1,400}$/)
  })

  test('[REM8] without a network there is no connection, and nothing is asked', async () => {
    const model = openScripted(
      kind,
      server,
      {},
      {
        fetch: () => Promise.reject(new TypeError('Failed to fetch')),
        isOnline: () => false,
      },
    )
    const reply = await model.generate(QUESTION, never)
    expect(reply).toMatchObject({ kind: 'failed', code: 'offline' })
  })

  test('[REM8] a server that is there and refuses this page is told apart', async () => {
    const asked: RequestInit[] = []
    const model = openScripted(
      kind,
      server,
      {},
      {
        clock: { now: () => 1, delay: () => new Promise(() => {}) },
        fetch: async (_input, init = {}) => {
          asked.push(init)
          if (init.mode !== 'no-cors') throw new TypeError('Failed to fetch')
          return await Promise.resolve(new Response(''))
        },
      },
    )
    const reply = await model.generate(QUESTION, never)
    expect(reply).toMatchObject({ kind: 'failed', code: 'blocked' })
    expect(asked).toHaveLength(2)
    expect(JSON.stringify(asked[1])).not.toContain(KEYS[kind].slice(4, 12))
  })
})

const IN_STREAM: readonly (readonly [(typeof KINDS)[number], string, string, ModelFailure])[] = [
  ['openai-compatible', 'server_error', 'The server had an error', 'server'],
  ['openai-compatible', 'rate_limit_exceeded', 'slow down', 'rate-limited'],
  [
    'openai-compatible',
    'context_length_exceeded',
    'maximum context length is 8192',
    'context-exceeded',
  ],
  ['anthropic', 'overloaded_error', 'Overloaded', 'server'],
  ['anthropic', 'rate_limit_error', 'slow down', 'rate-limited'],
  [
    'anthropic',
    'invalid_request_error',
    'prompt is too long: 9000 tokens > 8192 maximum',
    'context-exceeded',
  ],
  ['gemini', 'UNAVAILABLE', 'The model is overloaded', 'server'],
  ['gemini', 'RESOURCE_EXHAUSTED', 'Quota', 'rate-limited'],
]

test.each(IN_STREAM)(
  '[REM5] %s: an error within the stream, %s',
  async (kind, type, message, code) => {
    server.planAlways({ kind: 'break', text: 'so far', type, message })
    const reply = await openScripted(kind, server, { retries: 1 }).generate(QUESTION, never)
    expect(reply).toMatchObject({ kind: 'failed', code })
  },
)

const TOO_LONG: readonly (readonly [(typeof KINDS)[number], Script])[] = [
  [
    'openai-compatible',
    refuse(
      400,
      "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.",
      { type: 'context_length_exceeded' },
    ),
  ],
  [
    'openai-compatible',
    refuse(400, 'the request exceeds the available context size, try increasing it', {
      type: 'exceed_context_size_error',
    }),
  ],
  ['openai-compatible', refuse(500, 'context size exceeded')],
  ['openai-compatible', refuse(413, "This endpoint's maximum context length is 32768 tokens")],
  [
    'openai-compatible',
    raw(
      400,
      'application/json',
      '{"object":"error","message":"This model\'s maximum context length is 2048 tokens","type":"BadRequestError","code":400}',
    ),
  ],
  ['anthropic', refuse(400, 'prompt is too long: 210000 tokens > 200000 maximum')],
  [
    'anthropic',
    refuse(400, 'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000'),
  ],
  [
    'gemini',
    refuse(
      400,
      'The input token count (1048577) exceeds the maximum number of tokens allowed (1048576).',
    ),
  ],
]

test.each(TOO_LONG)('[REM6] %s: a question too long for the model, %o', async (kind, script) => {
  server.plan(script)
  const reply = await openScripted(kind, server).generate(QUESTION, never)
  expect(reply).toMatchObject({ kind: 'failed', code: 'context-exceeded' })
  expect(server.requests).toHaveLength(1)
})

test('[REM5] a key that Gemini does not know comes with status 400', async () => {
  const more = { details: [{ reason: 'API_KEY_INVALID' }] }
  server.plan(refuse(400, 'API key not valid.', { more }))
  const reply = await openScripted('gemini', server).generate(QUESTION, never)
  expect(reply).toMatchObject({ kind: 'failed', code: 'unauthorised' })
})

test('[REM5] credit that is gone is no matter of waiting', async () => {
  server.plan(refuse(429, 'You exceeded your current quota', { type: 'insufficient_quota' }))
  const reply = await openScripted('openai-compatible', server).generate(QUESTION, never)
  expect(reply).toMatchObject({ kind: 'failed', code: 'forbidden' })
  expect(server.requests).toHaveLength(1)
})

test.each([
  [Object.assign(new Error('x'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }), 'tls'],
  [new Error('net::ERR_CERT_AUTHORITY_INVALID'), 'tls'],
  [Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 'offline'],
  [Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }), 'offline'],
  [Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' }), 'truncated'],
  ['what is no error at all', 'offline'],
])('[REM8] what caused a lost connection tells why: %o', async (cause, code) => {
  const world = {
    baseUrl: 'https://a.test/v1',
    fetch: () => Promise.reject(new TypeError('Failed to fetch')),
    isOnline: () => true,
    clock: createHastyClock().clock,
  }
  const failure = await findConnectionFailure(
    new TypeError('fetch failed', { cause }),
    world,
    never,
  )
  expect(failure.code).toBe(code)
})

test('[REM8] a server that is not running is no connection, asked for again', async () => {
  const gone = await startModelServer()
  await gone.close()
  const { clock, waits } = createHastyClock()
  const model = openScripted('openai-compatible', gone, {}, { clock })
  const reply = await model.generate(QUESTION, never)
  expect(reply).toMatchObject({ kind: 'failed', code: 'offline' })
  expect(waits).toEqual([375, 750])
})
