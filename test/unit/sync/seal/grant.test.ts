import { expect, test } from 'vitest'
import type { RemotePlace } from '../../../../src/core/ports/remote-log.ts'
import {
  nameWorkerKey,
  newWorkerKeys,
  openGrant,
  type Grant,
} from '../../../../src/sync/seal/grant.ts'
import type { Keyring } from '../../../../src/sync/seal/keyring.ts'
import { buildKeyringHome } from '../../../support/sync/build-keyring-home.ts'
import { openTestKeyring } from '../../../support/sync/open-test-keyring.ts'

const bytes = (of: string): Uint8Array => new TextEncoder().encode(of)

interface Setup {
  readonly keyring: Keyring
  readonly worker: CryptoKeyPair
  readonly grant: Grant
  readonly place: RemotePlace
}

async function setUp(): Promise<Setup> {
  const keyring = await openTestKeyring(buildKeyringHome())
  await keyring.rotate()
  const worker = await newWorkerKeys(false)
  const grant = await keyring.grant('s', await nameWorkerKey(worker.publicKey))
  const place: RemotePlace = { token: await keyring.sealer.token('s'), channel: 'log' }
  return { keyring, worker, grant, place }
}

test('[SEAL14] a worker opens and seals what the grant is for, and nothing else', async () => {
  const { keyring, worker, grant, place } = await setUp()
  const opened = await openGrant(grant, worker, { space: 'home', token: place.token })
  if (opened.kind !== 'open') throw new Error(opened.detail)
  const { sealer } = opened
  expect(await sealer.token('s')).toBe(place.token)
  const sealed = await keyring.sealer.seal(place, 'm', bytes('said'))
  expect(await sealer.open(place, 'm', sealed)).toEqual(bytes('said'))
  const folded = await sealer.seal({ ...place, channel: 'heads' }, 'g', bytes('folded'))
  expect(await keyring.sealer.open({ ...place, channel: 'heads' }, 'g', folded)).toEqual(
    bytes('folded'),
  )
  const other: RemotePlace = { ...place, token: await keyring.sealer.token('other') }
  const foreign = await keyring.sealer.seal(other, 'm', bytes('not yours'))
  expect(await sealer.open(other, 'm', foreign)).toBeUndefined()
})

test('[SEAL16] a worker names entries as devices do, those of its session alone', async () => {
  const { keyring, worker, grant, place } = await setUp()
  const opened = await openGrant(grant, worker, { space: 'home', token: place.token })
  if (opened.kind !== 'open') throw new Error(opened.detail)
  const { sealer } = opened
  expect(await sealer.nameEntry(place, 'm')).toBe(await keyring.sealer.nameEntry(place, 'm'))
  await expect(sealer.nameEntry({ ...place, token: 'other' }, 'm')).rejects.toMatchObject({
    code: 'INTERNAL',
  })
})

test('[SEAL14] a worker stops at an entry of a later epoch', async () => {
  const { keyring, worker, grant, place } = await setUp()
  const opened = await openGrant(grant, worker, { space: 'home', token: place.token })
  if (opened.kind !== 'open') throw new Error(opened.detail)
  await keyring.rotate()
  const sealed = await keyring.sealer.seal(place, 'm', bytes('later'))
  await expect(opened.sealer.open(place, 'm', sealed)).rejects.toMatchObject({
    code: 'WRONG_PASSPHRASE',
  })
})

test.each<readonly [string, (grant: Grant, other: string) => Grant]>([
  ['of another space', (grant) => ({ ...grant, space: 'work' })],
  ['of another session', (grant) => ({ ...grant, token: 'x'.repeat(22) })],
  ['for another worker', (grant, other) => ({ ...grant, worker: other })],
  ['with another key', (grant, other) => ({ ...grant, ephemeral: other })],
  ['with a key that is none', (grant) => ({ ...grant, ephemeral: 'AAAA' })],
  ['with another nonce', (grant) => ({ ...grant, iv: 'AAAAAAAAAAAAAAAA' })],
  ['emptied', (grant) => ({ ...grant, sealed: '' })],
  ['changed', (grant) => ({ ...grant, sealed: `AAAA${grant.sealed.slice(4)}` })],
])('[SEAL14] a grant that is %s is refused', async (_, change) => {
  const { worker, grant, place } = await setUp()
  const other = await nameWorkerKey((await newWorkerKeys(false)).publicKey)
  const bad = change(grant, other)
  const opened = await openGrant(bad, worker, { space: 'home', token: place.token })
  expect(opened.kind).toBe('refused')
})

test('[SEAL14] a grant made over to another space, session or worker does not open there', async () => {
  const { worker, grant, place } = await setUp()
  const thief = await newWorkerKeys(false)
  const stolen = { ...grant, worker: await nameWorkerKey(thief.publicKey) }
  for (const [pair, bad, job] of [
    [thief, stolen, { space: 'home', token: place.token }],
    [worker, { ...grant, space: 'work' }, { space: 'work', token: place.token }],
    [worker, { ...grant, token: 'x'.repeat(22) }, { space: 'home', token: 'x'.repeat(22) }],
  ] as const) {
    expect((await openGrant(bad, pair, job)).kind).toBe('refused')
  }
})

test('[SEAL14] what is no key of a worker gets no grant', async () => {
  const { keyring } = await setUp()
  for (const key of ['', 'AAAA', 'not base64!']) {
    await expect(keyring.grant('s', key)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  }
})
