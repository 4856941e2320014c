import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readThresholds } from '../../../../extension/options/read-thresholds.ts'

test('[OPT1] thresholds are percent, the first below the second', () => {
  expect(readThresholds('70', '90 %')).toEqual({ warn: 0.7, urgent: 0.9 })
  for (const [warn, urgent] of [
    ['90', '70'],
    ['70', '70'],
    ['', '90'],
    ['0', '90'],
    ['70', '101'],
    ['7e1', '90'],
  ] as const) {
    expect(readThresholds(warn, urgent), `${warn} ${urgent}`).toBeNull()
  }
  fc.assert(
    fc.property(fc.string(), fc.string(), (warn, urgent) => {
      const read = readThresholds(warn, urgent)
      if (read !== null) expect(read.warn).toBeLessThan(read.urgent)
    }),
  )
})
