import { expect, test } from 'vitest'
import { createWebLockLeases } from '../../src/tabs/web-lock-leases.ts'
import { describeLeases } from './leases-contract.ts'
import { describeHeavySlots, describeNotices } from './tabs-contract.ts'

describeLeases('leases over Web Locks', (tabs) => {
  const database = crypto.randomUUID()
  return Array.from({ length: tabs }, () => createWebLockLeases(navigator.locks, database))
})

describeNotices('notices over BroadcastChannel', () => crypto.randomUUID())

describeHeavySlots('heavy slots over Web Locks', () => navigator.locks)

/** Starts a thread that holds this lock until it is ended; resolves once it does. */
async function startHolder(lock: string): Promise<Worker> {
  const source = `navigator.locks.request(${JSON.stringify(lock)}, () => {
    postMessage('held')
    return new Promise(() => {})
  })`
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }))
  const worker = new Worker(url)
  await new Promise((resolve) => {
    worker.onmessage = resolve
  })
  URL.revokeObjectURL(url)
  return worker
}

test('[TAB1] a lease is granted when the thread that holds it dies', async () => {
  const database = crypto.randomUUID()
  const holder = await startHolder(`backfold:${database}:lease:s`)
  const leases = createWebLockLeases(navigator.locks, database)
  let granted = false
  const acquiring = leases.acquire('s', new AbortController().signal).then((lease) => {
    granted = true
    return lease
  })
  const { held } = await navigator.locks.query()
  expect(held?.some(({ name }) => name === `backfold:${database}:lease:s`)).toBe(true)
  expect(granted).toBe(false)
  holder.terminate()
  const lease = await acquiring
  lease.release()
  await lease.lost
})
