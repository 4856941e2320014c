import { expect, test } from 'vitest'
import type { Session } from '../../../src/client/session.ts'
import type { Draft } from '../../../src/core/session/message.ts'
import type { RecallHit } from '../../../src/core/session/recall-hit.ts'
import type { RecalledBy } from '../../../src/protocol/requests.ts'
import { BY_HAND, openTab, testTokeniser } from '../../support/build-engine.ts'
import { assistant, result, toolCall, turns, user } from '../../support/build-log.ts'

type Wish = { readonly limit?: number; readonly tokens?: number; readonly by?: RecalledBy }

async function hitsOf(
  session: Session,
  query: string,
  wish: Wish = {},
): Promise<readonly RecallHit[]> {
  const found = await session.recall(query, wish)
  return found.kind === 'hits' ? found.hits : []
}

async function openSession(): Promise<Session> {
  return openTab().backfold.session('s', BY_HAND)
}

test('[REC1] what stood in tool results and arguments is found, line by line', async () => {
  const session = await openSession()
  const input = JSON.stringify({ path: 'src/a.ts', edits: [{ text: 'first\nneedle here' }] })
  await session.append(
    { role: 'assistant', parts: [toolCall('c', 'edit_file', input)] },
    result('c', '{"ok": true, "id": "thread-77"}'),
  )
  const [call] = await hitsOf(session, 'needle')
  expect(call).toMatchObject({ seq: 1, text: 'edit_file path: src/a.ts\ntext: first\nneedle here' })
  expect((await hitsOf(session, 'thread-77')).map(({ seq }) => seq)).toEqual([2])
})

test('[IDX4] a query of phrases finds only what has them word for word', async () => {
  const session = await openSession()
  await session.append(
    user('a token in the bucket'),
    user('the Token  Bucket leaks'),
    user('a token\nbucket'),
    user('token buckets'),
    user(`${'x '.repeat(138)}token ${'bucket and more words '.repeat(20)}`),
  )
  const found = async (query: string): Promise<readonly number[]> =>
    (await hitsOf(session, query)).map(({ seq }) => seq).toSorted((a, b) => a - b)
  expect(await found('"token bucket"')).toEqual([2, 3, 5])
  expect(await found('"bucket leaks" "token bucket"')).toEqual([2])
  expect(await found('"bucket token"')).toEqual([])
  expect((await hitsOf(session, '"bucket leaks" token'))[0]?.seq).toBe(2)
})

test('[REC10] a budget of tokens is filled with many short passages', async () => {
  const session = await openSession()
  const lines = Array.from({ length: 400 }, (_, n) => `step ${n} of the build wrote out/f${n}.js`)
  const log = lines.flatMap((line) => [assistant(line), result('c', 'quiet line\n'.repeat(40))])
  await session.append(...log)
  const hits = await hitsOf(session, 'build step', { tokens: 500 })
  const cost = hits.reduce((sum, { text }) => sum + testTokeniser.count(text), 0)
  expect(cost).toBeLessThanOrEqual(500)
  expect(cost).toBeGreaterThan(440)
  expect(hits.length).toBeGreaterThan(40)
  expect(await hitsOf(session, 'build step', { tokens: 1_000, limit: 2 })).toHaveLength(2)
  expect(await hitsOf(session, 'build step', { tokens: Number.NaN })).toEqual([])
})

test('[REC11] for the model, what its context holds comes last', async () => {
  const session = await openSession()
  await session.append(user('The zebra port is 8081.'), ...turns(6, 'a line\n'.repeat(200)))
  await session.compact()
  await session.apply()
  await session.append(user('Which zebra port was it? The zebra port!'))
  const seqs = async (by: RecalledBy): Promise<readonly number[]> =>
    (await hitsOf(session, 'zebra port', { by })).map(({ seq }) => seq)
  expect(await seqs('person')).toEqual([26, 1])
  expect(await seqs('model')).toEqual([1, 26])
})

test('[REC12] a hit names its passages by their places in the text', async () => {
  const session = await openSession()
  const filler = 'nothing here\n'.repeat(60)
  const text = `the zebra\n${filler}a zebra\n${filler}`
  await session.append(user(text))
  const [hit] = await hitsOf(session, 'zebra')
  expect(hit?.passages).toHaveLength(2)
  for (const passage of hit?.passages ?? []) {
    expect(text.slice(passage.offset, passage.offset + passage.text.length)).toBe(passage.text)
  }
  expect(hit?.text).toMatch(/^the zebra\n[^…]*\n…\n[^…]*a zebra[^…]*…$/)
})

test('[IDX11] talk is recalled with what was said around it', async () => {
  const session = await openSession()
  await session.append(
    user('Which colour?'),
    assistant('Blue, as the zebra.'),
    user('Good.'),
    ...turns(2),
  )
  const hits = await hitsOf(session, 'zebra', { tokens: 400 })
  expect(hits.map(({ seq }) => seq).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4])
  expect((await hitsOf(session, 'zebra')).map(({ seq }) => seq)).toEqual([2])
})

test('[IDX12] where people talk, whole stretches around what was said are recalled', async () => {
  const session = await openSession()
  const say = (name: string, text: string): Draft => ({ ...user(text), name })
  const talk = Array.from({ length: 60 }, (_, nth) =>
    say(nth % 2 === 0 ? 'Ann' : 'Ben', `turn ${nth + 1} of the meeting about other things`),
  )
  talk[20] = say('Ann', 'the zebra crossing then')
  talk[50] = say('Ann', 'zebra')
  await session.append(...talk)
  const hits = await hitsOf(session, 'zebra crossing', { tokens: 900 })
  const seqs = hits.map(({ seq }) => seq)
  for (let seq = 12; seq <= 30; seq += 1) expect(seqs).toContain(seq)
  expect(await hitsOf(session, 'zebra crossing', { limit: 1 })).toMatchObject([{ seq: 21 }])
})
