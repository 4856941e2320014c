import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { writeContext } from '../../../src/adapters/write-context.ts'
import { findSdkFaults } from '../../support/sdk-schema.ts'
import { anyDrafts, contextsOf, ownDrafts } from './random-contexts.ts'

const FORMATS = [
  { format: 'openai', rule: 'ADP11' },
  { format: 'anthropic', rule: 'ADP12' },
  { format: 'responses', rule: 'RSP7' },
  { format: 'gemini', rule: 'GEM7' },
  { format: 'ollama', rule: 'OLL7' },
] as const

beforeAll(() => {
  findSdkFaults('openai')
}, 120_000)

describe.each(FORMATS)('$format', ({ format, rule }) => {
  const find = (): ReturnType<typeof findSdkFaults> => findSdkFaults(format)

  test(`[${rule}] what is written is what the official client takes`, () => {
    const faults = find()
    fc.assert(
      fc.property(contextsOf(ownDrafts[format]), (context) => {
        expect(faults(writeContext(context, format).messages)).toEqual([])
      }),
      { numRuns: 10_000 },
    )
  })

  test(`[${rule}] so it is for messages of all formats in any order`, () => {
    const faults = find()
    fc.assert(
      fc.property(contextsOf(anyDrafts), (context) => {
        expect(faults(writeContext(context, format).messages)).toEqual([])
      }),
      { numRuns: 300 },
    )
  })
})
