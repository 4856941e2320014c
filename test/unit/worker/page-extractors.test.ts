import { afterEach, expect, test } from 'vitest'
import { exposeExtractors } from '../../../src/client/expose-extractors.ts'
import type { AbortSignalLike } from '../../../src/core/ports/abort-signal-like.ts'
import type { ExtractorBlock, HostExtractor } from '../../../src/core/ports/host-extractor.ts'
import { pageExtractors } from '../../../src/worker/page-extractors.ts'
import { until } from '../../support/build-engine.ts'
import { buildLog, user } from '../../support/build-log.ts'
import { host, hung } from '../engine/host-extractors.ts'

const BLOCK: ExtractorBlock = {
  session: 's',
  job: 1,
  range: { from: 1, to: 1 },
  messages: buildLog([user('hello')]).messages,
}

const channels: MessageChannel[] = []

afterEach(() => {
  for (const { port1, port2 } of channels.splice(0)) {
    port1.close()
    port2.close()
  }
})

/** Extractors of a page as its worker sees them, and the way to end the page's side. */
function across(...extractors: readonly HostExtractor[]): {
  readonly seen: readonly HostExtractor[]
  readonly stop: () => void
} {
  const channel = new MessageChannel()
  channels.push(channel)
  const stop = exposeExtractors(extractors, channel.port1)
  const descriptions = extractors.map(({ name, priority, timeoutMs }) => ({
    name,
    ...(priority === undefined ? {} : { priority }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  }))
  return { seen: pageExtractors(descriptions, channel.port2), stop }
}

const { signal: never } = new AbortController()

async function ask(
  extractor: HostExtractor | undefined,
  signal: AbortSignalLike = never,
): Promise<unknown> {
  return extractor?.extract(BLOCK, signal)
}

test('[EXT9] a block reaches the page’s extractor, and its lines come back', async () => {
  let given: unknown
  const line = { section: 'facts', text: 'a remark', sources: [1] }
  const { seen } = across(
    host('other', () => []),
    host('page', (block) => ((given = block), [line]), { priority: 7, timeoutMs: 200 }),
  )
  expect(seen[1]).toMatchObject({ name: 'page', priority: 7, timeoutMs: 200 })
  expect(await ask(seen[1])).toEqual([line])
  expect(given).toEqual(BLOCK)
})

test('[EXT9] an abort reaches the call it is about, and no other', async () => {
  const [slow, other] = [hung('slow'), hung('other')]
  const { seen } = across(slow, other)
  const [first, second] = [new AbortController(), new AbortController()]
  void ask(seen[0], first.signal)
  void ask(seen[0], second.signal)
  void ask(seen[1], new AbortController().signal)
  await until(() => slow.signals.length === 2 && other.signals.length === 1)
  second.abort()
  await until(() => slow.signals[1]?.aborted === true)
  expect(slow.signals[1]?.reason).toBeInstanceOf(Error)
  expect([slow.signals[0]?.aborted, other.signals[0]?.aborted]).toEqual([false, false])
})

test('[EXT9] what is needed no more before it begins does not begin', async () => {
  const slow = hung('slow')
  const { seen } = across(
    slow,
    host('probe', () => []),
  )
  const over = new AbortController()
  over.abort()
  await expect(ask(seen[0], over.signal)).rejects.toThrow('cancelled')
  await ask(seen[1])
  expect(slow.signals).toEqual([])
})

test('[EXT9] no listener stays behind once a call has ended, well or not', async () => {
  const { seen } = across(
    host('sound', () => []),
    host('broken', () => {
      throw new Error('it broke')
    }),
  )
  const listening = new Set<() => void>()
  const watched: AbortSignalLike = {
    aborted: false,
    reason: undefined,
    addEventListener: (_, listener) => void listening.add(listener),
    removeEventListener: (_, listener) => void listening.delete(listener),
  }
  const asking = ask(seen[0], watched)
  expect(listening.size).toBe(1)
  await asking
  await expect(ask(seen[1], watched)).rejects.toThrow('it broke')
  expect(listening.size).toBe(0)
})

test.each<readonly [string, () => unknown]>([
  [
    'throws before it answers',
    () => {
      throw new Error('it broke')
    },
  ],
  ['rejects', () => Promise.reject(new Error('it broke'))],
  ['answers what can’t cross', () => [{ section: 'facts', text: () => 'x', sources: [1] }]],
])('[EXT3, EXT9] one that %s fails in the worker too, and the next call works', async (_, work) => {
  const { seen } = across(
    host('broken', work),
    host('sound', () => ['x']),
  )
  await expect(ask(seen[0])).rejects.toThrow(/it broke|Unserializable/)
  expect(await ask(seen[1])).toEqual(['x'])
})

test('[EXT9] when the worker is gone the page’s extractors are told', async () => {
  const slow = hung('slow')
  const { seen, stop } = across(slow)
  void ask(seen[0])
  void ask(seen[0])
  await until(() => slow.signals.length === 2)
  stop()
  expect(slow.signals.map(({ aborted }) => aborted)).toEqual([true, true])
})
