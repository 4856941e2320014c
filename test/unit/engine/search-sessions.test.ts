import { expect, test } from 'vitest'
import { BY_HAND, createOrigin, openTab, type Tab } from '../../support/build-engine.ts'
import { turns, user } from '../../support/build-log.ts'

async function add(tab: Tab, id: string, at: number, ...texts: string[]): Promise<void> {
  const session = await tab.backfold.session(id, BY_HAND)
  await session.append(...texts.map((text) => ({ ...user(text), at })))
}

async function foundIn(tab: Tab, words: string, options = {}): Promise<readonly string[]> {
  return (await tab.backfold.search(words, options)).map(({ session }) => session.id)
}

test('[FIND1] titles, tags and messages are searched, those with all words first, then the newest', async () => {
  const tab = openTab()
  await add(tab, 'old', 10, 'the boiler valve leaks')
  await add(tab, 'new', 30, 'the valve of the boiler is closed')
  await add(tab, 'half', 40, 'a valve of the car')
  await add(tab, 'titled', 20, 'nothing to see')
  await add(tab, 'other', 50, 'nothing at all')
  const titled = await tab.backfold.session('titled')
  await titled.describe({ title: 'Boiler', tags: ['VALVE'] })
  expect(await foundIn(tab, 'boiler valve')).toEqual(['new', 'titled', 'old', 'half'])
  expect(await foundIn(tab, 'boiler valve', { limit: 1 })).toEqual(['new'])
  expect(await foundIn(tab, 'unheard')).toEqual([])
  expect(await foundIn(tab, '')).toEqual([])
})

test('[FIND2] of each session at most five messages are shown, the best first', async () => {
  const tab = openTab()
  await add(tab, 's', 1, ...Array.from({ length: 9 }, (_, n) => `boiler number ${n}`))
  const [found] = await tab.backfold.search('boiler')
  expect(found?.hits).toHaveLength(5)
  expect(found?.session).toMatchObject({ id: 's', messages: 9 })
})

test('[FIND3] nothing is said twice', async () => {
  const tab = openTab()
  await add(tab, 'copy', 1, 'the boiler is cold', 'the boiler is loud')
  await add(tab, 'real', 2, 'the boiler is cold')
  await add(tab, 'twin', 1, 'the boiler is cold')
  const found = await tab.backfold.search('boiler')
  const texts = found.flatMap(({ hits }) => hits.map(({ text }) => text))
  expect(texts.toSorted()).toEqual(['the boiler is cold', 'the boiler is loud'])
  expect(found.map(({ session }) => session.id)).toEqual(['real', 'copy'])
})

test('[FIND4] sessions that are put away are found unless they are not wanted', async () => {
  const tab = openTab()
  await add(tab, 'away', 1, 'the boiler')
  await (await tab.backfold.session('away')).describe({ archived: true })
  expect(await foundIn(tab, 'boiler')).toEqual(['away'])
  expect(await foundIn(tab, 'boiler', { archived: false })).toEqual([])
})

test('[FIND5] one session is searched at a time, and no more than are needed', async () => {
  const tab = openTab()
  for (let n = 0; n < 30; n += 1) await add(tab, `s${n}`, n, `boiler ${n}`)
  expect(await tab.backfold.search('boiler')).toHaveLength(20)
  await expect(tab.backfold.search(7 as unknown as string)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  })
  const folded = await tab.backfold.session('s0')
  await folded.append(...turns(6, 'the furnace roars\n'.repeat(40)))
  await folded.compact()
  await folded.apply()
  expect(await foundIn(tab, 'furnace')).toEqual(['s0'])
})

test('[FIND5] what can not be read of one session keeps no other from being found', async () => {
  const origin = createOrigin()
  const tab = openTab({ origin })
  await add(tab, 'sound', 1, 'the boiler is cold')
  await add(tab, 'broken', 2, 'the boiler is loud')
  const [message] = origin.rows.messages.get('broken') ?? []
  if (!message) throw new Error('nothing was appended')
  origin.rows.messages.set('broken', [{ ...message, parts: null as never }])
  expect(await foundIn(tab, 'boiler')).toEqual(['sound'])
})
