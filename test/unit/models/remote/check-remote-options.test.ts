import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isBackfoldError } from '../../../../src/core/backfold-error.ts'
import type { AnyRemoteOptions } from '../../../../src/models/remote/check-remote-options.ts'
import { checkRemoteOptions } from '../../../../src/models/remote/check-remote-options.ts'
import { KEYS } from '../../../support/model-server/open-scripted-model.ts'

const check = (options: object) => checkRemoteOptions(options as AnyRemoteOptions)
const LOCAL = { kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:11434/v1', model: 'llama3.2' }

test('[REM1] options are completed with their defaults', () => {
  expect(check(LOCAL)).toEqual({
    kind: 'openai-compatible',
    model: 'llama3.2',
    apiKey: '',
    baseUrl: 'http://127.0.0.1:11434/v1',
    headers: {},
    contextTokens: 8_192,
    slots: 1,
    timeoutMs: 60_000,
    retries: 2,
    isLocal: true,
  })
  expect(check({ kind: 'anthropic', model: 'm', apiKey: ' k1 \n' })).toMatchObject({
    baseUrl: 'https://api.anthropic.com',
    apiKey: 'k1',
    slots: 2,
    isLocal: false,
  })
})

test.each([
  ['openai-compatible', 'https://a.test/v1/', 'https://a.test/v1'],
  ['openai-compatible', 'https://a.test/v1/chat/completions', 'https://a.test/v1'],
  ['anthropic', 'https://a.test/v1/messages', 'https://a.test'],
  ['anthropic', 'https://a.test/proxy/v1', 'https://a.test/proxy'],
  ['gemini', 'https://a.test/v1beta/models', 'https://a.test'],
])('[REM1] the root of an API may be written in several ways: %s %s', (kind, baseUrl, expected) => {
  expect(check({ kind, baseUrl, model: 'm' }).baseUrl).toBe(expected)
})

test.each([
  [{ baseUrl: 'http://localhost:1234/v1' }, true],
  [{ baseUrl: 'http://[::1]:8080' }, true],
  [{ baseUrl: 'http://models.localhost/v1' }, true],
  [{ baseUrl: 'http://127.0.0.1.evil.test/v1' }, false],
  [{ baseUrl: 'http://192.168.1.20:11434/v1' }, false],
  [{ baseUrl: 'https://localhost.test/v1' }, false],
  // Ollama hands these on to its own cloud.
  [{ model: 'gpt-oss:120b-cloud' }, false],
  [{ model: 'kimi-k2:cloud' }, false],
])('[REM1] a server is local if nothing leaves the device: %o', (options, isLocal) => {
  expect(check({ ...LOCAL, ...options }).isLocal).toBe(isLocal)
})

test.each([
  [null, 'options'],
  [
    { ...LOCAL, kind: 'other' },
    'kind: expected openai-compatible, anthropic or gemini, got "other"',
  ],
  [{ ...LOCAL, baseUrl: undefined }, 'baseUrl: expected'],
  [{ ...LOCAL, baseUrl: 'localhost:11434' }, 'baseUrl: expected'],
  [{ ...LOCAL, baseUrl: 'https://a.test/v1?x=1' }, 'baseUrl: expected'],
  [
    { ...LOCAL, model: '' },
    'model: expected the name of a model as the provider writes it, got ""',
  ],
  [{ ...LOCAL, model: '../secrets' }, 'model: expected'],
  [{ ...LOCAL, apiKey: 7 }, 'apiKey: expected a text, got "a value of type number"'],
  [{ kind: 'gemini', model: 'm' }, 'apiKey: expected a key, got nothing'],
  [{ ...LOCAL, headers: ['a'] }, 'headers: expected'],
  [{ ...LOCAL, headers: { 'bad name': 'x' } }, 'headers: expected'],
  [
    { ...LOCAL, contextTokens: 999 },
    'contextTokens: expected an integer from 1000 to 10000000, got 999',
  ],
  [{ ...LOCAL, slots: 17 }, 'slots: expected an integer from 1 to 16, got 17'],
  [{ ...LOCAL, timeoutMs: 1.5 }, 'timeoutMs: expected'],
  [{ ...LOCAL, retries: '2' }, 'retries: expected an integer from 0 to 10, got "2"'],
])('[REM1] a wrong option is named: %o', (options, message) => {
  try {
    checkRemoteOptions(options as AnyRemoteOptions)
    expect.unreachable()
  } catch (error) {
    expect(isBackfoldError(error) && error.code).toBe('INVALID_INPUT')
    expect(String(error)).toContain(message)
  }
})

test('[REM2] no error of the options holds a key, wherever it was put', () => {
  const key = KEYS['openai-compatible']
  for (const options of [
    { ...LOCAL, apiKey: `${key} and more` },
    { ...LOCAL, apiKey: `${key}é` },
    { ...LOCAL, model: key },
    { ...LOCAL, baseUrl: `https://user:${key}@a.test/v1` },
    { ...LOCAL, baseUrl: `https://a.test/v1?key=${key}` },
    { ...LOCAL, baseUrl: key },
    { ...LOCAL, kind: key },
    { ...LOCAL, headers: { authorization: `${key}\n` } },
    { ...LOCAL, headers: { [`${key} `]: 'x' } },
    { ...LOCAL, slots: key },
  ]) {
    try {
      check(options)
      expect.unreachable()
    } catch (error) {
      expect(isBackfoldError(error)).toBe(true)
      expect(String(error)).not.toContain(key.slice(8, 16))
    }
  }
})

test('[REM1] checking is total: settings, or a BackfoldError', () => {
  const record = fc.record(
    {
      kind: fc.constantFrom('openai-compatible', 'anthropic', 'gemini'),
      baseUrl: fc.oneof(fc.webUrl(), fc.anything()),
      model: fc.anything(),
      apiKey: fc.anything(),
      headers: fc.anything(),
      slots: fc.anything(),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(fc.oneof(record, fc.anything()), (options) => {
      try {
        check(options as object)
      } catch (error) {
        expect(isBackfoldError(error), String(error)).toBe(true)
      }
    }),
  )
})
