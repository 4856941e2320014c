import { expect, test } from 'vitest'
import { openEngine } from '../../src/client/open-engine.ts'
import type { SyncStatus } from '../../src/protocol/sync.ts'
import { findNats } from '../support/nats/find-nats.ts'
import { startNats } from '../support/nats/start-nats.ts'

const nats = await findNats()

/** The devices of a space, in no order of time. */
function named({ devices }: SyncStatus): readonly string[] {
  return devices.map(({ name, isRemoved }) => (isRemoved ? `${name}, removed` : name)).toSorted()
}

const passphrase = 'correct horse battery'

test.skipIf(nats.missing !== undefined)(
  '[CSYNC16] what one device writes the other has, and what is written offline waits',
  { timeout: 90_000 },
  async () => {
    const server = await startNats({ path: nats.path })
    const open = (deviceName: string) =>
      openEngine({ sync: { servers: server.address, deviceName } })
    const one = await open('one')
    const here = await one.session('s')
    await here.append({ role: 'user', content: 'The tap drips' })
    const two = await open('two')
    await expect
      .poll(async () => (await two.sessions()).map(({ id, messages }) => [id, messages]))
      .toEqual([['s', 1]])
    const there = await two.session('s')
    await there.append({ role: 'assistant', content: 'Which one?' })
    await expect
      .poll(() => here.state.get())
      .toMatchObject({ messages: 2, sync: { confirmed: 2, pending: 0 } })
    const { status } = await one.sync()
    await expect.poll(() => status.get()).toMatchObject({ phase: 'online', pending: 0 })
    await server.kill()
    await expect.poll(() => status.get().phase).toBe('offline')
    await here.append({ role: 'user', content: 'The one in the kitchen' })
    await expect.poll(() => status.get().pending).toBe(1)
    await server.start()
    await expect.poll(() => there.state.get().messages).toBe(3)
    await Promise.all([one.close(), two.close()])
    await server.close()
  },
)

test.skipIf(nats.missing !== undefined)(
  '[CSYNC17, CSYNC18] a sealed space is one for those who know its passphrase, and they know each other',
  { timeout: 90_000 },
  async () => {
    const server = await startNats({ path: nats.path })
    const open = (deviceName: string, encrypt?: { readonly passphrase: string }) =>
      openEngine({
        sync: { servers: server.address, deviceName, space: 'ann', ...(encrypt && { encrypt }) },
      })
    const one = await open('one', { passphrase })
    await (await one.session('garden')).append({ role: 'user', content: 'The quince tree blooms' })
    const two = await open('two', { passphrase })
    await expect.poll(async () => (await two.sessions()).map(({ id }) => id)).toEqual(['garden'])
    const there = await two.session('garden')
    await there.append({ role: 'assistant', content: 'Prune it in winter' })
    const { status, removeDevice } = await one.sync()
    await expect.poll(() => named(status.get())).toEqual(['one', 'two'])
    const strangers = [await open('no key'), await open('other key', { passphrase: 'another one' })]
    for (const stranger of strangers) {
      await (await stranger.session('mine')).append({ role: 'user', content: 'Tell everybody' })
      const own = (await stranger.sync()).status
      await expect.poll(() => own.get()).toMatchObject({ phase: 'refused', pending: 1 })
    }
    const second = status.get().devices.find(({ name }) => name === 'two')
    await removeDevice(second?.id ?? '')
    const other = (await two.sync()).status
    await expect.poll(() => named(other.get())).toEqual(['one', 'two, removed'])
    expect((await one.sessions()).map(({ id }) => id)).toEqual(['garden'])
    await Promise.all([one, two, ...strangers].map((device) => device.close()))
    const files = server.stored()
    for (const word of ['quince', 'Prune', 'garden', 'everybody']) {
      expect(files.includes(word), word).toBe(false)
    }
    // What others may see of an entry is there.
    expect(files.includes('bf.ann.')).toBe(true)
    await server.close()
  },
)
