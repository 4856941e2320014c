import { expect, test } from 'vitest'
import { NEVER_SYNCED, type SyncState } from '../../../src/core/sync/sync-state.ts'
import { BY_HAND, openTab, type Tab } from '../../support/build-engine.ts'
import { turns } from '../../support/build-log.ts'

const SYNC: SyncState = {
  ...NEVER_SYNCED,
  confirmed: 3,
  moves: 2,
  unsent: [{ kind: 'row', id: 'r', table: 'session', key: 'pins' }],
}

async function write({ store }: Tab, sync: SyncState): Promise<void> {
  await store.commit({ session: 's' }, ({ session }) => ({
    writes: session ? [{ table: 'sessions', row: { ...session, sync } }] : [],
    outcome: undefined,
  }))
}

test('[CSYNC9] a session tells how far it is confirmed, and the list what is pending', async () => {
  const tab = openTab()
  const session = await tab.backfold.session('s', BY_HAND)
  const { seqs } = await session.append(...turns(2, 'a line'))
  expect(session.state.get()).not.toHaveProperty('sync')
  expect((await tab.backfold.sessions())[0]).not.toHaveProperty('pending')
  await write(tab, SYNC)
  const pending = seqs.length - 3 + 1
  expect((await tab.backfold.sessions())[0]?.pending).toBe(pending)
  await session.describe({ title: 'Kitchen' })
  expect(session.state.get().sync).toEqual({ confirmed: 3, pending, moves: 2 })
  await tab.backfold.close()
})
