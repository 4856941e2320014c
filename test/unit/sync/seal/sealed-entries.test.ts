import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RemotePlace } from '../../../../src/core/ports/remote-log.ts'
import { paddedSize } from '../../../../src/core/sync/padded-size.ts'
import { createKeyedSealer } from '../../../../src/sync/seal/keyed-sealer.ts'
import { buildKeyringHome } from '../../../support/sync/build-keyring-home.ts'
import { openTestKeyring } from '../../../support/sync/open-test-keyring.ts'

const text = (bytes: Uint8Array | undefined): string | undefined =>
  bytes && new TextDecoder().decode(bytes)
const bytes = (of: string): Uint8Array => new TextEncoder().encode(of)

test('[SEAL1] a token is the same on all devices, and another one in another space', async () => {
  const home = buildKeyringHome()
  const [one, two] = [await openTestKeyring(home), await openTestKeyring(home)]
  const other = await openTestKeyring(buildKeyringHome(), { space: 'work' })
  const token = await one.sealer.token('support-42')
  expect(token).toMatch(/^[A-Za-z0-9_-]{22}$/)
  expect(await two.sealer.token('support-42')).toBe(token)
  expect(await other.sealer.token('support-42')).not.toBe(token)
  expect(await one.sealer.token('support-43')).not.toBe(token)
  // UTF-8 has no lone surrogates: they must not all become one session.
  expect(await one.sealer.token('\ud800')).not.toBe(await one.sealer.token('\ud801'))
  await one.rotate()
  expect(await one.sealer.token('support-42')).toBe(token)
})

test('[SEAL1, SEAL2] what is sealed opens on another device and holds nothing that was said', async () => {
  const home = buildKeyringHome()
  const [one, two] = [await openTestKeyring(home), await openTestKeyring(home)]
  const place: RemotePlace = { token: await one.sealer.token('s'), channel: 'log' }
  await fc.assert(
    fc.asyncProperty(fc.string({ maxLength: 2_000 }), fc.string(), async (said, id) => {
      const sealed = await one.sealer.seal(place, id, bytes(said))
      expect(text(await two.sealer.open(place, id, sealed))).toBe(
        new TextDecoder().decode(bytes(said)),
      )
    }),
    { numRuns: 50 },
  )
  const secret = 'the launch is on Friday'
  const sealed = await one.sealer.seal(place, 'm', bytes(secret))
  expect(Buffer.from(sealed).includes(secret)).toBe(false)
  expect(Buffer.from(home.entries[0]?.bytes ?? []).includes('passphrase')).toBe(false)
  expect(await one.sealer.seal(place, 'm', bytes(secret))).not.toEqual(sealed)
})

test('[SEAL16] the id of an entry says nothing of the one it stands for, and is the same everywhere', async () => {
  const home = buildKeyringHome()
  const [one, two] = [await openTestKeyring(home), await openTestKeyring(home)]
  const place: RemotePlace = { token: await one.sealer.token('s'), channel: 'log' }
  const other: RemotePlace = { ...place, token: await one.sealer.token('other') }
  const id = await one.sealer.nameEntry(place, 'the launch is on Friday')
  expect(id).toMatch(/^[A-Za-z0-9_-]{22}$/)
  expect(await one.sealer.nameEntry(place, 'the launch is on Monday')).not.toBe(id)
  expect(await one.sealer.nameEntry(other, 'the launch is on Friday')).not.toBe(id)
  await one.rotate()
  await two.look()
  for (const { sealer } of [one, two]) {
    expect(await sealer.nameEntry(place, 'the launch is on Friday')).toBe(id)
  }
})

/** What somebody who can write to the space, or has the server, may do to entries. */
const ATTACKS: readonly {
  readonly name: string
  readonly place?: (place: RemotePlace, other: string) => RemotePlace
  readonly id?: string
  readonly change?: (sealed: Uint8Array) => Uint8Array
}[] = [
  { name: 'moved to another session', place: (place, other) => ({ ...place, token: other }) },
  { name: 'moved to another channel', place: (place) => ({ ...place, channel: 'heads' }) },
  { name: 'said under another id', id: 'm-2' },
  { name: 'cut off', change: (sealed) => sealed.slice(0, -1) },
  { name: 'cut off in its head', change: (sealed) => sealed.slice(0, 9) },
  { name: 'emptied', change: () => new Uint8Array() },
  { name: 'made longer', change: (sealed) => new Uint8Array([...sealed, 0]) },
  { name: 'of another version', change: (sealed) => flip(sealed, 0) },
  { name: 'of an epoch of its own', change: (sealed) => flip(sealed, 4) },
  { name: 'with another nonce', change: (sealed) => flip(sealed, 6) },
  { name: 'with another tag', change: (sealed) => flip(sealed, sealed.length - 1) },
  { name: 'changed in the middle', change: (sealed) => flip(sealed, sealed.length >> 1) },
  { name: 'replaced by an answer of the server', change: () => bytes('{"stream":"BF","seq":7}') },
  { name: 'replaced by what was never sealed', change: () => bytes('{"kind":"message"}') },
  { name: 'replaced by noise', change: ({ length }) => new Uint8Array(length).fill(1) },
]

function flip(sealed: Uint8Array, at: number): Uint8Array {
  return sealed.map((byte, index) => (index === at ? byte ^ 2 : byte))
}

test.each(ATTACKS)('[SEAL2] an entry that was $name is not opened', async (attack) => {
  const keyring = await openTestKeyring(buildKeyringHome())
  const { sealer } = keyring
  const place: RemotePlace = { token: await sealer.token('s'), channel: 'log' }
  const other = await sealer.token('other')
  const sealed = await sealer.seal(place, 'm-1', bytes('{"kind":"message"}'))
  const opened = await sealer.open(
    attack.place?.(place, other) ?? place,
    attack.id ?? 'm-1',
    attack.change?.(sealed) ?? sealed,
  )
  expect(opened).toBeUndefined()
  expect(text(await sealer.open(place, 'm-1', sealed))).toBe('{"kind":"message"}')
})

test('[SEAL2] whatever bytes stand at a place, they are not opened and nothing is thrown', async () => {
  const { sealer } = await openTestKeyring(buildKeyringHome())
  const place: RemotePlace = { token: await sealer.token('s'), channel: 'rows' }
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 120 }),
      fc.boolean(),
      async (noise, isVersioned) => {
        const entry = isVersioned ? new Uint8Array([1, 0, 0, 0, 1, ...noise]) : noise
        expect(await sealer.open(place, 'm', entry)).toBeUndefined()
      },
    ),
  )
})

test('[SEAL2] an entry of another space with the same passphrase is not opened', async () => {
  const one = await openTestKeyring(buildKeyringHome())
  const two = await openTestKeyring(buildKeyringHome())
  const place: RemotePlace = { token: await one.sealer.token('s'), channel: 'log' }
  const sealed = await one.sealer.seal(place, 'm', bytes('ours'))
  expect(await two.sealer.open(place, 'm', sealed)).toBeUndefined()
})

test('[SEAL3] sizes are told in steps only', async () => {
  fc.assert(
    fc.property(fc.nat(5_000_000), (size) => {
      const padded = paddedSize(size)
      expect(padded).toBeGreaterThanOrEqual(Math.max(size, 256))
      expect(padded).toBeLessThanOrEqual(Math.max(size * 1.125, 256))
      expect(paddedSize(padded)).toBe(padded)
    }),
  )
  const sizes = new Set(Array.from({ length: 100_001 }, (_, size) => paddedSize(size)))
  expect(sizes.size).toBeLessThan(150)
  const { sealer } = await openTestKeyring(buildKeyringHome())
  const place: RemotePlace = { token: await sealer.token('s'), channel: 'log' }
  const [yes, no] = await Promise.all(
    ['yes', 'no, and for a reason'].map((said) => sealer.seal(place, 'm', bytes(said))),
  )
  expect(yes?.length).toBe(no?.length)
})

test('[SEAL2] of thousands of sessions in turn, some at once, no key is derived twice', async () => {
  const usages = ['encrypt', 'decrypt'] as const
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, usages)
  const asked: string[] = []
  const sealer = createKeyedSealer({
    token: async (session) => session,
    names: async () => undefined,
    newest: async () => 1,
    async key(token, epoch) {
      asked.push(`${epoch} ${token}`)
      return key
    },
  })
  const tokens = Array.from({ length: 3_000 }, (_, n) => `token-${n}`)
  const seal = (token: string) => sealer.seal({ token, channel: 'log' }, 'm', bytes(token))
  for (const token of tokens) await Promise.all([seal(token), seal(token)])
  const [first = ''] = tokens
  const sealed = await seal(first)
  expect(text(await sealer.open({ token: first, channel: 'log' }, 'm', sealed))).toBe(first)
  expect(asked).toEqual(tokens.map((token) => `1 ${token}`))
})

test('[SEAL12] entries of an epoch that exists nowhere look for it once, also where they are opened at once', async () => {
  const home = buildKeyringHome()
  const { sealer } = await openTestKeyring(home)
  const before = home.reads
  const unknown = new Uint8Array(300)
  unknown.set([1, 0, 0, 0, 7])
  const opened = await Promise.all(
    Array.from({ length: 10 }, (_, n) =>
      sealer.open({ token: `token-${n}`, channel: 'log' }, 'm', unknown),
    ),
  )
  expect(opened.every((one) => one === undefined)).toBe(true)
  expect(home.reads - before).toBe(1)
})
