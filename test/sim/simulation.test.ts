import { expect, test } from 'vitest'
import { simulate } from './simulate.ts'

test('[SIM2] the same seed gives the same run', async () => {
  for (const seed of [7, 8, 9]) {
    const first = await simulate(seed)
    const second = await simulate(seed)
    expect(first.trace.length).toBeGreaterThan(100)
    expect(second.trace).toEqual(first.trace)
  }
})
