import { expect, test } from 'vitest'
import { BackfoldError } from '../../../../src/core/backfold-error.ts'
import { openEngine } from '../../../../src/client/open-engine.ts'
import type { Protection } from '../../../../src/client/read-protection.ts'
import {
  createArchive,
  type ArchiveWorld,
  type PassphraseVault,
} from '../../../../extension/host/archive.ts'

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2))

/** An archive over engines in this process, which a passphrase may guard. */
function scene(protection: Protection, vault: PassphraseVault | null = null) {
  const opened: (string | undefined)[] = []
  const told: string[] = []
  const failures: Error[] = []
  const lost = new Set<string>()
  const world: ArchiveWorld = {
    vault,
    protection: async () => protection,
    async open(passphrase) {
      opened.push(passphrase)
      const failure = failures.shift()
      if (failure) throw failure
      if (protection === 'passphrase' && passphrase !== 'right') {
        throw new BackfoldError('WRONG_PASSPHRASE', 'another one')
      }
      const backfold = await openEngine()
      const call = async (method: string): Promise<string> => {
        if (lost.has(method)) throw new BackfoldError('WORKER_LOST', 'it died')
        return 'answered'
      }
      return { backfold, call: call as never }
    },
  }
  const archive = createArchive(world, {
    signal: () => {},
    restarted: () => {},
    changed: () => told.push(archive.isOpen() ? 'open' : 'locked'),
  })
  return { archive, opened, told, failures, lost }
}

test('[HOST3] it is opened when it is first needed, once, and again where that failed', async () => {
  const { archive, opened, told, failures } = scene('absent')
  expect(archive.isOpen()).toBe(false)
  await settle()
  expect([archive.isOpen(), archive.opened(), opened]).toEqual([true, null, []])
  failures.push(new BackfoldError('STORAGE_BLOCKED', 'another tab'))
  await expect(archive.open()).rejects.toMatchObject({ code: 'STORAGE_BLOCKED' })
  const all = await Promise.all([archive.open(), archive.open(), archive.call('sessions', {})])
  expect(all[0]).toBe(all[1])
  expect(all[2]).toBe('answered')
  expect(opened).toHaveLength(2)
  expect(told).toEqual(['open'])
  await archive.lock()
  expect(archive.isOpen()).toBe(true)
})

test('[HOST3] a worker that was given up is no end: it is opened anew', async () => {
  const { archive, opened, lost } = scene('none')
  await archive.open()
  lost.add('compact')
  await expect(archive.call('compact', { session: 's' })).rejects.toMatchObject({
    code: 'WORKER_LOST',
  })
  await settle()
  expect(opened).toHaveLength(1)
  lost.add('sessions')
  await expect(archive.call('compact', { session: 's' })).rejects.toMatchObject({
    code: 'WORKER_LOST',
  })
  await settle()
  lost.clear()
  expect(await archive.call('sessions', {})).toBe('answered')
  expect(opened).toHaveLength(2)
})

test('[HOST4] where it is locked some wait and some are told, until it is unlocked', async () => {
  const { archive, opened, told } = scene('passphrase')
  await settle()
  expect(archive.isOpen()).toBe(false)
  let isThere = false
  const waiting = archive.open().then((backfold) => {
    isThere = true
    return backfold
  })
  await expect(archive.call('sessions', {})).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
  await expect(archive.unlock('wrong')).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' })
  await settle()
  expect([isThere, archive.isOpen()]).toEqual([false, false])
  await archive.unlock('right')
  expect(await waiting).toBe(archive.opened())
  expect(opened).toEqual(['wrong', 'right'])
  await archive.lock()
  expect([archive.isOpen(), archive.opened()]).toEqual([false, null])
  await expect(archive.call('sessions', {})).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
  await archive.unlock('right')
  expect(told).toEqual(['open', 'locked', 'open'])
})

test('[HOST13] the next host finds it unlocked, until it is locked or encrypted anew', async () => {
  let held: string | null = null
  const vault: PassphraseVault = {
    read: async () => held,
    async write(passphrase) {
      held = passphrase
    },
  }
  await scene('passphrase', vault).archive.unlock('right')
  const { archive, told } = scene('passphrase', vault)
  await settle()
  expect([archive.isOpen(), told, held]).toEqual([true, ['open'], 'right'])
  await archive.lock()
  expect(held).toBe(null)
  const locked = scene('passphrase', vault).archive
  await settle()
  expect(locked.isOpen()).toBe(false)
  held = 'a former one'
  const other = scene('passphrase', vault).archive
  await settle()
  expect([other.isOpen(), held]).toEqual([false, null])
})
