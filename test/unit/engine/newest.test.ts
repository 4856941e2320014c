import { expect, test } from 'vitest'
import { createNewest } from '../../../src/engine/newest.ts'

test('[HIST23] what is remembered of requests is bounded in number and size, the oldest going first', () => {
  const few = createNewest<number>({ entries: 2 })
  few.add('a', 1)
  few.add('b', 2)
  few.add('a', 3)
  few.add('c', 4)
  expect(['a', 'b', 'c'].map((key) => few.get(key))).toEqual([3, undefined, 4])

  const small = createNewest<number>({ entries: 9, size: 10 })
  small.add('a', 1, 4)
  small.add('b', 2, 6)
  expect([small.get('a'), small.get('b')]).toEqual([1, 2])
  small.add('b', 3, 7)
  expect([small.get('a'), small.get('b')]).toEqual([undefined, 3])
  small.add('huge', 4, 99)
  expect([small.get('b'), small.get('huge')]).toEqual([undefined, 4])
  small.add('c', 5, 1)
  expect([small.get('huge'), small.get('c')]).toEqual([undefined, 5])
})
