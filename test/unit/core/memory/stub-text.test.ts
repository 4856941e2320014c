import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stubText } from '../../../../src/core/memory/stub-text.ts'

const facts = { label: 'read_file src/app.ts', seq: 17 }

test('[STUB1] a stub says what it was, how large, how it starts and ends, and how to recall it', () => {
  const payload = `first line\n${'middle '.repeat(500)}\nlast line`
  const stub = stubText(payload, { ...facts, artifact: '0123456789abcdef' })
  expect(stub).toContain('read_file src/app.ts')
  expect(stub).toContain('3,521 characters, 3 lines')
  expect(stub).toContain('recall message 17 or artifact 0123456789ab.')
  expect(stub).toContain('first line')
  expect(stub.endsWith('last line')).toBe(true)
  expect(stubText(payload, facts)).not.toContain('artifact')
})

test('[STUB1] a stub of a large payload is shorter than it, and whole characters', () => {
  const unit = fc.constantFrom('a', ' ', '\n', '漢', '👩‍👩‍👧', '\u{1F600}', 'é')
  const payload = fc.tuple(
    fc.string({ unit, minLength: 30, maxLength: 80 }),
    fc.integer({ min: 20, max: 60 }),
  )
  fc.assert(
    fc.property(payload, ([text, times]) => {
      const long = text.repeat(times)
      const stub = stubText(long, facts)
      expect(stub.length).toBeLessThan(long.length)
      expect(stub.length).toBeLessThan(600)
      expect(stub.isWellFormed()).toBe(true)
    }),
  )
})
