import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Session } from '../../../../src/client/session.ts'
import type { SessionRow } from '../../../../src/core/session/session-row.ts'
import { NEVER_SYNCED } from '../../../../src/core/sync/sync-state.ts'
import type { MemoryRows } from '../../../../src/store/memory-store.ts'
import {
  BY_HAND,
  createOrigin,
  openTab,
  type Origin,
  type Tab,
} from '../../../support/build-engine.ts'
import { turn, user } from '../../../support/build-log.ts'

async function archiveOf(
  { backfold }: Tab,
  sessions?: readonly string[],
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = backfold.export(sessions && { sessions })
  return new Uint8Array(
    await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer(),
  )
}

async function unpacked(archive: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([archive]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Response(stream).text()
}

type Report = Awaited<ReturnType<Tab['backfold']['importFile']>>

async function importInto(
  origin: Origin,
  archive: Uint8Array<ArrayBuffer> | string,
): Promise<Report> {
  return openTab({ origin }).backfold.importFile(new File([archive], 'all.backfold'))
}

/** What a session consists of, apart from what says which worker may write to it. */
function rowsOf(rows: MemoryRows, id: string): unknown {
  const table = (map: ReadonlyMap<string, ReadonlyMap<unknown, object>>): unknown =>
    inOrder([...(map.get(id)?.values() ?? [])].map(bare))
  const row = rows.sessions.get(id) as Partial<SessionRow> | undefined
  const { epoch, birth, revision, ...own } = row ?? {}
  expect(row?.arriving).toBeUndefined()
  void [epoch, birth, revision]
  return {
    row: own,
    messages: rows.messages.get(id)?.map(bare),
    generations: table(rows.generations),
    snapshots: table(rows.snapshots),
    jobs: table(rows.jobs),
    notes: table(rows.notes),
    pads: table(rows.pads),
    rules: table(rows.rules),
    facts: table(rows.facts),
    blocks: [...rows.blocks]
      .filter(([key]) => key.startsWith(`${id} `))
      .map(([, blocks]) => blocks.map(bare)),
    artifacts: inOrder([...rows.artifacts.values()].filter((row) => row.session === id).map(bare)),
  }
}

function inOrder(rows: readonly object[]): readonly object[] {
  return rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}

function bare(row: object): object {
  const { session, ...rest } = row as { session?: unknown }
  void session
  return rest
}

const OUTPUT = 'a line of output that is long enough to be moved out\n'.repeat(40)

async function lifeOf(session: Session, steps: readonly number[]): Promise<void> {
  let n = 0
  for (const step of steps) {
    const { newest, generation } = session.state.get()
    switch (step % 8) {
      case 0:
      case 1:
        n += 1
        await session.append(...turn(n, `${OUTPUT} ${n}`))
        break
      case 2:
        await session.append(user(`From now on always write tests first, rule ${step}. \ud800 “ü”`))
        break
      case 3:
        await session.compact()
        await session.apply()
        break
      case 4:
        if (newest > 0) await session.pin(1 + (step % newest)).catch(() => [])
        break
      case 5:
        await session.rollback(Math.max(0, generation - 1))
        break
      case 6:
        if (newest > 4) await session.branch(newest - (step % 3) - 1).catch(() => undefined)
        break
      default:
        await session
          .rules({ do: 'add', text: `Rule ${step} by a person` } as never)
          .catch(() => undefined)
    }
  }
}

const anyLife = fc.array(fc.nat(999), { minLength: 1, maxLength: 24 })

test('[ARC6, ARC7] what any session went through comes back row for row, with the same context', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyLife, { minLength: 1, maxLength: 3 }), async (lives) => {
      const tab = openTab()
      for (const [i, steps] of lives.entries()) {
        await lifeOf(await tab.backfold.session(`s${i}`, BY_HAND), steps)
      }
      const from = createOrigin()
      const report = await importInto(from, await archiveOf(tab))
      expect(report.refused).toEqual([])
      expect(report.sessions.map(({ id, kind }) => `${id} ${kind}`).toSorted()).toEqual(
        lives.map((_, i) => `s${i} imported`),
      )
      const copy = openTab({ origin: from })
      for (const i of lives.keys()) {
        const [there, here] = await Promise.all(
          [copy, tab].map(async ({ backfold }) => {
            const session = await backfold.session(`s${i}`)
            return JSON.stringify(await session.context({ adopt: false }))
          }),
        )
        expect(there).toBe(here)
      }
      const origin = await archiveOf(tab)
      // The archive of the copy says the same, so that nothing is lost on the way either.
      expect(withoutLeases(await unpacked(await archiveOf(copy)))).toBe(
        withoutLeases(await unpacked(origin)),
      )
    }),
    { numRuns: 25 },
  )
})

test('[ARC14] an imported session has nothing of the devices that shared it before', async () => {
  const here = createOrigin()
  const tab = openTab({ origin: here })
  const session = await tab.backfold.session('s', BY_HAND)
  await session.append(...turn(1), ...turn(2), ...turn(3), ...turn(4))
  await session.compact()
  await session.apply()
  const { rows } = here
  const row = rows.sessions.get('s')
  const head = rows.generations.get('s')?.get(1)
  if (!row || !head) throw new Error('the session is folded')
  rows.sessions.set('s', { ...row, sync: { ...NEVER_SYNCED, confirmed: 8, cursor: 90 } })
  rows.generations.get('s')?.set(1, { ...head, record: 'r7' })
  const there = createOrigin()
  expect(await importInto(there, await archiveOf(tab))).toMatchObject({ refused: [] })
  expect(there.rows.sessions.get('s')).not.toHaveProperty('sync')
  expect(there.rows.generations.get('s')?.get(1)).not.toHaveProperty('record')
})

/** An archive's records without checksums, times and lease state, the sessions by id. */
function withoutLeases(text: string): string {
  const lines = text.split('\n').map((line) => line.slice(17))
  return lines
    .filter((line) => line !== '' && !line.startsWith('{"backfold"') && !line.startsWith('{"done"'))
    .map((line) => line.replaceAll(/,"(?:epoch|birth|revision)":(?:\d+|"[^"]*")/g, ''))
    .toSorted()
    .join('\n')
}

async function folded(
  origin: Origin = createOrigin(),
): Promise<{ readonly tab: Tab; readonly origin: Origin }> {
  const tab = openTab({ origin })
  for (const id of ['one', 'two', 'three']) {
    const session = await tab.backfold.session(id, BY_HAND)
    await lifeOf(session, [0, 2, 0, 0, 0, 3, 4, 0, 7])
    await session.describe({ title: `Talk ${id}`, tags: ['a'] })
  }
  return { tab, origin }
}

test('[ARC6] rows of every table are equal, with titles', async () => {
  const { tab, origin } = await folded()
  const there = createOrigin()
  const report = await importInto(there, await archiveOf(tab))
  for (const id of ['one', 'two', 'three'])
    expect(rowsOf(there.rows, id)).toEqual(rowsOf(origin.rows, id))
  expect(there.rows.artifacts.size).toBeGreaterThan(0)
  expect(there.rows.generations.get('one')?.size).toBe(1)
  expect(report.sessions.map(({ title }) => title).toSorted()).toEqual([
    'Talk one',
    'Talk three',
    'Talk two',
  ])
})

test('[ARC4] one session alone, and none that is not there', async () => {
  const { tab } = await folded()
  const session = await tab.backfold.session('two')
  const stream = session.export() as ReadableStream<Uint8Array<ArrayBuffer>>
  const archive = new Uint8Array(await new Response(stream).arrayBuffer())
  const report = await importInto(createOrigin(), archive)
  expect(report.sessions.map(({ id }) => id)).toEqual(['two'])
  await expect(archiveOf(tab, ['gone'])).rejects.toThrow('does not exist')
})

test('[ARC5, ARC13] a damaged archive gives every whole session before the damage and a reason, never a wrong one', async () => {
  const { tab, origin } = await folded()
  const text = await unpacked(await archiveOf(tab))
  const bytes = new TextEncoder().encode(text)
  const damage = fc.oneof(
    fc.record({ cut: fc.nat(bytes.length - 2) }),
    fc.record({ at: fc.nat(bytes.length - 1), bit: fc.nat(7) }),
  )
  await fc.assert(
    fc.asyncProperty(damage, async (kind) => {
      const damaged = 'cut' in kind ? bytes.slice(0, kind.cut) : bytes.slice()
      if ('at' in kind) damaged[kind.at] = (damaged[kind.at] ?? 0) ^ (1 << kind.bit)
      const there = createOrigin()
      const report = await importInto(there, damaged)
      expect(report.refused.length).toBeGreaterThan(0)
      for (const { id } of report.sessions) {
        expect(rowsOf(there.rows, id)).toEqual(rowsOf(origin.rows, id))
      }
      // Nothing is left of what was not whole.
      const ids = report.sessions.map((session) => session.id).toSorted()
      expect([...there.rows.sessions.keys()].toSorted()).toEqual(ids)
      expect([...there.rows.messages.keys()].toSorted()).toEqual(ids)
    }),
    { numRuns: 150 },
  )
})

test('[ARC13] damage of the packed bytes is told too', async () => {
  const { tab, origin } = await folded()
  const archive = await archiveOf(tab)
  await fc.assert(
    fc.asyncProperty(
      fc.nat(archive.length - 20),
      fc.nat(7),
      fc.boolean(),
      async (at, bit, isCut) => {
        const damaged = isCut ? archive.slice(0, at) : archive.slice()
        if (!isCut) damaged[at] = (damaged[at] ?? 0) ^ (1 << bit)
        const there = createOrigin()
        const report = await importInto(there, damaged)
        for (const { id } of report.sessions) {
          expect(rowsOf(there.rows, id)).toEqual(rowsOf(origin.rows, id))
        }
        // A bit of the header of gzip, such as its time, may mean nothing.
        if (report.refused.length === 0) expect(at).toBeLessThan(10)
        if (report.refused.length === 0) expect(report.sessions).toHaveLength(3)
      },
    ),
    { numRuns: 100 },
  )
})

test('[ARC10] the same archive again changes nothing, also when its session has gone on', async () => {
  const { tab, origin } = await folded()
  const archive = await archiveOf(tab)
  const before = JSON.stringify([...origin.rows.sessions])
  const again = await importInto(origin, archive)
  expect(again.sessions.map(({ kind }) => kind)).toEqual(Array(3).fill('already-there'))
  expect(JSON.stringify([...origin.rows.sessions])).toBe(before)
  await (await tab.backfold.session('one')).append(user('More.'))
  const later = await importInto(origin, archive)
  const one = later.sessions.find(({ id }) => id === 'one')
  expect(one).toMatchObject({
    kind: 'already-there',
    note: 'It has gone on here since the archive was made.',
  })
})

test('[ARC11] another session of that id is never written over', async () => {
  const { tab } = await folded()
  const archive = await archiveOf(tab, ['one'])
  const there = createOrigin()
  const other = openTab({ origin: there })
  await (await other.backfold.session('one')).append(user('Something else.'))
  const before = rowsOf(there.rows, 'one')
  const report = await importInto(there, archive)
  expect(report.sessions).toMatchObject([{ id: 'one-2', kind: 'imported' }])
  expect(report.sessions[0]?.note).toContain('Another session has the id one')
  expect(rowsOf(there.rows, 'one')).toEqual(before)
  const again = await importInto(there, archive)
  expect(again.sessions).toMatchObject([{ kind: 'already-there' }])
})

test('[ARC11] where the archive holds more of a session than is there, that is said', async () => {
  const there = createOrigin()
  const { tab, origin } = await folded()
  await importInto(there, await archiveOf(tab, ['one']))
  await (await tab.backfold.session('one')).append(user('More.'))
  const report = await importInto(there, await archiveOf(tab, ['one']))
  expect(report.sessions).toMatchObject([{ id: 'one-2', kind: 'imported' }])
  expect(report.sessions[0]?.note).toContain('It goes on from session one')
  expect(origin.rows.messages.get('one')?.length).toBe(there.rows.messages.get('one-2')?.length)
})

test('[ARC12] an archive of a newer version is refused with what to do', async () => {
  const { tab } = await folded()
  const text = await unpacked(await archiveOf(tab))
  const newer = text.replace('"version":1,', '"version":2,')
  const report = await importInto(createOrigin(), newer)
  expect(report.sessions).toEqual([])
  expect(report.refused[0]?.reason).toContain('it is of version 2')
  expect(report.refused[0]?.reason).toContain('import it with a newer release')
})

test('[ARC9] a session is not found before it is whole, and the same import goes on where it stopped', async () => {
  const { tab, origin } = await folded()
  const archive = await archiveOf(tab, ['one'])
  const there = createOrigin()
  let left = 2
  const failing = openTab({
    origin: there,
    store: (real) => ({
      ...real,
      commit: async (query, decide) => {
        if (query.birth !== undefined && (left -= 1) < 0) throw new Error('the tab was closed')
        return real.commit(query, decide)
      },
    }),
  })
  await expect(failing.backfold.importFile(new Blob([archive]))).rejects.toThrow(
    'the tab was closed',
  )
  const fresh = openTab({ origin: there })
  expect(await fresh.backfold.sessions()).toEqual([])
  await expect(fresh.backfold.session('one')).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' })
  expect(there.rows.messages.get('one')?.length).toBeGreaterThan(0)
  const report = await fresh.backfold.importFile(new Blob([archive]))
  expect(report.sessions).toMatchObject([{ id: 'one', kind: 'resumed' }])
  expect(rowsOf(there.rows, 'one')).toEqual(rowsOf(origin.rows, 'one'))
})

test('[ARC8] an export reads no further than its bytes are taken, and takes no part of what comes later', async () => {
  const origin = createOrigin()
  let reads = 0
  const tab = openTab({
    origin,
    store: (real) => ({
      ...real,
      read: (query) => {
        if (query.range) reads += 1
        return real.read(query)
      },
    }),
  })
  const session = await tab.backfold.session('long', { automatic: false })
  const noise = (n: number): string =>
    Array.from({ length: 6_000 }, (_, i) => ((n * 7_919 + i * i * 31) % 99_991).toString(36)).join(
      ' ',
    )
  for (let n = 0; n < 500; n += 1) await session.append(user(noise(n)))
  reads = 0
  const reader = tab.backfold.export().getReader()
  const chunks = [(await reader.read()).value ?? new Uint8Array()]
  const early = reads
  await session.append(user('Too late.'))
  await session.branch(490)
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    chunks.push(value)
  }
  expect(early).toBeLessThan(reads / 2)
  const there = createOrigin()
  const report = await openTab({ origin: there }).backfold.importFile(
    new Blob(chunks as BlobPart[]),
  )
  expect(report.refused).toEqual([])
  // A branch began it anew: then it is as it was at that moment.
  expect(rowsOf(there.rows, 'long')).toEqual(rowsOf(origin.rows, 'long'))
  expect(there.rows.messages.get('long')?.filter(({ active }) => active)).toHaveLength(490)
})
