import { expect, test } from 'vitest'
import type { Notice, Notices } from '../../../src/core/ports/notices.ts'
import type { SessionStore } from '../../../src/core/ports/session-store.ts'
import { SYNC_OFF } from '../../../src/protocol/sync.ts'
import type { SyncSetup } from '../../../src/protocol/sync-desk.ts'
import { createMemoryStore } from '../../../src/store/memory-store.ts'
import { createSyncSwitch, type OpenedSync } from '../../../src/sync/sync-switch.ts'
import { createLocalLeases } from '../../../src/tabs/local-leases.ts'
import { createFakeRunner } from '../../support/fake-sync-runner.ts'

const SETUP: SyncSetup = { servers: [], space: 's', deviceName: 'd', fold: 'here' }

/** A store that notes under a name what it was asked. */
function named(name: string, calls: string[], base: SessionStore): SessionStore {
  return {
    ...base,
    listSessions() {
      calls.push(`${name} listSessions`)
      return base.listSessions()
    },
    async close() {
      calls.push(`${name} close`)
      await base.close()
    },
  }
}

function createNotices(): Notices & { hear(notice: Notice): void } {
  const listeners = new Set<(notice: Notice) => void>()
  return {
    post() {},
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {},
    hear(notice) {
      for (const listener of listeners) listener(notice)
    },
  }
}

function stage() {
  const calls: string[] = []
  const memory = createMemoryStore()
  const leases = createLocalLeases()
  const notices = createNotices()
  const synced = createNotices()
  const runner = createFakeRunner()
  const open = async ({ space }: SyncSetup): Promise<OpenedSync> => {
    calls.push(`open ${space}`)
    const store = named(space, calls, memory)
    const close = async (): Promise<void> => void calls.push(`end ${space}`)
    const steering = {
      status: runner.status,
      watch: (listener: () => void) => runner.watch(listener),
      retry: async () => runner.retry(),
      renew: async () => {},
      removeDevice: runner.removeDevice,
      skipMissing: runner.skipMissing,
      close,
    }
    return { store, leases, notices: synced, steering }
  }
  const base = { store: named('base', calls, memory), leases, notices }
  return { ...createSyncSwitch(base, open), calls, runner, heard: { notices, synced } }
}

test('[CSYNC4] while sync is off nothing of it is there', async () => {
  const { desk, store, calls } = stage()
  expect(desk.status()).toEqual(SYNC_OFF)
  await store.listSessions()
  await desk.end()
  await desk.retry()
  expect(calls).toEqual(['base listSessions'])
})

test('[CSYNC4] it begins and ends while the store is in use', async () => {
  const { desk, store, calls, runner } = stage()
  const seen: string[] = []
  desk.watch(() => seen.push(`${desk.status().phase} ${desk.status().pending}`))
  await desk.begin(SETUP)
  await store.listSessions()
  runner.tell({ pending: 2 })
  await desk.end()
  await store.listSessions()
  expect(seen).toEqual(['online 0', 'online 2', 'off 0'])
  expect(calls).toEqual(['open s', 's listSessions', 'end s', 'base listSessions'])
})

test('[CSYNC4] one takes the place of another, one after the other', async () => {
  const { desk, store, calls } = stage()
  await Promise.all([desk.begin({ ...SETUP, space: 'a' }), desk.begin({ ...SETUP, space: 'b' })])
  await store.listSessions()
  expect(calls).toEqual(['open a', 'end a', 'open b', 'b listSessions'])
})

test('[CSYNC4] whoever listens hears what is noticed before, meanwhile and after', async () => {
  const { desk, notices, heard } = stage()
  const seen: string[] = []
  const stop = notices.listen(({ session }) => seen.push(session))
  const say = (session: string): void => {
    heard.notices.hear({ session: `${session} off`, kind: 'appended' })
    heard.synced.hear({ session: `${session} on`, kind: 'appended' })
  }
  say('1')
  await desk.begin(SETUP)
  say('2')
  await desk.end()
  say('3')
  stop()
  say('4')
  expect(seen).toEqual(['1 off', '2 on', '3 off'])
})

test('[CSYNC4] closing ends it, and then it begins no more', async () => {
  const { desk, store, calls } = stage()
  await desk.begin(SETUP)
  await desk.close()
  await store.close()
  await expect(desk.begin(SETUP)).rejects.toMatchObject({ code: 'CLOSED' })
  expect(calls).toEqual(['open s', 'end s', 'base close'])
})
