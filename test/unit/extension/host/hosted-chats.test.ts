import { expect, onTestFinished, test, vi } from 'vitest'
import { loadExactTokeniser } from '../../../../src/models/exact-tokeniser.ts'
import { createSummariserKeeper } from '../../../../extension/host/keep-summarisers.ts'
import { SITES } from '../../../../extension/sites/sites.ts'
import { say, stretch, tree, turn } from './archive-world.ts'
import { CHATGPT, at, createProfile, meet, startHost, until, type Host } from './chat-world.ts'

const u1 = turn('u1', null, 'Where shall we go?')
const a1 = turn('a1', 'u1', 'To the sea.')
const LINE = [u1, a1, turn('u2', 'a1', 'And then?'), turn('a2', 'u2', 'Home.')]

async function sessions({ call }: Host): Promise<readonly string[]> {
  return (await call('sessions', {})).map(({ id }) => id)
}

async function texts({ call }: Host, session: string): Promise<readonly string[]> {
  const found = await call('recall', { session, query: { from: 1, to: 1_000 } })
  if (found.kind !== 'messages') throw new Error('a range gives messages')
  return found.messages
    .filter(({ active }) => active)
    .map(({ parts }) => parts.map((part) => ('text' in part ? part.text : '')).join())
}

test('[ARCH14, CHATS12] a chat is kept under a session of its own, with what it is called and where it is', async () => {
  const host = startHost()
  const bridge = meet(host)
  await bridge.ask.hello(at('c'))
  await bridge.ask.captured({ ...tree(LINE, 'a2'), title: 'A trip', model: 'gpt-5-thinking' })
  const [id = ''] = await sessions(host)
  expect(id).toMatch(/^chat-chatgpt-[0-9a-f]{40}$/)
  expect(await texts(host, id)).toEqual(['Where shall we go?', 'To the sea.', 'And then?', 'Home.'])
  const { details } = await host.call('state', { session: id })
  expect(details.title).toBe('A trip')
  expect(JSON.parse(details.host['chat'] ?? '')).toEqual({
    ...{ site: 'chatgpt', origin: CHATGPT, conversation: 'c', url: `${CHATGPT}/c/c` },
    model: 'gpt-5-thinking',
  })
  await host.call('describe', { session: id, patch: { title: 'Ours' } })
  await bridge.ask.captured({ ...tree(LINE, 'a2'), title: 'Another' })
  expect((await host.call('state', { session: id })).details.title).toBe('Ours')
})

test('[ARCH14] an answer that ends when its page shows another chat leaves the address as it was', async () => {
  const host = startHost()
  const bridge = meet(host)
  await bridge.ask.hello(at('c'))
  await bridge.ask.captured(tree(LINE, 'a2'))
  bridge.tell.place(at('d'))
  await bridge.ask.captured(stretch([turn('u3', 'a2', 'Thanks.')]))
  await bridge.ask.captured({ ...tree(LINE, 'a2'), conversation: 'e' })
  const chats = (await host.call('sessions', {})).map(
    ({ details }) => JSON.parse(details.host['chat'] ?? '') as unknown,
  )
  expect(chats).toContainEqual(
    expect.objectContaining({ conversation: 'c', url: `${CHATGPT}/c/c` }),
  )
  expect(chats).toContainEqual(expect.objectContaining({ conversation: 'e', url: CHATGPT }))
})

test('[ARCH14] the same conversation of another origin is another session', async () => {
  const other = 'https://chat.example'
  const host = startHost(createProfile({ [other]: {} }))
  for (const [tab, origin] of [CHATGPT, other].entries()) {
    const bridge = meet(host, { tab, origin })
    await bridge.ask.hello(at('c'))
    await bridge.ask.captured(tree(LINE, 'a2'))
  }
  expect(new Set(await sessions(host)).size).toBe(2)
})

test('[ARCH15] a worker that dies before or after any call leaves the same log', async () => {
  const turns = [...LINE, turn('u2b', 'a1', 'Why?'), turn('a2b', 'u2b', 'It is warm.')]
  const reference = startHost()
  const first = meet(reference)
  await first.ask.hello(at('c'))
  await first.ask.captured(tree(LINE, 'a2'))
  await first.ask.captured(tree(turns, 'a2b'))
  const [id = ''] = await sessions(reference)
  for (const method of ['open', 'branch', 'append', 'describe', 'state', 'recall']) {
    for (const when of ['before', 'after'] as const) {
      const host = startHost()
      const bridge = meet(host)
      await bridge.ask.hello(at('c'))
      await bridge.ask.captured(tree(LINE, 'a2'))
      host.breakNext(method, when)
      await bridge.ask.captured(tree(turns, 'a2b')).catch(() => {})
      // Where that call was not made at all.
      host.breakNext('', 'before')
      await bridge.ask.captured(tree(turns, 'a2b'))
      expect(await texts(host, id), `${method} ${when}`).toEqual(await texts(reference, id))
      expect((await host.call('state', { session: id })).newest).toBe(6)
    }
  }
})

test('[ARCH15] the next host goes on where the former one was', async () => {
  const profile = createProfile()
  const before = startHost(profile)
  const first = meet(before)
  await first.ask.hello(at('c'))
  await first.ask.captured(tree(LINE, 'a2'))
  const host = startHost(profile)
  const bridge = meet(host)
  await bridge.ask.hello(at('c'))
  await bridge.ask.captured(stretch([turn('u3', 'a2', 'Thanks.')]))
  const [id = ''] = await sessions(host)
  expect((await texts(host, id)).at(-1)).toBe('Thanks.')
  expect((await host.call('state', { session: id })).newest).toBe(5)
})

test('[ARCH15] two tabs on one chat write it once', async () => {
  const host = startHost()
  const tabs = [meet(host, { tab: 1 }), meet(host, { tab: 2 })]
  await Promise.all(tabs.map(({ ask }) => ask.hello(at('c'))))
  await Promise.all([
    ...tabs.map(({ ask }) => ask.captured(tree(LINE, 'a2'))),
    ...tabs.map(({ ask }) => ask.captured(stretch([turn('u3', 'a2', 'Thanks.')]))),
    ...tabs.map(({ ask }) => ask.captured(stretch(LINE, 'page', true))),
  ])
  const [id = ''] = await sessions(host)
  expect(await texts(host, id)).toHaveLength(5)
  expect((await host.call('state', { session: id })).newest).toBe(5)
})

test('[ARCH16] a response that came before what it follows waits for it', async () => {
  const host = startHost()
  const bridge = meet(host)
  await bridge.ask.hello(at('c'))
  await bridge.ask.captured(stretch([turn('u3', 'a2', 'Thanks.')]))
  expect(await sessions(host)).toEqual([])
  await bridge.ask.captured(tree(LINE, 'a2'))
  const [id = ''] = await sessions(host)
  expect((await texts(host, id)).at(-1)).toBe('Thanks.')
})

test('[ARCH17] a session that somebody else wrote to, or deleted, is read anew', async () => {
  const host = startHost()
  const bridge = meet(host)
  await bridge.ask.hello(at('c'))
  await bridge.ask.captured(tree(LINE, 'a2'))
  const [id = ''] = await sessions(host)
  await host.call('branch', { session: id, after: 2 })
  await bridge.ask.captured(tree(LINE, 'a2'))
  expect(await texts(host, id)).toHaveLength(4)
  await host.call('delete', { session: id })
  await bridge.ask.captured(tree(LINE, 'a2'))
  expect((await host.call('state', { session: id })).newest).toBe(4)
})

test('[CHATS13] nothing is stored of temporary chats, in private windows, where it is off, or for another site', async () => {
  const host = startHost(
    createProfile({
      'https://off.example': { archives: false },
      'https://not.example': { isOn: false },
    }),
  )
  const tries = [
    [meet(host), at('c', { isTemporary: true })],
    [meet(host, { tab: 2, isIncognito: true }), at('c')],
    [meet(host, { tab: 3, origin: 'https://off.example' }), at('c')],
    [meet(host, { tab: 4, origin: 'https://not.example' }), at('c')],
    [meet(host, { tab: 5, origin: 'https://unknown.example' }), at('c')],
    [meet(host, { tab: 6, origin: 'null' }), at('c')],
    [meet(host, { tab: 7 }), at('c', { site: 'claude' })],
    [meet(host, { tab: 8 }), at('c', { site: null })],
  ] as const
  for (const [bridge, place] of tries) {
    await bridge.ask.hello(place)
    await bridge.ask.captured(tree(LINE, 'a2'))
  }
  const unheard = meet(host, { tab: 9 })
  await unheard.ask.captured(tree(LINE, 'a2'))
  expect(await sessions(host)).toEqual([])
  expect(host.chats.tabs().map(({ gauge, session }) => gauge ?? session)).toEqual(
    Array.from({ length: 9 }, () => null),
  )
})

test('[CHATS13] garbage from a bridge stores nothing and throws nothing', async () => {
  const host = startHost()
  const bridge = meet(host)
  const junk: unknown[] = [null, 7, 'x', [], {}, { kind: 'turns' }, { url: 1, turns: [null] }]
  for (const one of junk) {
    await bridge.ask.hello(one as never)
    bridge.tell.place(one as never)
    bridge.tell.health(one as never)
    bridge.tell.window(one as never)
    bridge.tell.pill(one as never)
    await bridge.ask.hello(at('c'))
    await bridge.ask.captured(one as never)
    await bridge.ask.captured({ ...tree(LINE, 'a2'), turns: [one] } as never)
    await bridge.ask.observed(one as never)
    expect(await bridge.ask.plan(one as never)).toEqual({ kind: 'pass' })
    expect(await bridge.ask.rescue(one as never)).toEqual({ kind: 'pass' })
    expect(await bridge.ask.answer(one as never)).toBe(null)
  }
  expect(await sessions(host)).toEqual([])
  expect(host.patches).toEqual([])
})

test('[CHATS14] what is captured while the archive is locked is stored once it is open', async () => {
  const host = startHost()
  host.open(false)
  const bridge = meet(host)
  await bridge.ask.hello(at('c'))
  const taken = bridge.ask.captured(tree(LINE, 'a2'))
  expect(await sessions(host)).toEqual([])
  host.open(true)
  await taken
  expect(await sessions(host)).toHaveLength(1)
})

test('[CHATS15] a page can’t fill the archive with chats without end', async () => {
  // What may be stored in a while depends on no machine.
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const host = startHost()
  const bridge = meet(host)
  await bridge.ask.hello(at('c'))
  // What makes none costs nothing of it.
  const lost = stretch([turn('u9', 'a8')])
  for (let n = 0; n < 30; n += 1) await bridge.ask.captured(lost)
  vi.setSystemTime(Date.now() + 1_500)
  for (let n = 0; n < 190; n += 1) {
    await bridge.ask.captured({ ...tree([u1], 'u1'), conversation: `c${n}` })
  }
  const { length } = await sessions(host)
  expect(length).toBeGreaterThanOrEqual(120)
  expect(length).toBeLessThan(130)
})

test('[GAUGE2, GAUGE6] the gauge is exact to the token, and told to the page and the panel', async () => {
  const host = startHost()
  const bridge = meet(host)
  await bridge.ask.hello(at('c'))
  const said = [
    'Tell me about e^{-x^2}, and 三日間のハイキング旅行の計画を手伝ってもらえますか。',
    '## Plan\n\n| Day | km |\n|---|---:|\n| 1 | 9.4 |\n\n$\\int_{-\\infty}^{\\infty} e^{-x^2}\\,dx$',
  ]
  const turns = said.map((text, n) => ({ ...(n === 0 ? u1 : a1), parts: say(text) }))
  await bridge.ask.captured({ ...tree(turns, 'a1'), model: 'gpt-4o' })
  const exact = await loadExactTokeniser('o200k_base')
  const tokens = said.reduce((sum, text) => sum + exact.count(text) + 4, 0)
  const all = tokens + SITES.chatgpt.overheadTokens
  await until(() => bridge.gauges.at(-1)?.tokens === all)
  expect(bridge.gauges.at(-1)).toMatchObject({
    ...{ level: 'ok', folded: null, isFolding: false, model: 'gpt-4o' },
    window: SITES.chatgpt.windows['gpt-4o'],
    windowFrom: 'known',
    overhead: SITES.chatgpt.overheadTokens,
  })
  expect(host.told.at(-1)).toMatchObject({ kind: 'hosted', gauge: { tokens: all } })
  host.set(CHATGPT, { windows: { '': all } })
  await until(() => bridge.gauges.at(-1)?.level === 'over')
  expect(bridge.gauges.at(-1)?.windowFrom).toBe('person')
})

test('[GAUGE6] a chat that is in the archive has its gauge as soon as it is shown', async () => {
  const profile = createProfile()
  const former = startHost(profile)
  const first = meet(former)
  await first.ask.hello(at('c'))
  await first.ask.captured(tree(LINE, 'a2'))
  const host = startHost(profile)
  const bridge = meet(host)
  await bridge.ask.hello(at(null))
  await until(() => bridge.gauges.length > 0)
  expect(bridge.gauges.at(-1)).toBe(null)
  bridge.tell.place(at('c'))
  await until(() => typeof bridge.gauges.at(-1)?.tokens === 'number')
})

test('[GAUGE5] a hosted chat folds by itself, and the page hears how short it would be', async () => {
  const host = startHost(createProfile({ [CHATGPT]: { windows: { '': 8_000 } } }))
  const bridge = meet(host)
  await bridge.ask.hello(at('c'))
  const turns = Array.from({ length: 40 }, (_, n) =>
    turn(
      n % 2 === 0 ? `u${n}` : `a${n}`,
      n === 0 ? null : `${n % 2 === 0 ? 'a' : 'u'}${n - 1}`,
      [
        `Message ${n}: the harbour master of town ${n} keeps ${n * 7} boats.`,
        ...Array.from(
          { length: 12 },
          (_, line) => `Line ${line} of ${n} says that the sea is calm.`,
        ),
      ].join('\n'),
    ),
  )
  const last = turns.at(-1)?.id ?? ''
  await bridge.ask.captured(tree(turns, last))
  await until(() => typeof bridge.gauges.at(-1)?.folded === 'number')
  const gauge = bridge.gauges.at(-1)
  expect(gauge?.folded).toBeLessThan((gauge?.tokens ?? 0) / 2)
  const [id = ''] = await sessions(host)
  const markdown = await (await host.backfold.session(id)).markdown({ of: 'context' })
  expect(markdown.length).toBeGreaterThan(100)
  expect(bridge.gauges.length).toBeLessThan(30)
})

test('[CHATS17] what an own page has folded keeps to the summarisers that are set for its site by then', async () => {
  const profile = createProfile()
  const host = startHost(profile)
  const bridge = meet(host)
  await bridge.ask.hello(at('c'))
  await bridge.ask.captured(tree(LINE, 'a2'))
  bridge.leave()
  const [session = ''] = await sessions(host)
  const keep = createSummariserKeeper({ call: host.call, settings: () => profile.settings })
  const before = host.calls('configure')
  host.set(CHATGPT, { summarisers: ['tiny'] })
  await keep('state', { session })
  expect(host.calls('configure')).toBe(before)
  await keep('compact', { session })
  await keep('compact', { session })
  expect(host.calls('configure')).toBe(before + 1)
  expect(profile.rows.sessions.get(session)?.policy.summarisers).toEqual(['tiny'])
  profile.settings = { ...profile.settings, sites: {} }
  await keep('compact', { session })
  await keep('compact', { session: 'none' })
  await keep('compact', null)
  expect(host.calls('configure')).toBe(before + 1)
})

test('[ARCH19, CHATS14] what waits for a locked archive is bounded in characters', async () => {
  const host = startHost()
  host.open(false)
  const bridge = meet(host)
  await bridge.ask.hello(at('c'))
  const long = tree([turn('u1', null, 'x'.repeat(60_000_000))], 'u1')
  const waiting = [bridge.ask.captured(long)]
  await expect(bridge.ask.captured(long)).rejects.toThrow('too much')
  waiting.push(bridge.ask.captured(tree([u1], 'u1')))
  // Nobody wants it any more.
  host.set(CHATGPT, { archives: false })
  host.open(true)
  await Promise.all(waiting)
  expect(await sessions(host)).toEqual([])
})

test('[ARCH16, ARCH17] what waited for a session that was deleted is forgotten with it', async () => {
  const host = startHost()
  const bridge = meet(host)
  await bridge.ask.hello(at('c'))
  await bridge.ask.captured(tree([u1], 'u1'))
  await bridge.ask.captured(stretch([turn('u3', 'a2', 'A secret.')]))
  const [id = ''] = await sessions(host)
  await host.call('delete', { session: id })
  await bridge.ask.captured(tree(LINE, 'a2'))
  expect(await texts(host, id)).toHaveLength(4)
})

test('[ARCH16] a long chat that is only mounted piece by piece, from its end up, is archived once its beginning is seen', async () => {
  const host = startHost()
  const bridge = meet(host)
  await bridge.ask.hello(at('c'))
  const turns = Array.from({ length: 61 }, (_, n) => turn(`${n % 2 === 0 ? 'u' : 'a'}${n}`))
  for (let end = 61; end > 1; end -= 2) {
    const isFromStart = end === 3
    await bridge.ask.captured(stretch(turns.slice(end - 3, end), 'page', isFromStart))
    if (isFromStart) break
    expect(await sessions(host)).toEqual([])
  }
  const [id = ''] = await sessions(host)
  expect(await texts(host, id)).toEqual(turns.map((one) => `says ${one.id}`))
})
