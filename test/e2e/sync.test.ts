import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findNats } from '../support/nats/find-nats.ts'
import { openDevices, SESSION, type Device, type Devices } from './open-devices.ts'

const nats = await findNats()
const note = nats.missing === undefined ? '' : ` (skipped: ${nats.missing})`

/** Appends so many messages that say who wrote them, one call each. */
const write = (device: Device, name: string, count: number): Promise<void> =>
  device.run(
    async ([{ session }, given]) => {
      for (let index = 0; index < given.count; index += 1) {
        await session.append({
          id: `${given.name} ${index}`,
          role: index % 2 === 0 ? 'user' : 'assistant',
          content: `${given.name} ${index}: ${'the quince tree wants water and light, '.repeat(20)}`,
        })
      }
    },
    { name, count },
  )

const idsOf = (name: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${name} ${index}`)

const readIds = (device: Device): Promise<readonly string[]> =>
  device.run(async ([{ session }]) => {
    const log = await session.recall({ from: 1, to: 1_000 })
    return log.kind === 'messages' ? log.messages.map(({ id }) => id) : []
  }, null)

/** How it stands with what the server has to confirm. */
const readSync = (device: Device) =>
  device.run(async ([{ session, sync }]) => {
    const { phase, pending, sessionsPending, conflicts, ignored, devices: all } = sync.status.get()
    const names = all.map(({ name }) => name).toSorted()
    const { sync: own } = session.state.get()
    return { phase, pending, sessionsPending, conflicts, ignored, names, own }
  }, null)

/** The head as it stands here: its digest and what it covers, and the context that is made with it. */
const readHead = (device: Device) =>
  device.run(async ([{ session }]) => {
    const { generation: head } = session.state.get()
    if (head === 0) return null
    const { mark, covered, digest, text } = await session.generation(head)
    const { messages, through } = await session.context({ adopt: false })
    return { mark, covered, digest, text, through, messages: JSON.stringify(messages) }
  }, null)

const fold = (device: Device): Promise<readonly string[]> =>
  device.run(async ([{ session }]) => {
    const compacted = await session.compact()
    return [compacted.kind, (await session.apply()).kind]
  }, null)

const settled = { phase: 'online', pending: 0, sessionsPending: 0, ignored: 0 }

async function untilAllHave(all: readonly Device[], count: number): Promise<readonly string[]> {
  for (const device of all) {
    await expect.poll(() => readIds(device)).toHaveLength(count)
    await expect
      .poll(() => readSync(device))
      .toMatchObject({
        ...settled,
        own: { confirmed: count, pending: 0 },
      })
  }
  const logs = await Promise.all(all.map(readIds))
  for (const log of logs) expect(log).toEqual(logs[0])
  return logs[0] ?? []
}

describe.skipIf(nats.missing !== undefined)(`on a server${note}`, () => {
  let devices: Devices

  beforeAll(async () => {
    devices = await openDevices(nats.path)
  })

  afterAll(() => devices.close())

  test('[CSYNC19] two browsers and a process come to one log, whoever was offline meanwhile, and one fold serves all', async () => {
    const common = { space: 'sealed', encrypt: { passphrase: 'a very long passphrase' } }
    const left = await devices.openProfile({ ...common, deviceName: 'left laptop' })
    const right = await devices.openProfile({ ...common, deviceName: 'right phone' })
    const one = await left.openTab()
    await write(one, 'first', 2)
    await one.run(([{ session }]) => session.describe({ title: 'Orchard plans' }), null)
    const two = await right.openTab()
    const three = await devices.openProcess({ ...common, deviceName: 'third server' })
    const all = [one, two, three]
    await untilAllHave(all, 2)
    const readTitle = (): Promise<string | undefined> =>
      two.run(async ([{ session }]) => session.state.get().details.title, null)
    await expect.poll(readTitle).toBe('Orchard plans')

    right.way.cut()
    await expect.poll(async () => (await readSync(two)).phase).toBe('offline')
    await Promise.all([write(one, 'left', 8), write(two, 'right', 8), write(three, 'third', 4)])
    await expect
      .poll(() => readSync(two))
      .toMatchObject({ pending: 8, sessionsPending: 1, own: { confirmed: 2, pending: 8 } })
    await untilAllHave([one, three], 14)
    right.way.heal()
    await two.run(([{ sync }]) => sync.retry(), null)
    const log = await untilAllHave(all, 22)
    for (const [name, count] of [
      ['left', 8],
      ['right', 8],
      ['third', 4],
    ] as const) {
      expect(log.filter((id) => id.startsWith(name))).toEqual(idsOf(name, count))
    }

    expect(await fold(one)).toEqual(['ready', 'applied'])
    const head = await readHead(one)
    expect(head?.covered).toBeGreaterThan(0)
    for (const device of all) await expect.poll(() => readHead(device)).toEqual(head)
    for (const device of all) {
      await expect
        .poll(() => readSync(device))
        .toMatchObject({
          ...settled,
          conflicts: 0,
          names: ['left laptop', 'right phone', 'third server'],
        })
    }

    const files = devices.server.stored()
    for (const word of ['quince', 'right', 'Orchard', SESSION, 'laptop', 'phone', 'third']) {
      expect(files.includes(word), word).toBe(false)
    }
    // What others may see of an entry is there.
    expect(files.includes('bf.sealed.')).toBe(true)
  })

  test('[CSYNC20] of two tabs of a browser one synchronises, and once it is closed the other sends what both wrote', async () => {
    const profile = await devices.openProfile({ space: 'tabs', deviceName: 'browser' })
    const other = await devices.openProcess({ space: 'tabs', deviceName: 'process' })
    const [first, second] = [await profile.openTab(), await profile.openTab()]
    const places = (): Promise<readonly number[]> =>
      second.run(async () => {
        const { held = [], pending = [] } = await navigator.locks.query()
        return [held, pending].map(
          (locks) => locks.filter(({ name }) => name === 'backfold:backfold:sync').length,
        )
      }, null)
    await expect.poll(places).toEqual([1, 1])
    await write(second, 'second', 2)
    await untilAllHave([first, second, other], 2)
    profile.way.cut()
    for (const tab of [first, second]) {
      await expect.poll(async () => (await readSync(tab)).phase).toBe('offline')
    }
    await Promise.all([write(first, 'closed', 3), write(second, 'open', 3)])
    await expect.poll(async () => (await readSync(second)).pending).toBe(6)
    await first.page.close()
    await expect.poll(places).toEqual([1, 0])
    profile.way.heal()
    await second.run(([{ sync }]) => sync.retry(), null)
    const log = await untilAllHave([second, other], 8)
    expect(log.filter((id) => id.startsWith('closed'))).toEqual(idsOf('closed', 3))
    expect(log.filter((id) => id.startsWith('open'))).toEqual(idsOf('open', 3))
    await write(other, 'process', 1)
    await untilAllHave([second, other], 9)
  })

  test('[CSYNC21] a page that is loaded anew and a worker that is killed lose nothing that was not sent yet', async () => {
    const common = { space: 'lives', encrypt: { passphrase: 'a very long passphrase' } }
    const profile = await devices.openProfile({ ...common, deviceName: 'browser' })
    const other = await devices.openProcess({ ...common, deviceName: 'process' })
    const tab = await profile.openTab()
    await write(tab, 'before', 1)
    await untilAllHave([tab, other], 1)
    profile.way.cut()
    await write(tab, 'offline', 3)
    await write(other, 'process', 1)
    await tab.reload()
    await expect
      .poll(() => readSync(tab))
      .toMatchObject({ phase: 'offline', pending: 3, own: { confirmed: 1, pending: 3 } })
    profile.way.heal()
    const killed = tab.run(async ([{ session, workers }]) => {
      const appended = []
      for (let index = 0; index < 12; index += 1) {
        appended.push(session.append({ id: `killed ${index}`, role: 'user', content: 'Water it' }))
        if (index === 5) {
          await appended[2]
          workers.at(-1)?.terminate()
        }
      }
      await Promise.all(appended)
      return workers.length
    }, null)
    expect(await killed).toBe(2)
    const log = await untilAllHave([tab, other], 17)
    expect(log.filter((id) => id.startsWith('offline'))).toEqual(idsOf('offline', 3))
    expect(log.filter((id) => id.startsWith('killed')).toSorted()).toEqual(
      [...idsOf('killed', 12)].toSorted(),
    )
    expect(new Set(log).size).toBe(17)
  })

  test('[CSYNC22] of two folds that were made apart one stands on all devices, and a session removed on one is gone on all', async () => {
    const common = { space: 'heads' }
    const left = await devices.openProfile({ ...common, deviceName: 'left laptop' })
    const right = await devices.openProfile({ ...common, deviceName: 'right phone' })
    const [one, two] = [await left.openTab(), await right.openTab()]
    const three = await devices.openProcess({ ...common, deviceName: 'third server' })
    const all = [one, two, three]
    await write(one, 'first', 16)
    await untilAllHave(all, 16)
    right.way.cut()
    await expect.poll(async () => (await readSync(two)).phase).toBe('offline')
    await Promise.all([write(one, 'left', 6), write(two, 'right', 6)])
    await untilAllHave([one, three], 22)
    for (const device of [one, two]) expect(await fold(device)).toEqual(['ready', 'applied'])
    // What is not confirmed may still change places, and is not covered.
    expect((await readHead(two))?.mark).toBeLessThanOrEqual(16)
    const head = await readHead(one)
    await expect.poll(() => readHead(three)).toEqual(head)
    right.way.heal()
    await untilAllHave(all, 28)
    const stands = (await readHead(one))?.digest
    expect(stands).toEqual(head?.digest)
    for (const device of all) {
      await expect.poll(async () => (await readHead(device))?.digest).toEqual(stands)
    }
    expect((await readSync(two)).conflicts).toBe(1)
    expect((await readSync(one)).conflicts).toBe(0)
    await two.run(([{ backfold, session }]) => backfold.delete(session.id), null)
    for (const device of all) {
      const listed = () =>
        device.run(async ([{ backfold }]) => (await backfold.sessions()).length, null)
      await expect.poll(listed).toBe(0)
    }
  })
})
