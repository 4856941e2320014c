import { expect, test } from 'vitest'
import { planArchive } from '../../../../extension/host/archive/plan-archive.ts'
import { messageIdOf, turnNameOf } from '../../../../extension/host/archive/turn-id.ts'
import { prepareWords, wordsOf } from '../../../../extension/host/archive/turn-words.ts'
import { EMPTY, all, path, say, said, stretch, take, takeAll, tree, turn } from './archive-world.ts'

const u1 = turn('u1', null)
const a1 = turn('a1', 'u1')
const u2 = turn('u2', 'a1')
const a2 = turn('a2', 'u2')
const LINE = [u1, a1, u2, a2]

test('[ARCH1] a conversation is appended in order, and what is known is not again', () => {
  const log = takeAll(tree(LINE, 'a2'))
  expect(all(log)).toBe('u1 a1 u2 a2')
  expect(planArchive(log.known, tree(LINE, 'a2'))).toEqual({ kind: 'nothing', reason: 'known' })
  const more = take(log, tree([...LINE, turn('u3', 'a2')], 'u3'))
  expect(all(more)).toBe('u1 a1 u2 a2 u3')
})

test('[ARCH2] a message has the site’s own id, and no two turns share one', () => {
  for (const name of ['a', 'a~2', 'a~p1', 'a~', '~', 'a~0', 'a~~2']) {
    for (const isDrawn of [true, false]) {
      for (const version of [1, 2, 31]) {
        const id = messageIdOf({ turn: name, isDrawn, version })
        expect(turnNameOf(id)).toEqual({ turn: name, isDrawn, version })
      }
    }
  }
  expect(messageIdOf({ turn: 'abc', isDrawn: false, version: 1 })).toBe('abc')
})

test('[ARCH3] every branch of a tree is stored once, and the shown one is the active path', () => {
  const turns = [
    ...LINE,
    turn('a2b', 'u2'),
    turn('u2b', 'a1'),
    turn('a2c', 'u2b'),
    turn('u3', 'a2'),
    turn('u1b', null),
  ]
  for (const leaf of ['u3', 'a2b', 'a2c', 'u1b']) {
    const log = takeAll(tree(turns, leaf))
    expect(log.known.map(({ id }) => id).toSorted()).toEqual(turns.map(({ id }) => id).toSorted())
    expect(path(log).split(' ').at(-1)).toBe(leaf)
    expect(take(log, tree(turns, leaf))).toBe(log)
  }
  expect(path(takeAll(tree(turns, 'u3')))).toBe('u1 a1 u2 a2 u3')
})

test('[ARCH4] an edit and another answer make branches', () => {
  const log = takeAll(tree(LINE, 'a2'))
  const edited = take(log, stretch([turn('u2b', 'a1'), turn('a2b', 'u2b')]))
  expect(path(edited)).toBe('u1 a1 u2b a2b')
  const again = take(edited, stretch([turn('a2c', 'u2b')]))
  expect(path(again)).toBe('u1 a1 u2b a2c')
  expect(all(again)).toBe('u1 a1 u2 a2 u2b a2b a2c')
})

test('[ARCH5] going on from a branch that was left takes it up again, by copies', () => {
  const log = take(takeAll(tree(LINE, 'a2')), stretch([turn('u2b', 'a1'), turn('a2b', 'u2b')]))
  // That it is shown again is no reason to write anything.
  expect(take(log, stretch(LINE, 'page', true))).toBe(log)
  const back = take(log, stretch([turn('u3', 'a2'), turn('a3', 'u3')]))
  expect(path(back)).toBe('u1 a1 u2~2 a2~2 u3 a3')
  expect(said(back).slice(2, 4)).toEqual(['says u2', 'says a2'])
})

test('[ARCH5] the whole conversation says which branch is shown', () => {
  const turns = [...LINE, turn('u2b', 'a1')]
  const log = takeAll(tree(turns, 'u2b'))
  expect(path(log)).toBe('u1 a1 u2b')
  const back = take(log, tree(turns, 'a2'))
  expect(path(back)).toBe('u1 a1 u2~2 a2~2')
  expect(take(back, tree(turns, 'a2'))).toBe(back)
  // An older answer of the server knows nothing of what came since.
  const later = take(back, stretch([turn('u3', 'a2')]))
  expect(take(later, tree(turns, 'a2'))).toBe(later)
})

test('[ARCH6] what a response says stands in for what was drawn, if it says something else', () => {
  const drawn = [turn('u1', undefined, 'Hello'), turn('a1', undefined, 'See the docs. Bold.')]
  const log = takeAll(stretch(drawn, 'page', true))
  expect(all(log)).toBe('u1~p1 a1~p1')
  const alike = [turn('u1', null, 'Hello'), turn('a1', 'u1', '> See the docs.\n\n**Bold.**')]
  expect(take(log, tree(alike, 'a1'))).toBe(log)
  const other = [
    turn('u1', null, 'Hello'),
    turn('a1', 'u1', 'See [the docs](https://x.example). **Bold.**'),
  ]
  const both = take(log, tree(other, 'a1'))
  expect(all(both)).toBe('u1~p1 a1~p1 a1')
  expect(said(both)).toEqual(['Hello', 'See [the docs](https://x.example). **Bold.**'])
  // And what is drawn changes nothing any more.
  expect(take(both, stretch(drawn, 'page', true))).toBe(both)
  expect(take(both, stretch([turn('a1', undefined, 'See something')], 'page'))).toBe(both)
})

test('[ARCH6] what followed a turn still does when the turn gets another text', () => {
  const drawn = ['u1', 'a1', 'u2', 'a2'].map((id) => turn(id))
  const log = takeAll(stretch(drawn, 'page', true))
  const late = take(log, stretch([turn('a1', 'u1', 'says a1, and links')]))
  expect(path(late)).toBe('u1~p1 a1 u2~p2 a2~p2')
  expect(said(late)[3]).toBe('says a2')
})

test('[ARCH7] what is mounted counts only behind what is known, or from the start', () => {
  expect(planArchive([], stretch([a1, u2], 'page'))).toEqual({
    kind: 'nothing',
    reason: 'unconnected',
  })
  const log = takeAll(stretch([u1, a1], 'page', true))
  const more = take(log, stretch([a1, u2, a2], 'page'))
  expect(path(more)).toBe('u1~p1 a1~p1 u2~p1 a2~p1')
  expect(take(more, stretch([turn('u9'), turn('a9')], 'page'))).toBe(more)
  // Before, or between what is known, nothing is put in.
  expect(take(more, stretch([turn('u0'), turn('a1'), turn('x1'), turn('u2')], 'page'))).toBe(more)
})

test('[ARCH7] a response without a known turn before it is not placed', () => {
  const log = takeAll(tree(LINE, 'a2'))
  const lost = stretch([turn('u9', 'a8'), turn('a9', 'u9')])
  expect(planArchive(log.known, lost)).toEqual({ kind: 'nothing', reason: 'unconnected' })
  // Of a run, what connects does.
  expect(path(take(log, stretch([turn('x', 'y'), a2, turn('u3', 'a2')])))).toBe('u1 a1 u2 a2 u3')
})

test('[ARCH8] an answer that was drawn before it was whole is replaced by the whole one', () => {
  const log = takeAll(stretch([u1, turn('a1', undefined, 'The first')], 'page', true))
  const whole = take(log, stretch([u1, turn('a1', undefined, 'The first, and the rest')], 'page'))
  expect(said(whole)).toEqual(['says u1', 'The first, and the rest'])
  expect(take(whole, stretch([turn('a1', undefined, 'The first')], 'page'))).toBe(whole)
  expect(take(whole, stretch([turn('a1', undefined, 'Another')], 'page'))).toBe(whole)
})

test('[ARCH9] a turn that gets its name from the server later is the same turn', () => {
  const log = takeAll(stretch([u1, a1, turn('u-temporary', 'a1', 'and now?')]))
  const named = take(log, stretch([turn('u2', 'a1', 'and now?'), a2]))
  expect(path(named)).toBe('u1 a1 u-temporary a2')
  // Where both are named, they are two.
  const twins = [u1, a1, turn('u2', 'a1', 'same'), turn('u2b', 'a1', 'same')]
  expect(all(takeAll(tree(twins, 'u2b')))).toBe('u1 a1 u2 u2b')
  // An edit that changes a sign is another turn.
  const signs = takeAll(stretch([u1, a1, turn('u2', 'a1', 'C++?')]))
  expect(path(take(signs, stretch([turn('u2b', 'a1', 'C?')])))).toBe('u1 a1 u2b')
})

test('[ARCH10] a conversation told from its middle on is put where it belongs', () => {
  const log = takeAll(tree(LINE, 'a2'))
  expect(path(take(log, tree([a2, turn('u3', 'a2')], 'u3')))).toBe('u1 a1 u2 a2 u3')
  const edited = take(log, tree([turn('u2b', 'a1'), turn('a2b', 'u2b')], 'a2b'))
  expect(path(edited)).toBe('u1 a1 u2b a2b')
})

test('[ARCH11] what is no conversation is left alone', () => {
  const bad = [
    tree([], 'x'),
    tree(LINE, 'nobody'),
    tree([turn('a', 'b'), turn('b', 'a')], 'a'),
    tree([u1, u1], 'u1'),
    tree([{ ...u1, id: '' }], ''),
    tree([{ ...u1, id: 'x'.repeat(301) }], 'x'.repeat(301)),
    tree([{ ...u1, role: 'system' as 'user' }], 'u1'),
    tree([null as unknown as typeof u1], 'u1'),
    { ...tree([u1], 'u1'), conversation: '' },
  ]
  for (const captured of bad) {
    expect(planArchive([], captured)).toEqual({ kind: 'nothing', reason: 'malformed' })
  }
})

test('[ARCH11] places without any words are no turns', () => {
  const log = takeAll(tree([u1, { ...a1, parts: say('  ') }, turn('u2', 'a1')], 'u2'))
  expect(all(log)).toBe('u1 u2')
  expect(take(EMPTY, stretch([{ ...u1, parts: [] }], 'page', true))).toBe(EMPTY)
})

test('[ARCH12] a turn has few texts, whatever its site says', () => {
  let log = takeAll(tree(LINE, 'a2'))
  for (let n = 0; n < 20; n += 1) log = take(log, stretch([turn('a2', 'u2', `text ${n}`)]))
  expect(log.known.filter((one) => one.turn === 'a2')).toHaveLength(8)
})

test('[ARCH12] a branch that is shown again and again is not copied without end', () => {
  const turns = [...LINE, turn('u2b', 'a1')]
  let log = EMPTY
  for (let n = 0; n < 300; n += 1) log = take(log, tree(turns, n % 2 === 0 ? 'a2' : 'u2b'))
  expect(log.known.length).toBeLessThan(140)
  expect(path(take(log, stretch([turn('u3', 'a2')])))).toMatch(/^u1 a1 u2~\d+ a2~\d+ u3$/)
})

test('[ARCH18] the words of a long conversation are taken a slice at a time', async () => {
  const turns = Array.from({ length: 40 }, (_, i) => turn(`u${i}`, null, `${i} `.repeat(4_000)))
  let rests = 0
  await prepareWords(turns, async () => void (rests += 1))
  expect(rests).toBeGreaterThan(4)
  for (const { role, parts } of turns) {
    expect(wordsOf(role, parts)).toEqual(wordsOf(role, [...parts]))
    expect(wordsOf('assistant', parts)).toEqual(wordsOf('assistant', [...parts]))
  }
})
