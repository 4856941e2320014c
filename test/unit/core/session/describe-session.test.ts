import fc from 'fast-check'
import { expect, test } from 'vitest'
import { describeSession, detailsOf } from '../../../../src/core/session/describe-session.ts'
import { newSession } from '../../../../src/core/session/new-session.ts'
import { resolvePolicy } from '../../../../src/core/session/policy.ts'
import { NO_DETAILS, type DetailsPatch } from '../../../../src/core/session/session-details.ts'

const fresh = newSession('s', resolvePolicy(), 1)
const NAMED = { title: 'Boiler', tags: ['home'], archived: true, host: { draft: 'and then' } }

test('[DET1] what is not named stays, and a text that is null goes', () => {
  const named = describeSession(fresh, { ...NAMED, host: { draft: 'and then', scroll: '12' } })
  expect(detailsOf(named)).toEqual({ ...NAMED, host: { draft: 'and then', scroll: '12' } })
  const after = describeSession(named, { tags: [], host: { scroll: null, theme: 'dark' } })
  expect(detailsOf(after)).toEqual({
    title: 'Boiler',
    tags: [],
    archived: true,
    host: { draft: 'and then', theme: 'dark' },
  })
  const odd = describeSession(fresh, JSON.parse('{"host":{"__proto__":"text"}}') as DetailsPatch)
  expect(Object.entries(detailsOf(odd).host)).toEqual([['__proto__', 'text']])
})

const BAD: readonly unknown[] = [
  null,
  'a title',
  [],
  { title: 7 },
  { title: 'x'.repeat(501) },
  { tags: 'home' },
  { tags: [''] },
  { tags: ['x'.repeat(101)] },
  { tags: Array.from({ length: 51 }, (_, index) => `tag ${index}`) },
  { archived: 'yes' },
  { host: [] },
  { host: { draft: 7 } },
  { host: { a: 'x'.repeat(200_000), b: 'x'.repeat(60_000) } },
]

test.each(BAD.map((patch) => [JSON.stringify(patch).slice(0, 60), patch]))(
  '[DET2] %s is refused',
  (_, patch) => {
    expect(() => describeSession(fresh, patch as DetailsPatch)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT' }),
    )
  },
)

test('[DET2] bounds are inclusive, and a tag that is named twice counts once', () => {
  const tags = Array.from({ length: 50 }, (_, index) => `${index}`.padEnd(100, 'x'))
  const host = { h: 'x'.repeat(255_999) }
  const row = describeSession(fresh, {
    title: 'x'.repeat(500),
    tags: [...tags, ...tags],
    host,
  })
  expect(detailsOf(row)).toMatchObject({ tags, host })
})

test('[DET3, DET4] only the details change, and where nothing does the row stays as it is', () => {
  fc.assert(
    fc.property(
      fc.record(
        {
          title: fc.string(),
          tags: fc.array(fc.string({ minLength: 1 }), { maxLength: 5 }),
          archived: fc.boolean(),
          host: fc.dictionary(fc.string(), fc.option(fc.string())),
        },
        { requiredKeys: [] },
      ),
      (patch) => {
        const row = describeSession(fresh, patch)
        const { details: _, revision, ...rest } = row
        const { revision: before, ...same } = fresh
        expect(rest).toEqual(same)
        expect(revision - before).toBe(row === fresh ? 0 : 1)
        expect(describeSession(row, patch)).toBe(row)
      },
    ),
  )
  expect(describeSession(fresh, {})).toBe(fresh)
  expect(detailsOf(fresh)).toBe(NO_DETAILS)
})
