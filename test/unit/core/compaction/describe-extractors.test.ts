import { expect, test } from 'vitest'
import {
  describeExtractors,
  EXTRACTOR_TIMEOUT_MS,
  type ExtractorDescription,
} from '../../../../src/core/compaction/describe-extractors.ts'
import { BUILT_IN_EXTRACTORS } from '../../../../src/core/compaction/digest-block.ts'

/** What a host written in JavaScript may hand over. */
function describe(...given: readonly object[]): ReturnType<typeof describeExtractors> {
  return describeExtractors(given as readonly ExtractorDescription[], ['rules', 'facts'])
}

function refusal(message: string): unknown {
  return expect.objectContaining({ code: 'INVALID_INPUT', message })
}

test('[EXT1] an extractor has 10 seconds for a block unless it says otherwise', () => {
  expect(EXTRACTOR_TIMEOUT_MS).toBe(10_000)
  expect(describe({ name: 'own' }, { name: 'slow', timeoutMs: 60_000 })).toMatchObject([
    { name: 'own', timeoutMs: 10_000 },
    { name: 'slow', timeoutMs: 60_000 },
  ])
  expect(BUILT_IN_EXTRACTORS.map(({ timeoutMs }) => timeoutMs)).toEqual([
    10_000, 10_000, 10_000, 10_000, 10_000,
  ])
})

test('[EXT2, EXT3] what a host adds stands behind the built-in lines and is never needed', () => {
  const own = { name: 'own', isNeeded: true, extract: () => [] }
  expect(describe(own)).toEqual([
    { name: 'own', priority: 500, timeoutMs: 10_000, isNeeded: false, isModelFree: false },
  ])
  const free = describe({ name: 'own', priority: 0, isModelFree: true })
  expect(free).toMatchObject([{ priority: 0, isModelFree: true }])
  // Pads give no lines.
  const giving = BUILT_IN_EXTRACTORS.filter(({ name }) => name !== 'pads')
  expect(Math.max(...giving.map(({ priority }) => priority))).toBeLessThan(500)
})

test('[EXT7] a doubled or missing name is refused', () => {
  const expected = 'have a name of its own, of 1 to 60 characters'
  const wrong: readonly (readonly [string, readonly object[]])[] = [
    ['rules', [{ name: 'rules' }]],
    ['own', [{ name: 'own' }, { name: 'other' }, { name: 'own' }]],
    ['', [{ name: '' }]],
    ['undefined', [{}]],
    ['7', [{ name: 7 }]],
    ['x'.repeat(61), [{ name: 'x'.repeat(61) }]],
  ]
  for (const [name, given] of wrong) {
    expect(() => describe(...given), name).toThrow(refusal(`extractor ${name} must ${expected}`))
  }
  expect(describe({ name: 'x'.repeat(60) }, { name: 'x' }, { name: 'Rules' })).toHaveLength(3)
  expect(describe()).toEqual([])
})

const BOUNDS: readonly (readonly [string, number, number])[] = [
  ['priority', 0, 1_000],
  ['timeoutMs', 100, 600_000],
]

test.each(BOUNDS)('[EXT7] %s is from %d to %d', (option, least, most) => {
  for (const value of [least, most]) {
    expect(describe({ name: 'own', [option]: value })).toMatchObject([{ [option]: value }])
  }
  for (const value of [least - 1, most + 1, NaN, Infinity, String(most), [most], true]) {
    const message = `extractor own must have a ${option} from ${least} to ${most}, got ${String(value)}`
    expect(() => describe({ name: 'own', [option]: value })).toThrow(refusal(message))
  }
})

test('[EXT7] whether it costs something is said plainly or not at all', () => {
  const message = 'extractor own must say with true or false if it is model-free'
  for (const isModelFree of ['false', 'yes', 0, 1, null, {}]) {
    expect(() => describe({ name: 'own', isModelFree })).toThrow(refusal(message))
  }
  expect(describe({ name: 'own', isModelFree: undefined })).toMatchObject([{ isModelFree: false }])
})
