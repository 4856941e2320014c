import { expect, test } from 'vitest'
import { BY_HAND, createOrigin, hashOf, openTab, rowOf } from '../../support/build-engine.ts'
import { turns, user } from '../../support/build-log.ts'

const DETAILS = { title: 'Boiler', tags: ['home'], archived: true, host: { draft: 'and' } }

test('[DET3] a change of details touches neither context nor candidate', async () => {
  const tab = openTab()
  const session = await tab.backfold.session('s', BY_HAND)
  await session.append(...turns(8, 'a line of output\n'.repeat(60)))
  expect((await session.compact()).kind).toBe('ready')
  const [before, hash] = [await rowOf(tab, 's'), await hashOf(tab, 's')]
  expect(await session.describe(DETAILS)).toEqual(DETAILS)
  const { details, revision, ...after } = await rowOf(tab, 's')
  expect(details).toEqual(DETAILS)
  expect({ ...after, revision: revision - 1 }).toEqual(before)
  expect(await hashOf(tab, 's')).toBe(hash)
  expect((await session.apply()).kind).toBe('applied')
  expect(session.state.get().details).toEqual(DETAILS)
})

test('[DET4] a patch that changes nothing writes nothing', async () => {
  const tab = openTab()
  const session = await tab.backfold.session('s', BY_HAND)
  await session.describe(DETAILS)
  const before = await rowOf(tab, 's')
  await session.describe(DETAILS)
  expect(await rowOf(tab, 's')).toEqual(before)
})

test('[DET5] state, list and all tabs show the details', async () => {
  const origin = createOrigin()
  const [here, there] = [openTab({ origin }), openTab({ origin })]
  const session = await here.backfold.session('s', BY_HAND)
  const same = await there.backfold.session('s')
  await here.backfold.session('other')
  const empty = { title: '', tags: [], archived: false, host: {} }
  expect(same.state.get().details).toEqual(empty)
  await session.describe(DETAILS)
  await expect.poll(() => same.state.get().details).toEqual(DETAILS)
  expect(session.state.get().details).toEqual(DETAILS)
  expect(await there.backfold.sessions()).toMatchObject([
    { id: 's', details: DETAILS },
    { id: 'other', details: empty },
  ])
})

test('[DET6] the newest activity is that of the newest message, and never goes back', async () => {
  const { backfold, clock } = openTab()
  const session = await backfold.session('s', BY_HAND)
  const created = clock.now()
  const updatedAt = async (): Promise<number | undefined> =>
    (await backfold.sessions())[0]?.updatedAt
  expect(await updatedAt()).toBe(created)
  await session.append({ ...user('hello'), at: created + 50 })
  expect(await updatedAt()).toBe(created + 50)
  await session.append({ ...user('older'), at: created - 50 })
  expect(await updatedAt()).toBe(created + 50)
})
