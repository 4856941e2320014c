import { headers, wsconnect } from '@nats-io/nats-core'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import type { RemotePlace } from '../../src/core/ports/remote-log.ts'
import { connectNats } from '../../src/sync/nats/connect-nats.ts'
import { subjectOf } from '../../src/sync/nats/space-subjects.ts'
import { watchRemoteLog } from '../support/watch-remote-log.ts'
import { buildEntry, describeRemoteLog, type BreakableLog } from './remote-log-contract.ts'

const { address, missing } = inject('natsServer')
const note = missing === undefined ? '' : ` (skipped: ${missing})`

/** Nobody listens there. */
const NOWHERE = 'ws://127.0.0.1:9'

const BrowserSocket = globalThis.WebSocket

/** Web sockets of the page, by the device that their address names, so that those of one can be cut. */
const cut = new Set<string>()
const open = new Map<string, Set<WebSocket>>()

class TrackedSocket extends BrowserSocket {
  constructor(url: string | URL) {
    const device = new URL(url).pathname
    super(cut.has(device) ? NOWHERE : url)
    open.set(device, (open.get(device) ?? new Set()).add(this))
  }
}

describe.skipIf(missing)(`over a web socket${note}`, () => {
  let named = 0

  const connect = async (space: string): Promise<BreakableLog> => {
    named += 1
    const device = `/device-${named}`
    globalThis.WebSocket = TrackedSocket
    const settings = { servers: [`${address}${device}`], space, beatMs: 500 }
    const log = await connectNats(settings, () => undefined)
    onTestFinished(() => log.close())
    await expect.poll(() => log.state().kind).toBe('online')
    return {
      ...log,
      cut() {
        cut.add(device)
        for (const socket of open.get(device) ?? []) socket.close()
      },
      heal() {
        cut.delete(device)
        log.retry()
      },
    }
  }

  const spoil = async (space: string, place: RemotePlace): Promise<void> => {
    const connection = await wsconnect({ servers: address })
    await connection.request(subjectOf(space, place), '{}', { timeout: 5_000, headers: headers() })
    await connection.close()
  }

  describeRemoteLog('a remote log on NATS', async () => {
    const space = crypto.randomUUID()
    return { connect: () => connect(space), spoil: (place) => spoil(space, place) }
  })

  test('[RLOG12] large entries come whole', async () => {
    const log = await connect(crypto.randomUUID())
    const bytes = Uint8Array.from({ length: 1_500_000 }, (_, at) => (at * 31) % 251)
    expect((await log.append({ ...buildEntry('large'), bytes })).kind).toBe('stored')
    const watched = watchRemoteLog(log)
    await expect.poll(watched.ids).toEqual(['large'])
    const came = watched.entries[0]?.bytes
    expect(came?.every((byte, at) => byte === bytes[at]) && came.length === bytes.length).toBe(true)
  })
})
