import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Keyring } from '../../src/sync/seal/keyring.ts'
import { readWhole } from '../../src/sync/seal/read-whole.ts'
import { createKeyringHome } from '../../src/sync/seal/keyring-home-over-log.ts'
import { connectNats } from '../../src/sync/nats/connect-nats.ts'
import type { NatsLog } from '../../src/sync/nats/nats-options.ts'
import { systemClock } from '../../src/tabs/system-clock.ts'
import { findNats } from '../support/nats/find-nats.ts'
import { publishRaw } from '../support/nats/publish-raw.ts'
import { startNats, waitUntil, type NatsServer } from '../support/nats/start-nats.ts'
import { buildPins } from '../support/sync/build-keyring-home.ts'
import { openTestKeyring, tryKeyring } from '../support/sync/open-test-keyring.ts'

const found = await findNats()

describe.skipIf(found.missing !== undefined)('keyrings on a NATS server', () => {
  let server: NatsServer
  const logs: NatsLog[] = []

  const reach = async (): Promise<ReturnType<typeof createKeyringHome>> => {
    const options = { servers: [server.address], space: 'home', session: '_space' }
    const log = await connectNats(options, () => undefined)
    logs.push(log)
    await waitUntil(() => log.state().kind === 'online')
    return createKeyringHome(log, () => readWhole(log, systemClock))
  }

  const canTalk = async (from: Keyring, to: Keyring): Promise<boolean> => {
    const place = { token: await from.sealer.token('s'), channel: 'log' } as const
    const sealed = await from.sealer.seal(place, 'm', new Uint8Array([7]))
    return (await to.sealer.open(place, 'm', sealed))?.[0] === 7
  }

  beforeAll(async () => {
    server = await startNats({ path: found.path })
  }, 60_000)

  afterAll(async () => {
    for (const log of logs) await log.close()
    await server.close()
  })

  test('[SEAL7] four first devices at once come to one keyring', async () => {
    const homes = await Promise.all([reach(), reach(), reach(), reach()])
    const keyrings = await Promise.all(homes.map((home) => openTestKeyring(home)))
    expect(await homes[0]?.read()).toHaveLength(1)
    for (const from of keyrings) {
      for (const to of keyrings) expect(await canTalk(from, to)).toBe(true)
    }
  }, 60_000)

  test('[SEAL9, SEAL11] two that begin an epoch at once begin two, and others find both', async () => {
    const [one, two, three] = await Promise.all([reach(), reach(), reach()])
    const [a, b, c] = [
      await openTestKeyring(one),
      await openTestKeyring(two),
      await openTestKeyring(three),
    ]
    const rotated = await Promise.all([a.rotate(), b.rotate()])
    expect(rotated.map((outcome) => outcome.kind)).toEqual(['rotated', 'rotated'])
    expect(await one.read()).toHaveLength(3)
    await Promise.all([a.look(), b.look()])
    expect(await canTalk(a, b)).toBe(true)
    expect(await canTalk(b, c)).toBe(true)
    expect(c.state()).toMatchObject({ kind: 'open', generation: 3, epoch: 3 })
  }, 60_000)

  test('[SEAL4, SEAL5] what the server is made to leave there changes nothing, and one that shows none begins nothing', async () => {
    const home = await reach()
    const pins = buildPins()
    const keyring = await openTestKeyring(home, { pins })
    await publishRaw(server.address, 'bf.home._space.g', '{"stream":"BF","seq":7}')
    expect(await keyring.rotate()).toMatchObject({ kind: 'rotated' })
    const before = await home.read()
    const emptied = { ...home, read: () => Promise.resolve([]) }
    // What it has all the same stands in the way of what is said again.
    expect(await tryKeyring(emptied, { pins })).toMatchObject({ kind: 'unreachable' })
    expect(await home.read()).toEqual(before)
    expect(await tryKeyring(home, { pins })).toMatchObject({ kind: 'open' })
  }, 60_000)
})
