import { beforeEach, expect, test } from 'vitest'
import type { SessionStore, Write } from '../../src/core/ports/session-store.ts'
import type { Artifact } from '../../src/core/session/generation.ts'
import { buildRows } from './build-rows.ts'
import type { Database } from './store-contract.ts'

/** What imports and exports need of a store. Run on each. */
export function describeTransfers(
  create: () => Database,
  write: (store: SessionStore, writes: readonly Write[]) => Promise<void>,
): void {
  let store: SessionStore
  beforeEach(async () => {
    store = await create().open()
  })

  test('[ARC4] artifacts are listed, so many at a time, each once, and those of no other session', async () => {
    for (const id of ['a', 'ab', 'b']) await write(store, buildRows(id).writes)
    const artifact: Artifact | undefined = buildRows('a').artifacts[0]
    if (artifact === undefined) throw new Error('no artifact')
    await store.put(
      ['11', '1f', 'ee'].map((hash) => ({ table: 'artifacts', row: { ...artifact, hash } })),
    )
    const listed = async (hash: string, most: number): Promise<readonly string[]> => {
      const { artifacts } = await store.read({ session: 'a', artifactsBehind: { hash, most } })
      expect(artifacts.every(({ session }) => session === 'a')).toBe(true)
      return artifacts.map((one) => one.hash)
    }
    const all: string[] = []
    for (;;) {
      const found = await listed(all.at(-1) ?? '', 2)
      expect(found.length).toBeLessThanOrEqual(2)
      if (found.length === 0) break
      all.push(...found)
    }
    expect(all.toSorted()).toEqual(['00', '11', '1f', 'ee', 'ff'])
  })

  test('[ARC9] a session that is not whole yet is not listed, and is there for whoever brings it', async () => {
    const { session } = buildRows('a')
    await write(store, [{ table: 'sessions', row: { ...session, arriving: 'x' } }])
    expect(await store.listSessions()).toEqual([])
    expect((await store.read({ session: 'a' })).session?.arriving).toBe('x')
    await write(store, [{ table: 'sessions', row: { ...session, revision: 9 } }])
    expect((await store.listSessions()).map(({ id }) => id)).toEqual(['a'])
  })
}
