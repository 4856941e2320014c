import { expect, test } from 'vitest'
import { digestLine } from '../../../../src/core/compaction/digest-lines.ts'
import { settleRules } from '../../../../src/core/memory/vault/settle-rules.ts'
import { system, user } from '../../../support/build-log.ts'
import { SyncDevice } from '../../../support/sync-device.ts'
import { SyncSpace } from '../../../support/sync-space.ts'

async function begun(
  ...names: readonly string[]
): Promise<readonly [SyncSpace, SyncDevice, SyncDevice]> {
  const devices = [new SyncSpace(), new SyncDevice('a'), new SyncDevice('b')] as const
  const [space, a, b] = devices
  await a.append(...names.map((name) => ({ ...user(name), id: name })))
  await space.settle([a, b])
  return devices
}

async function activeIds(device: SyncDevice): Promise<string> {
  const { range } = await device.read()
  return range.flatMap(({ id, active }) => (active ? [id] : [])).join(' ')
}

test('[SYNC5] a branch takes off what its device saw, and what came meanwhile stays', async () => {
  const [space, a, b] = await begun('one', 'two', 'three')
  await b.append({ ...user('late'), id: 'late' })
  await space.flush(b)
  await a.branch(1)
  await a.append({ ...user('other way'), id: 'other' })
  await space.settle([a, b])
  for (const device of [a, b]) {
    expect(await activeIds(device)).toBe('one late other')
    expect(await device.problems()).toEqual([])
    expect((await device.row())?.branch).toBe(1)
  }
})

test('[SYNC5] branches of two devices take off what either took off', async () => {
  const [space, a, b] = await begun('one', 'two', 'three', 'four')
  await a.branch(3)
  await b.branch(1)
  await space.settle([a, b])
  for (const device of [a, b]) expect(await activeIds(device)).toBe('one')
  expect(await a.agreed()).toEqual(await b.agreed())
})

test('[SYNC5] a branch behind messages that nobody knows, or once more, changes nothing', async () => {
  const [space, a, b] = await begun('one', 'two')
  const fields = { session: 's', by: 'c', confirmed: 0, kind: 'branch' } as const
  space.add({ ...fields, id: 'c1', after: 'one', through: 'nobody' })
  expect(await a.take(space.behind(0))).toMatchObject({ ignored: 1 })
  await a.branch(1)
  await space.settle([a, b])
  space.double(space.entries.length - 1)
  await space.settle([a, b])
  for (const device of [a, b]) expect((await device.row())?.branch).toBe(1)
})

test('[SYNC6] a branch of ours stays on top of what others say meanwhile', async () => {
  const [space, a, b] = await begun('one', 'two', 'three')
  await a.branch(1)
  await b.append({ ...user('late'), id: 'late' })
  await space.flush(b)
  await space.deliver(a)
  expect(await activeIds(a)).toBe('one late')
  expect((await a.row())?.sync?.unsent).toMatchObject([
    { kind: 'branch', after: 'one', through: 'three', left: [[2, 3]] },
  ])
  expect(await a.problems()).toEqual([])
})

test('[SYNC6] while it is unsent a generation of others that it leaves is the head once it comes', async () => {
  const [space, a, b] = await begun('one', 'two', 'three')
  await a.branch(1)
  await b.fold('confirmed')
  await space.flush(b)
  await space.deliver(a)
  expect(await a.row()).toMatchObject({ head: 0, mark: 0, sync: { head: { generation: 1 } } })
  await space.settle([a, b])
  for (const device of [a, b]) {
    expect(await device.row()).toMatchObject({ head: 0, sync: { head: { id: '' } } })
  }
})

test('[SYNC6, SYNC10] pins that it took off count as long as others may say something', async () => {
  const space = new SyncSpace()
  const [a, b] = [new SyncDevice('a'), new SyncDevice('b')]
  await a.append(system('be kind'))
  await space.settle([a, b])
  await a.branch(0)
  await b.append(system('be brief'))
  await space.flush(b)
  await space.settle([a, b])
  for (const device of [a, b]) expect((await device.row())?.pins).toEqual([2])
})

/** The rules that messages 1 and 3 say, of which the later one takes the place of the earlier, as a fold finds them. */
function findRules(device: SyncDevice): Promise<void> {
  return device.change((read, session) => {
    const lines = [
      digestLine('rules', '“Always use yarn.”', 1, 1),
      digestLine('rules', '“Use pnpm instead of yarn.”', 3, 1),
    ]
    return settleRules(session.id, read.rules, lines).map((row) => ({ table: 'rules', row }))
  })
}

test.each(['before', 'after'])(
  '[SYNC28, VAULT10] rules that others found and said %s a branch are left with its messages',
  async (when) => {
    const [space, a, b] = await begun('yarn', 'and', 'pnpm', 'more')
    await findRules(b)
    await a.branch(2)
    await space.flush(when === 'before' ? b : a)
    await space.flush(when === 'before' ? a : b)
    await space.settle([a, b])
    for (const device of [a, b]) {
      const { rules } = await device.read()
      expect(rules.map(({ status, sources }) => [status, sources])).toEqual([
        ['in-force', [1]],
        ['removed', [3]],
      ])
      expect(rules.every((rule) => rule.supersededBy === undefined)).toBe(true)
    }
    expect(await a.agreed()).toEqual(await b.agreed())
  },
)

test('[SYNC28] a rule that is said above a branch too is in force, and one that a person added stays', async () => {
  const [space, a, b] = await begun('yarn', 'and', 'pnpm', 'more')
  await b.rule('both', { quote: 'Say it twice.', sources: [1, 3] })
  await b.rule('added', { quote: 'Be brief.', sources: [4], origin: 'person' })
  await space.flush(b)
  await a.branch(2)
  await space.settle([a, b])
  for (const device of [a, b]) {
    const { rules } = await device.read()
    expect(rules.map(({ id, status, sources }) => [id, status, sources])).toEqual([
      ['added', 'in-force', [4]],
      ['both', 'in-force', [1]],
    ])
  }
})
