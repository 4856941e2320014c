import type { SyncStatus } from '../../src/protocol/sync.ts'
import type { Device, DeviceTab } from '../sim/sync/device.ts'
import { createSyncLab } from '../sim/sync/sync-lab.ts'

export const session = 'one'

export function say(tab: DeviceTab, ...texts: readonly string[]): Promise<unknown> {
  const messages = texts.map((content) => ({ role: 'user' as const, content }))
  return tab.engine.handle('append', { session, messages })
}

export async function texts({ store }: Device): Promise<readonly string[]> {
  const { range } = await store.read({ session, range: { from: 1, to: Infinity } })
  return range.map(({ parts }) => parts.map((part) => ('text' in part ? part.text : '')).join(''))
}

export function statusOf(tab: DeviceTab): SyncStatus | undefined {
  return tab.runner?.status()
}

/** Two devices that both know a session of two messages. */
export async function twoDevices(seed?: number): Promise<{
  lab: ReturnType<typeof createSyncLab>
  a: Device
  b: Device
  here: DeviceTab
  there: DeviceTab
}> {
  const lab = createSyncLab(seed)
  const [a, b] = [lab.device('a'), lab.device('b')]
  const [here, there] = [a.openTab(), b.openTab()]
  await lab.answer(here.engine.handle('open', { session }))
  void say(here, 'first', 'second')
  await lab.until(async () => (await texts(b)).length === 2)
  await lab.rest()
  return { lab, a, b, here, there }
}
