import { expect, test } from 'vitest'
import type { KeyedChoice, TextStorage } from '../../../src/app/run/kept-keys.ts'
import { createKeptKeys } from '../../../src/app/run/kept-keys.ts'

const CHOICE: KeyedChoice = {
  kind: 'openai-compatible',
  baseUrl: 'https://e.com/v1',
  model: 'small',
  apiKey: 'sk-secret-1',
  contextTokens: 4_096,
}

function memory(): TextStorage & { readonly texts: Map<string, string> } {
  const texts = new Map<string, string>()
  return {
    texts,
    getItem: (name) => texts.get(name) ?? null,
    setItem: (name, value) => void texts.set(name, value),
  }
}

test('[APP99] a kept key is stored encrypted only, and comes back with its passphrase alone', async () => {
  const storage = memory()
  await createKeptKeys(storage).keep(CHOICE, 'open sesame')
  expect([...storage.texts.values()].join()).not.toContain('sk-secret-1')
  expect([...storage.texts.values()].join()).not.toContain('sesame')
  const kept = createKeptKeys(storage)
  const [one] = kept.list()
  expect(one?.choice).toEqual({
    kind: 'openai-compatible',
    baseUrl: 'https://e.com/v1',
    model: 'small',
    contextTokens: 4_096,
  })
  expect(await kept.unlock(one?.id ?? '', 'sesame')).toEqual({ kind: 'wrong-passphrase' })
  expect(await kept.unlock(one?.id ?? '', 'open sesame')).toEqual({
    kind: 'opened',
    choice: CHOICE,
  })
})

test('[APP99] a step that is kept again is replaced, and one can be forgotten', async () => {
  const kept = createKeptKeys(memory())
  await kept.keep(CHOICE, 'a')
  await kept.keep({ ...CHOICE, apiKey: 'sk-secret-2' }, 'b')
  await kept.keep({ kind: 'anthropic', model: 'm', apiKey: 'k' }, 'c')
  expect(kept.list().map(({ choice }) => choice.model)).toEqual(['m', 'small'])
  const id = kept.list()[1]?.id ?? ''
  expect(await kept.unlock(id, 'b')).toMatchObject({ choice: { apiKey: 'sk-secret-2' } })
  kept.forget(id)
  expect(kept.list()).toHaveLength(1)
  expect(await kept.unlock(id, 'b')).toMatchObject({ kind: 'unreadable' })
})

test.each([
  'no json',
  '{}',
  'null',
  '[null, 7, {"choice":{"kind":"webllm","model":"m"}}, {"choice":{"kind":"gemini","model":3}}]',
  '[{"choice":{"kind":"openai-compatible","model":"m"}}]',
])('[APP99] %s is stored: nothing is kept', (text) => {
  const storage = memory()
  storage.setItem('backfold-kept-keys', text)
  expect(createKeptKeys(storage).list()).toEqual([])
})

test('[APP99] what is damaged says so, and storage that is forbidden keeps nothing', async () => {
  const storage = memory()
  const stored = [{ choice: { kind: 'gemini', model: 'm' }, sealed: { version: 9 } }]
  storage.setItem('backfold-kept-keys', JSON.stringify(stored))
  const kept = createKeptKeys(storage)
  expect(await kept.unlock(kept.list()[0]?.id ?? '', 'x')).toMatchObject({ kind: 'unreadable' })
  const forbid = (): never => {
    throw new Error('forbidden')
  }
  const none = createKeptKeys({ getItem: forbid, setItem: forbid })
  expect(none.list()).toEqual([])
  await expect(none.keep(CHOICE, 'a')).rejects.toThrow('forbidden')
})
