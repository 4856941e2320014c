import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createAllowance } from '../../../../extension/host/allowance.ts'
import { createExactCounts } from '../../../../extension/host/exact-counts.ts'
import { addressOf, peekRequest } from '../../../../extension/host/peek-request.ts'
import { createRequestLog } from '../../../../extension/host/request-log.ts'
import { createToldWindows } from '../../../../extension/host/told-windows.ts'
import { budgetOf, windowFor, windowOf } from '../../../../extension/host/window-of.ts'
import { loadExactTokeniser } from '../../../../src/models/exact-tokeniser.ts'
import type { LoggedRequest } from '../../../../extension/wire/panel-wire.ts'

test('[GAUGE1] who says how large a window is: a person, the server, the model’s name, nobody', () => {
  const model = 'gpt-4o-2024-11-20'
  expect(windowOf({ model, set: { [model]: 9_000, '': 8_000 }, told: 7_000 })).toEqual({
    window: 9_000,
    windowFrom: 'person',
  })
  expect(windowOf({ model: 'other', set: { [model]: 9_000, '': 8_000 } }).window).toBe(8_000)
  expect(windowOf({ model, set: {}, told: 7_000 })).toEqual({ window: 7_000, windowFrom: 'server' })
  expect(windowOf({ model, set: {} })).toEqual({ window: 128_000, windowFrom: 'known' })
  expect(windowOf({ model: 'constructor', set: {} }).windowFrom).toBe('assumed')
  expect(windowOf({ model: null, set: {}, assumed: 4_096 }).window).toBe(4_096)
  const known = { 'gpt-4': 1_000, 'gpt-4-thinking': 2_000, '': 3_000 }
  expect(windowOf({ model: 'gpt-4-thinking-mini', set: {}, known }).window).toBe(2_000)
  expect(windowOf({ model: 'gpt-4o', set: {}, known })).toEqual({
    window: 3_000,
    windowFrom: 'assumed',
  })
  for (const told of [0, -5, 1.5, NaN, 1e12]) {
    expect(windowOf({ model: null, set: { '': told }, told }).windowFrom).toBe('assumed')
  }
})

test('[GAUGE1] a window that one page told is no other page’s, and is there after a restart', async () => {
  const memory = new Map<string, string>()
  const port = {
    get: async (name: string) => memory.get(name) ?? null,
    set: async (name: string, value: string | null) => void memory.set(name, value ?? ''),
  }
  const told = createToldWindows(port, () => {})
  told.set('https://a.example', 'http://s', 'm', 4_000)
  told.set('https://a.example', 'http://s', '', 2_000)
  for (let n = 0; n < 150; n += 1) told.set('https://a.example', 'http://s', `m${n}`, 3_000 + n)
  await Promise.resolve()
  const later = createToldWindows(port, () => {})
  await Promise.resolve()
  expect(later.get('https://a.example', 'http://s', 'm')).toBe(4_000)
  expect(later.get('https://a.example', 'http://s', 'another')).toBe(2_000)
  expect(later.get('https://b.example', 'http://s', 'm')).toBe(undefined)
  memory.set('windows', '{"no": [1')
  createToldWindows(port, () => {})
})

test('[GAUGE3] a budget leaves room for the answer, and says its window back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2_000, max: 10_000_000 }), (window) => {
      const budget = budgetOf(window)
      expect(budget).toBeLessThan(window)
      expect(budget).toBeGreaterThanOrEqual(window * 0.85 - 1)
      expect(Math.abs(windowFor(budget) - window)).toBeLessThanOrEqual(2)
    }),
  )
})

test('[GAUGE4] the model of a request is found without reading what was said in it', () => {
  const url = 'https://api.example/v1/chat/completions?key=s3cret'
  const text = '"model": "no" and {"num_ctx": 7}'
  const filler = 'x'.repeat(100_000)
  const messages = [{ role: 'user', content: `${text}${filler}${text}` }]
  const body = JSON.stringify({ messages, model: 'yes', options: { num_ctx: 8_192 } })
  expect(peekRequest({ url, headerNames: [], body })).toMatchObject({
    ...{ server: 'https://api.example', model: 'yes', window: 8_192 },
  })
  const bare = JSON.stringify({ messages })
  expect(peekRequest({ url, headerNames: [], body: bare })).toMatchObject({
    model: null,
    window: undefined,
  })
  const gemini = 'https://g.example/v1beta/models/gemini-2.5-pro:generateContent'
  expect(peekRequest({ url: gemini, headerNames: [], body: '{}' }).model).toBe('gemini-2.5-pro')
  const ollama = { url: 'http://localhost:11434/api/chat', headerNames: [], body: bare }
  expect(peekRequest(ollama).assumed).toBe(4_096)
  expect(peekRequest({ url: 'no address', headerNames: [], body: '' }).server).toBe('')
  expect(addressOf(url)).toBe('https://api.example/v1/chat/completions')
})

test('[GAUGE2] long texts are counted in slices that others may come between', async () => {
  const exact = await loadExactTokeniser('o200k_base')
  let rests = 0
  const counts = createExactCounts(
    async () => exact,
    async () => void (rests += 1),
  )
  const text = 'The sea is calm today, and the harbour is full. '.repeat(5_000)
  expect(await counts.count([{ type: 'text', text }])).toBe(exact.count(text) + 4)
  expect(rests).toBeGreaterThan(5)
  const blank = createExactCounts(
    () => Promise.reject(new Error('offline')),
    async () => {},
  )
  expect(await blank.count([{ type: 'text', text }])).toBe(undefined)
})

const request = (id: string, origin = 'https://a.example'): LoggedRequest => ({
  ...{ id, origin, at: 1, tab: 1, url: 'https://s.example/v1', kind: 'sent', reason: '' },
  ...{ session: 's', format: 'openai', generation: 1, folded: 2, restored: 0, tokens: null },
  ...{ hasBodies: false, isUndone: false },
})

test('[LOGREQ1] the newest 200 requests are kept, and none of an origin is driven out by another one', () => {
  const log = createRequestLog()
  log.add(request('mine'), null)
  for (let n = 0; n < 500; n += 1) log.add(request(`e${n}`, 'https://evil.example'), null)
  expect(log.all()).toHaveLength(200)
  expect(log.find('mine')).toBeDefined()
  expect(log.all().at(-1)?.id).toBe('e499')
  expect(log.find('e0')).toBe(undefined)
})

test('[LOGREQ2] the bodies of the newest 50 are at hand, and at most 20 million characters', () => {
  const log = createRequestLog()
  const bodies = { before: 'b', after: 'a' }
  for (let n = 0; n < 60; n += 1) log.add(request(`r${n}`), bodies)
  expect(log.all().filter(({ hasBodies }) => hasBodies)).toHaveLength(50)
  expect(log.bodies('r9')).toBe(null)
  expect(log.bodies('r10')).toEqual(bodies)
  const long = { before: 'x'.repeat(9_000_000), after: '' }
  for (const id of ['l1', 'l2', 'l3']) log.add(request(id), long)
  expect(log.bodies('l1')).toBe(null)
  expect(log.bodies('l3')).toEqual(long)
  log.add(request('huge'), { before: 'x'.repeat(21_000_000), after: '' })
  expect(log.find('huge')?.hasBodies).toBe(false)
})

test('[LOGREQ3] what is stored of it comes back, and what makes no sense does not', () => {
  const log = createRequestLog()
  log.add(request('one'), { before: 'secret', after: 'secret' })
  expect(log.write()).not.toContain('secret')
  const later = createRequestLog()
  later.add(request('two'), null)
  later.read(log.write())
  later.read('[{"id": 7}, null, "x", {"id":"a"}]')
  later.read('{')
  later.read(null)
  expect(later.all().map(({ id }) => id)).toEqual(['one', 'two'])
})

test('[CHATS9] an allowance comes back with time', () => {
  let now = 0
  const allowance = createAllowance(() => now, 2, 1)
  expect([allowance.take(), allowance.take(), allowance.take()]).toEqual([true, true, false])
  now = 1_000
  expect([allowance.take(), allowance.take()]).toEqual([true, false])
  now = 0
  expect(allowance.take()).toBe(false)
})
