import { describe, expect, onTestFinished, test } from 'vitest'
import type { SyncStatus } from '../../src/protocol/sync.ts'
import { connectNats } from '../../src/sync/nats/connect-nats.ts'
import { ChaosDevice, type DeviceWish } from '../support/chaos/chaos-device.ts'
import { checkSpace } from '../support/chaos/check-space.ts'
import { readSpace } from '../support/chaos/read-space.ts'
import { LONG } from '../support/chaos/run-storm.ts'
import { createAuthority, type UserCredentials } from '../support/nats/credentials.ts'
import { findNats } from '../support/nats/find-nats.ts'
import { startNats, type NatsServer, type NatsSettings } from '../support/nats/start-nats.ts'

const found = await findNats()
const note = found.missing === undefined ? '' : ` (skipped: ${found.missing})`

describe.skipIf(found.missing !== undefined)(
  `devices on one server${note}`,
  { timeout: 180_000 },
  () => {
    async function start(settings: Partial<NatsSettings>): Promise<NatsServer> {
      const server = await startNats({ path: found.path, isDurable: true, ...settings })
      onTestFinished(() => server.close())
      return server
    }

    async function open(
      name: string,
      server: NatsServer,
      sync: NonNullable<DeviceWish['sync']> = {},
    ): Promise<ChaosDevice> {
      const device = await ChaosDevice.open({ name, nodes: [server], space: 'home', sync })
      onTestFinished(() => device.close())
      return device
    }

    async function expectStatus(device: ChaosDevice, status: Partial<SyncStatus>): Promise<void> {
      await expect.poll(() => device.status(), LONG).toMatchObject(status)
    }

    /** All that was said is on all of them, once and in order, and nothing waits any more. */
    async function expectAll(
      devices: readonly ChaosDevice[],
      { address }: NatsServer,
      {
        credentials,
        gone = new Set(),
      }: { readonly credentials?: UserCredentials; readonly gone?: ReadonlySet<string> } = {},
    ): Promise<void> {
      const look = async (): Promise<readonly string[]> => {
        const entries = await readSpace([address], 'home', credentials)
        return (await checkSpace(devices, devices, entries, gone)).wrong
      }
      await expect.poll(look, LONG).toEqual([])
    }

    test('[CHAOS3] what is pending when credentials expire or are revoked waits, and goes out with new ones', async () => {
      const authority = await createAuthority()
      const server = await start({ config: authority.config })
      const admin = await authority.admin()
      const stream = await connectNats(
        { servers: [server.address], space: 'home', credentials: admin },
        () => undefined,
      )
      await expect.poll(() => stream.state().kind, LONG).toBe('online')
      await stream.close()
      const brief = await authority.user('home', { seconds: 5 })
      const expiresAt = Date.now() + 5_000
      const one = await open('one', server, { credentials: brief })
      const two = await open('two', server, { credentials: await authority.user('home') })
      await Promise.all([one.say('talk', 5), two.say('talk', 5)])
      // Within the second in which they expire the server takes them now and then.
      const isOver = (): boolean => Date.now() > expiresAt + 1_000
      await expect.poll(() => isOver() && one.status().phase, LONG).toBe('refused')
      const before = one.status().pending
      await Promise.all([one.say('talk', 5), two.say('talk', 5)])
      await expectStatus(two, { phase: 'online', pending: 0 })
      await expectStatus(one, { phase: 'refused', pending: before + 5 })
      const second = await authority.user('home')
      await one.renew(second)
      await expectAll([one, two], server, { credentials: admin })

      server.configure(await authority.revoke(second))
      await server.kill()
      await server.start()
      await expectStatus(one, { phase: 'refused' })
      await Promise.all([one.say('talk', 5), two.say('talk', 5)])
      await expectStatus(two, { phase: 'online', pending: 0 })
      await expectStatus(one, { phase: 'refused', pending: 5 })
      await one.renew(await authority.user('home'))
      await expectAll([one, two], server, { credentials: admin })
    })

    test('[CHAOS4] hundreds of messages that were said offline go out in order, and one that never will holds up its own session', async () => {
      const server = await start({ maxPayload: 8_192 })
      const writer = await open('writer', server)
      const reader = await open('reader', server)
      await expectStatus(writer, { phase: 'online' })
      for (const way of writer.ways) way.cut()
      await writer.say('many', 300)
      await writer.say('few', 3)
      const large = await writer.append('large', writer.nextId(), 'quince '.repeat(60_000))
      const behind = await writer.say('large', 2)
      for (const way of writer.ways) way.heal()
      await writer.retry()
      await expectStatus(writer, { phase: 'online', pending: 3, sessionsPending: 1 })
      const detail = expect.stringContaining('larger than 32 MB') as string
      expect(writer.status().lastError).toMatchObject({ detail })
      await writer.delete('large')
      await expectAll([writer, reader], server, { gone: new Set([large, ...behind]) })
    })
  },
)
