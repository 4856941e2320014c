import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytesText, describeStorage } from '../../../../src/app/keep/storage-words.ts'

const GB = 1_000_000_000

test('[KEEP7] use and quota are said, and when space gets low', () => {
  const at = (usage: number) => describeStorage({ usage, quota: 10 * GB, persisted: true })
  expect(at(GB)).toMatchObject({ level: 'plenty', advice: '' })
  expect(at(GB).use).toBe('1.0 GB of the 10.0 GB that this browser allows (10%).')
  expect(at(8.5 * GB).level).toBe('low')
  expect(at(9.9 * GB).level).toBe('full')
  expect(at(9.9 * GB).advice).toContain('What is stored stays')
  // A small quota is used up while much of it is a share.
  expect(describeStorage({ usage: 1, quota: 4_000_000, persisted: false }).level).toBe('full')
})

test('[KEEP7] what a browser does not tell is said as such, whatever it tells', () => {
  expect(
    describeStorage({ usage: undefined, quota: undefined, persisted: undefined }),
  ).toMatchObject({ level: 'unknown', share: null })
  const number = fc.option(fc.double(), { nil: undefined })
  fc.assert(
    fc.property(number, number, (usage, quota) => {
      const { share, use } = describeStorage({ usage, quota, persisted: undefined })
      if (share !== null) expect(share >= 0 && share <= 1).toBe(true)
      expect(use).not.toContain('NaN')
    }),
  )
  expect(bytesText(2_500_000_000)).toBe('2.5 GB')
})

test('[KEEP8] eviction is explained, and asking is offered where it can change anything', () => {
  const persisted = (value: boolean | undefined) =>
    describeStorage({ usage: 1, quota: GB, persisted: value })
  expect(persisted(false)).toMatchObject({ canAsk: true })
  expect(persisted(false).persistence).toContain('may delete all of it')
  expect(persisted(true)).toMatchObject({ canAsk: false })
  expect(persisted(undefined)).toMatchObject({ canAsk: false })
})
