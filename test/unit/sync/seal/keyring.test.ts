import { expect, test } from 'vitest'
import type { RemotePlace } from '../../../../src/core/ports/remote-log.ts'
import type { Keyring } from '../../../../src/sync/seal/keyring.ts'
import {
  buildKeyringHome,
  buildPins,
  type FakeHome,
} from '../../../support/sync/build-keyring-home.ts'
import { openTestKeyring, PASSPHRASE, tryKeyring } from '../../../support/sync/open-test-keyring.ts'

const NEW_PASSPHRASE = 'another horse'

const bytes = (of: string): Uint8Array => new TextEncoder().encode(of)

async function placeOf({ sealer }: Keyring, session = 's'): Promise<RemotePlace> {
  return { token: await sealer.token(session), channel: 'log' }
}

async function tell(keyring: Keyring, said: string): Promise<Uint8Array> {
  return keyring.sealer.seal(await placeOf(keyring), said, bytes(said))
}

/** What a device reads of an entry whose id is what it says. */
async function hear(keyring: Keyring, said: string, sealed: Uint8Array): Promise<boolean> {
  const opened = await keyring.sealer.open(await placeOf(keyring), said, sealed)
  return opened !== undefined && new TextDecoder().decode(opened) === said
}

/** A record of the keyring with something in it changed. */
function change(home: FakeHome, at: number, fields: Readonly<Record<string, unknown>>): void {
  const entry = home.entries[at]
  if (entry === undefined) throw new Error('no such entry')
  const record = JSON.parse(new TextDecoder().decode(entry.bytes)) as object
  home.entries[at] = { ...entry, bytes: bytes(JSON.stringify({ ...record, ...fields })) }
}

test('[SEAL7] of two first devices one makes the keyring and the other takes it', async () => {
  const home = buildKeyringHome()
  let early: Keyring | undefined
  home.between = async () => {
    early = await openTestKeyring(home)
  }
  const late = await openTestKeyring(home)
  expect(home.entries).toHaveLength(1)
  if (early === undefined) throw new Error('nobody came in between')
  expect(await hear(early, 'hello', await tell(late, 'hello'))).toBe(true)
})

test.each(['stored', 'lost'] as const)(
  '[SEAL7] a first keyring whose answer was lost is there once: %s',
  async (loseAnswer) => {
    const home = buildKeyringHome()
    home.loseAnswer = loseAnswer
    const keyring = await openTestKeyring(home)
    expect(home.entries).toHaveLength(1)
    expect(await hear(await openTestKeyring(home), 'a', await tell(keyring, 'a'))).toBe(true)
  },
)

test('[SEAL7] what stands at the place and is no keyring is no obstacle', async () => {
  const home = buildKeyringHome()
  home.entries.push({
    token: '_space',
    channel: 'heads',
    id: 'x',
    position: 3,
    bytes: bytes('{"stream":"BF","seq":7}'),
  })
  const keyring = await openTestKeyring(home)
  expect(keyring.state()).toEqual({ kind: 'open', generation: 1, epoch: 1 })
})

test('[SEAL5] a device says its keyring again where the server shows nothing or earlier keys', async () => {
  const [home, pins] = [buildKeyringHome(), buildPins()]
  const keyring = await openTestKeyring(home, { pins })
  await keyring.rotate()
  const all = home.entries
  for (const shown of [0, 1]) {
    home.entries = all.slice(0, shown)
    const again = await openTestKeyring(home, { pins })
    expect(home.entries.at(-1)?.bytes).toEqual(all.at(-1)?.bytes)
    expect(home.entries).toHaveLength(shown + 1)
    expect(again.state()).toEqual({ kind: 'open', generation: 2, epoch: 2 })
    expect(await hear(again, 'a', await tell(keyring, 'a'))).toBe(true)
  }
})

test('[SEAL5] one that does not know it by heart does not begin anew', async () => {
  const [home, pins] = [buildKeyringHome(), buildPins()]
  await (await openTestKeyring(home, { pins })).rotate()
  const { generation = 0, hash = '' } = pins.pin ?? {}
  pins.pin = { generation, hash }
  const all = home.entries
  home.entries = []
  expect(await tryKeyring(home, { pins })).toMatchObject({ kind: 'refused', reason: 'missing' })
  expect(home.entries).toEqual([])
  home.entries = all.slice(0, 1)
  expect(await tryKeyring(home, { pins })).toMatchObject({ kind: 'refused', reason: 'rolled-back' })
  home.entries = all
  expect(await tryKeyring(home, { pins })).toMatchObject({ kind: 'open' })
})

test('[SEAL8] another passphrase is an outcome, and nothing is written', async () => {
  const home = buildKeyringHome()
  await openTestKeyring(home)
  const pins = buildPins()
  const opened = await tryKeyring(home, { passphrase: NEW_PASSPHRASE, pins })
  expect(opened).toEqual({ kind: 'wrong-passphrase' })
  expect(home.entries).toHaveLength(1)
  expect(pins.pin).toBeUndefined()
})

test('[SEAL8] with all rounds of the derivation a passphrase opens, however it is composed', async () => {
  const home = buildKeyringHome()
  const made = await openTestKeyring(home, { passphrase: 'Grüße, Pferd', isReal: true })
  const same = await openTestKeyring(home, { passphrase: 'Gru\u0308ße, Pferd', isReal: true })
  expect(await hear(same, 'a', await tell(made, 'a'))).toBe(true)
  expect(await tryKeyring(home, { passphrase: 'Grusse, Pferd', isReal: true })).toEqual({
    kind: 'wrong-passphrase',
  })
})

test.each([
  { generation: 7 },
  { epoch: 2 },
  { iterations: 1_200_000 },
  { salt: 'AAAAAAAAAAAAAAAAAAAAAA==' },
  { iv: 'AAAAAAAAAAAAAAAA' },
  { iv: 'AAAA' },
  { sealed: 'AAAA' },
])('[SEAL8] a keyring in which something was changed does not open: %o', async (fields) => {
  const home = buildKeyringHome()
  await openTestKeyring(home)
  change(home, 0, fields)
  expect(await tryKeyring(home)).toEqual({ kind: 'wrong-passphrase' })
})

test('[SEAL8] the keyring of another space with the same passphrase is not taken', async () => {
  const [home, work] = [buildKeyringHome(), buildKeyringHome()]
  await openTestKeyring(home)
  await openTestKeyring(work, { space: 'work' })
  home.entries = [...work.entries]
  change(home, 0, { space: 'home' })
  expect(await tryKeyring(home)).toEqual({ kind: 'wrong-passphrase' })
})

test.each(['', 'seven77', 'x'.repeat(10_001)])(
  '[SEAL8] a passphrase that is too short or too long is refused at once',
  async (passphrase) => {
    const home = buildKeyringHome()
    await expect(tryKeyring(home, { passphrase })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(home.reads).toBe(0)
    const keyring = await openTestKeyring(home)
    await expect(keyring.rotate(passphrase)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(home.entries).toHaveLength(1)
  },
)

test('[SEAL8] a server that is away or says no is told apart from a wrong passphrase', async () => {
  const home = buildKeyringHome()
  home.isDown = true
  expect(await tryKeyring(home)).toMatchObject({ kind: 'unreachable', detail: 'no connection' })
  home.isDown = false
  home.isDenied = true
  expect(await tryKeyring(home)).toMatchObject({ kind: 'refused', reason: 'denied' })
})

test('[SEAL9] a new epoch seals what comes, others take it as it comes, and all before still opens', async () => {
  const home = buildKeyringHome()
  const [one, two] = [await openTestKeyring(home), await openTestKeyring(home)]
  const before = await tell(one, 'before')
  expect(await one.rotate()).toEqual({ kind: 'rotated', generation: 2, epoch: 2 })
  const after = await tell(one, 'after')
  const reads = home.reads
  expect(await two.take(home.entries)).toMatchObject({ kind: 'open', epoch: 2 })
  expect(await hear(two, 'after', after)).toBe(true)
  expect(home.reads).toBe(reads)
  const three = await openTestKeyring(home)
  for (const keyring of [one, two, three]) {
    expect(await hear(keyring, 'before', before)).toBe(true)
    expect(await hear(keyring, 'after', after)).toBe(true)
  }
})

test('[SEAL9] a device that meets an entry of a new epoch first reads the keyring again', async () => {
  const home = buildKeyringHome()
  const [one, two] = [await openTestKeyring(home), await openTestKeyring(home)]
  await one.rotate()
  expect(await hear(two, 'after', await tell(one, 'after'))).toBe(true)
  expect(two.state()).toMatchObject({ generation: 2, epoch: 2 })
})

test('[SEAL9] a device that follows from further back is not thrown back', async () => {
  const home = buildKeyringHome()
  const keyring = await openTestKeyring(home)
  await keyring.rotate()
  await keyring.rotate()
  expect(await keyring.take(home.entries.slice(0, 1))).toMatchObject({ generation: 3 })
  expect(await keyring.rotate()).toMatchObject({ kind: 'rotated', epoch: 4 })
})

test('[SEAL10] a new passphrase opens everything, and the old one nothing', async () => {
  const home = buildKeyringHome()
  const keyring = await openTestKeyring(home)
  const before = await tell(keyring, 'before')
  expect(await keyring.rotate(NEW_PASSPHRASE)).toMatchObject({ kind: 'rotated', epoch: 2 })
  expect(await tryKeyring(home)).toEqual({ kind: 'wrong-passphrase' })
  const fresh = await openTestKeyring(home, { passphrase: NEW_PASSPHRASE })
  expect(await hear(fresh, 'before', before)).toBe(true)
  expect(await hear(fresh, 'after', await tell(keyring, 'after'))).toBe(true)
  // The next epoch is under the new passphrase too.
  expect(await keyring.rotate()).toMatchObject({ epoch: 3 })
  expect(await hear(fresh, 'later', await tell(keyring, 'later'))).toBe(true)
})

test('[SEAL10] who holds the old passphrase seals nothing any more, and reads what was before', async () => {
  const home = buildKeyringHome()
  const [one, two] = [await openTestKeyring(home), await openTestKeyring(home)]
  const before = await tell(one, 'before')
  await one.rotate(NEW_PASSPHRASE)
  const after = await tell(one, 'after')
  expect(await two.take(home.entries)).toMatchObject({ kind: 'locked', reason: 'changed' })
  await expect(tell(two, 'mine')).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' })
  await expect(hear(two, 'after', after)).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' })
  expect(await hear(two, 'before', before)).toBe(true)
  expect(await two.rotate()).toMatchObject({ kind: 'locked' })
  expect(home.entries).toHaveLength(2)
})

test('[SEAL11] two that begin an epoch at once begin two, one after the other', async () => {
  const home = buildKeyringHome()
  const [one, two] = [await openTestKeyring(home), await openTestKeyring(home)]
  home.between = () => two.rotate()
  expect(await one.rotate()).toEqual({ kind: 'rotated', generation: 3, epoch: 3 })
  expect(home.entries).toHaveLength(3)
  await two.look()
  expect(await hear(two, 'a', await tell(one, 'a'))).toBe(true)
})

test('[SEAL11] who loses to a new passphrase stops', async () => {
  const home = buildKeyringHome()
  const [one, two] = [await openTestKeyring(home), await openTestKeyring(home)]
  home.between = () => two.rotate(NEW_PASSPHRASE)
  expect(await one.rotate()).toMatchObject({ kind: 'locked' })
  expect(home.entries).toHaveLength(2)
})

test.each(['stored', 'lost'] as const)(
  '[SEAL11] an epoch whose answer was lost is begun once: %s',
  async (loseAnswer) => {
    const home = buildKeyringHome()
    const keyring = await openTestKeyring(home)
    home.loseAnswer = loseAnswer
    expect(await keyring.rotate()).toEqual({ kind: 'rotated', generation: 2, epoch: 2 })
    expect(home.entries).toHaveLength(2)
    expect(await hear(await openTestKeyring(home), 'a', await tell(keyring, 'a'))).toBe(true)
  },
)

test('[SEAL11] a server that says no changes nothing', async () => {
  const home = buildKeyringHome()
  const keyring = await openTestKeyring(home)
  home.isDenied = true
  expect(await keyring.rotate()).toMatchObject({ kind: 'refused', detail: 'not allowed' })
  expect(keyring.state()).toMatchObject({ generation: 1, epoch: 1 })
})

test('[SEAL12] an entry of a new epoch is not given up while the keyring can not be read', async () => {
  const home = buildKeyringHome()
  const [one, two] = [await openTestKeyring(home), await openTestKeyring(home)]
  await one.rotate()
  const after = await tell(one, 'after')
  home.isDown = true
  await expect(hear(two, 'after', after)).rejects.toMatchObject({ code: 'TIMED_OUT' })
  home.isDown = false
  // A node that is behind, or a server that lies.
  const all = home.entries
  home.entries = []
  await expect(hear(two, 'after', after)).rejects.toMatchObject({ code: 'TIMED_OUT' })
  home.entries = all
  expect(await hear(two, 'after', after)).toBe(true)
})

test('[SEAL12] an epoch that nobody began is looked for once, and one far ahead never', async () => {
  const home = buildKeyringHome()
  const keyring = await openTestKeyring(home)
  const reads = home.reads
  const forge = async (epoch: number): Promise<boolean> => {
    const sealed = await tell(keyring, 'm')
    new DataView(sealed.buffer).setUint32(1, epoch)
    return hear(keyring, 'm', sealed)
  }
  expect(await forge(2)).toBe(false)
  expect(await forge(2)).toBe(false)
  expect(home.reads).toBe(reads + 1)
  expect(await forge(4_000_000_000)).toBe(false)
  expect(home.reads).toBe(reads + 1)
  // Once there is one, it is found.
  const other = await openTestKeyring(home)
  await other.rotate()
  await keyring.look()
  expect(await hear(keyring, 'new', await tell(other, 'new'))).toBe(true)
})

test('[SEAL13] a removed device keeps what it had and reads nothing new, unless it learns the passphrase', async () => {
  const home = buildKeyringHome()
  const [kept, removed] = [await openTestKeyring(home), await openTestKeyring(home)]
  const before = await tell(kept, 'before')
  await kept.rotate(NEW_PASSPHRASE)
  const after = await tell(kept, 'after')
  expect(await hear(removed, 'before', before)).toBe(true)
  await expect(hear(removed, 'after', after)).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' })
  expect(await tryKeyring(home, { passphrase: PASSPHRASE })).toEqual({ kind: 'wrong-passphrase' })
  const back = await openTestKeyring(home, { passphrase: NEW_PASSPHRASE })
  expect(await hear(back, 'after', after)).toBe(true)
})

test('[SEAL13] a new epoch alone is no removal: the old passphrase opens it', async () => {
  const home = buildKeyringHome()
  const [kept, removed] = [await openTestKeyring(home), await openTestKeyring(home)]
  await kept.rotate()
  expect(await hear(removed, 'after', await tell(kept, 'after'))).toBe(true)
})
