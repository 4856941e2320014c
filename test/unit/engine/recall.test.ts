import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Session } from '../../../src/client/session.ts'
import { hashText } from '../../../src/core/session/chain.ts'
import type { Draft } from '../../../src/core/session/message.ts'
import type { RecallHit } from '../../../src/core/session/recall-hit.ts'
import { createSearcher } from '../../../src/engine/searcher.ts'
import { createMemoryStore } from '../../../src/store/memory-store.ts'
import { BY_HAND, openTab, rowOf, testTokeniser, type Tab } from '../../support/build-engine.ts'
import {
  assistant,
  buildLog,
  buildSession,
  calls,
  result,
  turn,
  turns,
  user,
} from '../../support/build-log.ts'

const OUTPUT = 'a line of output\n'.repeat(60)

async function openSession(): Promise<{ tab: Tab; session: Session }> {
  const tab = openTab()
  return { tab, session: await tab.backfold.session('s', BY_HAND) }
}

async function hitsOf(
  session: Session,
  query: string,
  limit?: number,
): Promise<readonly RecallHit[]> {
  const found = await session.recall(query, limit === undefined ? {} : { limit })
  return found.kind === 'hits' ? found.hits : []
}

test('[REC1] recall by words finds covered and left-behind messages, the best first', async () => {
  const { session } = await openSession()
  await session.append(user('The zebra crosses the bridge at noon.'), ...turns(5, OUTPUT))
  await session.compact()
  await session.apply()
  const { seqs } = await session.append(
    assistant('A zebra was seen.'),
    user('The ZEBRA on the bridge.'),
  )
  await session.branch(seqs[0] ?? 0)
  const hits = await hitsOf(session, 'zebra bridge noon?')
  expect(hits.map(({ seq, active, role }) => [seq, active, role])).toEqual([
    [1, true, 'user'],
    [23, false, 'user'],
    [22, true, 'assistant'],
  ])
  expect(session.state.get().mark).toBeGreaterThan(1)
  expect(hits[0]?.text).toBe('The zebra crosses the bridge at noon.')
})

test('[REC1] of equals the newer is first, and no more come than asked for', async () => {
  const { session } = await openSession()
  await session.append(...turns(6), ...Array.from({ length: 20 }, () => user('find me')))
  expect((await hitsOf(session, 'find')).map(({ seq }) => seq)).toEqual([
    44, 43, 42, 41, 40, 39, 38, 37,
  ])
  expect(await hitsOf(session, 'find', 3)).toHaveLength(3)
  expect(await hitsOf(session, 'find', 0)).toHaveLength(1)
  expect(await hitsOf(session, 'unheard')).toEqual([])
  expect(await hitsOf(session, '…')).toEqual([])
})

test('[REC1] identifiers are found whole, and the passage is around the match', async () => {
  const { session } = await openSession()
  const filler = 'nothing here\n'.repeat(200)
  await session.append(result('c', `${filler}see src/app/main.ts:42 now\n${filler}`), user('main'))
  const [hit, other] = await hitsOf(session, 'src/app/main.ts')
  expect(hit).toMatchObject({ seq: 1, role: 'tool' })
  expect(hit?.text).toContain('src/app/main.ts:42')
  expect(hit?.text.length).toBeLessThan(420)
  expect(hit?.text).toMatch(/^….*…$/s)
  expect(other).toBeUndefined()
})

test('[REC1] a log of many slices is searched to its oldest message', async () => {
  const store = createMemoryStore()
  const log = buildLog([user('the needle'), ...Array.from({ length: 1_600 }, () => user('hay'))])
  await store.commit({ session: 's' }, () => ({
    writes: [
      { table: 'sessions', row: { ...log.session, ...buildSession(), nextSeq: 1_602 } },
      ...log.messages.map((row) => ({ table: 'messages', row: { ...row, session: 's' } }) as const),
    ],
    outcome: undefined,
  }))
  const { signal } = new AbortController()
  const searcher = createSearcher(store, testTokeniser)
  const found = await searcher.search({ session: 's', query: 'needle', limit: 5 }, signal)
  expect(found.map(({ seq }) => seq)).toEqual([1])
  const hay = await searcher.search({ session: 's', query: 'hay', limit: 2 }, signal)
  expect(hay.map(({ seq }) => seq)).toEqual([1_601, 1_600])
})

const anyText = fc.string({ unit: 'binary' })
const anyDrafts = fc.array(
  fc.oneof(
    anyText.map(user),
    anyText.map(assistant),
    anyText.map((output) => result('c', output)),
    fc.constant(calls('c', 'd')),
  ),
  { maxLength: 24 },
)

test('[REC2] recall by range gives back messages exactly as they were appended', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyDrafts,
      fc.integer({ min: 1, max: 26 }),
      fc.nat(26),
      async (drafts, from, more) => {
        const { session } = await openSession()
        const wire = drafts.map((draft, index): Draft => ({
          ...draft,
          id: `id-${index}`,
          at: index,
        }))
        await session.append(...wire)
        const found = await session.recall({ from, to: from + more })
        if (found.kind !== 'messages') throw new Error(found.kind)
        const expected = wire.slice(from - 1, from + more)
        expect(found.messages.map(({ id, role, parts, at }) => ({ id, role, parts, at }))).toEqual(
          expected.map(({ id, role, parts, at }) => ({ id, role, parts, at })),
        )
        expect(found.messages.map(({ seq }) => seq)).toEqual(expected.map((_, i) => from + i))
      },
    ),
    { numRuns: 40 },
  )
})

test('[REC2] covered, stubbed and left-behind messages come back whole', async () => {
  const { session } = await openSession()
  const drafts = turns(6, OUTPUT)
  await session.append(...drafts)
  await session.compact()
  await session.apply()
  await session.branch(22)
  const found = await session.recall({ from: 1, to: 99 })
  expect(found.kind === 'messages' && found.messages.map(({ parts }) => parts)).toEqual(
    drafts.map(({ parts }) => parts),
  )
  for (const [from, to] of [
    [0, 3],
    [5, 4],
    [1.5, 3],
    [1, NaN],
  ] as const) {
    await expect(session.recall({ from, to })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  }
})

test('[REC3, ART1] readings of one file, edited between, all come back to the letter', async () => {
  const { tab, session } = await openSession()
  const file = Array.from({ length: 120 }, (_, n) => `${n}: ${hashText(`${n}`).slice(0, 20)}`)
  const readings = [0, 1, 2].map((edit) => file.with(edit * 40, `edited \uDC00 ${edit}`).join('\n'))
  await session.append(...readings.flatMap((text) => turn(1, text)), ...turns(4, OUTPUT))
  await session.compact()
  await session.apply()
  const artifacts = readings.map(hashText)
  const stored = await tab.store.read({ session: 's', artifacts })
  expect(stored.artifacts.map(({ base }) => base)).toEqual([undefined, artifacts[0], artifacts[0]])
  for (const [index, artifact] of artifacts.entries()) {
    const found = await session.recall({ artifact })
    expect(found.kind === 'artifact' && found.text === readings[index]).toBe(true)
  }
})

test('[REC3] recall by artifact gives back the exact payload', async () => {
  const { session } = await openSession()
  const payloads = [
    '漢字 👩‍👩‍👧 '.repeat(80),
    `\uFEFF${'{"a":1}'.repeat(60)}`,
    'lone \uD800 surrogate '.repeat(30),
  ]
  await session.append(...payloads.flatMap((payload, n) => turn(n, payload)), ...turns(4, OUTPUT))
  await session.compact()
  await session.apply()
  for (const payload of payloads) {
    const found = await session.recall({ artifact: hashText(payload) })
    expect(found.kind === 'artifact' && found.text === payload).toBe(true)
  }
  const { digest } = await session.generation(1)
  const named = digest.flatMap(({ artifact }) => artifact ?? [])
  expect(named.length).toBeGreaterThan(0)
  for (const artifact of named) {
    const whole = await session.recall({ artifact })
    expect(whole).toMatchObject({ kind: 'artifact' })
    // As the texts that a model reads name it.
    expect(await session.recall({ artifact: artifact.slice(0, 12) })).toEqual(whole)
  }
  await expect(session.recall({ artifact: '0'.repeat(64) })).rejects.toMatchObject({
    code: 'SESSION_NOT_FOUND',
  })
})

test('[REC4] recall changes nothing', async () => {
  const { tab, session } = await openSession()
  await session.append(...turns(6, OUTPUT))
  await session.compact()
  const query = {
    session: 's',
    range: { from: 1, to: 99 },
    jobs: 'all',
    generations: 'all',
  } as const
  const before = await tab.store.read(query)
  const row = await rowOf(tab, 's')
  const events = tab.events.length
  await session.recall('part')
  await session.recall({ from: 2, to: 9 })
  await session.recall({ artifact: 'none' }).catch(() => {})
  expect(await tab.store.read(query)).toEqual(before)
  expect(await rowOf(tab, 's')).toEqual(row)
  expect(tab.events).toHaveLength(events)
})
