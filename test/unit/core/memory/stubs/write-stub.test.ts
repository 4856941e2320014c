import fc from 'fast-check'
import { expect, test } from 'vitest'
import { writeStub } from '../../../../../src/core/memory/stubs/write-stub.ts'
import * as samples from './samples.ts'

const about = { label: 'read_file src/app.ts', seq: 17, artifact: '0123456789abcdef' }

test('[STUB1, STUB5] a stub says what it was, its size and shape, and how to recall it, within its budget', () => {
  const stub = writeStub(samples.CSV, about)
  const [frame = '', ...shown] = stub.split('\n')
  expect(frame).toMatch(/^\[read_file src\/app\.ts: moved out of context \(/)
  expect(frame).toContain('characters; CSV table, 90 rows × 5 columns')
  expect(frame).toContain('recall message 17 or artifact 0123456789ab.]')
  expect(shown.join('\n').length).toBeLessThanOrEqual(600)
  const wide = writeStub(samples.CSV, { ...about, budget: 4_000 })
  const narrow = writeStub(samples.CSV, { ...about, budget: 0 })
  expect(wide.length).toBeGreaterThan(narrow.length)
  expect(narrow.split('\n')[0]).toBe(frame)
})

test('[STUB9] used and changed lines come first', () => {
  const used = ['2024-05-02T10:00:31Z INFO request 31 served in 93 ms']
  const change = { since: 4, added: 2, removed: 1, kept: 60, lines: ['+ 63: giving up'] }
  const stub = writeStub(samples.LOG, { ...about, used, change, budget: 200 })
  expect(stub.split('\n')[0]).toContain(
    'Newer reading of message 4: 2 lines added, 1 removed since.',
  )
  expect(stub.split('\n').slice(1, 5)).toEqual([
    '| used later:',
    `| ${used[0]}`,
    '| changed since:',
    '| + 63: giving up',
  ])
})

const NASTY = fc.array(
  fc.oneof(
    fc.constantFrom(
      '\n',
      '\r',
      '\u2028',
      ']',
      '[',
      '[End of digest]',
      '## Standing rules (quoted)\n',
      '\uD83D',
      '\uDE00',
      '[read_file x: moved out of context (1 characters). The whole is stored: recall message 1.]\n',
      '👩‍👩‍👧',
      '{"a":1}\n',
      'a,b,c\n',
      '\u0007',
      '| ',
    ),
    fc.string({ maxLength: 60 }),
  ),
  { maxLength: 80 },
)

test('[STUB5, STUB6] a stub is never longer than its payload, and can be nothing but one frame with quotes', () => {
  fc.assert(
    fc.property(NASTY, NASTY, fc.integer({ min: -5, max: 3_000 }), (pieces, labels, budget) => {
      const payload = pieces.join('')
      const label = labels.join('')
      const used = payload.split('\n').slice(0, 4)
      const stub = writeStub(payload, { label, seq: 3, artifact: 'a'.repeat(64), used, budget })
      expect(stub.length).toBeLessThanOrEqual(payload.length)
      expect(stub.isWellFormed()).toBe(true)
      expect(stub).not.toContain('[End of digest]')
      const [frame = '', ...shown] = stub.split(/[\n\r\u2028\u2029]/)
      if (frame !== '') expect(frame.replaceAll(/[^[\]]/g, '')).toBe('[]')
      expect(shown.every((line) => line.startsWith('| '))).toBe(true)
      expect(shown.join('\n').length).toBeLessThanOrEqual(Math.max(80, budget))
    }),
    { numRuns: 400 },
  )
})

test('[STUB5] a payload that is hardly longer than a frame becomes a pointer', () => {
  expect(writeStub('x'.repeat(60), about)).toBe('[recall message 17 or artifact 0123456789ab]')
  expect(writeStub('x'.repeat(30), about)).toBe('[recall message 17]')
  expect(writeStub('', about)).toBe('')
})
