import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readStretch, usualStretch } from '../../../src/app/view/stretch-form.ts'

test('[APP100] the usual stretch is the newest 20 messages', () => {
  expect(usualStretch(100)).toEqual({ from: '81', to: '100' })
  expect(usualStretch(3)).toEqual({ from: '1', to: '3' })
})

test('[APP100] a stretch is read in either order and held to the session and to 200 messages', () => {
  const read = (from: string, to: string, newest = 500) => readStretch({ from, to }, newest)
  expect(read('#20', ' 1 ')).toEqual({ ok: true, stretch: { from: 1, to: 20 } })
  expect(read('1', '200').ok).toBe(true)
  expect(read('1', '201')).toEqual({ ok: false, problem: 'Compare at most 200 messages.' })
  expect(read('0', '3')).toEqual({ ok: false, problem: 'The session has messages 1 to 500.' })
  expect(read('1', '2', 1)).toMatchObject({ ok: false })
  expect(read('one', '2')).toEqual({ ok: false, problem: 'Enter two positions, such as 1 and 20.' })
  expect(read('1', '1', 0)).toEqual({ ok: false, problem: 'The session has no message yet.' })
})

test('[APP100] reading is total, and what it gives lies in the session', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.nat(), (from, to, newest) => {
      const read = readStretch({ from, to }, newest)
      if (!read.ok) return
      expect(read.stretch.from).toBeGreaterThan(0)
      expect(read.stretch.to).toBeLessThanOrEqual(newest)
      expect(read.stretch.to - read.stretch.from).toBeLessThan(200)
    }),
  )
})
