import { expect, test } from 'vitest'
import { serverAddress, type ServerPlace } from '../../../../src/widget/chat/ask/server-address.ts'

const at = (some: Partial<ServerPlace>): ReturnType<typeof serverAddress> =>
  serverAddress({
    endpoint: '',
    protocol: 'openai',
    model: 'm',
    hasKey: false,
    page: 'https://host.example/app/',
    ...some,
  })

test.each([
  ['openai', 'https://api.example/v1', 'https://api.example/v1/chat/completions'],
  ['openai', 'https://api.example/v1/', 'https://api.example/v1/chat/completions'],
  ['openai', 'https://api.example', 'https://api.example/v1/chat/completions'],
  ['openai', 'https://g.example/v1beta/openai', 'https://g.example/v1beta/openai/chat/completions'],
  ['openai', 'https://api.example/v1/chat/completions', 'https://api.example/v1/chat/completions'],
  ['openai', 'https://my.example/ask', 'https://my.example/ask'],
  ['openai', '/ask', 'https://host.example/ask'],
  ['openai', 'v1', 'https://host.example/app/v1'],
  ['anthropic', 'https://a.example', 'https://a.example/v1/messages'],
  ['ollama', 'http://localhost:11434', 'http://localhost:11434/api/chat'],
  [
    'gemini',
    'https://g.example/v1beta',
    'https://g.example/v1beta/models/m:streamGenerateContent?alt=sse',
  ],
] as const)('[SEND2] %s at %s is asked at %s', (protocol, endpoint, url) => {
  expect(at({ protocol, endpoint })).toMatchObject({ ok: true, url })
})

test('[SEND2] what can’t be asked is named, and a secret never travels in the clear', () => {
  expect(at({})).toMatchObject({
    ok: false,
    problem: expect.stringContaining('endpoint') as string,
  })
  expect(at({ endpoint: 'https://a.example/v1', model: '' })).toMatchObject({ ok: false })
  expect(at({ endpoint: 'ftp://a.example' })).toMatchObject({ ok: false })
  expect(at({ endpoint: 'http://[' })).toMatchObject({ ok: false })
  expect(at({ endpoint: 'http://a.example/v1', hasKey: true })).toMatchObject({
    ok: false,
    problem: expect.stringContaining('unencrypted') as string,
  })
  expect(at({ endpoint: 'http://127.0.0.1:1/v1', hasKey: true })).toMatchObject({
    ok: true,
    needsNetwork: false,
  })
  expect(at({ hasKey: true })).toMatchObject({ ok: true, needsNetwork: true })
})
