import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hashOf, parseRoute, type Route } from '../../../../src/app/shell/route.ts'

const route: fc.Arbitrary<Route> = fc.oneof(
  fc.constantFrom<Route>(
    { page: 'home' },
    { page: 'settings' },
    { page: 'storage' },
    { page: 'import' },
    { page: 'workbench' },
    { page: 'health', id: null },
  ),
  fc.record({
    page: fc.constant('session' as const),
    id: fc.string({ minLength: 1, unit: 'grapheme' }).map((id) => `x${id.toWellFormed()}`),
    seq: fc.option(fc.integer({ min: 1, max: 1_000_000 })),
  }),
  fc.record({
    page: fc.constant('health' as const),
    id: fc.string({ minLength: 1, unit: 'grapheme' }).map((id) => `x${id.toWellFormed()}`),
  }),
)

test('[KEEP1] every page has an address that reads back to it', () => {
  fc.assert(
    fc.property(route, (one) => {
      expect(parseRoute(hashOf(one))).toEqual(one)
    }),
  )
})

test('[KEEP1] what is no address leads home, and no text throws', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (hash) => void parseRoute(hash)))
  for (const hash of ['', '#', '#/nothing', '#/session', '#/session/%E0%A4%A', '#/session/']) {
    expect(parseRoute(hash)).toEqual({ page: 'home' })
  }
  expect(parseRoute('#/session/a%2Fb/0')).toEqual({ page: 'session', id: 'a/b', seq: null })
  expect(hashOf({ page: 'session', id: '\ud800', seq: 3 })).toBe('#/session/%EF%BF%BD/3')
})
