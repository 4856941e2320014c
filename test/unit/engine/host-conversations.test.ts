import { expect, test } from 'vitest'
import { createOrigin, openTab, type Tab } from '../../support/build-engine.ts'
import { answer, ask, streamed, type AppMessage } from '../../support/host-app.ts'
import { SYSTEM, assistant, logOf, talk, user } from './host-talk.ts'

const TITLE = user('Please generate a four to five word title for our conversation.')

test('[HIST16] a title that is asked for with the whole history leaves no trace', async () => {
  const tab = openTab()
  const history = await talk(tab, 2)
  const asked = await ask(tab.engine, [...history, TITLE], { session: 's' })
  expect(asked.messages).toEqual([...history, TITLE])
  expect(await answer(tab.engine, asked, streamed('A fine title'))).toEqual({
    kind: 'ignored',
    reason: 'unconfirmed',
  })
  await talk(tab, 1, history)
  expect(await logOf(tab, 's')).toEqual(history.slice(1).map(({ content }) => content))
  const { session: row } = await tab.store.read({ session: 's' })
  expect(row?.branch).toBe(0)
})

test('[HIST16] what looked like a title and is gone on from was a turn', async () => {
  const tab = openTab()
  const history = await talk(tab, 2)
  const asked = await ask(tab.engine, [...history, TITLE], { session: 's' })
  await answer(tab.engine, asked, streamed('Roman Nights'))
  const next = [...history, TITLE, assistant('Roman Nights'), user('Shorter, please.')]
  await ask(tab.engine, next, { session: 's' })
  expect(await logOf(tab, 's')).toEqual(next.slice(1).map(({ content }) => content))
})

test('[HIST16] a conversation that begins anew in a session is one only when it goes on', async () => {
  const tab = openTab()
  const history = await talk(tab, 2)
  const begun = await ask(tab.engine, [SYSTEM, user('fresh')], { session: 's' })
  expect(begun.plan).toMatchObject({ kind: 'pass', reason: 'auxiliary' })
  expect(await logOf(tab, 's')).toHaveLength(history.length - 1)
  await ask(tab.engine, [SYSTEM, user('fresh'), assistant('yes'), user('more')], { session: 's' })
  expect(await logOf(tab, 's')).toEqual(['fresh', 'yes', 'more'])
  const { session: row } = await tab.store.read({ session: 's' })
  expect(row).toMatchObject({ branch: 1, pins: [6] })
})

test('[HIST6] a title that is asked for before the second turn makes no session of its own', async () => {
  const tab = openTab()
  const begun = [SYSTEM, user('Where to moor?'), assistant('At berth 4.')]
  await ask(tab.engine, begun.slice(0, 2), {})
  expect((await ask(tab.engine, [...begun, TITLE], {})).plan).toMatchObject({ kind: 'pass' })
  expect(await tab.store.listSessions()).toEqual([])
  await ask(tab.engine, [...begun, user('And tomorrow?')], {})
  expect((await tab.store.listSessions()).map(({ messages }) => messages)).toEqual([4])
})

test('[HIST6] a history is found also while the answer to the request before it is being recorded', async () => {
  const tab = openTab()
  const history = [SYSTEM, user('Where to moor?'), assistant('At berth 4.')]
  let recording: Promise<unknown> = Promise.resolve()
  for (let turn = 0; turn < 8; turn += 1) {
    history.push(user(`And on day ${turn}?`))
    const asking = ask(tab.engine, [...history], {})
    const [asked] = await Promise.all([asking, recording])
    recording = answer(tab.engine, asked, streamed(`At berth ${turn}.`))
    history.push(assistant(`At berth ${turn}.`))
  }
  await recording
  expect((await tab.store.listSessions()).map(({ messages }) => messages)).toEqual([19])
})

test('[HIST6] conversations are told apart by what they say, also after a restart', async () => {
  const origin = createOrigin()
  const tab = openTab({ origin })
  const greeting = (): AppMessage[] => [SYSTEM, user('hi'), assistant('hello')]
  const one = await talk(tab, 3, greeting(), null)
  const other = [...greeting(), user('Who are you?'), assistant('Aria.')]
  await talk(tab, 1, other, null)
  const lengths = async ({ store }: Tab): Promise<readonly number[]> =>
    (await store.listSessions()).map(({ messages }) => messages).toSorted((a, b) => a - b)
  expect(await lengths(tab)).toEqual([7, 9])
  await tab.engine.close()
  const later = openTab({ origin })
  await talk(later, 1, one, null)
  // The head that this app drops is in the log; nothing but the end of its history is known by it.
  await talk(later, 1, [SYSTEM, ...other.slice(-2)], null)
  expect(await lengths(later)).toEqual([9, 11])
})

test('[HIST6] a question alone is nobody’s conversation yet', async () => {
  const tab = openTab()
  const { plan } = await ask(tab.engine, [SYSTEM, user('hi')])
  expect(plan).toEqual({ kind: 'pass', reason: 'unconfirmed', format: 'openai' })
  expect(await tab.store.listSessions()).toEqual([])
  const next = await ask(tab.engine, [SYSTEM, user('hi'), assistant('hello'), user('more')])
  expect(next.plan.kind === 'pass' && next.plan.session).toMatch(/^auto-/)
})

test('[HIST6] conversations that an app begins with the same examples are told apart', async () => {
  const tab = openTab()
  const examples = [user('2+2?'), assistant('4'), user('3+3?'), assistant('6')]
  const talks = [[...examples], [...examples, user('Who?'), assistant('Aria.')]]
  for (let round = 0; round < 8; round += 1) {
    for (const history of talks) await talk(tab, 3, history, null)
  }
  const rows = await tab.store.listSessions()
  expect(rows.map(({ messages, branch }) => [messages, branch])).toEqual([
    [52, 0],
    [54, 0],
  ])
})

test('[HIST6] a question that got no answer tells nothing of its talk where it is asked anew', async () => {
  const tab = openTab()
  const talked = [user('hi'), assistant('hello'), user('My diary: ...'), assistant('noted')]
  const broken = await ask(tab.engine, [...talked, user('What is a monad?')])
  const anew = await ask(tab.engine, [user('What is a monad?')])
  expect(anew.plan).toEqual({ kind: 'pass', reason: 'unconfirmed', format: 'openai' })
  const more = [user('What is a monad?'), assistant('A burrito.'), user('Is it?')]
  const gone = await ask(tab.engine, more)
  expect(gone.messages).toEqual(more)
  expect(gone.plan).toMatchObject({ kind: 'pass', reason: 'nothing-folded' })
  expect(gone.plan).not.toMatchObject({
    session: broken.plan.kind === 'pass' && broken.plan.session,
  })
})

test('[HIST16] rounds that are asked otherwise than the turns before are recorded as they go on', async () => {
  const tab = openTab()
  const history = [...(await talk(tab, 2)), user('Look it up.')]
  const options = { session: 's', more: { stream: false } }
  const round = async (): Promise<void> => {
    const asked = await ask(tab.engine, history, options)
    const calls = [{ id: 'c', type: 'function', function: { name: 'look', arguments: '{}' } }]
    const message = { role: 'assistant', content: null, tool_calls: calls }
    const choices = [{ index: 0, message, finish_reason: 'tool_calls' }]
    await answer(tab.engine, asked, JSON.stringify({ choices }))
    history.push(message, { role: 'tool', tool_call_id: 'c', content: `found ${history.length}` })
  }
  await round()
  expect(await logOf(tab, 's')).toHaveLength(4)
  await round()
  await round()
  expect(await logOf(tab, 's')).toHaveLength(10)
  const title = [...history, user('Generate a title for this conversation.')]
  await ask(tab.engine, title, options)
  expect(await logOf(tab, 's')).toHaveLength(10)
})

test('[HIST25] an app that writes answers in its own words is told after two of them', async () => {
  const tab = openTab()
  const history: AppMessage[] = [SYSTEM]
  for (let turn = 0; turn < 8; turn += 1) {
    history.push(user(`question ${turn}`))
    const asked = await ask(tab.engine, history, { session: 's' })
    await answer(tab.engine, asked, streamed(`answer ${turn} [1]`))
    history.push(assistant(`answer ${turn}. Sources: none`))
  }
  await ask(tab.engine, [...history, user('More?')], { session: 's' })
  const own = history.slice(1).map(({ content }) => content)
  expect(await logOf(tab, 's')).toEqual([...own, 'More?'])
  expect((await tab.store.read({ session: 's' })).session).toMatchObject({ branch: 2 })
})

test('[HIST24] what a host lets the model go on with is recorded once it is whole, and is no branch', async () => {
  const tab = openTab()
  const history = await talk(tab, 2)
  const begun = [...history, user('As JSON?'), assistant('{')]
  const asked = await ask(tab.engine, begun, { session: 's' })
  expect(asked.messages).toEqual(begun)
  expect(await answer(tab.engine, asked, streamed('"a":1}'))).toMatchObject({ kind: 'ignored' })
  const next = [...begun.slice(0, -1), assistant('{"a":1}'), user('Thanks.')]
  await ask(tab.engine, next, { session: 's' })
  expect((await logOf(tab, 's')).slice(-3)).toEqual(['As JSON?', '{"a":1}', 'Thanks.'])
  expect((await tab.store.read({ session: 's' })).session).toMatchObject({ branch: 0 })
})

test('[HIST6] chats that begin with a greeting of the app’s own stay apart', async () => {
  const tab = openTab()
  const greeting = (): AppMessage[] => [assistant('Welcome! How can I help?'), user('hi')]
  const { plan } = await ask(tab.engine, greeting())
  expect(plan).toMatchObject({ kind: 'pass', reason: 'unconfirmed' })
  const one = await talk(tab, 2, [...greeting(), assistant('Hello.')], null)
  const again = await ask(tab.engine, greeting())
  expect(again.plan).toMatchObject({ kind: 'pass', reason: 'unconfirmed' })
  const other = await talk(tab, 2, [...greeting(), assistant('Good day.')], null)
  const sessions = await tab.store.listSessions()
  expect(sessions.map(({ messages, branch }) => [messages, branch])).toEqual([
    [other.length, 0],
    [one.length, 0],
  ])
})

test('[HIST6, HIST13] two tabs that begin with one history at once share a session', async () => {
  const origin = createOrigin()
  const tabs = [openTab({ origin }), openTab({ origin })] as const
  const history = [SYSTEM, user('hi'), assistant('hello'), user('more')]
  await Promise.all(tabs.map(({ engine }) => ask(engine, history)))
  const sessions = await tabs[0].store.listSessions()
  expect(sessions.map(({ messages, branch }) => [messages, branch])).toEqual([[4, 0]])
})

test('[HIST6] of many conversations those in use stay at hand, however often others are looked at', async () => {
  const wholeReads: string[] = []
  const tab = openTab({
    store: (real) => ({
      ...real,
      read: (query) => {
        const { session, range } = query
        if (range?.from === 1 && range.to > 10) wholeReads.push(session)
        return real.read(query)
      },
    }),
  })
  const begun = Array.from({ length: 40 }, (_, i) => [
    user(`question ${i}`),
    ...Array.from({ length: 12 }, (_unused, k) =>
      (k % 2 === 0 ? assistant : user)(`${i} said ${k}`),
    ),
    user(`and ${i}?`),
  ])
  for (const history of begun) await ask(tab.engine, history)
  const inUse = begun.slice(-5)
  // What was appended last is read when it is next looked at.
  for (const history of inUse) await ask(tab.engine, history)
  wholeReads.length = 0
  for (const history of inUse) await ask(tab.engine, [...history, assistant('yes'), user('more')])
  expect(wholeReads).toEqual([])
})
