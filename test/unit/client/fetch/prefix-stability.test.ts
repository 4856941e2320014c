import { expect, test } from 'vitest'
import { writeTalk } from '../../../bench/session-corpus.ts'
import { commonLength, holdTalk, prefixShare } from '../../../support/growing-talk.ts'

const TURNS = 60

for (const format of ['openai', 'anthropic'] as const) {
  test(`[FET21] ${format}: requests keep their beginning from one fold to the next`, async () => {
    const talk = writeTalk(7, TURNS, [0, 2])
    const { sent, whole, generations } = await holdTalk(format, talk, (text) => text.length / 4)
    expect(sent).toHaveLength(whole.length)
    expect(generations).toHaveLength(sent.length)
    expect(generations.at(-1)).toBeGreaterThan(1)
    expect(sent.at(-1)?.join('').length).toBeLessThan((whole.at(-1)?.join('').length ?? 0) / 2)
    for (const [at, request] of sent.entries()) {
      const before = sent[at - 1] ?? []
      if (generations[at] === generations[at - 1]) {
        expect(commonLength(before, request), `request ${at}`).toBe(before.length)
      }
    }
    expect(prefixShare(sent)).toBeGreaterThanOrEqual(0.95)
  })
}

test('[FET21] what moves or changes in a beginning is seen by this measure', () => {
  const steady = [
    ['a'],
    ['a', 'b'],
    ['a', 'b', 'c'],
    ['a', 'b', 'c', 'd'],
    ['a', 'b', 'c', 'd', 'e'],
  ]
  expect(prefixShare(steady)).toBe(1)
  expect(
    prefixShare([
      ['a', 'b'],
      ['a', 'c', 'b'],
      ['a', 'c', 'b', 'd'],
    ]),
  ).toBe(0.5)
  expect(prefixShare([['a', 'b'], ['a']])).toBe(0)
})
