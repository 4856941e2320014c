import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ModelReply } from '../../../../src/core/ports/language-model.ts'
import { createBrowserAi } from '../../../../src/models/browser-ai/browser-ai-model.ts'
import { failureOf } from '../../../../src/models/browser-ai/failure-of.ts'
import { growText } from '../../../../src/models/browser-ai/read-answer.ts'
import { NEVER, REQUEST } from '../../../support/build-models.ts'

/** A text cut into pieces. */
const pieces = fc.array(fc.string({ minLength: 1, maxLength: 12, unit: 'binary' }), {
  maxLength: 40,
})

function grow(growth: 'pieces' | 'unknown', texts: readonly string[]): readonly string[] {
  const growing = growText(growth)
  return texts.map(growing)
}

test('[BAI7] pieces add up to the text, whatever is in them', () => {
  fc.assert(
    fc.property(pieces, (texts) => {
      expect(grow('pieces', texts).at(-1) ?? '').toBe(texts.join(''))
    }),
  )
})

test('[BAI7] whole texts so far are the text, whatever is in them', () => {
  fc.assert(
    fc.property(pieces, (texts) => {
      const soFar = texts.map((_, at) => texts.slice(0, at + 1).join(''))
      expect(grow('unknown', soFar)).toEqual(soFar)
    }),
  )
})

test('[BAI7] pieces of an older browser are told apart from whole texts', () => {
  const words = fc.array(fc.stringMatching(/^ [a-z]{1,9}$/), { minLength: 3, maxLength: 40 })
  fc.assert(
    fc.property(words, (texts) => {
      fc.pre(texts.some((text, at) => at > 0 && !text.startsWith(texts[at - 1] ?? '')))
      const isTold = texts.findIndex((text, at) => at > 0 && !text.startsWith(texts[at - 1] ?? ''))
      fc.pre(texts.slice(0, isTold).join('').length < 16)
      expect(grow('unknown', texts).at(-1)).toBe(texts.join(''))
    }),
  )
  expect(grow('unknown', ['-', '- a', 'b', '- ']).at(-1)).toBe('-- ab- ')
})

test('[BAI7] a long stream is read in linear time', () => {
  const texts = Array.from({ length: 2_000 }, (_, at) => 'a word '.repeat(at + 1))
  expect(grow('unknown', texts).at(-1)).toHaveLength(14_000)
  const many = Array.from({ length: 300_000 }, () => 'piece ')
  expect(grow('pieces', many).at(-1)).toHaveLength(1_800_000)
})

test('[BAI10, BAI12] whatever is thrown is a failure with a reason', () => {
  fc.assert(
    fc.property(fc.anything(), fc.constantFrom('look', 'open', 'ask'), (thrown, step) => {
      const { kind, reason } = failureOf(thrown, { step })
      expect(kind).toBe('failed')
      expect(reason.length).toBeGreaterThan(10)
      expect(reason.length).toBeLessThan(600)
    }),
  )
})

const trap = (): never => {
  throw new Error('trap')
}

test('[BAI12] an AI of another shape never makes a call reject or hang', async () => {
  const garbage = fc.oneof(
    fc.anything({ maxDepth: 1 }),
    fc.constant(trap),
    fc.constant({
      get getReader() {
        return trap()
      },
    }),
    fc.constant({ getReader: () => ({ read: () => ({ value: 7, done: true }) }) }),
    fc.constant({ getReader: () => ({}) }),
  )
  const session = fc.record({
    prompt: fc.oneof(
      garbage,
      garbage.map((answer) => async () => answer),
    ),
    contextWindow: garbage,
    contextUsage: garbage,
    measureContextUsage: fc.oneof(
      garbage,
      garbage.map((answer) => () => answer),
    ),
    destroy: garbage,
  })
  const factory = fc.record({
    availability: fc.constant(() => 'available'),
    create: fc.oneof(
      garbage,
      session.map((made) => async () => made),
    ),
  })
  await fc.assert(
    fc.asyncProperty(factory, async (LanguageModel) => {
      const model = createBrowserAi(
        { kind: 'browser-ai' },
        { scope: { LanguageModel }, timeoutMs: 500 },
      )
      const reply: ModelReply = await model.generate(REQUEST, NEVER)
      expect(['answered', 'failed']).toContain(reply.kind)
      await model.enable()
      await model.close()
    }),
    { numRuns: 200 },
  )
})

test('[BAI12] a scope whose every name is a trap has no AI', async () => {
  const scope = new Proxy({}, { get: trap })
  const reply = await createBrowserAi({ kind: 'browser-ai' }, { scope }).generate(REQUEST, NEVER)
  expect(reply).toMatchObject({ kind: 'failed', code: 'unavailable' })
})
