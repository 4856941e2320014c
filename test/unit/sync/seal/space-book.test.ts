import { expect, test } from 'vitest'
import type { RemoteEntry } from '../../../../src/core/ports/remote-log.ts'
import { createSpaceBook, type SpaceBook } from '../../../../src/sync/seal/space-book.ts'
import { createPlainSealer } from '../../../../src/sync/plain-sealer.ts'
import type { Keyring } from '../../../../src/sync/seal/keyring.ts'
import { buildKeyringHome } from '../../../support/sync/build-keyring-home.ts'
import { openTestKeyring } from '../../../support/sync/open-test-keyring.ts'

let ids = 0

function openBook(keyring: Keyring | undefined, entries: RemoteEntry[], isDown = false): SpaceBook {
  return createSpaceBook({
    ...(keyring && { keyring }),
    sealer: keyring?.sealer ?? createPlainSealer(),
    newId: () => `e-${(ids += 1)}`,
    now: () => 1_000,
    log: {
      append: async (entry) => {
        if (isDown) return { kind: 'unsure', reason: 'no answer' }
        const position = entries.length + 1
        entries.push({ ...entry, position })
        return { kind: 'stored', position }
      },
    },
  })
}

test('[SEAL15] devices hear of each other, sealed, and of who is removed', async () => {
  const home = buildKeyringHome()
  const entries: RemoteEntry[] = []
  const [one, two] = [await openTestKeyring(home), await openTestKeyring(home)]
  const [mine, theirs] = [openBook(one, entries), openBook(two, entries)]
  let changes = 0
  const stop = theirs.watch(() => (changes += 1))
  expect(await mine.announce({ id: 'd-1', name: 'desk' })).toBe(true)
  expect(Buffer.from(entries[0]?.bytes ?? []).includes('desk')).toBe(false)
  await theirs.look(entries)
  await mine.look(entries)
  const device = { id: 'd-1', name: 'desk', seenAt: 1_000, isRemoved: false }
  expect(theirs.list()).toEqual([device])
  await theirs.look([
    { token: 'x', channel: 'rows', id: 'y', position: 9, bytes: new Uint8Array(99) },
  ])
  expect(changes).toBe(1)
  stop()
  await mine.remove('d-1', 'another horse')
  expect(one.state()).toMatchObject({ epoch: 2 })
  await theirs.look(entries)
  expect(theirs.list()).toEqual([{ ...device, isRemoved: true }])
  await expect(mine.remove('d-9', 'a third horse')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
})

test('[SEAL10] whoever meets a new passphrase goes no further', async () => {
  const home = buildKeyringHome()
  const [one, two] = [await openTestKeyring(home), await openTestKeyring(home)]
  await one.rotate('another horse')
  await expect(openBook(two, []).look(home.entries)).rejects.toMatchObject({
    code: 'WRONG_PASSPHRASE',
  })
})

test('[SEAL15] what could not be said is told', async () => {
  const keyring = await openTestKeyring(buildKeyringHome())
  const entries: RemoteEntry[] = []
  await openBook(keyring, entries).announce({ id: 'd-1', name: 'desk' })
  const book = openBook(keyring, entries, true)
  await book.look(entries)
  expect(await book.announce({ id: 'd-2', name: 'phone' })).toBe(false)
  await expect(book.remove('d-1', 'another horse')).rejects.toMatchObject({ code: 'TIMED_OUT' })
  expect(keyring.state()).toMatchObject({ epoch: 1 })
})

test('[SEAL17] a device is shut out of a sealed space by a new passphrase, and by nothing else', async () => {
  const home = buildKeyringHome()
  const keyring = await openTestKeyring(home)
  const entries: RemoteEntry[] = []
  const book = openBook(keyring, entries)
  await book.announce({ id: 'd-1', name: 'phone' })
  await book.look(entries)
  await expect(book.remove('d-1')).rejects.toThrow(/new passphrase/)
  await expect(book.remove('d-1', 'short')).rejects.toThrow(/8 to 10,000/)
  expect([entries.length, keyring.state()]).toMatchObject([1, { epoch: 1, generation: 1 }])
  await book.remove('d-1', 'another horse')
  expect(keyring.state()).toMatchObject({ kind: 'open', epoch: 2, generation: 2 })
  const before = await openTestKeyring(home).catch((failure: unknown) => failure)
  expect(before).toBeInstanceOf(Error)
})

test('[SEAL17] in a space that is not sealed a passphrase is needless, and nothing is said', async () => {
  const entries: RemoteEntry[] = []
  const book = openBook(undefined, entries)
  await book.announce({ id: 'd-1', name: 'phone' })
  await book.look(entries)
  await expect(book.remove('d-1', 'another horse')).rejects.toThrow(/not sealed/)
  expect(entries).toHaveLength(1)
  await book.remove('d-1')
  await book.look(entries)
  expect(book.list()).toMatchObject([{ id: 'd-1', isRemoved: true }])
})
