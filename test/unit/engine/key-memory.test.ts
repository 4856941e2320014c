import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matchKey } from '../../../src/core/session/match-key.ts'
import type { Draft } from '../../../src/core/session/message.ts'
import { createKeyMemory } from '../../../src/engine/key-memory.ts'

const TEXT = fc.oneof(
  fc.string(),
  fc.string({ minLength: 60, maxLength: 90 }),
  fc.constant('<think>so and so</think> and then something that is long enough to be remembered'),
)
const DRAFT: fc.Arbitrary<Draft> = fc.record({
  role: fc.constantFrom('user', 'assistant', 'tool'),
  parts: fc.array(
    fc.oneof(
      TEXT.map((text) => ({ type: 'text' as const, text })),
      TEXT.map((text) => ({ type: 'reasoning' as const, text })),
    ),
    { maxLength: 2 },
  ),
})

test('[HIST1] a key that is remembered is the one that would be made', () => {
  const memory = createKeyMemory()
  fc.assert(
    fc.property(fc.array(DRAFT), fc.constantFrom('', 'a', 'b', 'c', 'd', 'e'), (drafts, scope) => {
      const keyOf = memory.keyOf(scope)
      for (const draft of [...drafts, ...drafts]) expect(keyOf(draft)).toBe(matchKey(draft))
    }),
  )
})

test('[HIST23] what is remembered of long requests is bounded, and stays right', () => {
  const keyOf = createKeyMemory().keyOf('')
  const drafts = Array.from({ length: 12 }, (_, n): Draft => ({
    role: 'user',
    parts: [{ type: 'text', text: `${n} ${'x'.repeat(n === 5 ? 7_000_000 : 900_000)}` }],
  }))
  for (const draft of [...drafts, ...drafts]) expect(keyOf(draft)).toBe(matchKey(draft))
})
