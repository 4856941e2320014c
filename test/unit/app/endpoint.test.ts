import { expect, test } from 'vitest'
import { completionsUrl } from '../../../src/widget/chat/ask/endpoint.ts'
import { describeStatus, describeUnreachable } from '../../../src/widget/chat/ask/live-failure.ts'

const url = (baseUrl: string, key = '', model = 'm'): string => {
  const target = completionsUrl({ baseUrl, model, key })
  return target.ok ? target.url : target.problem
}

test('[APP15] the address is the base URL plus the completions path, however the URL was typed', () => {
  expect(url('http://localhost:11434/v1')).toBe('http://localhost:11434/v1/chat/completions')
  expect(url(' https://api.example.com/v1/ ')).toBe('https://api.example.com/v1/chat/completions')
  expect(url('https://e.com/v1/chat/completions')).toBe('https://e.com/v1/chat/completions')
  expect(url('https://e.com/v1?api-version=2')).toBe(
    'https://e.com/v1/chat/completions?api-version=2',
  )
})

test('[APP15] what cannot be asked is named, and a key never travels in the clear', () => {
  expect(url('')).toMatch(/Enter the base URL/)
  expect(url('localhost')).toMatch(/complete URL/)
  expect(url('ftp://e.com')).toMatch(/http/)
  expect(url('https://e.com/v1', '', ' ')).toMatch(/model/)
  expect(url('http://e.com/v1', 'secret')).toMatch(/unencrypted/)
  expect(url('http://127.0.0.1:8080/v1', 'secret')).toBe(
    'http://127.0.0.1:8080/v1/chat/completions',
  )
})

test('[APP16] each kind of refusal says what happened and what to do, in the server’s words too', () => {
  const body = JSON.stringify({ error: { message: 'Incorrect API key' } })
  expect(describeStatus(401, body, null)).toMatchObject({
    title: 'Key refused (401)',
    said: 'Incorrect API key',
  })
  expect(describeStatus(404, 'nope', null)).toMatchObject({ said: 'nope' })
  expect(describeStatus(404, 'nope', null).advice).toMatch(/\/v1/)
  expect(describeStatus(429, '{}', '12').advice).toMatch(/12 s/)
  expect(
    describeStatus(400, '{"error":{"message":"maximum context length is 8192 tokens"}}', null)
      .title,
  ).toBe('Context too long (400)')
  expect(describeStatus(503, '', null).title).toBe('Server error (503)')
  expect(describeStatus(500, 'x'.repeat(5_000), null).said).toHaveLength(600)
})

test('[APP16] no response is told apart only as far as a browser can: offline, or refused and CORS', () => {
  expect(describeUnreachable('https://e.com/v1', false).title).toBe('Offline')
  const refused = describeUnreachable('http://localhost:11434/v1', true)
  expect(refused.title).toBe('No response from http://localhost:11434')
  expect(refused.advice).toMatch(/CORS/)
})
