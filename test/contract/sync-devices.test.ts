import { expect, test } from 'vitest'
import { openEngine } from '../../src/client/open-engine.ts'
import { findNats } from '../support/nats/find-nats.ts'
import { startNats } from '../support/nats/start-nats.ts'

const nats = await findNats()

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
