import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { writeContext } from '../../../src/adapters/write-context.ts'
import { findSdkFaults } from '../../support/sdk-schema.ts'
import { anyDrafts, contextsOf, ownDrafts } from './random-contexts.ts'

const FORMATS = [
  { format: 'openai' },
  { format: 'anthropic' },
  { format: 'responses' },
  { format: 'gemini' },
  { format: 'ollama' },
] as const

beforeAll(() => {
  findSdkFaults('openai')
}, 120_000)

describe.each(FORMATS)('$format', ({ format }) => {
  const find = (): ReturnType<typeof findSdkFaults> => findSdkFaults(format)

  test('[ADP11, ADP12, RSP7, GEM7, OLL7] what is written is what the official client takes', () => {
    const faults = find()
    fc.assert(
      fc.property(contextsOf(ownDrafts[format]), (context) => {
        expect(faults(writeContext(context, format).messages)).toEqual([])
      }),
      { numRuns: 10_000 },
    )
  })

  test('[ADP11, ADP12, RSP7, GEM7, OLL7] so it is for messages of all formats in any order', () => {
    const faults = find()
    fc.assert(
      fc.property(contextsOf(anyDrafts), (context) => {
        expect(faults(writeContext(context, format).messages)).toEqual([])
      }),
      { numRuns: 300 },
    )
  })
})
