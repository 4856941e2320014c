import { expect, test } from 'vitest'
import type { SyncSetup } from '../../../src/protocol/sync-desk.ts'
import { createSharedSync, type SharedSync } from '../../../src/sync/shared-sync.ts'
import type { SyncNotice, SyncNotices } from '../../../src/sync/sync-notices.ts'
import { holdPlace } from '../../../src/tabs/hold-place.ts'
import { createManualClock } from '../../support/build-clock.ts'
import { settle } from '../../support/build-engine.ts'
import { createLockManager } from '../../support/build-lock-manager.ts'
import { createFakeRunner, type FakeRunner } from '../../support/fake-sync-runner.ts'

const SETUP: SyncSetup = {
  servers: ['wss://sync.example.com'],
  space: 'default',
  credentials: { kind: 'token', token: 'first' },
  deviceName: 'Kitchen',
  fold: 'here',
}

interface Tab {
  readonly sync: SharedSync
  readonly runner: FakeRunner
  /** How it was started, as often as it was. */
  readonly setups: readonly SyncSetup[]
  readonly changed: readonly string[]
  /** Ends without a word, as a crash does. */
  kill(): void
}

interface Browser {
  openTab(runner?: FakeRunner, run?: () => Promise<FakeRunner>): Tab
  /** All that was ever said between the tabs. */
  readonly said: readonly SyncNotice[]
}

/** Tabs with one set of locks and one channel, on which nothing of a dead tab is heard. */
function createBrowser(): Browser {
  const locks = createLockManager()
  const listeners = new Map<SyncNotices, (notice: SyncNotice) => void>()
  const said: SyncNotice[] = []
  let ids = 0
  return {
    said,
    openTab(runner = createFakeRunner(), run = async () => runner) {
      const setups: SyncSetup[] = []
      const changed: string[] = []
      let isDead = false
      let die = (): void => {}
      const death = new Promise<never>((_, reject) => {
        die = () => reject(new Error('the tab is dead'))
      })
      death.catch(() => {})
      const notices: SyncNotices = {
        post(notice) {
          if (isDead) return
          said.push(structuredClone(notice))
          for (const [other, hear] of listeners) if (other !== notices) hear(notice)
        },
        listen(listener) {
          listeners.set(notices, listener)
          return () => listeners.delete(notices)
        },
        close() {},
      }
      const own: typeof locks = {
        request: (name, options, callback) =>
          locks.request(name, options, (lock) => Promise.race([callback(lock), death])),
      }
      const sync = createSharedSync(SETUP, {
        takePlace: (signal) => holdPlace(own, 'backfold:x:sync', { signal }, () => {}),
        notices,
        random: { id: () => `id-${(ids += 1)}` },
        clock: createManualClock(),
        run: (setup, onChanged) => {
          setups.push(setup)
          onChanged((session) => changed.push(session))
          return run()
        },
      })
      return {
        sync,
        runner,
        setups,
        changed,
        kill() {
          isDead = true
          listeners.delete(notices)
          die()
        },
      }
    },
  }
}

/** All commands end as they are asked, also those that nobody waits for. */
function outcome(asked: Promise<void>): Promise<string> {
  return asked.then(
    () => 'done',
    (failure: unknown) => (failure instanceof Error ? failure.message : String(failure)),
  )
}

test('[CSYNC11] of two tabs one synchronises, and both tell how it stands', async () => {
  const { openTab } = createBrowser()
  const one = openTab(createFakeRunner({ pending: 3 }))
  const two = openTab()
  expect(one.sync.status().phase).toBe('connecting')
  await settle()
  expect([one.setups.length, two.setups.length]).toEqual([1, 0])
  let heard = 0
  two.sync.watch(() => (heard += 1))
  one.runner.tell({ pending: 2 })
  expect([one.sync.status().pending, two.sync.status().pending]).toEqual([2, 2])
  expect(heard).toBe(1)
  const late = openTab()
  await settle()
  expect(late.sync.status()).toEqual(one.runner.status())
})

test.each(['closed', 'killed'])('[CSYNC12] when that tab is %s, another goes on', async (how) => {
  const { openTab } = createBrowser()
  const one = openTab()
  await settle()
  const two = openTab(createFakeRunner({ pending: 7 }))
  const three = openTab()
  await settle()
  if (how === 'closed') await one.sync.close()
  else one.kill()
  await settle()
  expect([two.setups.length, three.setups.length]).toEqual([1, 0])
  expect(three.sync.status().pending).toBe(7)
  expect(one.runner.asked).toEqual(how === 'closed' ? ['close'] : [])
})

test('[CSYNC12] what a tab that died was asked is done by the next, once', async () => {
  const { openTab } = createBrowser()
  const stuck = openTab(createFakeRunner({}, () => new Promise(() => {})))
  await settle()
  const two = openTab()
  const three = openTab()
  await settle()
  const own = outcome(two.sync.removeDevice('own'))
  const other = outcome(three.sync.removeDevice('other'))
  await settle()
  expect(stuck.runner.asked).toEqual(['remove own', 'remove other'])
  stuck.kill()
  expect(await own).toBe('done')
  expect(await other).toBe('done')
  expect(two.runner.asked.toSorted()).toEqual(['remove other', 'remove own'])
})

test('[CSYNC13] a command reaches the tab that synchronises, and its failure comes back', async () => {
  const { openTab } = createBrowser()
  const refuse = async (device: string): Promise<void> => {
    if (device === 'x') throw new Error('nobody knows it')
  }
  const one = openTab(createFakeRunner({}, refuse))
  await settle()
  const two = openTab()
  await settle()
  expect(await outcome(two.sync.retry())).toBe('done')
  expect(await outcome(one.sync.retry())).toBe('done')
  expect(await outcome(two.sync.removeDevice('x'))).toMatch(/nobody/)
  expect(await outcome(two.sync.skipMissing('s-1'))).toBe('done')
  expect(one.runner.asked).toEqual(['retry', 'retry', 'remove x', 'skip s-1'])
  two.sync.changed('s-1')
  expect(one.changed).toEqual(['s-1'])
})

test('[CSYNC13] a command that is asked before anybody synchronises waits for whoever does', async () => {
  const { openTab } = createBrowser()
  const one = openTab()
  const asked = outcome(one.sync.retry())
  expect(await asked).toBe('done')
  expect(one.runner.asked).toEqual(['retry'])
})

test('[CSYNC12] a tab that is closed answers what it was asked, and takes no place', async () => {
  const { openTab } = createBrowser()
  const one = openTab(createFakeRunner({}, () => new Promise(() => {})))
  await settle()
  const two = openTab()
  await settle()
  const asked = outcome(two.sync.removeDevice('x'))
  await two.sync.close()
  expect(await asked).toBe('sync was stopped')
  await one.sync.close()
  await settle()
  expect(two.setups).toEqual([])
  expect(await outcome(two.sync.retry())).toBe('sync was stopped')
})

test('[CSYNC14] what can’t be started is said, in all tabs, and tried again on demand', async () => {
  const { openTab } = createBrowser()
  let isBroken = true
  const runner = createFakeRunner()
  const one = openTab(runner, async () => {
    if (isBroken) throw new Error('the file is missing')
    return runner
  })
  const two = openTab()
  await settle()
  for (const { sync } of [one, two]) {
    expect(sync.status()).toMatchObject({ phase: 'refused', lastError: { detail: /missing/ } })
    expect(sync.status().reason).toContain('the file is missing')
  }
  const removed = outcome(two.sync.removeDevice('x'))
  expect(await removed).toBe('sync could not be started')
  isBroken = false
  expect(await outcome(two.sync.retry())).toBe('done')
  expect(two.sync.status().phase).toBe('online')
  expect(one.setups).toHaveLength(2)
})

test('[CSYNC7] renewed credentials hold in every tab, and nothing that is told has them', async () => {
  const { openTab, said } = createBrowser()
  const one = openTab()
  await settle()
  const two = openTab()
  const three = openTab()
  await settle()
  const credentials = { kind: 'token', token: 'second' } as const
  expect(await outcome(three.sync.renew(credentials))).toBe('done')
  expect(one.runner.credentials).toEqual([credentials])
  one.kill()
  await settle()
  expect(two.setups.map((setup) => setup.credentials)).toEqual([credentials])
  const others = said.filter(({ kind }) => kind !== 'command')
  expect(JSON.stringify(others)).not.toMatch(/first|second/)
})

test('[CSYNC24] the passphrase by which a device was removed is that of all tabs', async () => {
  const { openTab } = createBrowser()
  const one = openTab()
  await settle()
  const two = openTab()
  const three = openTab()
  await settle()
  await two.sync.removeDevice('phone', 'another horse')
  expect(one.runner.asked).toEqual(['remove phone, another horse'])
  one.kill()
  await settle()
  expect(two.setups).toMatchObject([{ encrypt: { passphrase: 'another horse' } }])
  two.kill()
  await settle()
  expect(three.setups).toMatchObject([{ encrypt: { passphrase: 'another horse' } }])
})

test('[CSYNC24] where the device could not be removed, the passphrase stays as it was', async () => {
  const { openTab } = createBrowser()
  const one = openTab(createFakeRunner({}, () => Promise.reject(new Error('not now'))))
  await settle()
  const two = openTab()
  await settle()
  expect(await outcome(two.sync.removeDevice('phone', 'another horse'))).toMatch(/not now/)
  one.kill()
  await settle()
  expect(two.setups[0]?.encrypt).toBeUndefined()
})
