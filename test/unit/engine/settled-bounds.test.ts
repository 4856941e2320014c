import { expect, test } from 'vitest'
import { NEVER_SYNCED } from '../../../src/core/sync/sync-state.ts'
import type { Session } from '../../../src/client/session.ts'
import { BY_HAND, createOrigin, openTab, type Tab } from '../../support/build-engine.ts'
import { turns } from '../../support/build-log.ts'

const OUTPUT = 'a line of output that says little\n'.repeat(20)

/** A tab with a session of six turns, 24 messages, of which so many are confirmed. */
async function confirmedUpTo(
  confirmed: number,
  isActive: boolean = true,
): Promise<{ readonly tab: Tab; readonly session: Session }> {
  const origin = createOrigin()
  const tab = openTab({ origin, sharing: { isActive: () => isActive } })
  const created = await tab.backfold.session('s', BY_HAND)
  await created.append(...turns(6, OUTPUT))
  const row = origin.rows.sessions.get('s')
  if (!row) throw new Error('the session is there')
  origin.rows.sessions.set('s', { ...row, sync: { ...NEVER_SYNCED, confirmed } })
  const other = openTab({ origin, sharing: { isActive: () => isActive } })
  return { tab: other, session: await other.backfold.session('s') }
}

async function marks({ store }: Tab): Promise<readonly number[]> {
  return (await store.read({ session: 's', jobs: 'all' })).jobs.map(({ mark }) => mark)
}

test('[SYNC25] a job covers nothing that may still change places', async () => {
  const { tab, session } = await confirmedUpTo(9)
  expect(await session.compact()).toMatchObject({ kind: 'ready' })
  // Message 9 is the first of its turn; what it asks for stands behind it.
  expect(await marks(tab)).toEqual([9])
})

test('[SYNC25] a person who asks for more gets no more, and for less gets less', async () => {
  const more = await confirmedUpTo(8)
  await more.session.compact({ upTo: 16 })
  expect(await marks(more.tab)).toEqual([8])
  const less = await confirmedUpTo(16)
  await less.session.compact({ upTo: 8 })
  expect(await marks(less.tab)).toEqual([8])
})

test('[SYNC25] where nothing is confirmed there is no job, unless no other device has a part in it', async () => {
  const { tab, session } = await confirmedUpTo(0)
  expect(await session.compact()).toMatchObject({ kind: 'skipped' })
  expect(await marks(tab)).toEqual([])
  const alone = await confirmedUpTo(0, false)
  expect(await alone.session.compact()).toMatchObject({ kind: 'ready' })
  expect((await marks(alone.tab))[0]).toBeGreaterThan(12)
})

test('[SYNC25] at the hard threshold what is provisional is folded all the same', async () => {
  const { tab, session } = await confirmedUpTo(0)
  await session.configure({ budget: { tokens: 1_000 } })
  await session.context()
  const [row] = await tab.store.listSessions()
  expect(row?.mark).toBeGreaterThan(0)
})
