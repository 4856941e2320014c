import { expect, test } from 'vitest'
import type { Write } from '../../../src/core/ports/session-store.ts'
import { newSession } from '../../../src/core/session/new-session.ts'
import { resolvePolicy } from '../../../src/core/session/policy.ts'
import { reviseSession, type SessionRow } from '../../../src/core/session/session-row.ts'
import { createMemoryStore } from '../../../src/store/memory-store.ts'
import {
  createJournalMemory,
  createMemorySyncJournal,
} from '../../../src/store/memory-sync-journal.ts'
import { createSyncedStore } from '../../../src/sync/synced-store.ts'

const session = 'one'

function open(more: { readonly takesUp?: boolean } = {}): {
  readonly store: ReturnType<typeof createSyncedStore>
  readonly changed: (readonly [string, SessionRow | undefined])[]
  readonly journal: ReturnType<typeof createJournalMemory>
  readonly queries: unknown[]
} {
  let ids = 0
  const memory = createMemoryStore()
  const journal = createJournalMemory()
  const changed: (readonly [string, SessionRow | undefined])[] = []
  const queries: unknown[] = []
  const store = createSyncedStore(
    {
      ...memory,
      commit(query, decide) {
        queries.push(query.writes)
        return memory.commit(query, decide)
      },
    },
    {
      newId: () => `r${(ids += 1)}`,
      journal: createMemorySyncJournal(journal),
      onChanged: (...change) => changed.push(change),
      ...more,
    },
  )
  return { store, changed, journal, queries }
}

async function begin({ commit }: ReturnType<typeof createSyncedStore>): Promise<void> {
  await commit({ session }, () => ({
    writes: [{ table: 'sessions', row: newSession(session, resolvePolicy(), 1) }],
    outcome: undefined,
  }))
}

const note = { session, n: 1, schema: 1, kind: 'archive', status: 'pending' } as unknown
const noteWrite = { table: 'notes', row: note } as Write

test('[PUMP1] a change is marked in its transaction, also where the session was not to be written', async () => {
  const { store, changed, queries } = open()
  await begin(store)
  await store.commit({ session, notes: 'all', writes: ['notes'] }, () => ({
    writes: [noteWrite],
    outcome: undefined,
  }))
  const { session: row, notes } = await store.read({ session, notes: 'all' })
  expect(notes).toHaveLength(1)
  expect(row?.sync?.unsent).toMatchObject([
    { kind: 'row', table: 'notes', key: '1', isFresh: true },
  ])
  expect(queries.at(-1)).toEqual(['notes', 'sessions'])
  expect(changed).toHaveLength(2)
})

test('[PUMP1] what others need not hear of is neither marked nor told', async () => {
  const { store, changed, queries } = open()
  await begin(store)
  await store.commit({ session, writes: ['jobs'] }, () => ({ writes: [], outcome: undefined }))
  await store.commit({ session }, ({ session: row }) => ({
    writes: row ? [{ table: 'sessions', row: reviseSession(row, { headroom: 5 }) }] : [],
    outcome: undefined,
  }))
  expect(queries.slice(1)).toEqual([['jobs'], undefined])
  expect(changed).toHaveLength(1)
})

test('[PUMP2] a session that begins here takes part at once, one that arrives from a file when it is whole', async () => {
  const { store } = open()
  await begin(store)
  expect((await store.read({ session })).session?.sync).toMatchObject({ confirmed: 0, unsent: [] })
  const row = { ...newSession('file', resolvePolicy(), 1), arriving: 'content' }
  await store.commit({ session: 'file' }, () => ({
    writes: [{ table: 'sessions', row }],
    outcome: undefined,
  }))
  expect((await store.read({ session: 'file' })).session?.sync).toBeUndefined()
})

test('[PUMP3] a deletion is written down, unless nothing was deleted', async () => {
  const { store, journal, changed } = open()
  await begin(store)
  expect(await store.remove(session, undefined, () => false)).toBeUndefined()
  expect(journal.departures.size).toBe(0)
  await store.remove(session)
  expect([...journal.departures.values()]).toMatchObject([{ kind: 'deleted', session }])
  expect(changed.at(-1)).toEqual([session, undefined])
})

test('[PUMP20] while nothing is synchronised, what was before is marked on, and nothing else takes part', async () => {
  const memory = createMemoryStore()
  const parts = { onChanged() {}, journal: createMemorySyncJournal(), newId: () => 'later' }
  await begin(createSyncedStore(memory, parts))
  const idle = createSyncedStore(memory, { ...parts, takesUp: false })
  await idle.commit({ session, notes: 'all', writes: ['notes'] }, () => ({
    writes: [noteWrite],
    outcome: undefined,
  }))
  expect((await memory.read({ session })).session?.sync?.unsent).toMatchObject([{ id: 'later' }])
  const { store } = open({ takesUp: false })
  await begin(store)
  expect((await store.read({ session })).session).not.toHaveProperty('sync')
})
