import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  judgeKeyring,
  type KeyringContext,
  type KeyringVerdict,
} from '../../../../src/core/sync/judge-keyring.ts'
import type { KeyringRecord } from '../../../../src/core/sync/keyring-record.ts'
import { hashText } from '../../../../src/core/session/chain.ts'

const BASE: KeyringRecord = {
  kind: 'keyring',
  version: 1,
  space: 'home',
  generation: 1,
  epoch: 1,
  derivation: 'PBKDF2-SHA-256',
  cipher: 'AES-256-GCM',
  iterations: 600_000,
  salt: 'c2FsdA==',
  iv: 'aXY=',
  sealed: 'a2V5cw==',
}

const CONTEXT: KeyringContext = {
  space: 'home',
  iterations: { least: 600_000, most: 10_000_000 },
}

const record = (change: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({ ...BASE, ...change })

function judge(texts: readonly string[], context: Partial<KeyringContext> = {}): KeyringVerdict {
  const entries = texts.map((text, at) => ({ position: at + 1, text }))
  return judgeKeyring(entries, { ...CONTEXT, ...context })
}

const pinOf = (text: string, generation: number) => ({ generation, hash: hashText(text) })

test('[SEAL4] the first one of the highest generation stands', () => {
  const [one, two, copy] = [
    record(),
    record({ generation: 2, iv: 'dHdv' }),
    record({ generation: 2, iv: 'bGF0ZQ==' }),
  ]
  expect(judge([one])).toMatchObject({ kind: 'candidate', record: { generation: 1 } })
  expect(judge([one, two, one, copy])).toMatchObject({
    kind: 'candidate',
    record: { generation: 2, iv: 'dHdv' },
    pin: pinOf(two, 2),
  })
})

const NONSENSE: readonly string[] = [
  '',
  'null',
  '[]',
  '"keyring"',
  '{',
  '{"stream":"BF","seq":7}',
  record({ space: 'work' }),
  record({ kind: 'device' }),
  record({ version: 0 }),
  record({ version: '1' }),
  record({ generation: 0 }),
  record({ generation: 1.5 }),
  record({ generation: 2 ** 60 }),
  record({ generation: '9' }),
  record({ generation: 9, epoch: 0 }),
  record({ generation: 9, epoch: 1_000_000 }),
  record({ generation: 9, derivation: 'MD5' }),
  record({ generation: 9, cipher: 'none' }),
  record({ generation: 9, salt: '' }),
  record({ generation: 9, iv: 12 }),
  record({ generation: 9, sealed: '<script>' }),
  record({ generation: 9, sealed: 'A'.repeat(70_000) }),
]

test.each(NONSENSE)('[SEAL4] what is no keyring of the space changes nothing: %.60s', (text) => {
  expect(judge([text])).toEqual({ kind: 'none' })
  expect(judge([text, record(), text])).toMatchObject({ record: { generation: 1 } })
})

test('[SEAL4] no text at all makes it throw', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.json())), (texts) => {
      expect(judge(texts)).toEqual({ kind: 'none' })
    }),
  )
})

test('[SEAL5] an earlier one, another one in its place, and none are refused once one was taken', () => {
  const [one, two] = [record(), record({ generation: 2 })]
  const pin = pinOf(two, 2)
  expect(judge([one, two], { pin })).toMatchObject({ kind: 'candidate', pin })
  expect(judge([one], { pin })).toMatchObject({ kind: 'refused', reason: 'rolled-back' })
  expect(judge([], { pin })).toMatchObject({ kind: 'refused', reason: 'missing' })
  const swapped = record({ generation: 2, sealed: 'b3RoZXI=' })
  expect(judge([swapped], { pin })).toMatchObject({ kind: 'refused', reason: 'swapped' })
  const three = record({ generation: 3 })
  expect(judge([swapped, three], { pin })).toMatchObject({ record: { generation: 3 } })
})

test('[SEAL6] too few and too many rounds, and newer releases, are refused', () => {
  for (const iterations of [1, 599_999, 10_000_001]) {
    expect(judge([record({ iterations })])).toMatchObject({ kind: 'refused', reason: 'weak' })
  }
  expect(judge([record(), record({ generation: 2, version: 2 })])).toMatchObject({
    kind: 'refused',
    reason: 'newer',
  })
  // Somebody went back to this release since.
  expect(judge([record({ version: 2 }), record({ generation: 2 })])).toMatchObject({
    kind: 'candidate',
  })
})
