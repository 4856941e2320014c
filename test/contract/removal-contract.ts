import { beforeEach, expect, test } from 'vitest'
import type { SessionStore, Write } from '../../src/core/ports/session-store.ts'
import { reviseSession, type SessionRow } from '../../src/core/session/session-row.ts'
import { buildRead } from '../support/build-generation.ts'
import { buildRows } from './build-rows.ts'
import type { Database } from './store-contract.ts'

/** Everything that a session of {@link buildRows} has. */
const ALL = {
  head: true,
  range: { from: 1, to: 2_000 },
  generations: 'all',
  snapshots: [1],
  jobs: 'all',
  artifacts: ['ff', '00'],
  notes: 'all',
  pads: 'all',
  rules: 'all',
  facts: 'all',
  index: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
} as const

/** Removing a session. Run on each store. */
export function describeRemoval(
  create: () => Database,
  write: (store: SessionStore, writes: readonly Write[]) => Promise<void>,
): void {
  let database: Database
  let store: SessionStore
  beforeEach(async () => {
    database = create()
    store = await database.open()
  })

  /** Begins a session with rows in every table. */
  const begin = async (id: string, birth: string): Promise<SessionRow> => {
    const rows = buildRows(id)
    const session = { ...rows.session, birth }
    await write(store, [...rows.writes, { table: 'sessions', row: session }])
    return session
  }

  test('[DEL1] every row of the session goes, and no other', async () => {
    await begin('s', 'first')
    const other = await begin('s2', 'first')
    const before = await store.read({ session: 's2', ...ALL })
    expect(before.index).toHaveLength(3)
    expect(await store.remove('s')).toEqual({ messages: 8, artifacts: 2 })
    for (const blocks of [1, 2]) {
      expect(await store.read({ session: 's', ...ALL, blocks })).toEqual(buildRead())
    }
    expect(await store.read({ session: 's2', ...ALL })).toEqual(before)
    expect(await store.listSessions()).toEqual([other])
    expect((await store.listJobs(9)).map(({ session }) => session)).toEqual(['s2', 's2'])
    expect(await store.remove('s')).toBeUndefined()
  })

  test('[DEL1, ARC9] a session that is not the one meant stays', async () => {
    await begin('s', 'first')
    const before = await store.read({ session: 's', ...ALL })
    let told = 0
    const gone = await store.remove(
      's',
      () => (told += 1),
      ({ birth }) => birth === 'second',
    )
    expect([gone, told]).toEqual([undefined, 0])
    expect(await store.read({ session: 's', ...ALL })).toEqual(before)
    expect(await store.remove('s', undefined, ({ birth }) => birth === 'first')).toBeDefined()
    expect(await store.listSessions()).toEqual([])
  })

  test('[DEL1] a session of many messages goes as well', async () => {
    const { session, messages } = buildRows('s')
    const [message] = messages
    if (!message) throw new Error('there is no message')
    const many = Array.from({ length: 1_203 }, (_, index): Write => {
      const own = { ...message, seq: index + 1, id: `m${index}` }
      return { table: 'messages', row: { ...own, session: 's' } }
    })
    await write(store, [{ table: 'sessions', row: session }, ...many])
    expect(await store.remove('s')).toEqual({ messages: 1_203, artifacts: 0 })
    expect(await store.read({ session: 's', ...ALL })).toEqual(buildRead())
  })

  test('[DEL2] nobody finds anything of it from the moment on that it is gone', async () => {
    await begin('s', 'first')
    const second = await database.open()
    let told: Promise<unknown> | undefined
    await store.remove('s', () => {
      told = Promise.all([
        second.read({ session: 's', ...ALL }),
        second.listSessions(),
        second.listJobs(9),
        second.read({ session: 's', birth: 'first' }),
      ])
    })
    expect(await told).toEqual([buildRead(), [], [], buildRead()])
  })

  test('[DEL3] what was prepared for it is refused, also once there is another of its id', async () => {
    const first = await begin('s', 'first')
    await store.remove('s')
    await begin('s', 'second')
    const read = await store.read({ session: 's', ...ALL })
    const late = { session: 's', birth: 'first' } as const
    for (const query of [late, { ...late, tail: true }]) {
      const seen = await store.commit(query, (found) => ({ writes: [], outcome: found }))
      expect(seen).toEqual(buildRead())
    }
    const [artifact] = buildRows('s').artifacts
    if (!artifact) throw new Error('there are artifacts among the rows')
    await store.put([{ table: 'artifacts', row: { ...artifact, hash: 'ee' } }], first.birth)
    expect((await store.read({ session: 's', artifacts: ['ee'] })).artifacts).toEqual([])
    expect(await store.read({ session: 's', ...ALL })).toEqual(read)
  })

  test.each(ORDERS)(
    '[DEL3, DEL5] whatever comes between, nothing is left behind or mixed up: %s',
    async (order) => {
      await begin('s', 'first')
      const second = await database.open()
      const deeds: Readonly<Record<Deed, () => Promise<unknown>>> = {
        append: () => append(second, 'first'),
        put: () => second.put(artifactsOf('e'), 'first'),
        job: () => endJob(second, 'first'),
        remove: () => store.remove('s'),
        again: () => openAgain(second, 'second'),
      }
      // All at once, begun in this order; then whatever is late.
      await Promise.all(order.split(' ').map((deed) => deeds[deed as Deed]()))
      await append(second, 'first')
      await openAgain(store, 'third')
      const read = await store.read({ session: 's', ...ALL, artifacts: ['ff', '00', 'ee'] })
      const { session, ...rest } = read
      const { session: _, ...nothing } = buildRead()
      expect(rest).toEqual(nothing)
      expect(session).toMatchObject({ nextSeq: 1 })
      expect(session?.birth).toMatch(/second|third/)
    },
  )
}

type Deed = 'append' | 'put' | 'job' | 'remove' | 'again'

/** All orders in which the deeds can begin; in a browser, where each takes its time, every twelfth of them. */
const ORDERS: readonly string[] = ordersOf(['append', 'put', 'job', 'remove', 'again']).filter(
  (_, at) => at % ('document' in globalThis ? 12 : 1) === 0,
)

function ordersOf(deeds: readonly string[]): readonly string[] {
  if (deeds.length < 2) return deeds
  return deeds.flatMap((deed) =>
    ordersOf(deeds.filter((other) => other !== deed)).map((rest) => `${deed} ${rest}`),
  )
}

function artifactsOf(digit: string): readonly Write[] {
  return buildRows('s').artifacts.map((row) => ({
    table: 'artifacts',
    row: { ...row, hash: digit.repeat(2) },
  }))
}

function append(store: SessionStore, birth: string): Promise<void> {
  return store.commit({ session: 's', birth }, ({ session }) => {
    const [message] = buildRows('s').messages
    if (!session || !message) return { writes: [], outcome: undefined }
    const seq = session.nextSeq
    const row = { ...message, seq, id: `late ${seq}`, session: 's' }
    const writes: Write[] = [
      { table: 'messages', row },
      { table: 'sessions', row: reviseSession(session, { nextSeq: seq + 1 }) },
    ]
    return { writes, outcome: undefined }
  })
}

/** Writes to several tables, as the end of a job does. */
function endJob(store: SessionStore, birth: string): Promise<void> {
  return store.commit({ session: 's', birth, openJob: true }, ({ session, openJob }) => {
    if (!session || !openJob) return { writes: [], outcome: undefined }
    const writes: Write[] = [
      { table: 'jobs', row: { ...openJob, state: 'failed' } },
      ...buildRows('s').generations.map((row): Write => ({ table: 'generations', row })),
      { table: 'sessions', row: reviseSession(session, { openJob: 0 }) },
    ]
    return { writes, outcome: undefined }
  })
}

/** Opens a session of that id, beginning one where there is none. */
async function openAgain(store: SessionStore, birth: string): Promise<void> {
  await store.commit({ session: 's' }, ({ session }) => {
    const { head: _, ...fresh } = buildRows('s').session
    const empty = { head: 0, mark: 0, nextSeq: 1, chain: '', candidate: 0, openJob: 0, pins: [] }
    const row: SessionRow = { ...fresh, ...empty, birth }
    return { writes: session ? [] : [{ table: 'sessions', row }], outcome: undefined }
  })
}
