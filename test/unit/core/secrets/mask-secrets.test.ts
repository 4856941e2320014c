import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findSecrets } from '../../../../src/core/secrets/find-secrets.ts'
import {
  maskSecrets,
  NO_MASKS,
  unmask,
  withoutOpenPlaceholder,
} from '../../../../src/core/secrets/mask-secrets.ts'
import { LOOK_ALIKES } from './look-alikes.ts'
import { SECRET_CASES } from './secret-corpus.ts'

test('[MASK1] the corpus is what it says', () => {
  expect(SECRET_CASES.length).toBeGreaterThanOrEqual(60)
  expect(LOOK_ALIKES.length).toBeGreaterThanOrEqual(60)
  expect(new Set(SECRET_CASES.map(({ what }) => what)).size).toBe(SECRET_CASES.length)
  for (const { text, secret, what } of SECRET_CASES) expect(text, what).toContain(secret)
})

test.each(SECRET_CASES)('[MASK1] $what is masked and put back', ({ text, secret }) => {
  const masked = maskSecrets(text)
  expect(masked.text).not.toContain(secret)
  expect(masked.text).toMatch(/⟦secret-1:[a-z-]+⟧/)
  // Not even a part of it that would help to guess the rest.
  for (const { at, end } of findSecrets(text))
    expect(masked.text).not.toContain(text.slice(at, end))
  const half = secret.slice(0, Math.ceil(secret.length / 2) + 2)
  expect(masked.text).not.toContain(half)
  expect(unmask(masked.text, masked.masks)).toBe(text)
})

test.each(SECRET_CASES)('[MASK1] $what is masked within JSON too', ({ text, secret }) => {
  const once = JSON.stringify(['first line\n', `a line\n${text}\nanother line`])
  for (const written of [once, JSON.stringify({ output: once })]) {
    const masked = maskSecrets(written)
    for (const form of [secret, JSON.stringify(secret).slice(1, -1)])
      expect(masked.text).not.toContain(form)
    expect(unmask(masked.text, masked.masks)).toBe(written)
  }
})

test.each(LOOK_ALIKES)('[MASK2] is no secret: %s', (text) => {
  expect(maskSecrets(text).text).toBe(text)
})

const KEY = ['sk', 'proj', 'Ab3dEf6hIj9kLm2nOp5qRs8tUv1wXy4z'].join('-')

test('[MASK3] looking for secrets takes linear time, whatever the text', () => {
  const runs = [
    'a',
    'A1',
    '1',
    '4 ',
    'password=',
    'token: "',
    'secret ',
    '://a:b',
    '://',
    '-----BEGIN PRIVATE KEY-----',
    'eyJ',
    'eyJa.',
    'bearer ',
    'sk-',
    'sk-a-',
    'DE89 ',
    'DE89',
    'seed: abcd ',
    'abcd ',
    'cookie: ',
    '⟦secret-1',
    '[[',
    'password is ',
    '--token ',
    'clé '.repeat(3),
    '\\',
    '\n',
    ' ',
    '=',
    '🔑',
    '\ud800',
    'key (',
  ]
  // Quadratic work on one of these would outlast the test's deadline by far.
  for (const run of runs) maskSecrets(run.repeat(Math.ceil(400_000 / run.length)))
  maskSecrets(runs.map((run) => run.repeat(20_000 / run.length)).join(''))
})

test('[MASK4] a value has one placeholder wherever it stands', () => {
  const first = maskSecrets(
    `key ${KEY}, again ${KEY}; password: "hunter2!"; he typed hunter2! again`,
  )
  expect(first.text).toBe(
    'key ⟦secret-1:api-key⟧, again ⟦secret-1:api-key⟧; password: "⟦secret-2:password⟧"; he typed ⟦secret-2:password⟧ again',
  )
  const second = maskSecrets(`hunter2! or ${KEY} or token: "9f8e7d6c5b4a"`, first.masks)
  expect(second.text).toBe('⟦secret-2:password⟧ or ⟦secret-1:api-key⟧ or token: "⟦secret-3:token⟧"')
  expect(first.masks.secrets).toHaveLength(2)
  expect(unmask(second.text, second.masks)).toBe(`hunter2! or ${KEY} or token: "9f8e7d6c5b4a"`)
})

test('[MASK4] a value that is part of a longer word stays where it is no secret', () => {
  const { text } = maskSecrets('pin: 482913 and order 74829135')
  expect(text).toBe('pin: ⟦secret-1:password⟧ and order 74829135')
})

test('[MASK5] what looks like a placeholder is masked too and asks for nothing', () => {
  const text = `Write ⟦secret-2:api-key⟧ and [secret-1] here: ${KEY}`
  const masked = maskSecrets(text)
  expect(masked.text).toBe(
    'Write ⟦secret-1:literal⟧ and ⟦secret-2:literal⟧ here: ⟦secret-3:api-key⟧',
  )
  expect(unmask(masked.text, masked.masks)).toBe(text)
})

test('[MASK6] a placeholder is known again in other case, spacing and brackets', () => {
  const { masks } = maskSecrets(KEY)
  for (const written of [
    '⟦secret-1:api-key⟧',
    '⟦SECRET-1:API-KEY⟧',
    '⟦ Secret-1 : api key ⟧',
    '⟦secret 1⟧',
    '⟦secret_1:api_key⟧',
    '[[secret-1:api-key]]',
    '[secret-1:api-key]',
  ])
    expect(unmask(`a ${written} b`, masks), written).toBe(`a ${KEY} b`)
  for (const written of [
    '⟦secret-2:api-key⟧',
    'secret-1',
    '⟦secret-:api-key⟧',
    '⟦secrets-1⟧',
    '[1]',
  ])
    expect(unmask(`a ${written} b`, masks), written).toBe(`a ${written} b`)
  expect(unmask('⟦secret-1⟧', NO_MASKS)).toBe('⟦secret-1⟧')
})

test('[MASK7] in JSON a value is escaped, and one that came out of JSON only once', () => {
  const key = SECRET_CASES.find(({ what }) => what === 'RSA key')
  const { text, masks } = maskSecrets(key?.text ?? '')
  const answer = unmask(JSON.stringify({ add: [text] }), masks, true)
  expect(JSON.parse(answer)).toEqual({ add: [key?.text] })
  const inJson = '{"password": "a\\"b\\\\c1"}'
  const masked = maskSecrets(inJson)
  expect(masked.text).toContain('⟦')
  expect(unmask(masked.text, masked.masks, true)).toBe(inJson)
})

test('[MASK8] a growing text never ends in the middle of a placeholder', () => {
  const { masks } = maskSecrets(KEY)
  const whole = 'the key ⟦secret-1:api-key⟧ and [[secret-1:api-key]], see [1] and arr[i'
  let told = ''
  for (let length = 0; length <= whole.length; length += 1) {
    const shown = unmask(withoutOpenPlaceholder(whole.slice(0, length)), masks)
    expect(shown.startsWith(told)).toBe(true)
    told = shown
  }
  expect(told).toBe(`the key ${KEY} and ${KEY}, see [1] and arr`)
})

const pieces = fc.oneof(
  fc.constantFrom(...SECRET_CASES.map(({ text }) => text), ...LOOK_ALIKES),
  fc.constantFrom('⟦secret-1:api-key⟧', '[secret-2]', '⟦', '[[', ']]', '⟧', 'secret-1', ' ', '\n'),
  fc.string({ unit: 'binary' }),
)

test('[MASK5, MASK6] masking and putting back gives the same text, whatever it is', () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 8 }), fc.array(pieces, { maxLength: 3 }), (a, b) => {
      const first = maskSecrets(a.join(''))
      const second = maskSecrets(b.join(' '), first.masks)
      expect(unmask(first.text, second.masks)).toBe(a.join(''))
      expect(unmask(second.text, second.masks)).toBe(b.join(' '))
    }),
    { numRuns: 1_000 },
  )
})

test('[MASK1, MASK3] spans are in order, do not overlap and lie in the text', () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
      const text = parts.join('')
      let end = 0
      for (const span of findSecrets(text)) {
        expect(span.at).toBeGreaterThanOrEqual(end)
        expect(span.end).toBeGreaterThan(span.at)
        end = span.end
      }
      expect(end).toBeLessThanOrEqual(text.length)
    }),
  )
})
