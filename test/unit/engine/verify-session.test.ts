import { expect, test } from 'vitest'
import type { Session } from '../../../src/client/session.ts'
import type { ProblemKind } from '../../../src/core/session/verify-log.ts'
import type { Message } from '../../../src/core/session/message.ts'
import type { MemoryRows } from '../../../src/store/memory-store.ts'
import { BackfoldError } from '../../../src/core/backfold-error.ts'
import { BY_HAND, createOrigin, openTab, type Origin } from '../../support/build-engine.ts'
import { turns, user } from '../../support/build-log.ts'

const OUTPUT = 'a line of output of the boiler\n'.repeat(60)

/** A session that was folded twice, rolled back, branched, described, pinned and searched. */
async function live(): Promise<{ readonly origin: Origin; readonly session: Session }> {
  const origin = createOrigin()
  const session = await openTab({ origin }).backfold.session('s', BY_HAND)
  await session.append(user('Never use tabs.'), ...turns(10, OUTPUT))
  await session.compact()
  await session.apply()
  await session.append(...turns(10, `${OUTPUT} of another kind`))
  await session.compact()
  await session.apply()
  await session.rollback(1)
  await session.append(...turns(4, OUTPUT))
  await session.pin(2)
  await session.branch(90)
  await session.append(user('Go on.'), ...turns(6, `${OUTPUT} and more`))
  await session.compact()
  await session.apply()
  await session.describe({ title: 'Boiler' })
  await session.append(...turns(60, OUTPUT))
  await session.recall('boiler')
  return { origin, session }
}

test('[VER7] whatever was done to a session, it is sound', async () => {
  const { session } = await live()
  const integrity = await session.verify()
  expect(integrity).toMatchObject({ isSound: true, problems: [] })
  expect(integrity.messages).toBe(session.state.get().newest)
  const empty = await openTab().backfold.session('empty')
  expect(await empty.verify()).toEqual({ isSound: true, messages: 0, problems: [] })
})

/** Changes the message at a position as nobody should. */
function changeMessage(rows: MemoryRows, seq: number, change: Partial<Message>): void {
  const log = rows.messages.get('s')
  const message = log?.[seq - 1]
  if (!log || !message) throw new Error(`there is no message ${seq}`)
  log[seq - 1] = { ...message, ...change }
}

function firstOf<Key, Row>(rows: ReadonlyMap<Key, Row> | undefined): readonly [Key, Row] {
  const [entry] = rows ?? []
  if (!entry) throw new Error('there is no row')
  return entry
}

type Damage = (rows: MemoryRows) => void

const DAMAGES: readonly (readonly [string, Damage, ProblemKind, string | RegExp])[] = [
  [
    'other content',
    (rows) => changeMessage(rows, 5, { parts: [{ type: 'text', text: 'other' }] }),
    'content',
    'message 5',
  ],
  ['another role', (rows) => changeMessage(rows, 5, { role: 'system' }), 'content', 'message 5'],
  ['another chain', (rows) => changeMessage(rows, 7, { chain: 'x' }), 'chain', 'message 7'],
  ['another sum', (rows) => changeMessage(rows, 7, { through: 1 }), 'sum', 'message 7'],
  ['other tokens', (rows) => changeMessage(rows, 7, { tokens: 1 }), 'sum', 'message 7'],
  [
    'a message without parts',
    (rows) => changeMessage(rows, 9, { parts: 7 as never }),
    'unreadable',
    'message 9',
  ],
  [
    'a message that is missing',
    (rows) => void delete rows.messages.get('s')?.[10],
    'missing',
    'message 11',
  ],
  [
    '[VER3] the newest message missing',
    (rows) => void rows.messages.get('s')?.pop(),
    'missing',
    /message/,
  ],
  [
    'another count',
    (rows) => {
      const row = firstOf(rows.sessions)[1]
      rows.sessions.set('s', { ...row, messages: row.messages + 1 })
    },
    'counters',
    'session',
  ],
  [
    'a head that is missing',
    (rows) => {
      const { head } = firstOf(rows.sessions)[1]
      rows.generations.get('s')?.delete(head)
    },
    'missing',
    /generation/,
  ],
  [
    'a head that covers something else',
    (rows) => {
      const { head } = firstOf(rows.sessions)[1]
      const row = rows.generations.get('s')?.get(head)
      if (row) rows.generations.get('s')?.set(head, { ...row, coverage: 'x' })
    },
    'coverage',
    /generation/,
  ],
  [
    'a generation without its parent',
    (rows) => {
      const [n, row] = firstOf(rows.generations.get('s'))
      rows.generations.get('s')?.set(n, { ...row, parent: 99 })
    },
    'parent',
    'generation 1',
  ],
  [
    '[VER5] an artifact that is missing, and no message holds',
    (rows) => {
      const [n, row] = firstOf(rows.generations.get('s'))
      const digest = row.digest.map((line) =>
        line.artifact === undefined ? line : { ...line, artifact: 'f'.repeat(64) },
      )
      rows.generations.get('s')?.set(n, { ...row, digest })
    },
    'missing',
    /artifact/,
  ],
  [
    '[VER5] an artifact that says something else',
    (rows) => {
      for (const [key, row] of rows.artifacts) {
        rows.artifacts.set(key, { ...row, bytes: Uint8Array.of(1, 2, 3) })
      }
    },
    'content',
    /artifact/,
  ],
  [
    'a segment that is damaged',
    (rows) => {
      const [n, row] = firstOf(rows.index.get('s'))
      rows.index.get('s')?.set(n, { ...row, checksum: 1 })
    },
    'index',
    'segment 0',
  ],
]

test.each(DAMAGES)(
  '[VER1, VER2, VER3, VER4, VER5, VER6, VER7] %s is told',
  async (_, damage, what, where) => {
    const { origin, session } = await live()
    damage(origin.rows)
    const { isSound, problems } = await session.verify()
    expect(isSound).toBe(false)
    const told = problems.filter((problem) => problem.what === what)
    expect(told.length, JSON.stringify(problems)).toBeGreaterThan(0)
    expect(told.some((problem) => matches(problem.where, where))).toBe(true)
    // One cause, one problem, but for what a missing row leaves without support.
    expect(problems.every((problem) => problem.what === what)).toBe(true)
  },
)

function matches(said: string, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? said === wanted : wanted.test(said)
}

test('[VER7] rows that can not be read are told one by one', async () => {
  const origin = createOrigin()
  const bad = new BackfoldError('INTERNAL', 'a stored row of messages is damaged')
  const tab = openTab({
    origin,
    store: (real) => ({
      ...real,
      read: async (query) => {
        const read = await real.read(query)
        if ([...read.range, ...read.at].some(({ seq }) => seq === 6)) throw bad
        if (read.generations.some(({ n }) => n === 1)) throw bad
        return read
      },
    }),
  })
  const session = await tab.backfold.session('s', BY_HAND)
  await session.append(...turns(10, OUTPUT))
  const { isSound, messages, problems } = await session.verify()
  expect({ isSound, messages }).toEqual({ isSound: false, messages: 40 })
  expect(problems).toEqual([{ what: 'unreadable', where: 'message 6' }])
})
