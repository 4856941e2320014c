import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { openEngine } from '../../src/client/open-engine.ts'
import type { Backfold } from '../../src/client/session.ts'
import { buildWorker } from '../support/nats/build-worker.ts'
import { findNats } from '../support/nats/find-nats.ts'
import { startNats, type NatsServer } from '../support/nats/start-nats.ts'
import { startWorker } from '../support/nats/start-worker.ts'
import { contextTexts, sayTo, untilSent } from '../support/synced-engine.ts'

const found = await findNats()
const folder = mkdtempSync(join(tmpdir(), 'backfold-put-back-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const passphrase = 'correct horse battery'

describe.skipIf(found.missing !== undefined)('a server that is not what it was', () => {
  async function start(): Promise<NatsServer> {
    const server = await startNats(found)
    onTestFinished(() => server.close())
    return server
  }

  async function openDevices(
    server: NatsServer,
    encrypt: { readonly passphrase: string } | undefined,
  ): Promise<readonly Backfold[]> {
    const devices: Backfold[] = []
    for (const deviceName of ['one', 'two']) {
      const device = await openEngine({
        sync: { servers: server.address, deviceName, ...(encrypt && { encrypt }) },
      })
      onTestFinished(() => device.close())
      devices.push(device)
    }
    return devices
  }

  async function haveAll(devices: readonly Backfold[], wanted: readonly string[]): Promise<void> {
    for (const device of devices) {
      await expect
        .poll(async () => (await contextTexts(device)).toSorted())
        .toEqual(wanted.toSorted())
    }
    const [first, ...others] = await Promise.all(devices.map(contextTexts))
    for (const other of others) expect(other).toEqual(first)
    for (const device of devices) {
      await untilSent(device)
    }
  }

  test.each([
    ['open', undefined],
    ['sealed', { passphrase }],
  ])(
    '[PUMP21, RLOG19] put back from a backup it gets what it lacks from the devices: %s',
    { timeout: 90_000 },
    async (_, encrypt) => {
      const server = await start()
      const devices = await openDevices(server, encrypt)
      const [one, two] = devices
      if (!one || !two) throw new Error('there are two devices')
      await sayTo(one, 'before')
      await haveAll(devices, ['before'])
      await server.kill()
      const backup = mkdtempSync(join(folder, 'backup-'))
      cpSync(server.storeFolder, backup, { recursive: true })
      await server.start()
      await sayTo(two, 'behind')
      await sayTo(one, 'further behind')
      await haveAll(devices, ['before', 'behind', 'further behind'])
      await server.kill()
      rmSync(server.storeFolder, { recursive: true })
      cpSync(backup, server.storeFolder, { recursive: true })
      await server.start()
      const admin = startWorker(await buildWorker(), ['--restored', '--servers', server.address])
      expect(await admin.ended).toBe(0)
      await sayTo(two, 'since')
      await haveAll(devices, ['before', 'behind', 'further behind', 'since'])
    },
  )

  test.each([
    ['open', undefined],
    ['sealed', { passphrase }],
  ])(
    '[PUMP21, RLOG19] one that begins with nothing gets all from the devices: %s',
    { timeout: 90_000 },
    async (_, encrypt) => {
      const server = await start()
      const devices = await openDevices(server, encrypt)
      const [one, two] = devices
      if (!one || !two) throw new Error('there are two devices')
      await sayTo(one, 'before')
      await haveAll(devices, ['before'])
      await server.kill()
      rmSync(server.storeFolder, { recursive: true })
      await sayTo(two, 'offline')
      await server.start()
      for (const device of devices) await (await device.sync()).retry()
      await haveAll(devices, ['before', 'offline'])
    },
  )
})
