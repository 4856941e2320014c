import { expect, test } from 'vitest'
import { createJournalMemory } from '../../../src/store/memory-sync-journal.ts'
import { createSyncLab, type SyncLab } from '../../sim/sync/sync-lab.ts'
import type { Device, DeviceTab } from '../../sim/sync/device.ts'

const session = 'one'

function say(tab: DeviceTab, ...texts: readonly string[]): void {
  const messages = texts.map((content) => ({ role: 'user' as const, content }))
  void tab.engine.handle('append', { session, messages })
}

async function texts({ store }: Device): Promise<readonly string[]> {
  const { range } = await store.read({ session, range: { from: 1, to: Infinity } })
  return range.map(({ parts }) => parts.map((part) => ('text' in part ? part.text : '')).join(''))
}

async function haveAll(devices: readonly Device[], said: readonly string[]): Promise<boolean> {
  const logs = await Promise.all(devices.map(texts))
  const wanted = said.toSorted().join()
  const first = logs[0]?.join()
  return logs.every((log) => log.join() === first && log.toSorted().join() === wanted)
}

/** Three devices that know two messages each of the others lack nothing of, and where the server stood in between. */
async function threeDevices(seed: number): Promise<{
  lab: SyncLab
  devices: readonly [Device, Device, Device]
  tabs: readonly [DeviceTab, DeviceTab, DeviceTab]
  backup: number
}> {
  const lab = createSyncLab(seed)
  const devices = [lab.device('a'), lab.device('b'), lab.device('c')] as const
  const tabs = [devices[0].openTab(), devices[1].openTab(), devices[2].openTab()] as const
  await lab.answer(tabs[0].engine.handle('open', { session }))
  say(tabs[0], 'first', 'second')
  await lab.until(() => haveAll(devices, ['first', 'second']))
  const backup = lab.server.entries.at(-1)?.position ?? 0
  say(tabs[1], 'third')
  await lab.until(() => haveAll(devices, ['first', 'second', 'third']))
  say(tabs[0], 'fourth')
  await lab.until(() => haveAll(devices, ['first', 'second', 'third', 'fourth']))
  await lab.rest()
  return { lab, devices, tabs, backup }
}

const ALL = ['first', 'second', 'third', 'fourth']

test('[PUMP21] what a server that was put back lacks is said again, and its order is everybody’s', async () => {
  for (let seed = 1; seed <= 12; seed += 1) {
    const { lab, devices, tabs, backup } = await threeDevices(seed)
    const [a, , c] = tabs
    c.connection?.cut()
    say(c, 'offline')
    await lab.rest()
    lab.server.putBack(backup)
    // One that comes first writes where others have read something else.
    a.reconnect()
    say(a, 'since')
    await lab.until(() => a.runner?.status().pending === 0)
    for (const tab of tabs.slice(1)) tab.reconnect()
    await lab.until(() => haveAll(devices, [...ALL, 'offline', 'since']))
    await lab.until(() => tabs.every(({ runner }) => runner?.status().pending === 0))
    expect((await texts(devices[0])).slice(0, 2)).toEqual(['first', 'second'])
    const late = lab.device('late')
    late.openTab()
    await lab.until(async () => haveAll([late, ...devices], [...ALL, 'offline', 'since']))
  }
})

test('[PUMP21] wherever it dies while it begins anew, nothing is lost, and nothing is there twice', async () => {
  for (let steps = 0; steps < 40; steps += 1) {
    const { lab, devices, tabs, backup } = await threeDevices(steps + 1)
    const [a, b, c] = tabs
    c.connection?.cut()
    b.connection?.cut()
    lab.server.putBack(backup)
    a.reconnect()
    for (let step = 0; step < steps; step += 1) await lab.world.advance()
    devices[0].kill(a)
    devices[0].openTab()
    b.reconnect()
    c.reconnect()
    await lab.until(() => haveAll(devices, ALL))
  }
})

test('[PUMP21] in another space, and on a server that begins with nothing, all is there again', async () => {
  const { lab, devices, tabs } = await threeDevices(3)
  lab.server.putBack(0)
  for (const tab of tabs) tab.reconnect()
  await lab.until(() => haveAll(devices, ALL))
  await lab.until(() => tabs.every(({ runner }) => runner?.status().pending === 0))
  const [a] = devices
  a.kill(tabs[0])
  a.space = 'office'
  lab.server.putBack(0)
  const moved = a.openTab()
  await lab.until(() => moved.runner?.status().phase === 'online')
  await lab.until(() => moved.runner?.status().pending === 0)
  expect(lab.server.entries.filter(({ channel }) => channel === 'log')).toHaveLength(4)
})

test('[PUMP21] a deletion that nobody was told of yet is told to the log that is there by then', async () => {
  const { lab, devices, tabs, backup } = await threeDevices(5)
  const [a, b, c] = tabs
  for (const { connection } of tabs) connection?.cut()
  await lab.rest()
  void a.engine.handle('delete', { session })
  await lab.until(async () => (await devices[0].store.listSessions()).length === 0)
  lab.server.putBack(backup)
  for (const tab of [a, b, c]) tab.reconnect()
  await lab.until(() => devices[0].journal.departures.size === 0)
  await lab.until(() => tabs.every(({ runner }) => runner?.status().pending === 0))
  await lab.rest()
  // What the log had is gone; what it never had may have come after the deletion.
  const logs = await Promise.all(devices.map(texts))
  for (const log of logs) expect(log).toEqual(logs[0])
  for (const said of ['first', 'second']) expect(logs[0]).not.toContain(said)
})

test('[PUMP21] a device that never connected takes any log for its own', async () => {
  const { lab, devices, tabs } = await threeDevices(7)
  devices[0].kill(tabs[0])
  devices[0].journal = createJournalMemory()
  const again = devices[0].openTab()
  await lab.until(() => again.runner?.status().phase === 'online')
  expect(await texts(devices[0])).toEqual(ALL)
  expect(again.runner?.status().pending).toBe(0)
})
