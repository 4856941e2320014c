import { expect, test } from 'vitest'
import { BackfoldError } from '../../../../src/core/backfold-error.ts'
import { createMark } from '../../../../extension/host/hand-off-mark.ts'
import { stretch, tree, turn } from './archive-world.ts'
import { CHATGPT, at, createProfile, meet, startHost, until } from './chat-world.ts'

const LINE = [turn('u1', null), turn('a1', 'u1')]

async function kept(host: ReturnType<typeof startHost>, conversation: string): Promise<string> {
  const bridge = meet(host)
  await bridge.ask.hello(at(conversation))
  await bridge.ask.captured({ ...tree(LINE, 'a1'), conversation })
  bridge.leave()
  const [newest] = await host.call('sessions', {})
  expect(newest?.details.host['chat']).toContain(conversation)
  return newest?.id ?? ''
}

test('[CHATS10] a hand-off fills the top frame of a tab, and the next new chat there is linked to the old one', async () => {
  const host = startHost()
  const from = await kept(host, 'old')
  const frame = meet(host, { tab: 2 })
  await frame.ask.hello(at(null, { isTop: false }))
  const top = meet(host, { tab: 2 })
  await top.ask.hello(at(null))
  const handOff = { from, text: 'What we had said.', tab: 2, replaces: false }
  expect(await host.chats.handOff(handOff)).toEqual({ kind: 'filled', as: 'text' })
  expect(top.filled).toEqual([{ text: 'What we had said.', replaces: false }])
  expect(frame.filled).toEqual([])
  // A chat that is there already is not the new one.
  top.tell.place(at('old'))
  await top.ask.captured({ ...stretch([turn('u2', 'a1')]), conversation: 'old' })
  // Nor is an older one that the archive did not have.
  top.tell.place(at('older'))
  await top.ask.captured({ ...tree(LINE, 'a1'), conversation: 'older' })
  top.tell.place(at('new'))
  const asked = turn('u1', null, '  What we had **said**. Go on.')
  await top.ask.captured({ ...tree([asked, turn('a1', 'u1')], 'a1'), conversation: 'new' })
  top.tell.place(at('other'))
  await top.ask.captured({ ...tree(LINE, 'a1'), conversation: 'other' })
  const links = (await host.call('sessions', {})).map(({ id, details }) => ({
    id,
    ...details.host,
  }))
  const next = links.find((one) => 'from' in one)
  expect(next).toMatchObject({ from })
  expect(next && 'chat' in next ? next.chat : '').toContain('"new"')
  expect(links.find(({ id }) => id === from)).toMatchObject({ to: next?.id })
  expect(links.filter((one) => 'from' in one)).toHaveLength(1)
})

test('[CHATS10] a hand-off waits for the page of its tab, and for the next one where that goes elsewhere', async () => {
  const host = startHost()
  const from = await kept(host, 'old')
  const filling = host.chats.handOff({ from, text: 'x', tab: 5, replaces: true })
  const leaving = meet(host, {
    tab: 5,
    fill: () => Promise.reject(new BackfoldError('WORKER_LOST', 'the other context is gone')),
  })
  await leaving.ask.hello(at(null))
  await until(() => leaving.filled.length > 0)
  leaving.leave()
  const top = meet(host, { tab: 5, fill: async () => ({ kind: 'occupied' }) })
  await top.ask.hello(at(null))
  expect(await filling).toEqual({ kind: 'occupied' })
  top.tell.place(at('new'))
  await top.ask.captured({ ...tree(LINE, 'a1'), conversation: 'new' })
  const hosts = (await host.call('sessions', {})).map(({ details }) => details.host)
  expect(hosts.some((texts) => 'from' in texts)).toBe(false)
})

test('[CHATS11] a turn is shown on the page by the site’s own id', async () => {
  const host = startHost()
  const bridge = meet(host)
  expect(await host.chats.reveal(1, 'a1')).toBe(false)
  await bridge.ask.hello(at('c'))
  expect(await host.chats.reveal(1, 'a1~p2')).toBe(true)
  expect(bridge.revealed).toEqual(['a1'])
  expect(await host.chats.reveal(9, 'a1')).toBe(false)
})

test('[CHATS1, CHATS2] a tab is known by its top frame, and by the best health of its frames', async () => {
  const host = startHost()
  const frame = meet(host)
  const top = meet(host)
  await frame.ask.hello(at(null, { isTop: false, site: null, title: 'An advertisement' }))
  await top.ask.hello(at('c', { title: 'A trip' }))
  frame.tell.health({ state: 'none', layer: '', detail: 'nothing is recognised' })
  top.tell.health({ state: 'fallback', layer: 'page', detail: 'an older layout' })
  expect(host.chats.tabs()).toMatchObject([
    {
      ...{ tab: 1, origin: CHATGPT, title: 'A trip', site: 'chatgpt', kind: 'hosted' },
      ...{ session: null, isPaused: false, isTemporary: false, gauge: null },
      health: { state: 'fallback', layer: 'page' },
    },
  ])
  await until(() => host.told.at(-1)?.health.state === 'fallback')
  host.set(CHATGPT, { isOn: false })
  expect(host.chats.tabs()[0]?.isPaused).toBe(true)
  expect(top.settings.at(-1)?.site.isOn).toBe(false)
  top.leave()
  frame.leave()
  await until(() => host.gone.length > 0)
  expect(host.gone).toEqual([1])
  expect(host.chats.tabs()).toEqual([])
})

test('[CHATS2] a bridge hears what is set, and moves or hides its pill for its own origin only', async () => {
  const other = 'https://other.example'
  const host = startHost(createProfile({ [other]: { pill: false } }))
  const bridge = meet(host, { origin: other })
  expect(await bridge.ask.hello(at(null, { site: null }))).toMatchObject({
    isPaused: false,
    site: { isOn: true, pill: false },
  })
  const stranger = meet(host, { origin: 'https://not.example' })
  expect(await stranger.ask.hello(at(null))).toMatchObject({ site: { isOn: false } })
  // That would enable it.
  stranger.tell.pill({ at: { x: 0.2, y: 0.4 } })
  bridge.tell.pill({ at: { x: 0.2, y: 0.4 } })
  bridge.tell.pill({ at: { x: 7, y: 0.4 } })
  bridge.tell.pill({ isHidden: true })
  meet(host, { origin: other, isIncognito: true }).tell.pill({ at: { x: 0, y: 0 } })
  expect(host.patches).toEqual([
    [other, { pillAt: { x: 0.2, y: 0.4 } }],
    [other, { pill: false }],
  ])
})

test('[CHATS10] a chat is known to begin with a hand-off by what a person left of it', () => {
  const text = ['# A trip', 'The sea is where we wanted to go in the summer.', 'Short.'].join('\n')
  const mark = createMark(text)
  const begins = (asked: string): boolean => mark.isIn([turn('u1', null, asked), turn('a1', 'u1')])
  expect(begins(text)).toBe(true)
  expect(begins('Please: the sea is where WE…')).toBe(false)
  expect(begins('> The sea is *where* we wanted\u00a0to go in the summer. And then?')).toBe(true)
  expect(begins('# A trip\nShort.')).toBe(false)
  expect(createMark('Go on.').isIn([turn('u1', null, 'Go on. It rains.')])).toBe(true)
  const attached = createMark('')
  expect(attached.isIn([turn('u1', null, 'Read this.'), turn('a1', 'u1')])).toBe(true)
  expect(attached.isIn([turn('u1', null), turn('a1', 'u1'), turn('u2', 'a1')])).toBe(false)
})
