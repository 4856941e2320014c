import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { describe, expect, test } from 'vitest'
import type { Departure, SyncJournal } from '../../src/core/ports/sync-journal.ts'
import { openDexieSyncJournal } from '../../src/store/dexie-sync-journal.ts'
import {
  createJournalMemory,
  createMemorySyncJournal,
} from '../../src/store/memory-sync-journal.ts'

const memory = (): (() => SyncJournal) => {
  const own = createJournalMemory()
  return () => createMemorySyncJournal(own)
}

const dexie = (): (() => SyncJournal) => {
  const indexedDB = new IDBFactory()
  return () => openDexieSyncJournal({ name: 'db', indexedDB, IDBKeyRange })
}

const leaving = { id: 'd', session: 'one', birth: 'b', revision: 3 }
const departure: Departure = { ...leaving, kind: 'deleted', head: 1, claim: 0 }

describe.each([
  ['memory', memory],
  ['IndexedDB', dexie],
])('the journal over %s', (_, create) => {
  test('[PUMP18] it keeps device, cursor and origin for whoever opens it next', async () => {
    const open = create()
    const first = open()
    expect(await first.read()).toBeUndefined()
    await first.write({ device: 'a', cursor: 5 })
    expect(await first.read()).toEqual({ device: 'a', cursor: 5 })
    const state = { device: 'a', cursor: 7, origin: { space: 'home', incarnation: 'x' } }
    await first.write(state)
    await first.close()
    expect(await open().read()).toEqual(state)
  })

  test('[PUMP18] it keeps departures until they are dropped', async () => {
    const journal = create()()
    await journal.putDeparture(departure)
    await journal.putDeparture({ ...departure, head: 4 })
    expect(await journal.departures()).toEqual([{ ...departure, head: 4 }])
    await journal.dropDeparture('d')
    expect(await journal.departures()).toEqual([])
  })

  test('[PUMP18] it keeps the newest deletion of each session', async () => {
    const journal = create()()
    const deletion = { session: 'one', position: 4, id: 'd', head: 0, claim: 2 }
    await journal.putDeletion(deletion)
    await journal.putDeletion({ ...deletion, position: 9 })
    expect(await journal.deletions()).toEqual([{ ...deletion, position: 9 }])
    await journal.dropDeletions()
    expect(await journal.deletions()).toEqual([])
  })
})

test('[PUMP18] it is a database of its own beside that of the sessions', async () => {
  const indexedDB = new IDBFactory()
  await openDexieSyncJournal({ name: 'db', indexedDB, IDBKeyRange }).read()
  expect((await indexedDB.databases()).map(({ name }) => name)).toEqual(['db:sync'])
})
