import fc from 'fast-check'
import { expect, test } from 'vitest'
import { coverGreedily, type CoverItem } from '../../../../src/core/memory/cover.ts'

function item(concepts: readonly number[], change: Partial<CoverItem> = {}): CoverItem {
  return { concepts, named: [], worth: 0, tokens: 10, group: 0, ...change }
}

const anyItem = fc.record({
  concepts: fc.uniqueArray(fc.nat(11), { maxLength: 5 }),
  named: fc.uniqueArray(fc.nat(11), { maxLength: 2 }),
  worth: fc.nat(30),
  tokens: fc.integer({ min: 1, max: 40 }),
  group: fc.nat(3),
})
const anyTask = fc.record({
  items: fc.array(anyItem, { maxLength: 40 }),
  weights: fc.array(fc.nat(100), { minLength: 12, maxLength: 12 }),
  labels: fc.array(fc.nat(20), { minLength: 4, maxLength: 4 }),
  room: fc.nat(400),
})

test('[SAL4] what is chosen fits, each once, with the label of a group paid once', () => {
  fc.assert(
    fc.property(anyTask, (task) => {
      const chosen = coverGreedily(task)
      expect(new Set(chosen).size).toBe(chosen.length)
      const groups = new Set(chosen.map((index) => task.items[index]?.group ?? 0))
      const labels = [...groups].reduce((sum, group) => sum + (task.labels[group] ?? 0), 0)
      const tokens = chosen.reduce((sum, index) => sum + (task.items[index]?.tokens ?? 0), 0)
      expect(tokens + labels).toBeLessThanOrEqual(task.room)
      expect(coverGreedily(task)).toEqual(chosen)
    }),
  )
})

test('[SAL4] the first choice has the best gain for its tokens', () => {
  fc.assert(
    fc.property(anyTask, (task) => {
      const [first] = coverGreedily(task)
      const density = task.items.map(({ concepts, named, worth, tokens, group }) => {
        const whole = concepts.reduce((sum, concept) => sum + (task.weights[concept] ?? 0), worth)
        const gain = named.reduce((sum, concept) => sum + (task.weights[concept] ?? 0) / 2, whole)
        const cost = tokens + (task.labels[group] ?? 0)
        return cost > task.room ? 0 : gain / cost
      })
      const best = Math.max(0, ...density)
      if (first === undefined) expect(best).toBe(0)
      else expect(density[first]).toBeCloseTo(best)
    }),
  )
})

test('[SAL5] a concept counts whole once: what says it again gives way to what says something else', () => {
  const items = [item([0, 1]), item([0, 1]), item([2])]
  const chosen = coverGreedily({ items, weights: [50, 50, 20], labels: [0], room: 20 })
  expect(chosen).toEqual([0, 2])
})

test('[SAL5] a place that only names a concept leaves half of its worth to one that says more', () => {
  const items = [
    item([], { named: [0], tokens: 5 }),
    item([0], { tokens: 30 }),
    item([1], { tokens: 30 }),
  ]
  const chosen = coverGreedily({ items, weights: [100, 40], labels: [0], room: 65 })
  expect(chosen).toEqual([0, 1, 2].slice(0, 2).concat(2))
  const without = coverGreedily({ items, weights: [100, 60], labels: [0], room: 35 })
  expect(without).toEqual([0, 2])
})

test('[SAL5] what is forced is chosen first, whatever it takes', () => {
  const items = [item([0]), item([1], { tokens: 90 })]
  expect(coverGreedily({ items, weights: [9, 1], labels: [0], room: 20, forced: [1] })).toEqual([1])
})
