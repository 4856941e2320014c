import { expect, test } from 'vitest'
import { judgeOrigin } from '../../../../src/core/sync/log-origin.ts'

const home = { space: 'home' }
const first = { ...home, incarnation: 'first' }
const second = { ...home, incarnation: 'second' }
const office = { space: 'office', incarnation: 'first' }

test.each([
  ['nothing was read before', undefined, first, 'same', first],
  ['it is the same', first, { ...first }, 'same', first],
  ['it is another incarnation', first, second, 'other', second],
  ['it is another space', first, office, 'other', office],
  [
    'it is another space that does not tell',
    first,
    { space: 'office' },
    'other',
    { space: 'office' },
  ],
  ['it was not told before', home, second, 'same', second],
  ['it is not told any more', first, home, 'same', first],
  ['it was never told', home, { ...home }, 'same', home],
] as const)('[SYNC30] %s', (_, known, found, kind, origin) => {
  expect(judgeOrigin(known, found)).toEqual({ kind, origin })
})
