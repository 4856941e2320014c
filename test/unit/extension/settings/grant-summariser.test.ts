import { expect, test } from 'vitest'
import { serversOf } from '../../../../extension/settings/grant-summariser.ts'

test('[GRANT13] a provider needs its own server and content to leave the device; what is on it needs nothing', () => {
  const own = {
    kind: 'openai-compatible',
    model: 'm',
    baseUrl: 'http://localhost:11434/v1',
  } as const
  expect(serversOf(own)).toEqual(['http://localhost/*'])
  expect(serversOf({ kind: 'anthropic', model: 'm' })).toEqual([])
  expect(serversOf({ ...own, baseUrl: 'no address' })).toEqual([])
  expect(serversOf({ kind: 'browser-ai' })).toBeUndefined()
  expect(serversOf({ kind: 'webllm' })).toBeUndefined()
})
