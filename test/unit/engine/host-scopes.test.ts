import { expect, test } from 'vitest'
import { createOrigin, openTab, type Tab } from '../../support/build-engine.ts'
import { answer, ask, streamed, type AppMessage } from '../../support/host-app.ts'
import { assistant, logOf, user, words } from './host-talk.ts'

const VICTIM = 'https://chat.example'
const ATTACKER = 'https://evil.example'

const SECRET = 'The door code is 4711-9921.'

async function ids({ store }: Tab): Promise<readonly string[]> {
  return (await store.listSessions()).map(({ id }) => id).toSorted()
}

/** A conversation of two turns in a scope; resolves to its history. */
async function talkIn(tab: Tab, scope: string | undefined): Promise<AppMessage[]> {
  const history: AppMessage[] = []
  const options = scope === undefined ? {} : { scope }
  for (const said of [SECRET, 'And the one of the garage?']) {
    history.push(user(said))
    const asked = await ask(tab.engine, history, options)
    await answer(tab.engine, asked, streamed(words(20, `Noted: ${said}`)))
    history.push(assistant(words(20, `Noted: ${said}`)))
  }
  history.push(user('Thank you.'))
  await ask(tab.engine, history, options)
  return history
}

test('[HIST26] a page that repeats another one’s history word for word gets a session of its own', async () => {
  const tab = openTab()
  const history = await talkIn(tab, VICTIM)
  const [theirs = ''] = await ids(tab)
  const before = await logOf(tab, theirs)
  expect(before[0]).toBe(SECRET)
  const asked = await ask(tab.engine, [...history, assistant('Welcome.'), user('More?')], {
    scope: ATTACKER,
  })
  expect(asked.plan).not.toMatchObject({ session: theirs })
  expect(await logOf(tab, theirs)).toEqual(before)
  expect(await ids(tab)).toHaveLength(2)
})

test('[HIST26] a beginning, an end, or a piece of another one’s history finds nothing, also after a restart', async () => {
  const origin = createOrigin()
  const tab = openTab({ origin })
  const history = await talkIn(tab, VICTIM)
  const [theirs = ''] = await ids(tab)
  await tab.engine.close()
  const later = openTab({ origin })
  const before = await logOf(later, theirs)
  for (const piece of [history.slice(0, 1), history.slice(0, 3), history.slice(2), history]) {
    const asked = await ask(later.engine, piece, { scope: ATTACKER })
    expect(asked.plan.session ?? '').not.toBe(theirs)
    expect(asked.messages).toEqual(piece)
  }
  expect(await logOf(later, theirs)).toEqual(before)
})

test('[HIST26] names that an app gives are its scope’s own, whatever they look like', async () => {
  const tab = openTab()
  const name = 'conversation-81'
  const ask = async (id: string, scope?: string): Promise<string> => {
    const parts = [{ type: 'text', text: SECRET }]
    const body = JSON.stringify({ id, messages: [{ id: 'm1', role: 'user', parts }] })
    const request = { url: 'https://chat.example/api/chat', headerNames: [], body }
    const options = scope === undefined ? {} : { scope }
    const plan = await tab.engine.handle('planRequest', { request, options })
    return plan.session ?? ''
  }
  const theirs = await ask(name, VICTIM)
  expect(await ask(name, VICTIM)).toBe(theirs)
  expect(theirs).toContain(name)
  const guesses = [name, theirs, theirs.replace('ai-sdk-ui-', ''), `../${theirs}`]
  for (const guess of guesses) {
    const found = [await ask(guess, ATTACKER), await ask(guess)]
    for (const id of found) expect(id).not.toBe('')
    expect(found).not.toContain(theirs)
  }
  expect(await logOf(tab, theirs)).toEqual([SECRET])
})

test('[HIST26] without a scope everything is as before, and scoped sessions are not found', async () => {
  const tab = openTab()
  await talkIn(tab, VICTIM)
  const scoped = await ids(tab)
  const history = await talkIn(tab, undefined)
  const all = await ids(tab)
  expect(all).toHaveLength(2)
  const own = all.find((id) => !scoped.includes(id)) ?? ''
  expect(own.startsWith('auto-')).toBe(true)
  const again = await ask(tab.engine, [...history, assistant('Yes.'), user('Bye.')])
  expect(again.plan.session).toBe(own)
})

test('[HIST26] scopes out of bounds are refused, and so is a session beside one', async () => {
  const { engine } = openTab()
  for (const scope of ['', 'x'.repeat(201), 7 as unknown as string]) {
    await expect(ask(engine, [user('hi')], { scope })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
  }
  await expect(ask(engine, [user('hi')], { scope: 'a', session: 's' })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  })
})
