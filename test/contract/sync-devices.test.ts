import { expect, test } from 'vitest'
import { openEngine } from '../../src/client/open-engine.ts'
import { hashText } from '../../src/core/session/chain.ts'
import { connectSpace } from '../../src/sync/connect-space.ts'
import { systemClock } from '../../src/tabs/system-clock.ts'
import type { SyncStatus } from '../../src/protocol/sync.ts'
import { createMemoryRows, createMemoryStore } from '../../src/store/memory-store.ts'
import {
  createJournalMemory,
  createMemorySyncJournal,
} from '../../src/store/memory-sync-journal.ts'
import { findNats } from '../support/nats/find-nats.ts'
import { startNats } from '../support/nats/start-nats.ts'

const nats = await findNats()

/** The devices of a space, in no order of time. */
function named({ devices }: SyncStatus): readonly string[] {
  return devices.map(({ name, isRemoved }) => (isRemoved ? `${name}, removed` : name)).toSorted()
}

const passphrase = 'correct horse battery'

test.skipIf(nats.missing !== undefined)(
  '[CSYNC25] a process that keeps its store and its journal is the same device when it is started again',
  { timeout: 90_000 },
  async () => {
    const server = await startNats({ path: nats.path })
    const rows = createMemoryRows()
    const memory = createJournalMemory()
    const sync = { servers: server.address, deviceName: 'one' }
    const open = () =>
      openEngine({
        store: createMemoryStore(rows),
        syncJournal: createMemorySyncJournal(memory),
        sync,
      })
    const first = await open()
    const [kept, gone] = [await first.session('kept'), await first.session('gone')]
    for (const session of [kept, gone]) await session.append({ role: 'user', content: 'Hello' })
    const { status } = await first.sync()
    await expect.poll(() => status.get()).toMatchObject({ phase: 'online', pending: 0 })
    const { device } = status.get()
    await server.kill()
    await expect.poll(() => status.get().phase).toBe('offline')
    await kept.append({ role: 'user', content: 'Not sent yet' })
    await first.delete('gone')
    await first.close()

    await server.start()
    const other = await openEngine({ sync: { ...sync, deviceName: 'other' } })
    await expect.poll(async () => (await other.sessions()).length).toBe(2)
    const second = await open()
    const again = await second.sync()
    await expect
      .poll(async () => (await other.sessions()).map(({ id, messages }) => [id, messages]))
      .toEqual([['kept', 2]])
    await expect.poll(() => again.status.get().device).toEqual(device)
    await expect.poll(() => named(again.status.get())).toEqual(['one', 'other'])
    await Promise.all([second.close(), other.close()])
    await server.close()
  },
)

test.skipIf(nats.missing !== undefined)(
  '[PUMP20, CSYNC25] a process in which sync ends and begins again is the same device, and tells what changed meanwhile',
  { timeout: 90_000 },
  async () => {
    const server = await startNats({ path: nats.path })
    const options = { servers: server.address, deviceName: 'one' }
    const one = await openEngine({ sync: options })
    const other = await openEngine({ sync: { ...options, deviceName: 'other' } })
    for (const id of ['kept', 'gone']) {
      await (await one.session(id)).append({ role: 'user', content: 'Hello' })
    }
    await expect.poll(async () => (await other.sessions()).length).toBe(2)
    const { status, stop, start } = await one.sync()
    await expect.poll(() => status.get().device).toBeDefined()
    const { device } = status.get()
    await stop()
    await one.delete('gone')
    await (await one.session('kept')).describe({ title: 'Meanwhile' })
    await start(options)
    await expect
      .poll(async () => (await other.sessions()).map(({ id, details }) => [id, details.title]))
      .toEqual([['kept', 'Meanwhile']])
    await expect.poll(() => status.get().device).toEqual(device)
    await Promise.all([one.close(), other.close()])
    await server.close()
  },
)

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
    const { status } = await one.sync()
    await expect.poll(() => named(status.get())).toEqual(['one', 'two'])
    const strangers = [await open('no key'), await open('other key', { passphrase: 'another one' })]
    for (const stranger of strangers) {
      await (await stranger.session('mine')).append({ role: 'user', content: 'Tell everybody' })
      const own = (await stranger.sync()).status
      await expect.poll(() => own.get()).toMatchObject({ phase: 'refused', pending: 1 })
    }
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

test.skipIf(nats.missing !== undefined)(
  '[CSYNC18, CSYNC25] a removed device reads nothing more, and the others go on with the new passphrase',
  { timeout: 180_000 },
  async () => {
    const server = await startNats({ path: nats.path })
    const options = (deviceName: string, own: string) => ({
      servers: server.address,
      deviceName,
      space: 'ann',
      encrypt: { passphrase: own },
    })
    const open = (deviceName: string) => openEngine({ sync: options(deviceName, passphrase) })
    const [one, two, three] = [await open('one'), await open('two'), await open('three')]
    const here = await one.session('garden')
    await here.append({ role: 'user', content: 'The quince tree blooms' })
    for (const device of [two, three]) {
      await expect.poll(async () => (await device.sessions()).length).toBe(1)
    }
    const mine = await one.sync()
    await expect.poll(() => named(mine.status.get())).toEqual(['one', 'three', 'two'])
    const lost = mine.status.get().devices.find(({ name }) => name === 'two')?.id ?? ''
    const refused = { code: 'INVALID_INPUT' }
    await expect(mine.removeDevice(lost)).rejects.toMatchObject(refused)
    await expect(mine.removeDevice(lost, { passphrase })).rejects.toMatchObject(refused)
    expect(named(mine.status.get())).toEqual(['one', 'three', 'two'])
    const next = 'staple of the horse'
    await mine.removeDevice(lost, { passphrase: next })
    await expect.poll(() => named(mine.status.get())).toEqual(['one', 'three', 'two, removed'])
    await here.append({ role: 'user', content: 'Nobody else is to know' })
    await expect.poll(() => here.state.get().sync).toMatchObject({ confirmed: 2, pending: 0 })
    const [theirs, others] = [await two.sync(), await three.sync()]
    for (const { status } of [theirs, others]) {
      await expect
        .poll(() => status.get())
        .toMatchObject({ phase: 'refused', reason: expect.stringMatching(CHANGED) as string })
    }
    await others.start(options('three', next))
    const there = await three.session('garden')
    await expect.poll(() => there.state.get().messages).toBe(2)
    await there.append({ role: 'assistant', content: 'It stays between us' })
    await expect.poll(() => here.state.get().messages).toBe(3)
    expect(await two.sessions()).toMatchObject([{ id: 'garden', messages: 1 }])
    await theirs.start(options('two', passphrase))
    await expect.poll(() => theirs.status.get().phase).toBe('refused')
    expect(await two.sessions()).toMatchObject([{ id: 'garden', messages: 1 }])
    await Promise.all([one, two, three].map((device) => device.close()))
    await server.close()
  },
)

const CHANGED = /passphrase .* was changed on another device/

test.skipIf(nats.missing !== undefined)(
  '[CSYNC25] the device that removed another one connects again with the new passphrase',
  { timeout: 90_000 },
  async () => {
    const server = await startNats({ path: nats.path })
    const journal = createMemorySyncJournal()
    await journal.write({ device: 'own', cursor: 0 })
    const setup = {
      servers: [server.address],
      space: 'ann',
      deviceName: 'one',
      fold: 'here',
      encrypt: { passphrase },
    } as const
    const random = { id: () => crypto.randomUUID() }
    const connect = connectSpace(setup, { clock: systemClock, random, journal })
    const reach = async () => {
      const connected = await connect(undefined, () => {})
      if (connected.kind !== 'connected') throw new Error(connected.reason)
      return connected
    }
    const first = await reach()
    await first.log.close()
    // By now the space knows this device, which it may remove as well as any other.
    const second = await reach()
    await second.devices?.remove('own', 'staple of the horse')
    await second.log.close()
    const third = await reach()
    expect(third.devices?.list()).toMatchObject([{ id: 'own', isRemoved: true }])
    await third.log.close()
    await server.close()
  },
)

test.skipIf(nats.missing !== undefined)(
  '[ART7] what one device folded comes back on another one, payloads included',
  { timeout: 90_000 },
  async () => {
    const server = await startNats({ path: nats.path })
    const open = (deviceName: string) =>
      openEngine({ sync: { servers: server.address, deviceName } })
    const policy = {
      budget: { tokens: 8_000 },
      retainedTail: { messages: 2, share: 0.02 },
      largePayloadTokens: 50,
      automatic: false,
      applyAt: 'manual',
    } as const
    const [one, two] = [await open('one'), await open('two')]
    const here = await one.session('s', policy)
    const lines = Array.from({ length: 200 }, (_, n) => `setting_${n} = ${n * 3}`)
    const payload = lines.join('\n')
    await here.append(
      { role: 'user', content: 'Read the settings.' },
      { role: 'user', content: `\`\`\`\n${payload}\n\`\`\`` },
      ...Array.from({ length: 12 }, (_, n) => ({
        role: n % 2 === 0 ? ('assistant' as const) : ('user' as const),
        content: `Number ${n} ${'and so on '.repeat(60)}`,
      })),
    )
    await expect.poll(() => here.state.get().sync).toMatchObject({ confirmed: 14, pending: 0 })
    expect(await here.compact()).toMatchObject({ kind: 'ready' })
    expect(await here.apply()).toMatchObject({ kind: 'applied' })
    await expect.poll(async () => (await two.sessions()).length).toBe(1)
    const there = await two.session('s', policy)
    await expect.poll(() => there.state.get()).toMatchObject({ generation: 1, messages: 14 })
    const artifact = hashText(payload)
    const recalled = await here.recall({ artifact })
    expect(recalled).toMatchObject({ kind: 'artifact', text: payload })
    expect(await there.recall({ artifact })).toEqual(recalled)
    expect(await there.verify()).toMatchObject({ isSound: true, problems: [] })
    await Promise.all([one.close(), two.close()])
    await server.close()
  },
)
