import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isActive, NO_MODE, pageMode } from '../../../../extension/bridge/page-mode.ts'
import { fullRate, takeFrom } from '../../../../extension/bridge/rate.ts'
import { retryDelay } from '../../../../extension/bridge/retry-delay.ts'
import {
  readAnswer,
  readHostRequest,
  readObserved,
  readRefusal,
  sizeOfResponse,
  tellableUrl,
} from '../../../../extension/bridge/read-page-messages.ts'
import {
  acknowledge,
  keep,
  NONE_KEPT,
  type Unacknowledged,
} from '../../../../extension/bridge/unacknowledged.ts'
import { USUAL_SITE } from '../../../../extension/settings/extension-settings.ts'

test('[BRIDGE1, BRIDGE2] what a page says is taken if it has the form and size of what the wrapper says', () => {
  const url = 'https://user:pw@chat.example/v1/chat?api_key=s&a=1#part'
  const clean = 'https://chat.example/v1/chat?a=1'
  const headerNames = ['content-type', 'X-Upper', 'a b', 7, 'x'.repeat(300)]
  expect(readHostRequest({ url, headerNames, body: '{}', more: 1 })).toEqual({
    url: clean,
    headerNames: ['content-type'],
    body: '{}',
  })
  const many = Array.from({ length: 500 }, () => 'x')
  expect(readHostRequest({ url, headerNames: many, body: '{}' })?.headerNames).toHaveLength(100)
  for (const odd of [
    '',
    'chat',
    'file:///etc',
    'javascript:1',
    `https://a/${'a'.repeat(9_000)}`,
    7,
  ]) {
    expect(readHostRequest({ url: odd, headerNames: [], body: '{}' })).toBeUndefined()
    expect(readObserved({ url: odd, method: 'GET', text: '' })).toBeUndefined()
  }
  expect(readHostRequest({ url, headerNames: [], body: 'x'.repeat(32_000_001) })).toBeUndefined()
  expect(readObserved({ url, method: 'GET', text: 'a', request: 'b', more: 1 })).toEqual({
    url: clean,
    method: 'GET',
    request: 'b',
    text: 'a',
  })
  expect(sizeOfResponse({ url: 'ab', method: 'GET', text: 'cde', request: 'f' })).toBe(6)
  expect(sizeOfResponse({ url: 'ab', method: 'GET', text: 'cde' })).toBe(5)
  const long = 'x'.repeat(1_000_001)
  expect(readObserved({ url, method: 'POST', text: 'a', request: long })).not.toHaveProperty(
    'request',
  )
  expect(readObserved({ url, method: 'get', text: 'a' })).toBeUndefined()
  expect(readObserved({ url, method: 'GET', text: 'x'.repeat(16_000_001) })).toBeUndefined()
  expect(readRefusal({ plan: 'p', status: 400, answer: 'a' })).toEqual({
    plan: 'p',
    status: 400,
    answer: 'a',
  })
  for (const status of [200, 500, 400.5, NaN, '400']) {
    expect(readRefusal({ plan: 'p', status, answer: 'a' })).toBeUndefined()
  }
  expect(readAnswer({ plan: 'p', answer: 'a', more: 1 })).toEqual({ plan: 'p', answer: 'a' })
  expect(readAnswer({ plan: 'p'.repeat(201), answer: 'a' })).toBeUndefined()
  expect(tellableUrl('http://[')).toBeUndefined()
})

test('[BRIDGE1] nothing that a page says makes reading it fail', () => {
  fc.assert(
    fc.property(fc.anything(), (said) => {
      for (const read of [readHostRequest, readRefusal, readAnswer, readObserved]) read(said)
    }),
  )
})

test('[BRIDGE2] no more is taken than the burst and what time gives', () => {
  const bounds = { burst: 10, perSecond: 2 }
  const step = fc.record({ after: fc.nat(3_000), cost: fc.nat(12) })
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      let rate = fullRate(bounds, 0)
      let now = 0
      let taken = 0
      for (const { after, cost } of steps) {
        now += after
        const next = takeFrom(rate, bounds, now, cost)
        rate = next.rate
        if (next.isEnough) taken += cost
        expect(rate.left).toBeGreaterThanOrEqual(0)
        expect(taken).toBeLessThanOrEqual(bounds.burst + (now / 1_000) * bounds.perSecond + 1e-6)
      }
    }),
  )
  expect(takeFrom(fullRate(bounds, 0), bounds, 0, 10).isEnough).toBe(true)
  expect(takeFrom({ left: 0, at: 5_000 }, bounds, 1_000, 1).isEnough).toBe(false)
})

test('[BRIDGE3] what is kept stays in order and within bounds, and the oldest makes room', () => {
  const bounds = { items: 4, size: 100 }
  const step = fc.oneof(fc.record({ size: fc.nat(120) }), fc.record({ done: fc.nat(30) }))
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      let kept: Unacknowledged<number> = NONE_KEPT
      for (const one of steps) {
        const before = kept
        if ('done' in one) {
          kept = acknowledge(kept, one.done)
          expect(kept.items).toEqual(before.items.filter(({ id }) => id !== one.done))
        } else {
          kept = keep(kept, one.size, one.size, bounds)
          // The newest of those before, and behind them the new one.
          const ids = kept.items.map(({ id }) => id)
          const all = [...before.items.map(({ id }) => id), before.nextId]
          if (one.size > bounds.size) expect(kept.items).toBe(before.items)
          else expect(ids).toEqual(all.slice(-ids.length))
        }
        expect(kept.items.length).toBeLessThanOrEqual(bounds.items)
        expect(kept.size).toBe(kept.items.reduce((sum, { size }) => sum + size, 0))
        expect(kept.size).toBeLessThanOrEqual(bounds.size)
      }
    }),
  )
})

test('[BRIDGE4] what a page is told to do follows from the settings', () => {
  const settings = { site: USUAL_SITE, isPaused: false }
  const off = { ...settings, site: { ...USUAL_SITE, isOn: false } }
  for (const idle of [off, { ...settings, isPaused: true }]) {
    expect(isActive(idle)).toBe(false)
    expect(pageMode(idle, null)).toEqual(NO_MODE)
    expect(pageMode(idle, 'chatgpt')).toEqual(NO_MODE)
  }
  expect(pageMode(settings, null)).toEqual({ rewrites: true, rescues: true, observes: true })
  expect(pageMode(settings, 'claude')).toEqual({ rewrites: false, rescues: false, observes: true })
  const careful = { ...settings, site: { ...USUAL_SITE, rescues: false } }
  expect(pageMode(careful, null)).toEqual({ rewrites: true, rescues: false, observes: true })
  const still = { ...settings, site: { ...USUAL_SITE, rewrites: false } }
  expect(pageMode(still, null)).toEqual({ ...NO_MODE, observes: true })
})

test('[BRIDGE5] the wait doubles up to 30 s', () => {
  const waits = Array.from({ length: 40 }, (_, attempts) => retryDelay(attempts))
  expect(waits.slice(0, 4)).toEqual([100, 200, 400, 800])
  for (const [at, wait] of waits.entries()) {
    expect(wait).toBeGreaterThanOrEqual(waits[at - 1] ?? 0)
    expect(wait).toBeLessThanOrEqual(30_000)
  }
  expect(waits.at(-1)).toBe(30_000)
})
