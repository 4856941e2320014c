import { createLocalLeases, createLocalLocks } from '../../src/tabs/local-leases.ts'
import { createWebLockLeases } from '../../src/tabs/web-lock-leases.ts'
import { createLockManager } from '../support/build-lock-manager.ts'
import { describeLeases } from './leases-contract.ts'
import { describeHeavySlots, describeNotices } from './tabs-contract.ts'

describeLeases('leases within a process', (tabs) => {
  const locks = createLocalLocks()
  return Array.from({ length: tabs }, () => createLocalLeases(locks))
})

describeLeases('leases over a lock manager', (tabs) => {
  const locks = createLockManager()
  return Array.from({ length: tabs }, () => createWebLockLeases(locks, 'test'))
})

describeNotices('notices in Node', () => crypto.randomUUID())

describeHeavySlots('heavy slots over a lock manager', createLockManager)
