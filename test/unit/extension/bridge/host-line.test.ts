import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createHostLine, type HostLine } from '../../../../extension/bridge/host-line.ts'
import type { BridgeSettings } from '../../../../extension/wire/bridge-wire.ts'
import { BackfoldError } from '../../../../src/core/backfold-error.ts'
import { createFakeHost, type FakeHost } from '../../../support/fake-extension-host.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

interface Stage {
  readonly host: FakeHost
  readonly line: HostLine
  readonly settings: BridgeSettings[]
  readonly page: { isSeen: boolean; isFolding: boolean; isOrphan: boolean; orphaned: number }
}

function createStage(): Stage {
  const host = createFakeHost()
  const page = { isSeen: true, isFolding: false, isOrphan: false, orphaned: 0 }
  const settings: BridgeSettings[] = []
  const line = createHostLine(
    {
      ensureHost: async () => {
        if (!host.isThere) throw new Error('no receiving end')
      },
      connect: host.connect,
      isOrphan: () => page.isOrphan,
      isSeen: () => page.isSeen,
      now: () => Date.now(),
      after(ms, callback) {
        const timer = setTimeout(callback, ms)
        return () => clearTimeout(timer)
      },
    },
    {
      handlers: {
        requests: {
          fill: async () => ({ kind: 'failed', reason: '' }),
          reveal: async () => false,
        },
        notices: { settings: () => {}, gauge: () => {} },
      },
      place: () => ({
        url: 'https://chat.example/',
        title: '',
        site: null,
        conversation: null,
        isTemporary: false,
        isTop: true,
      }),
      onSettings: (told) => settings.push(told),
      mayAsk: () => true,
      isFolding: () => page.isFolding,
      onOrphan: () => (page.orphaned += 1),
    },
  )
  return { host, line, settings, page }
}

const REQUEST = { url: 'https://chat.example/v1', headerNames: [], body: '{}' }

function answers(line: HostLine, ...plans: readonly string[]): void {
  for (const plan of plans) line.say({ method: 'answer', params: { plan, answer: 'a' } })
}

test('[BRIDGE3] what no host has stored is said again to the next, in its order and once', async () => {
  const { host, line } = createStage()
  host.store = (said) => (said.includes(' b ') ? new Promise(() => {}) : Promise.resolve())
  answers(line, 'a', 'b', 'c')
  await vi.advanceTimersByTimeAsync(10)
  expect(host.heard).toEqual(['answer a a', 'answer b a', 'answer c a'])
  host.store = async () => {}
  host.die()
  answers(line, 'd')
  await vi.advanceTimersByTimeAsync(1_000)
  expect(host.heard.slice(3)).toEqual(['answer b a', 'answer d a'])
  host.die()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(host.connections()).toBe(3)
  expect(host.heard).toHaveLength(5)
})

test('[BRIDGE3] what a host refuses is not said again', async () => {
  const { host, line } = createStage()
  host.store = async () => {
    throw new BackfoldError('INVALID_INPUT', 'no')
  }
  answers(line, 'a')
  await vi.advanceTimersByTimeAsync(10)
  host.die()
  await vi.advanceTimersByTimeAsync(1_000)
  expect([host.connections(), host.heard.length]).toEqual([2, 1])
})

test('[BRIDGE3] what a host could not store because its worker died is said to it again, but not for ever', async () => {
  const { host, line } = createStage()
  let failures = 2
  host.store = async () => {
    failures -= 1
    if (failures >= 0) throw new BackfoldError('WORKER_LOST', 'the worker is gone')
  }
  answers(line, 'a')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(host.heard).toEqual(['answer a a', 'answer a a', 'answer a a'])
  failures = Infinity
  answers(line, 'b')
  await vi.advanceTimersByTimeAsync(600_000)
  expect([host.connections(), host.heard.length]).toEqual([1, 7])
  failures = 0
  host.die()
  await vi.advanceTimersByTimeAsync(1_000)
  host.die()
  await vi.advanceTimersByTimeAsync(1_000)
  expect([host.connections(), host.heard.length]).toEqual([3, 8])
})

test('[BRIDGE3, BRIDGE5] a port that ended unheard, as of a page that was put away, is noticed and nothing lost', async () => {
  const { host, line } = createStage()
  line.wake()
  await vi.advanceTimersByTimeAsync(10)
  host.vanish()
  answers(line, 'a')
  await vi.advanceTimersByTimeAsync(1_000)
  expect([host.connections(), ...host.heard]).toEqual([2, 'answer a a'])
  host.vanish()
  line.wake()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(host.connections()).toBe(3)
})

test('[BRIDGE5] a host that is not there is looked for less and less often, and what is asked waits', async () => {
  const { host, line, settings } = createStage()
  host.isThere = false
  host.plan = () => ({ kind: 'send', plan: 'p', body: 'x' })
  const asking = line.ask('plan', REQUEST)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(settings).toEqual([])
  host.isThere = true
  await vi.advanceTimersByTimeAsync(10_000)
  expect(await asking).toEqual({ kind: 'send', plan: 'p', body: 'x' })
  expect([settings.length, host.connections()]).toEqual([1, 1])
})

test('[BRIDGE5] what is asked ends where no host comes, and where it goes in the middle', async () => {
  const { host, line } = createStage()
  host.plan = () => new Promise(() => {})
  const asking = line.ask('plan', REQUEST).catch(String)
  await vi.advanceTimersByTimeAsync(10)
  host.isThere = false
  host.die()
  expect(await asking).toMatch(/gone/)
  const later = line.ask('plan', REQUEST).catch(String)
  await vi.advanceTimersByTimeAsync(31_000)
  expect(await later).toMatch(/no host/)
})

test('[BRIDGE5] nobody looks for a host while nobody sees the page and nothing is to be said', async () => {
  const { host, line, page } = createStage()
  line.wake()
  await vi.advanceTimersByTimeAsync(10)
  page.isSeen = false
  host.die()
  await vi.advanceTimersByTimeAsync(120_000)
  expect(host.connections()).toBe(1)
  answers(line, 'a')
  await vi.advanceTimersByTimeAsync(10)
  expect([host.connections(), host.heard.length]).toEqual([2, 1])
  page.isSeen = true
  host.die()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(host.connections()).toBe(3)
})

test('[BRIDGE6] a host hears every 15 s that something is going on, and else nothing', async () => {
  const { host, line, page } = createStage()
  line.wake()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(host.pings()).toBe(0)
  page.isFolding = true
  await vi.advanceTimersByTimeAsync(60_000)
  expect(host.pings()).toBe(4)
  page.isFolding = false
  host.store = () => new Promise(() => {})
  answers(line, 'a')
  await vi.advanceTimersByTimeAsync(30_000)
  expect(host.pings()).toBe(6)
})

test('[BRIDGE7] where the extension is gone nothing is tried any more', async () => {
  const { host, line, page } = createStage()
  line.wake()
  await vi.advanceTimersByTimeAsync(10)
  page.isOrphan = true
  host.die()
  await vi.advanceTimersByTimeAsync(60_000)
  answers(line, 'a')
  line.wake()
  await vi.advanceTimersByTimeAsync(60_000)
  expect([page.orphaned, host.connections(), host.heard.length]).toEqual([1, 1, 0])
  expect(await line.ask('plan', REQUEST).catch(() => 'failed')).toBe('failed')
})
