import { expect, test } from 'vitest'
import {
  coolDownLeftMs,
  healthAfter,
  type ProviderHealth,
} from '../../../../src/core/gate/provider-health.ts'
import { MODEL_FAILURES } from '../../../../src/core/ports/language-model.ts'
import { ANSWERED, failedWith } from './drive-gate.ts'

function coolDowns(outcomes: readonly ReturnType<typeof failedWith>[]): readonly number[] {
  let health: ProviderHealth | undefined
  return outcomes.map((outcome) => {
    health = healthAfter(health, outcome, 1_000)
    return coolDownLeftMs(health, 1_000)
  })
}

test('[GATE7] from the third failure in a row the time doubles, up to five minutes', () => {
  expect(coolDowns(new Array(11).fill(failedWith('server')))).toEqual([
    0, 0, 5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000,
  ])
})

test('[GATE7] a refusal for the rate counts at once, and its own time goes first, within bounds', () => {
  expect(coolDowns([failedWith('rate-limited'), failedWith('rate-limited')])).toEqual([
    5_000, 10_000,
  ])
  expect(coolDowns([failedWith('rate-limited', 77)])).toEqual([77])
  expect(coolDowns([failedWith('server', 1e12)])).toEqual([600_000])
  expect(coolDowns([failedWith('rate-limited', -5)])).toEqual([5_000])
  expect(coolDowns([failedWith('rate-limited', NaN)])).toEqual([5_000])
})

test('[GATE7] success, and failures that show that it answers, end it; failures of a question do not count', () => {
  const health = healthAfter(undefined, failedWith('rate-limited'), 1_000)
  expect(healthAfter(health, ANSWERED, 2_000)).toBeUndefined()
  expect(healthAfter(health, failedWith('context-exceeded'), 2_000)).toBeUndefined()
  for (const code of MODEL_FAILURES) {
    const after = healthAfter(health, failedWith(code), 2_000)
    const isAnswering = ['too-large', 'context-exceeded', 'refused'].includes(code)
    const isOwn = ['aborted', 'not-found', 'truncated', 'not-json', 'needs-consent', 'failed']
    if (isAnswering) expect(after, code).toBeUndefined()
    else if (isOwn.includes(code) || code === 'invalid-options') expect(after, code).toBe(health)
    else expect(after?.failures, code).toBe(2)
  }
})

test('[GATE7] a clock that jumps back opens the way', () => {
  const health = healthAfter(undefined, failedWith('rate-limited', 60_000), 1_000_000)
  expect(coolDownLeftMs(health, 1_000_000)).toBe(60_000)
  expect(coolDownLeftMs(health, 999_999)).toBe(0)
  expect(coolDownLeftMs(health, 1_060_000)).toBe(0)
  expect(coolDownLeftMs(undefined, 0)).toBe(0)
})
