import fc from 'fast-check'
import { expect, test } from 'vitest'
import { reconcile, type KnownMessage } from '../../../../src/core/session/reconcile.ts'
import { likeness } from '../../../../src/core/session/same-conversation.ts'

/** A log whose positions begin behind a system message. */
function log(...keys: readonly string[]): readonly KnownMessage[] {
  return keys.map((key, i) => ({ key, seq: i + 2 }))
}

test('[HIST2] a history that is the log and something new continues it', () => {
  expect(reconcile(log('a', 'b'), ['a', 'b', 'c', 'd'])).toEqual({
    kind: 'continues',
    seqs: [2, 3],
    upTo: 3,
    dropped: [],
  })
  expect(reconcile(log('a', 'b'), ['a', 'b'])).toMatchObject({ kind: 'continues', upTo: 3 })
  expect(reconcile([], ['a'])).toEqual({ kind: 'continues', seqs: [], upTo: 0, dropped: [] })
})

test('[HIST3] a head that the host dropped is recognised by the run that reaches the end', () => {
  expect(reconcile(log('a', 'b', 'c', 'd'), ['c', 'd', 'e'])).toEqual({
    kind: 'continues',
    seqs: [4, 5],
    upTo: 5,
    dropped: [2, 3],
  })
  expect(reconcile(log('a', 'b', 'c', 'd'), ['d', 'e'])).toMatchObject({ dropped: [2, 3, 4] })
})

test('[HIST3] the first question or exchange may be kept before the window', () => {
  expect(reconcile(log('a', 'b', 'c', 'd', 'e', 'f'), ['a', 'e', 'f', 'g'])).toMatchObject({
    kind: 'continues',
    seqs: [2, 6, 7],
    dropped: [3, 4, 5],
  })
  expect(reconcile(log('a', 'b', 'c', 'd', 'e', 'f'), ['a', 'b', 'e', 'f', 'g'])).toMatchObject({
    kind: 'continues',
    dropped: [4, 5],
  })
})

test('[HIST3] of equal runs the newest is meant', () => {
  expect(reconcile(log('q', 'ok', 'q', 'ok', 'q', 'ok'), ['ok', 'new'])).toMatchObject({
    kind: 'continues',
    seqs: [7],
  })
})

test('[HIST4] a history that ends before the log does asks again', () => {
  expect(reconcile(log('a', 'b', 'c', 'd'), ['a', 'b', 'c'])).toEqual({
    kind: 'shorter',
    seqs: [2, 3, 4],
    upTo: 4,
    dropped: [],
  })
  expect(reconcile(log('a', 'b', 'c', 'd', 'e'), ['c', 'd'])).toMatchObject({
    kind: 'shorter',
    seqs: [4, 5],
    dropped: [2, 3],
  })
})

test('[HIST5] an edited message diverges from the one before it', () => {
  expect(reconcile(log('a', 'b', 'c', 'd'), ['a', 'b', 'C'])).toEqual({
    kind: 'diverges',
    seqs: [2, 3],
    upTo: 3,
    dropped: [],
  })
  expect(reconcile(log('a', 'b', 'c', 'd', 'e'), ['b', 'c', 'X'])).toMatchObject({
    kind: 'diverges',
    seqs: [3, 4],
    dropped: [2],
  })
})

test('[HIST5] a message that was removed in the middle is a divergence, and no window', () => {
  expect(reconcile(log('a', 'b', 'c', 'd', 'e', 'f'), ['a', 'b', 'c', 'e', 'f'])).toMatchObject({
    kind: 'diverges',
    seqs: [2, 3, 4],
  })
})

test('[HIST5] a history of which nothing is known is foreign', () => {
  expect(reconcile(log('a', 'b'), ['x', 'y'])).toEqual({ kind: 'foreign' })
  expect(reconcile(log('a', 'b', 'c'), ['b'])).toEqual({ kind: 'foreign' })
})

test('[HIST2, HIST3, HIST4, HIST5] whatever is sent, positions ascend and name what was sent', () => {
  const word = fc.constantFrom('a', 'b', 'c', 'ok')
  fc.assert(
    fc.property(
      fc.array(word, { maxLength: 14 }),
      fc.array(word, { maxLength: 14 }),
      (has, sent) => {
        const known = log(...has)
        const found = reconcile(known, sent)
        if (found.kind === 'foreign') {
          expect(has[0]).not.toBe(sent[0])
          return
        }
        const keyAt = new Map(known.map(({ seq, key }) => [seq, key]))
        expect(found.seqs.map((seq) => keyAt.get(seq))).toEqual(sent.slice(0, found.seqs.length))
        expect(found.seqs).toEqual(found.seqs.toSorted((a, b) => a - b))
        expect(new Set(found.seqs).size).toBe(found.seqs.length)
        expect(found.upTo).toBe(found.seqs.at(-1) ?? 0)
        expect(found.dropped.some((seq) => found.seqs.includes(seq) || seq > found.upTo)).toBe(
          false,
        )
        // Every message up to there is either in the history or named as left out.
        const upTo = known.filter(({ seq }) => seq <= found.upTo).length
        expect(found.seqs.length + found.dropped.length).toBe(upTo)
        if (found.kind === 'continues') expect(found.upTo).toBe(known.at(-1)?.seq ?? 0)
        if (found.kind === 'shorter') expect(found.seqs).toHaveLength(sent.length)
        if (found.kind === 'diverges') expect(found.seqs.length).toBeLessThan(sent.length)
      },
    ),
    { numRuns: 5_000 },
  )
})

test('[HIST3] a host that keeps the newest few messages is followed to the end', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 6 }),
      fc.integer({ min: 3, max: 40 }),
      (window, turns) => {
        const all: string[] = []
        for (let turn = 0; turn < turns; turn += 1) {
          const known = log(...all)
          all.push(`u${turn}`)
          const found = reconcile(known, all.slice(-window))
          expect(found).toMatchObject({ kind: 'continues', upTo: known.at(-1)?.seq ?? 0 })
          all.push(`a${turn}`)
        }
      },
    ),
  )
})

test('[HIST6] a common greeting is no proof of one conversation', () => {
  const greeting = log('hi', 'hello', 'q1', 'a1')
  const answered = { length: 4, endsWithAnswer: true, sharesAnswer: true }
  expect(likeness(reconcile(greeting, ['hi', 'hello', 'other']), answered)).toBe(0)
  expect(likeness(reconcile(greeting, ['hi']), answered)).toBe(0)
  expect(likeness(reconcile(greeting, ['x']), answered)).toBe(0)
  expect(likeness(reconcile(greeting, ['hi', 'hello', 'q1', 'other']), answered)).toBe(3)
  expect(likeness(reconcile(greeting, ['hi', 'hello']), answered)).toBe(2)
  expect(likeness(reconcile(greeting, ['a1', 'q2']), answered)).toBe(1)
  expect(likeness(reconcile(greeting, ['hi', 'hello', 'q1', 'a1', 'q2']), answered)).toBe(4)
})

test('[HIST6] what would put more aside than it keeps is another conversation', () => {
  const examples = ['e1', 'x1', 'e2', 'x2']
  const known = log(...examples, 'q1', 'a1', 'q2', 'a2')
  const end = { length: 8, endsWithAnswer: true, sharesAnswer: true }
  expect(likeness(reconcile(known, [...examples, 'other']), end)).toBe(0)
  expect(likeness(reconcile(known, [...examples, 'q1', 'a1', 'other']), end)).toBe(6)
  expect(likeness(reconcile(known, [...examples, 'q1']), end)).toBe(5)
})

test('[HIST6] a question that got no answer is no proof where it is asked anew', () => {
  const asked = log('hi', 'hello', 'q1')
  const end = { length: 3, endsWithAnswer: false, sharesAnswer: true }
  expect(likeness(reconcile(asked, ['q1']), end)).toBe(0)
  expect(likeness(reconcile(asked, ['q1', 'a1', 'q2']), end)).toBe(0)
  expect(likeness(reconcile(asked, ['hello', 'q1']), end)).toBe(2)
})

test('[HIST6] a greeting of the app’s own answers nobody, and is no proof', () => {
  const greeted = log('welcome', 'hi', 'a1', 'q2')
  const unanswered = { length: 4, endsWithAnswer: false, sharesAnswer: false }
  expect(likeness(reconcile(greeted, ['welcome', 'hi']), unanswered)).toBe(0)
  const answered = { ...unanswered, sharesAnswer: true }
  expect(likeness(reconcile(greeted, ['welcome', 'hi', 'a1']), answered)).toBe(3)
})
