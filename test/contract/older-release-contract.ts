import { beforeEach, describe, expect, test } from 'vitest'
import { openEngine } from '../../src/client/open-engine.ts'
import { DEFAULT_POLICY } from '../../src/core/session/policy.ts'
import { openDexieStore } from '../../src/store/dexie-store.ts'
import { turns } from '../support/build-log.ts'
import type { DurableDatabase } from './durable-store-contract.ts'
import { oldRows, writeOldDatabase } from './old-database.ts'

const LOOK = { adopt: false, format: 'plain' } as const

/** What a store over IndexedDB makes of a database that an older release wrote. */
export function describeOlderRelease(name: string, create: () => DurableDatabase): void {
  let database: DurableDatabase
  beforeEach(() => {
    database = create()
  })

  describe(`${name}`, () => {
    test('[STO12] sessions and jobs of an older release are completed, and nothing is lost', async () => {
      const old = oldRows()
      await writeOldDatabase(database, old)
      const store = await openDexieStore(database.options)
      const { session } = await store.read({ session: 'folded' })
      expect(session).toMatchObject({
        ...old['sessions']?.[0],
        schema: 2,
        turns: 0,
        headroom: 0,
        spend: { calls: 0, tokens: 0, since: 0 },
        probation: null,
        policy: {
          budget: { tokens: 40_000 },
          applyAt: 'manual',
          idleAfterMs: DEFAULT_POLICY.idleAfterMs,
          spend: DEFAULT_POLICY.spend,
          probation: DEFAULT_POLICY.probation,
        },
      })
      const [newest, ...rest] = await store.listJobs(10)
      expect(newest).toMatchObject({ session: 'unfinished', n: 4, schema: 2, owner: '', done: 1 })
      expect(newest).toMatchObject({ extractors: [], spend: { calls: 0 }, leftOut: [] })
      expect(rest.map(({ n, reason }) => [n, reason])).toEqual([
        [2, 'done'],
        [1, 'too-little-to-gain'],
      ])
      const range = { from: 1, to: 99 }
      const read = await store.read({
        session: 'folded',
        range,
        generations: 'all',
        snapshots: [1],
      })
      expect(read.range).toEqual(old['messages']?.slice(0, 48))
      expect(read.generations).toEqual(old['generations'])
      expect(read.snapshots).toEqual(old['snapshots'])
      expect((await store.read({ session: 'unfinished', blocks: 4 })).blocks).toEqual(old['blocks'])
      await store.close()
      const again = await openDexieStore(database.options)
      expect((await again.read({ session: 'folded' })).session).toEqual(session)
      await again.close()
    })

    test('[STO12] a session of an older release goes on where it was', async () => {
      await writeOldDatabase(database, oldRows())
      const backfold = await openEngine({ store: await openDexieStore(database.options) })
      expect((await backfold.sessions()).map(({ id }) => id)).toEqual(['unfinished', 'folded'])
      const session = await backfold.session('folded')
      expect(session.state.get()).toMatchObject({ generation: 1, mark: 20, messages: 48 })
      const { entries } = await session.context(LOOK)
      expect(entries).toHaveLength(1 + 28)
      expect(await session.append(...turns(2))).toMatchObject({
        seqs: [49, 50, 51, 52, 53, 54, 55, 56],
      })
      expect(await session.compact()).toMatchObject({ kind: 'ready', generation: 2 })
      expect(await session.apply()).toEqual({ kind: 'applied', generation: 2 })
      expect(session.state.get().probation).toMatchObject({ generation: 2, evidence: [] })
      expect(await session.rollback(1)).toEqual({ kind: 'rolled-back', from: 2, to: 1 })
      expect((await session.context(LOOK)).entries).toHaveLength(1 + 28 + 8)
      expect((await session.jobs()).map(({ n, state }) => [n, state])).toEqual([
        [3, 'applied'],
        [2, 'applied'],
        [1, 'skipped'],
      ])
      await backfold.close()
    })

    test('[STO12, JOB3] a job that an older release left unfinished is taken up at its next block', async () => {
      await writeOldDatabase(database, oldRows())
      const store = await openDexieStore(database.options)
      const backfold = await openEngine({ store })
      const session = await backfold.session('unfinished')
      const done: number[] = []
      session.on('job-progressed', (event) => {
        if (event.type === 'job-progressed') done.push(event.done)
      })
      expect(await session.compact()).toMatchObject({ kind: 'ready', generation: 1 })
      expect(done).toEqual([2, 3])
      expect(await session.jobs()).toMatchObject([{ n: 4, state: 'ready', attempt: 2, epoch: 2 }])
      // How much arrived meanwhile is unknown, and is not taken for the whole log.
      expect((await store.read({ session: 'unfinished' })).session?.headroom).toBe(0)
      expect(await session.apply()).toEqual({ kind: 'applied', generation: 1 })
      await backfold.close()
    })

    test('[STO12] a policy that would be refused by now does not keep the database closed', async () => {
      const old = oldRows()
      const [folded] = old['sessions'] ?? []
      const policy = { ...DEFAULT_POLICY, attempts: 0 }
      await writeOldDatabase(database, { ...old, sessions: [{ ...folded, policy }] })
      const store = await openDexieStore(database.options)
      expect((await store.read({ session: 'folded' })).session?.policy.attempts).toBe(0)
      await store.close()
    })
  })
}
