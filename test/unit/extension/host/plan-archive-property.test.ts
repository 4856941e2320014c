import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Captured, SiteTurn } from '../../../../extension/sites/site.ts'
import { EMPTY, path, said, stretch, take, tree, turn, type ToyLog } from './archive-world.ts'

/** A tree that grows: the parent of each turn, as a share of those before it, and who speaks follows. */
const GROWTH = fc.array(
  fc.record({ at: fc.integer({ min: 0, max: 99 }), goesOn: fc.integer({ min: 0, max: 3 }) }),
  { minLength: 1, maxLength: 14 },
)

function grow(growth: readonly { at: number; goesOn: number }[]): readonly SiteTurn[] {
  const turns: SiteTurn[] = []
  for (const [n, { at, goesOn }] of growth.entries()) {
    const parent = goesOn > 0 ? turns.at(-1) : turns[at % (n + 1)]
    const role = parent?.role === 'user' ? 'a' : 'u'
    turns.push(turn(`${role}${n}`, parent?.id ?? null, `${role} says number ${n}`))
  }
  return turns
}

function lineTo(turns: readonly SiteTurn[], leaf: SiteTurn): readonly SiteTurn[] {
  const line: SiteTurn[] = []
  for (let next: string | null | undefined = leaf.id; next; next = line[0]?.parent) {
    const one = turns.find(({ id }) => id === next)
    if (!one) break
    line.unshift(one)
  }
  return line
}

/** What one of the tabs says: when, of which branch, and how. */
const LOOKS = fc.array(
  fc.record({
    seen: fc.integer({ min: 1, max: 14 }),
    leaf: fc.integer({ min: 0, max: 99 }),
    how: fc.constantFrom('tree', 'response', 'page', 'start'),
    length: fc.integer({ min: 1, max: 6 }),
    calls: fc.integer({ min: 0, max: 9 }),
  }),
  { minLength: 1, maxLength: 10 },
)

interface Look {
  readonly seen: number
  readonly leaf: number
  readonly how: string
  readonly length: number
}

function captureOf(turns: readonly SiteTurn[], { seen, leaf, how, length }: Look): Captured {
  const there = turns.slice(0, seen)
  const parents = new Set(there.map(({ parent }) => parent))
  const leaves = there.filter(({ id }) => !parents.has(id))
  const shown = leaves[leaf % leaves.length] ?? there[0]
  if (!shown) throw new Error('a tree has leaves')
  const line = lineTo(there, shown)
  if (how === 'tree') return tree(there, shown.id)
  if (how === 'response') return stretch(line.slice(-length))
  const drawn = line.map(({ parent: _, ...rest }) => rest)
  return how === 'page'
    ? stretch(drawn.slice(-length), 'page')
    : stretch(drawn.slice(0, length), 'page', true)
}

/** One text per turn on the path, in the order of the tree. */
function expectOrdered(log: ToyLog, turns: readonly SiteTurn[]): void {
  const names = log.known.filter(({ active }) => active).map((one) => one.turn)
  expect(new Set(names).size).toBe(names.length)
  for (const [at, name] of names.entries()) {
    const parent = turns.find(({ id }) => id === name)?.parent ?? null
    expect(names[at - 1] ?? null).toBe(parent)
  }
}

test('[ARCH13] cut off anywhere and said again, it comes to the same log', () => {
  fc.assert(
    fc.property(GROWTH, LOOKS, (growth, looks) => {
      const turns = grow(growth)
      let whole = EMPTY
      let cut = EMPTY
      for (const look of looks) {
        const captured = captureOf(turns, look)
        whole = take(whole, captured)
        cut = take(take(take(cut, captured, look.calls), captured, 1), captured)
        expect(cut).toEqual(whole)
        expect(take(whole, captured)).toBe(whole)
      }
    }),
    { numRuns: 500 },
  )
})

test('[ARCH13] whatever tabs say in whatever order, the path is one way through the tree, each turn once', () => {
  fc.assert(
    fc.property(GROWTH, LOOKS, (growth, looks) => {
      const turns = grow(growth)
      let log = EMPTY
      for (const look of looks) {
        const before = log.known.length
        log = take(log, captureOf(turns, look))
        expect(log.known.length).toBeGreaterThanOrEqual(before)
        expectOrdered(log, turns)
      }
    }),
    { numRuns: 500 },
  )
})

test('[ARCH3] after a whole conversation nothing of it is missing, and its shown branch is the path', () => {
  fc.assert(
    fc.property(GROWTH, LOOKS, fc.nat(), (growth, looks, leaf) => {
      const turns = grow(growth)
      const log = looks.reduce((before, look) => take(before, captureOf(turns, look)), EMPTY)
      const last = captureOf(turns, { seen: turns.length, leaf, how: 'tree', length: 1 })
      const end = take(log, last)
      const stored = new Set(end.known.map((one) => one.turn))
      expect([...turns].filter(({ id }) => !stored.has(id))).toEqual([])
      if (last.kind !== 'conversation') return
      const shown = lineTo(turns, turns.find(({ id }) => id === last.leaf) as SiteTurn)
      expect(said(end)).toEqual(shown.map(({ id }) => `${id[0]} says number ${id.slice(1)}`))
      expect(path(end).split(' ')).toHaveLength(shown.length)
    }),
    { numRuns: 500 },
  )
})

test('[ARCH13] first seen as a whole, each turn is stored once', () => {
  fc.assert(
    fc.property(GROWTH, fc.nat(), (growth, leaf) => {
      const turns = grow(growth)
      const look = { seen: turns.length, leaf, how: 'tree', length: 1 }
      expect(take(EMPTY, captureOf(turns, look)).known).toHaveLength(turns.length)
    }),
  )
})
