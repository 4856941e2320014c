import { expect, test } from 'vitest'
import type { SessionRow } from '../../../src/core/session/session-row.ts'
import { NEVER_SYNCED, type SyncState } from '../../../src/core/sync/sync-state.ts'
import { createLedger } from '../../../src/sync/ledger.ts'
import { buildSession } from '../../support/build-log.ts'

function rowOf(id: string, revision: number, sync: Partial<SyncState>): SessionRow {
  return { ...buildSession(), id, revision, sync: { ...NEVER_SYNCED, ...sync } }
}

const claimOf = (device: string) => ({ id: `claim-${device}`, device, name: device })

test('[PUMP17] the claims of others are those that stand by now', () => {
  const ledger = createLedger(() => {})
  const [one, two] = [claimOf('one'), claimOf('two')]
  ledger.know(rowOf('a', 1, { claim: one }))
  ledger.know(rowOf('b', 1, { claim: two }))
  ledger.know(rowOf('c', 1, {}))
  expect(ledger.claims('one')).toEqual([{ session: 'b', claim: two }])
  expect(ledger.claims('nobody').map(({ session }) => session)).toEqual(['a', 'b'])
  ledger.know(rowOf('b', 2, {}))
  ledger.know(rowOf('b', 1, { claim: two }))
  ledger.know(rowOf('c', 2, { claim: two }))
  expect(ledger.claims('one')).toEqual([{ session: 'c', claim: two }])
  ledger.forget('c')
  expect(ledger.claims('one')).toEqual([])
})
