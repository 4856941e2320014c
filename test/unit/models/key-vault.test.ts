import { expect, test } from 'vitest'
import { openKey, sealKey } from '../../../src/models/key-vault.ts'

const KEY = ['sk', 'proj', 'Zq7Lm2Xr9Vt4Kk1Nb8Ws5Yp3Hd6Jf0Gc'].join('-')
const PASS = 'correct horse ünïcode'

test('[REM18] a kept key is opened by its passphrase alone', async () => {
  const record = await sealKey(KEY, PASS)
  expect(record).toMatchObject({ version: 1, iterations: 600_000 })
  expect(JSON.stringify(record)).not.toContain(KEY.slice(8, 16))
  const stored: unknown = JSON.parse(JSON.stringify(record))
  expect(await openKey(stored, PASS)).toEqual({ kind: 'opened', key: KEY })
  // The same characters, typed on another keyboard.
  expect(await openKey(record, PASS.normalize('NFD'))).toEqual({ kind: 'opened', key: KEY })
  for (const wrong of ['', `${PASS} `, PASS.toUpperCase()])
    expect(await openKey(record, wrong)).toEqual({ kind: 'wrong-passphrase' })
})

test('[REM18] a changed record is an outcome', async () => {
  const record = await sealKey(KEY, PASS)
  const flipped = `${record.data.startsWith('A') ? 'B' : 'A'}${record.data.slice(1)}`
  const others = await sealKey(KEY, PASS)
  for (const changed of [
    { ...record, data: flipped },
    { ...record, iterations: 600_001 },
    { ...record, salt: others.salt },
    { ...record, iv: others.iv },
    { ...record, data: '' },
  ])
    expect((await openKey(changed, PASS)).kind).toBe('wrong-passphrase')
  for (const odd of [
    null,
    'text',
    {},
    { ...record, version: 2 },
    { ...record, iterations: 1_000 },
    { ...record, iterations: 1e12 },
    { ...record, cipher: 'none' },
    { ...record, salt: '!' },
    { ...record, iv: 'AAAA' },
    { ...record, data: 7 },
  ])
    expect((await openKey(odd, PASS)).kind, JSON.stringify(odd)).toBe('unreadable')
})

test('[REM19] the same key is never sealed the same way twice', async () => {
  const [first, second] = await Promise.all([sealKey(KEY, PASS), sealKey(KEY, PASS)])
  expect(first.salt).not.toBe(second.salt)
  expect(first.iv).not.toBe(second.iv)
  expect(first.data).not.toBe(second.data)
  await expect(sealKey('', PASS)).rejects.toThrow(RangeError)
  await expect(sealKey('k'.repeat(10_001), PASS)).rejects.toThrow('10,000 characters')
  await expect(sealKey(KEY, '')).rejects.toThrow('passphrase')
})
