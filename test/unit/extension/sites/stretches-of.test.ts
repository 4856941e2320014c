import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nothingTold, stretchesOf } from '../../../../extension/sites/dom/stretches-of.ts'
import type { SiteTurn } from '../../../../extension/sites/site.ts'

const turn = (id: number, text = `text ${id}`): SiteTurn => ({
  id: String(id),
  role: id % 2 === 0 ? 'user' : 'assistant',
  parts: [{ type: 'text', text }],
})

const idsOf = (turns: readonly (SiteTurn | null)[]): readonly string[] =>
  turns.map((one) => one?.id ?? '')

test('[DOM4, DOM9] whatever is mounted when, all of it is told, in order, and nothing across a gap', () => {
  const windows = fc.array(
    fc.record({
      from: fc.nat(40),
      length: fc.integer({ min: 1, max: 15 }),
      gaps: fc.uniqueArray(fc.nat(60), { maxLength: 6 }),
    }),
    { minLength: 1, maxLength: 20 },
  )
  fc.assert(
    fc.property(windows, (rounds) => {
      const told = nothingTold()
      const pairs = new Set<string>()
      const seen = new Set<string>()
      for (const { from, length, gaps } of rounds) {
        const list = Array.from({ length }, (_, index) =>
          gaps.includes(from + index) ? null : turn(from + index),
        )
        for (const { turns, begin } of stretchesOf(list, told)) {
          // A piece of what is mounted, as it is mounted.
          expect(turns).toEqual(list.slice(begin, begin + turns.length))
          for (const [index, { id }] of turns.entries()) {
            seen.add(id)
            if (index > 0) pairs.add(`${turns[index - 1]?.id}-${id}`)
          }
        }
        for (const [index, one] of list.entries()) {
          if (one === null) continue
          expect(seen.has(one.id)).toBe(true)
          const before = list[index - 1]
          if (before) expect(pairs.has(`${before.id}-${one.id}`)).toBe(true)
        }
        expect(stretchesOf(list, told)).toEqual([])
      }
    }),
  )
})

test('[DOM9] what has changed is told with the turn before it, and nothing around it', () => {
  const told = nothingTold()
  const list = [1, 2, 3, 4, 5, 6].map((id) => turn(id))
  expect(stretchesOf(list, told).map(({ turns }) => idsOf(turns))).toEqual([
    ['1', '2', '3', '4', '5', '6'],
  ])
  const changed = list.map((one) => (one.id === '4' ? turn(4, 'another') : one))
  expect(stretchesOf(changed, told)).toEqual([{ turns: [turn(3), turn(4, 'another')], begin: 2 }])
})
