import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMessageLog } from '../../../src/app/run/message-log.ts'
import type { Draft, Message } from '../../../src/core/session/message.ts'
import { standingOf } from '../../../src/app/view/message-facts.ts'

const draft = (text: string): Draft => ({ role: 'user', parts: [{ type: 'text', text }] })
const message = (seq: number): Message => ({
  ...draft(`m${seq}`),
  id: `id-${seq}`,
  at: 0,
  seq,
  through: seq,
  tokens: 5,
  hash: '',
  chain: '',
  active: true,
})

test('[APP39] messages stand in log order whatever the order of their receipts, those on their way last', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7]), (confirmed) => {
      const log = createMessageLog()
      const keys = [1, 2, 3, 4, 5, 6, 7].map(
        (n) => [n, log.expect(draft(`m${n}`), 'replay')] as const,
      )
      for (const seq of confirmed) log.confirm(keys[seq - 1]?.[1] ?? '', seq, 5)
      const seqs = log.items().map((item) => item.seq)
      const known = confirmed.toSorted((a, b) => a - b)
      expect(seqs).toEqual([...known, ...Array.from({ length: 7 - known.length }, () => null)])
      for (const seq of confirmed)
        expect(log.find(seq)?.draft.parts).toEqual([{ type: 'text', text: `m${seq}` }])
    }),
  )
})

test('[APP40] a message that was both appended here and read back is shown once, under its first key', () => {
  const log = createMessageLog()
  const key = log.expect(draft('m2'), 'person')
  log.merge([message(1), message(2)])
  log.confirm(key, 2, 9)
  log.merge([message(2), message(3)])
  expect(log.items().map(({ seq, key: own }) => [seq, own])).toEqual([
    [1, 'seq-1'],
    [2, key],
    [3, 'seq-3'],
  ])
  expect(log.find(2)).toMatchObject({ origin: 'person', tokens: 5 })
})

test('[APP40] gaps are found one after the other, and there is none once all is known', () => {
  const log = createMessageLog()
  expect(log.gap(0)).toBeNull()
  expect(log.gap(3)).toEqual({ from: 1, to: 3 })
  log.merge([message(1), message(4), message(5), message(7)])
  expect(log.gap(9)).toEqual({ from: 2, to: 3 })
  log.merge([message(2), message(3)])
  expect(log.gap(9)).toEqual({ from: 6, to: 6 })
  log.merge([message(6)])
  expect(log.gap(9)).toEqual({ from: 8, to: 9 })
  expect(log.gap(7)).toBeNull()
})

test('[APP41] what could not be appended stays in sight with its reason until it is dropped', () => {
  const log = createMessageLog()
  const key = log.expect(draft('important'), 'person')
  log.fail(key, 'disk full')
  expect(log.items()).toMatchObject([{ seq: null, failed: 'disk full' }])
  log.drop(key)
  expect(log.items()).toEqual([])
})

test('[APP51] a message’s standing follows the mark, its pin, its stubs and the active path', () => {
  const log = createMessageLog()
  log.expect(draft('new'), 'person')
  log.merge([1, 2, 3, 4, 5].map(message))
  log.branch(4)
  const standings = log.items().map((item) => standingOf(item, 2, new Set([1]), new Set([2, 3])))
  expect(standings).toEqual(['pinned', 'folded', 'stubbed', 'verbatim', 'left-behind', 'pending'])
})
