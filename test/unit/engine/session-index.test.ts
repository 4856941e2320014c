import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSegmentBuilder } from '../../../src/core/memory/recall/build-segment.ts'
import type { SegmentRow } from '../../../src/core/memory/recall/segment.ts'
import type { ReadQuery, SessionStore, Write } from '../../../src/core/ports/session-store.ts'
import type { Draft, Message } from '../../../src/core/session/message.ts'
import type { RecallHit } from '../../../src/core/session/recall-hit.ts'
import { createSessionIndex } from '../../../src/engine/session-index.ts'
import { createSearcher } from '../../../src/engine/searcher.ts'
import { createMemoryStore } from '../../../src/store/memory-store.ts'
import { testTokeniser } from '../../support/build-engine.ts'
import { buildLog, result, user } from '../../support/build-log.ts'

const { signal } = new AbortController()

/** Long enough that every fourth message fills a segment. */
const LONG = 'some words that fill the index\n'.repeat(1_100)
const MARKED = Array.from({ length: 14 }, (_, n) => result('c', `mark${n + 1} ${LONG}`))

/** A store with a log in it, and what was read and put since. */
interface Recorded {
  readonly store: SessionStore
  readonly reads: ReadQuery[]
  readonly puts: SegmentRow[]
  /** Appends to the log. */
  append(messages: readonly Message[], nextSeq?: number): Promise<void>
}

function createStore(): Recorded {
  const memory = createMemoryStore()
  const reads: ReadQuery[] = []
  const puts: SegmentRow[] = []
  const store: SessionStore = {
    ...memory,
    read: (query) => {
      reads.push(query)
      return memory.read(query)
    },
    put: (rows) => {
      for (const write of rows) if (write.table === 'index') puts.push(write.row)
      return memory.put(rows)
    },
  }
  const { session } = buildLog([])
  return {
    store,
    reads,
    puts,
    append: (messages, nextSeq = (messages.at(-1)?.seq ?? 0) + 1) =>
      memory.put([
        { table: 'sessions', row: { ...session, id: 's', nextSeq } },
        ...messages.map((row): Write => ({ table: 'messages', row: { ...row, session: 's' } })),
      ]),
  }
}

async function search(
  store: Pick<SessionStore, 'read' | 'put'>,
  query: string,
): Promise<readonly RecallHit[]> {
  return createSearcher(store, testTokeniser).search({ session: 's', query, limit: 5 }, signal)
}

function logOf(drafts: readonly Draft[]): readonly Message[] {
  return buildLog(drafts).messages
}

test('[IDX6] full segments are stored once, and read instead of the log', async () => {
  const own = createStore()
  await own.append(logOf(MARKED))
  const searcher = createSearcher(own.store, testTokeniser)
  const ask = (query: string): Promise<readonly RecallHit[]> =>
    searcher.search({ session: 's', query, limit: 5 }, signal)
  expect((await ask('mark3')).map(({ seq }) => seq)).toEqual([3])
  expect(own.puts.map(({ segment, from, to }) => [segment, from, to])).toEqual([
    [0, 1, 4],
    [1, 5, 8],
    [2, 9, 12],
  ])
  own.reads.length = 0
  expect((await ask('mark14')).map(({ seq }) => seq)).toEqual([14])
  expect(own.reads.filter(({ range, index }) => range ?? index)).toEqual([])
  expect((await search(own.store, 'mark5')).map(({ seq }) => seq)).toEqual([5])
  expect(own.reads.flatMap(({ range }) => range ?? [])).toEqual([{ from: 13, to: 14 }])
  expect(own.puts).toHaveLength(3)
})

const OTHER_RUN = createSegmentBuilder(3).build()

const DAMAGES: readonly (readonly [string, (row: SegmentRow) => SegmentRow | undefined])[] = [
  ['missing', () => undefined],
  ['damaged', (row) => ({ ...row, postings: row.postings.map((place) => place ^ 1) })],
  ['of another version', (row) => ({ ...row, version: row.version + 1 })],
  ['no segment at all', ({ session, segment }) => ({ session, segment }) as SegmentRow],
  ['of another run', ({ segment }) => ({ ...OTHER_RUN, session: 's', segment })],
]

test.each(DAMAGES)('[IDX5] a segment that is %s is made again, and no other', async (_, damage) => {
  for (const broken of [0, 1, 2]) {
    const first = createStore()
    await first.append(logOf(MARKED))
    await search(first.store, 'mark1')
    const second = createStore()
    await second.append(logOf(MARKED))
    const rows = first.puts.flatMap((row) => (row.segment === broken ? (damage(row) ?? []) : row))
    await second.store.put(rows.map((row) => ({ table: 'index', row })))
    second.puts.length = 0
    for (let mark = 1; mark <= 14; mark += 1) {
      expect((await search(second.store, `mark${mark}`)).map(({ seq }) => seq)).toEqual([mark])
    }
    expect(second.puts).toEqual([first.puts[broken]])
  }
})

test('[IDX5] an index that cannot be stored costs nothing but time', async () => {
  const own = createStore()
  await own.append(logOf(MARKED))
  const store = { ...own.store, put: () => Promise.reject(new Error('no room')) }
  expect((await search(store, 'mark9')).map(({ seq }) => seq)).toEqual([9])
})

test('[IDX5] a log that is shorter than what was indexed is indexed anew', async () => {
  const own = createStore()
  await own.append(logOf(MARKED))
  const searcher = createSearcher(own.store, testTokeniser)
  const request = { session: 's', query: 'mark2', limit: 5 }
  expect(await searcher.search(request, signal)).toHaveLength(1)
  await own.append(logOf([user('nothing'), user('mark2 is short')]))
  const hits = await searcher.search(request, signal)
  expect(hits.map(({ text }) => text)).toEqual(['mark2 is short'])
})

test('[IDX6] searches at the same time wait for one index', async () => {
  const own = createStore()
  await own.append(logOf(MARKED))
  const searcher = createSearcher(own.store, testTokeniser)
  const hits = await Promise.all(
    MARKED.map((_, n) =>
      searcher.search({ session: 's', query: `mark${n + 1}`, limit: 1 }, signal),
    ),
  )
  expect(hits.map(([hit]) => hit?.seq)).toEqual(MARKED.map((_, n) => n + 1))
  expect(own.puts).toHaveLength(3)
})

const anyDraft = fc
  .array(
    fc.oneof(
      fc.constantFrom('zebra', 'bridge', 'src/app/main.ts', '漢字', '"quoted"'),
      fc.string({ unit: 'binary', maxLength: 10 }),
      fc.constant(LONG),
    ),
    { maxLength: 6 },
  )
  .map((words) => user(words.join(' ')))

test('[IDX6] an index that grew with its log answers like one made at once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(anyDraft, { maxLength: 8 }), { minLength: 1, maxLength: 5 }),
      fc.constantFrom('zebra', 'zebra bridge', 'src/app/main.ts', '漢字', 'some words', 'ze*'),
      async (batches, query) => {
        const log = logOf(batches.flat())
        const grown = createStore()
        const searcher = createSearcher(grown.store, testTokeniser)
        let end = 0
        for (const batch of batches) {
          end += batch.length
          await grown.append(log.slice(0, end), end + 1)
          await searcher.search({ session: 's', query, limit: 20 }, signal)
        }
        const hits = await searcher.search({ session: 's', query, limit: 20 }, signal)
        const fresh = createStore()
        await fresh.append(log, log.length + 1)
        const once = createSearcher(fresh.store, testTokeniser)
        expect(await once.search({ session: 's', query, limit: 20 }, signal)).toEqual(hits)
        expect(fresh.puts).toEqual(grown.puts)
        // What was stored is as good.
        const again = createSearcher(grown.store, testTokeniser)
        expect(await again.search({ session: 's', query, limit: 20 }, signal)).toEqual(hits)
      },
    ),
    { numRuns: 40 },
  )
})

test('[SYNC26] what may still move is not stored, and found at its new place once it has moved', async () => {
  const { store, puts, append } = createStore()
  const index = createSessionIndex(store, 's')
  const before = buildLog(MARKED).messages
  await append(before)
  const first = await index.upTo(14, signal, { confirmed: 6, moves: 0 })
  expect(first.map(({ segment }) => segment.to)).toEqual([4, 8, 12, 14])
  expect(puts.map(({ to }) => to)).toEqual([4])
  const [inserted] = buildLog([result('c', `new ${LONG}`)]).messages
  if (!inserted) throw new Error('one was built')
  const moved = before.map((message) =>
    message.seq > 6 ? { ...message, seq: message.seq + 1 } : message,
  )
  await append([...moved, { ...inserted, seq: 7, id: 'new' }], 16)
  const second = await index.upTo(15, signal, { confirmed: 15, moves: 1 })
  // The first is the very same: nothing in it can have moved.
  expect(second[0]).toBe(first[0])
  expect(second[1]).not.toBe(first[1])
  expect(puts.map(({ to }) => to)).toEqual([4, 8, 12])
  expect(await search(store, 'mark14')).toMatchObject([{ seq: 15 }])
})

test('[SYNC26] an index of places that were settled too early is made anew', async () => {
  const { store, puts, append } = createStore()
  const before = buildLog(MARKED).messages
  await append(before)
  const index = createSessionIndex(store, 's')
  const places = { confirmed: 14, moves: 0 }
  await index.upTo(14, signal, places)
  expect(puts.map(({ to }) => to)).toEqual([4, 8, 12])
  const swapped = before.map((message) =>
    message.seq <= 2 ? { ...message, seq: 3 - message.seq } : message,
  )
  await append(swapped.toSorted((a, b) => a.seq - b.seq))
  const mended = { confirmed: 14, moves: 1, mended: 1 }
  for (const one of [index, createSessionIndex(store, 's')]) {
    await one.upTo(14, signal, mended)
    expect(puts.slice(3).map((row) => [row.to, row.mended])).toEqual([
      [4, 1],
      [8, 1],
      [12, 1],
    ])
  }
})
