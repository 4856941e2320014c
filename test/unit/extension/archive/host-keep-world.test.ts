import { expect, test } from 'vitest'
import { hostKeepWorld } from '../../../../extension/archive/host-keep-world.ts'
import type { HostLine } from '../../../../extension/wire/connect-panel.ts'
import { createKeep } from '../../../../src/app/keep/keep.ts'
import type { KeepWorld } from '../../../../src/app/keep/keep-world.ts'
import type { Backfold } from '../../../../src/client/session.ts'

function fakeLine(isOpen: boolean): {
  readonly line: Pick<HostLine, 'rpc' | 'backfold'>
  readonly asked: string[]
} {
  const asked: string[] = []
  const backfold = {
    sessions: async () => [],
    close: async () => void asked.push('close'),
  } as unknown as Backfold
  const ask = async (method: string): Promise<unknown> => {
    asked.push(method)
    return method === 'protection' ? { protection: 'passphrase', isOpen } : null
  }
  return { line: { backfold, rpc: { ask } as unknown as HostLine['rpc'] }, asked }
}

const restarts: unknown[] = []
const timers: number[] = []
const PAGE: KeepWorld = {
  open: () => Promise.reject(new Error('not this one')),
  readProtection: () => Promise.reject(new Error('not this one')),
  storage: { getItem: () => null, setItem: () => {} },
  tell: () => {},
  listen: () => {},
  now: () => 0,
  after(ms) {
    timers.push(ms)
    return () => {}
  },
  newId: () => 'new',
  restart: (because) => void restarts.push(because),
  restartedBecause: () => null,
}

test('[PANEL16, LOCK12] unlocked in the host it is unlocked here, and stays so', async () => {
  const { line, asked } = fakeLine(true)
  const keep = createKeep(hostKeepWorld(line, PAGE))
  await keep.start()
  expect(keep.get()).toMatchObject({ phase: 'open', protection: 'passphrase' })
  expect(keep.get().lock).toMatchObject({ status: 'unlocked', idleMs: null })
  expect(keep.locksByItself).toBe(false)
  timers.length = 0
  keep.touch()
  expect(timers).toEqual([])
  await keep.lock()
  await expect.poll(() => restarts).toEqual(['request'])
  expect(asked).toContain('lock')
  expect(asked).not.toContain('close')
})

test('[PANEL16] locked in the host, the passphrase goes there', async () => {
  const { line, asked } = fakeLine(false)
  const keep = createKeep(hostKeepWorld(line, PAGE))
  await keep.start()
  expect(keep.get().phase).toBe('locked')
  await keep.unlock('a passphrase')
  expect(keep.get().phase).toBe('open')
  expect(asked).toContain('unlock')
})
