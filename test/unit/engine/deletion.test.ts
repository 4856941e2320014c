import { expect, test } from 'vitest'
import type { Session } from '../../../src/client/session.ts'
import {
  BY_HAND,
  createOrigin,
  eventOf,
  openTab,
  settle,
  until,
} from '../../support/build-engine.ts'
import { turns, user } from '../../support/build-log.ts'

const OUTPUT = 'a line of output\n'.repeat(60)
const GONE = { code: 'SESSION_NOT_FOUND' }

/** Calls of every kind. */
const CALLS: Readonly<Record<string, (session: Session) => Promise<unknown>>> = {
  append: (session) => session.append(user('hello')),
  context: (session) => session.context(),
  describe: (session) => session.describe({ title: 'x' }),
  compact: (session) => session.compact(),
  apply: (session) => session.apply(),
  generations: (session) => session.generations(),
  rollback: (session) => session.rollback(0),
  branch: (session) => session.branch(1),
  pin: (session) => session.pin(1),
  recall: (session) => session.recall('output'),
  range: (session) => session.recall({ from: 1, to: 2 }),
  memory: (session) => session.memory(),
  pads: (session) => session.pads(),
  rules: (session) => session.rules(),
  facts: (session) => session.facts(),
  jobs: (session) => session.jobs(),
  configure: (session) => session.configure({}),
}

test('[DEL6] every call on the session answers so, here and in other tabs, told or not', async () => {
  const origin = createOrigin()
  const [here, there, deaf] = [openTab({ origin }), openTab({ origin }), openTab({ origin })]
  const session = await here.backfold.session('s', BY_HAND)
  await session.append(...turns(4, OUTPUT))
  const told = await there.backfold.session('s')
  const untold = await deaf.backfold.session('s')
  const listeners = [...origin.listeners]
  const last = listeners.at(-1)
  if (last) origin.listeners.delete(last[0])
  expect(await here.backfold.delete('s')).toMatchObject({ kind: 'deleted', messages: 16 })
  await settle()
  for (const [name, call] of Object.entries(CALLS)) {
    for (const stale of [session, told, untold]) {
      if (stale === untold && (name === 'compact' || name === 'apply')) continue
      await expect(call(stale), name).rejects.toMatchObject(GONE)
    }
  }
  expect(await here.backfold.sessions()).toEqual([])
  expect(await here.backfold.delete('s')).toEqual({ kind: 'not-found' })
})

test('[DEL5, DEL6] opened again it begins empty, and objects of the one before stay without', async () => {
  const origin = createOrigin()
  const [here, there] = [openTab({ origin }), openTab({ origin })]
  const before = await here.backfold.session('s', BY_HAND)
  await before.append(...turns(4, OUTPUT))
  const other = await there.backfold.session('s')
  expect(await before.recall('output')).toMatchObject({ kind: 'hits' })
  await here.backfold.delete('s')
  const after = await here.backfold.session('s')
  await settle()
  const again = await there.backfold.session('s')
  expect(after).not.toBe(before)
  expect(again).not.toBe(other)
  await expect(before.append(user('late'))).rejects.toMatchObject(GONE)
  await expect(other.append(user('late'))).rejects.toMatchObject(GONE)
  expect(await after.recall('output')).toEqual({ kind: 'hits', hits: [] })
  await after.append(user('the boiler'))
  expect(await again.recall('boiler')).toMatchObject({ hits: [{ seq: 1 }] })
  expect(again.state.get()).toMatchObject({ messages: 1, generation: 0 })
})

test('[DEL7] jobs of the session end, here and in another tab, and leave nothing', async () => {
  const origin = createOrigin()
  const here = openTab({ origin })
  const there = openTab({
    origin,
    digester: (real) => ({
      ...real,
      extract: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true })
        }),
    }),
  })
  const session = await there.backfold.session('s', BY_HAND)
  await session.append(...turns(8, OUTPUT))
  const started = eventOf(session, 'job-started')
  const compacting = session.compact().catch((failure: unknown) => failure)
  await started
  expect(await here.backfold.delete('s')).toMatchObject({ kind: 'deleted' })
  await compacting
  await until(() => origin.rows.sessions.size === 0)
  await settle()
  const sizes = Object.values(origin.rows).map((rows) => (rows as Map<string, unknown>).size)
  expect(Math.max(...sizes)).toBe(0)
  expect(there.backfold.jobs().get()).toEqual([])
})

test('[DEL6] no call but opening creates a session', async () => {
  const tab = openTab()
  await expect(
    tab.engine.handle('append', { session: 'never', messages: [user('hello')] }),
  ).rejects.toMatchObject(GONE)
  await expect(
    tab.engine.handle('open', { session: 'never', existing: true }),
  ).rejects.toMatchObject(GONE)
  expect(await tab.backfold.sessions()).toEqual([])
})

test('[DEL1] what can be folded, recalled and noted is gone with it', async () => {
  const origin = createOrigin()
  const tab = openTab({ origin })
  const session = await tab.backfold.session('s', BY_HAND)
  await session.append(user('Never use tabs.'), ...turns(8, OUTPUT))
  await session.compact()
  await session.apply()
  await session.recall('output')
  await session.runTool('memory_note', { text: 'the boiler is cold' }, { memory: true })
  expect(await tab.backfold.delete('s')).toMatchObject({ kind: 'deleted', messages: 33 })
  const left = Object.entries(origin.rows).filter(([, rows]) => (rows as Map<string, unknown>).size)
  expect(left).toEqual([])
})
