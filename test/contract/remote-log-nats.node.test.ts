import { afterAll, beforeAll, describe, expect, onTestFinished } from 'vitest'
import type { RemotePlace } from '../../src/core/ports/remote-log.ts'
import { connectNats } from '../../src/sync/nats/connect-nats.ts'
import { subjectOf } from '../../src/sync/nats/space-subjects.ts'
import { startFaultProxy } from '../support/nats/fault-proxy.ts'
import { findNats } from '../support/nats/find-nats.ts'
import { publishRaw } from '../support/nats/publish-raw.ts'
import { startNats, type NatsServer } from '../support/nats/start-nats.ts'
import { describeRemoteLog, type BreakableLog } from './remote-log-contract.ts'

const found = await findNats()
const note = found.missing ? ` (skipped: ${found.missing})` : ''

describe.skipIf(found.missing)(`on a server${note}`, { timeout: 30_000 }, () => {
  let server: NatsServer
  beforeAll(async () => {
    server = await startNats(found)
  })
  afterAll(async () => {
    await server.close()
  })
  let spaces = 0

  const connect = async (space: string): Promise<BreakableLog> => {
    const proxy = await startFaultProxy(server.port)
    const log = await connectNats({ servers: [proxy.address], space, beatMs: 500 }, () => undefined)
    onTestFinished(async () => {
      await log.close()
      await proxy.close()
    })
    await expect.poll(() => log.state().kind).toBe('online')
    return {
      ...log,
      cut: () => proxy.cut(),
      heal() {
        proxy.heal()
        log.retry()
      },
    }
  }

  describeRemoteLog('a remote log on NATS', async () => {
    spaces += 1
    const space = `space-${spaces}`
    return {
      connect: () => connect(space),
      spoil: (place: RemotePlace) => publishRaw(server.address, subjectOf(space, place), '{}'),
    }
  })
})
