import fc from 'fast-check'
import { countTokens as countCl100k } from 'gpt-tokenizer/encoding/cl100k_base'
import { countTokens as countO200k } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, test } from 'vitest'
import { loadExactTokeniser, type Encoding } from '../../../src/models/exact-tokeniser.ts'
import { hostileTexts, plainTexts } from './texts.ts'

const reference = { o200k_base: countO200k, cl100k_base: countCl100k }
const ordinary = { disallowedSpecial: new Set<string>() }
const encodings: readonly Encoding[] = ['o200k_base', 'cl100k_base']

describe.each(encodings)('%s', async (encoding) => {
  const { count, name } = await loadExactTokeniser(encoding)
  const exact = (text: string): number => reference[encoding](text, ordinary)

  test('[TOK6] it counts what the vocabulary counts', () => {
    expect(name).toBe(encoding)
    for (const text of Object.values(plainTexts)) expect(count(text)).toBe(exact(text))
    const long = Object.values(plainTexts).join('\n\n').repeat(20)
    expect(count(long)).toBe(exact(long))
  })

  test('[TOK6] it counts what the vocabulary counts on anything short', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 120 }), (text) => {
        expect(count(text)).toBe(exact(text))
      }),
      { numRuns: 1000 },
    )
  })

  test.each(Object.entries(hostileTexts(200_000)))(
    '[TOK7] a long text of %s does not stop it',
    (_name, text) => {
      const started = performance.now()
      expect(count(text)).toBeGreaterThan(0)
      // A vocabulary left to itself takes minutes to hours for most of these.
      expect(performance.now() - started).toBeLessThan(10_000)
    },
    30_000,
  )

  test('[TOK7] a cut run counts nearly the same as a whole one', () => {
    for (const [kind, text] of Object.entries(hostileTexts(1000))) {
      const whole = exact(text)
      expect(Math.abs(count(text) - whole), kind).toBeLessThanOrEqual(0.03 * whole + 8)
    }
  })

  test('[TOK8] names of control tokens are ordinary text', () => {
    expect(count('a <|endoftext|> b')).toBe(exact('a <|endoftext|> b'))
    expect(count('<|im_start|>')).toBeGreaterThan(1)
  })
})

test('[TOK9] a vocabulary that can not be loaded is MODEL_UNAVAILABLE', async () => {
  const missing = 'p999k_base' as Encoding
  await expect(loadExactTokeniser(missing)).rejects.toMatchObject({
    name: 'BackfoldError',
    code: 'MODEL_UNAVAILABLE',
    message: expect.stringContaining('p999k_base') as unknown,
  })
})
