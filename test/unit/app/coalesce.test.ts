import { expect, test } from 'vitest'
import { coalesce } from '../../../src/app/run/coalesce.ts'
import { createTestClock } from './test-clock.ts'

test('[APP42] one run at a time, spaced out, and no call is fulfilled by a run that had already begun', async () => {
  const clock = createTestClock()
  const never = new AbortController().signal
  const begun: number[] = []
  let inFlight = 0
  let most = 0
  const run = coalesce(
    async () => {
      begun.push(clock.now())
      most = Math.max(most, ++inFlight)
      await clock.wait(50, never)
      inFlight--
    },
    100,
    (ms) => clock.wait(ms, never),
  )
  const ended: string[] = []
  void run().then(() => ended.push(`first ${clock.now()}`))
  await clock.advance(10)
  for (let call = 0; call < 5; call++) void run().then(() => ended.push(`later ${clock.now()}`))
  await clock.advance(1_000)
  expect(begun).toEqual([0, 150])
  expect(most).toBe(1)
  expect(ended).toEqual(['first 50', ...Array.from({ length: 5 }, () => 'later 200')])
})

test('[APP42] a run that fails rejects its own callers only', async () => {
  const clock = createTestClock()
  let runs = 0
  const run = coalesce(
    async () => {
      if (++runs === 1) throw new Error('lost')
    },
    10,
    (ms) => clock.wait(ms, new AbortController().signal),
  )
  const first = run()
  const second = run()
  await expect(first).rejects.toThrow('lost')
  await clock.advance(10)
  await expect(second).resolves.toBeUndefined()
})
