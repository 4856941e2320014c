import { expect, test } from 'vitest'
import { findOpenAiFaults } from '../../support/legality.ts'
import { openTab } from '../../support/build-engine.ts'
import { answer, ask, streamed, type AppMessage } from '../../support/host-app.ts'
import { SMALL, SYSTEM, assistant, logOf, talk, user, words } from './host-talk.ts'

test('[HIST2, HIST13, HIST17, HIST19] a talk is recorded as it goes, once, and nothing is changed before a fold', async () => {
  const tab = openTab()
  const history = await talk(tab, 2)
  expect(await logOf(tab, 's')).toEqual(history.slice(1).map(({ content }) => content))
  const again = await ask(tab.engine, history, { session: 's' })
  expect(again.plan).toMatchObject({ kind: 'pass', reason: 'nothing-folded', session: 's' })
  expect(await logOf(tab, 's')).toHaveLength(4)
  const { session: row } = await tab.store.read({ session: 's' })
  expect(row?.pins).toEqual([1])
  expect(row?.messages).toBe(5)
})

test('[HIST18] once it is folded, the digest goes out instead, and the same beginning every time', async () => {
  const tab = openTab()
  const history = await talk(tab, 12)
  history.push(user('And now?'))
  const { plan, messages } = await ask(tab.engine, history, { session: 's' })
  expect(plan).toMatchObject({ kind: 'send', session: 's', format: 'openai', restored: 0 })
  if (plan.kind !== 'send') return
  expect(plan.tokens.after).toBeLessThan(plan.tokens.before / 2)
  expect(plan.folded).toBeGreaterThan(10)
  expect(findOpenAiFaults(messages)).toEqual([])
  expect(messages[0]).toEqual(SYSTEM)
  expect(messages[1]?.role).toBe('system')
  expect(messages.at(-1)).toEqual(user('And now?'))
  expect(JSON.parse(plan.body)).toMatchObject({ model: 'm', stream: true })
  await answer(tab.engine, { plan, messages, body: '' }, streamed('Voilà.'))
  history.push(assistant('Voilà.'), user('Go on.'))
  const next = await ask(tab.engine, history, { session: 's' })
  expect(next.messages.slice(0, messages.length)).toEqual(messages)
})

test('[HIST9] a system message that changes or moves is passed as it is sent, and no divergence', async () => {
  const tab = openTab()
  const history = await talk(tab, 12)
  const clock = { role: 'system', content: 'The time is 12:01.' }
  const [, ...talked] = history
  const { plan, messages } = await ask(
    tab.engine,
    [...talked.slice(0, 20), clock, ...talked.slice(20), user('And now?')],
    { session: 's' },
  )
  expect(plan.kind).toBe('send')
  expect(messages.filter(({ content }) => content === clock.content)).toEqual([clock])
  expect(messages.some(({ content }) => content === SYSTEM.content)).toBe(false)
  const { session: row } = await tab.store.read({ session: 's' })
  expect(row?.branch).toBe(0)
})

test('[HIST3, HIST10] a host that drops its head gets it back', async () => {
  const tab = openTab()
  const history = await talk(tab, 3)
  const window = [SYSTEM, ...history.slice(-2), user('And now?')]
  const { plan, messages } = await ask(tab.engine, window, { session: 's' })
  expect(plan).toMatchObject({ kind: 'send', folded: 0, restored: 4 })
  expect(messages).toEqual([...history, user('And now?')])
})

test('[HIST14] an edit makes a branch: what was left stays in the log, and the digest is of the branch', async () => {
  const tab = openTab()
  const history = await talk(tab, 3)
  const edited = [...history.slice(0, 3), user('something else')]
  const { plan } = await ask(tab.engine, edited, { session: 's' })
  expect(plan).toMatchObject({ kind: 'pass', reason: 'nothing-folded' })
  expect(await logOf(tab, 's')).toEqual(edited.slice(1).map(({ content }) => content))
  const { session: row } = await tab.store.read({ session: 's' })
  expect(row).toMatchObject({ branch: 1, nextSeq: 9 })
})

test('[HIST14] taking back what a digest covers branches below it', async () => {
  const tab = openTab()
  const history = await talk(tab, 12)
  const { plan, messages } = await ask(tab.engine, history.slice(0, 4), { session: 's' })
  expect(plan.kind === 'pass' || plan.folded === 0).toBe(true)
  expect(messages).toEqual(history.slice(0, 4))
  expect(await logOf(tab, 's')).toHaveLength(3)
})

test('[HIST15] asking again changes nothing until another answer comes', async () => {
  const tab = openTab()
  const history = await talk(tab, 2)
  const again = await ask(tab.engine, history.slice(0, -1), { session: 's' })
  expect(await logOf(tab, 's')).toHaveLength(4)
  await answer(tab.engine, again, streamed(String(history.at(-1)?.content)))
  expect(await logOf(tab, 's')).toHaveLength(4)
  const other = await ask(tab.engine, history.slice(0, -1), { session: 's' })
  expect(await answer(tab.engine, other, streamed('otherwise'))).toMatchObject({
    kind: 'appended',
  })
  const log = await logOf(tab, 's')
  expect(log.at(-1)).toBe('otherwise')
  expect(log).toHaveLength(4)
  const { session: row } = await tab.store.read({ session: 's' })
  expect(row).toMatchObject({ branch: 1, messages: 5 })
})

test('[HIST19] an answer that was cut off, or is none, is not recorded', async () => {
  const tab = openTab()
  const history = [SYSTEM, user('hi')]
  const asked = await ask(tab.engine, history, { session: 's' })
  const whole = streamed('a long answer that is cut off')
  for (const broken of [
    whole.slice(0, 200),
    '',
    '{"error":{}}',
    'data: {"error":{"message":"x"}}\n\n',
  ]) {
    expect(await answer(tab.engine, asked, broken)).toMatchObject({ kind: 'ignored' })
  }
  expect(await logOf(tab, 's')).toEqual(['hi'])
  await expect(
    tab.engine.handle('recordAnswer', { plan: 'none', answer: '' }),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT' })
})

test('[HIST19] what a request for less than the context counted says nothing of the context', async () => {
  const tab = openTab()
  const history = await talk(tab, 4)
  const learned = async (): Promise<unknown> => {
    const { session } = await tab.store.read({ session: 's' })
    return session?.calibration.models
  }
  const title = [...history.slice(0, -2), user('Generate a title for this conversation.')]
  for (const messages of [title, history.slice(0, -1)]) {
    const asked = await ask(tab.engine, messages, { session: 's' })
    await answer(tab.engine, asked, streamed(words(30, 'answer 7'), { prompt_tokens: 900 }))
    expect(await learned()).toEqual([])
  }
  const next = await ask(tab.engine, [...history, user('More?')], { session: 's' })
  await answer(tab.engine, next, streamed('Yes.', { prompt_tokens: 1_300 }))
  expect(await learned()).toHaveLength(1)
})

test('[HIST20] a request that did not fit is sent shorter, and the window is remembered', async () => {
  const tab = openTab()
  const history = [SYSTEM]
  for (let i = 0; i < 20; i += 1) {
    history.push(user(words(30, `question ${i}`)), assistant(words(30, `answer ${i}`)))
  }
  history.push(user('And now?'))
  const asked = await ask(tab.engine, history, {
    session: 's',
    policy: { ...SMALL, budget: { tokens: 50_000 } },
  })
  expect(asked.plan).toMatchObject({ kind: 'pass', reason: 'nothing-folded' })
  const refusal = JSON.stringify({
    error: {
      message: 'the request exceeds the available context size',
      n_prompt_tokens: 6_000,
      n_ctx: 3_000,
    },
  })
  const { plan = '' } = asked.plan
  expect(
    await tab.engine.handle('rescueRequest', { plan, status: 400, answer: 'bad role' }),
  ).toMatchObject({ kind: 'pass', reason: 'not-rescued' })
  const rescued = await tab.engine.handle('rescueRequest', { plan, status: 400, answer: refusal })
  expect(rescued).toMatchObject({ kind: 'send' })
  if (rescued.kind !== 'send') return
  expect(rescued.tokens.after).toBeLessThan(2_700)
  const sent = JSON.parse(rescued.body) as { messages: AppMessage[] }
  expect(findOpenAiFaults(sent.messages)).toEqual([])
  expect(sent.messages.at(-1)).toEqual(user('And now?'))
  const { session: row } = await tab.store.read({ session: 's' })
  expect(row?.policy.budget.tokens).toBe(2_700)
})

test('[HIST20] an answer as long as the window leaves half of it to the question', async () => {
  const tab = openTab()
  const history = [...(await talk(tab, 6)), user('And now?')]
  const more = { max_tokens: 8_192 }
  const { plan } = await ask(tab.engine, history, { session: 's', more })
  const words = 'maximum context length is 8192 tokens. However, you requested 9000 tokens'
  const refusal = { plan: plan.plan ?? '', status: 400, answer: words }
  await tab.engine.handle('configure', { session: 's', options: { budget: { tokens: 50_000 } } })
  await tab.engine.handle('rescueRequest', refusal)
  const { session: row } = await tab.store.read({ session: 's' })
  expect(row?.policy.budget.tokens).toBe(3_686)
})

test('[HIST21] recall calls are answered in the next request, and are no part of the talk', async () => {
  const tab = openTab()
  const history = await talk(tab, 12)
  history.push(user('What was question 3?'))
  const { plan } = await ask(tab.engine, history, { session: 's', recall: true })
  if (plan.kind !== 'send') throw new Error('not folded')
  const first = JSON.parse(plan.body) as {
    messages: AppMessage[]
    tools: { function: { name: string } }[]
  }
  expect(first.tools.map(({ function: { name } }) => name)).toContain('recall_search')
  const calling = (name: string, ...more: object[]): string =>
    JSON.stringify({
      choices: [
        {
          index: 0,
          finish_reason: 'tool_calls',
          message: {
            role: 'assistant',
            content: null,
            tool_calls: [
              {
                id: 'c1',
                type: 'function',
                function: { name, arguments: '{"query":"question 3"}' },
              },
              ...more,
            ],
          },
        },
      ],
    })
  const step = await tab.engine.handle('continueRequest', {
    plan: plan.plan,
    answer: calling('recall_search'),
  })
  if (step.kind !== 'send') throw new Error('not continued')
  const next = JSON.parse(step.body) as { messages: AppMessage[] }
  expect(next.messages.slice(0, first.messages.length)).toEqual(first.messages)
  expect(findOpenAiFaults(next.messages)).toEqual([])
  expect(String(next.messages.at(-1)?.content)).toContain('question 3')
  const theirs = { id: 'c2', type: 'function', function: { name: 'search_web', arguments: '{}' } }
  for (const answered of [
    calling('search_web'),
    calling('recall_search', theirs),
    streamed('Oui.'),
  ]) {
    expect(
      await tab.engine.handle('continueRequest', { plan: plan.plan, answer: answered }),
    ).toEqual({ kind: 'done' })
  }
  await tab.engine.handle('recordAnswer', { plan: plan.plan, answer: streamed('Oui.') })
  expect((await logOf(tab, 's')).slice(-2)).toEqual(['What was question 3?', 'Oui.'])
})

test('[HIST5, HIST22] chats that share one name, as some apps give the same to all, never mix', async () => {
  const tab = openTab()
  const chats: readonly AppMessage[][] = [[], []]
  const kinds: string[] = []
  for (let turn = 0; turn < 24; turn += 1) {
    const [history = [], other = []] = turn % 2 === 0 ? chats : chats.toReversed()
    history.push(user(words(40, `question ${turn}`)))
    const asked = await ask(tab.engine, history, { session: 's', policy: SMALL })
    expect(findOpenAiFaults(asked.messages)).toEqual([])
    expect(asked.messages.at(-1)).toEqual(history.at(-1))
    const sent = JSON.stringify(asked.messages)
    for (const { content } of other) expect(sent).not.toContain(String(content).slice(0, 40))
    kinds.push(asked.plan.kind)
    const said = words(40, `answer ${turn}`)
    await answer(tab.engine, asked, streamed(said))
    history.push(assistant(said))
  }
  expect(kinds.slice(-10)).toEqual(Array.from({ length: 10 }, () => 'send'))
})

test('[REQ2] what is no chat of a known format goes out as it was', async () => {
  const { engine } = openTab()
  const bodies = [
    '',
    'no json',
    '[]',
    '{"input":"x"}',
    '{"messages":[]}',
    '{"messages":"hi"}',
    '{"messages":[{"role":"user"}]}',
  ]
  for (const body of bodies) {
    expect(
      await engine.handle('planRequest', { request: { url: 'https://x/', headerNames: [], body } }),
    ).toEqual({ kind: 'pass', reason: 'unknown-format' })
  }
})

test.each([
  ['DEFAULT_THREAD_ID', /^auto-/],
  ['default', /^auto-/],
  ['new-chat', /^auto-/],
  ['harbour', /^ai-sdk-ui-harbour$/],
  ['k2Jx81', /^ai-sdk-ui-k2Jx81$/],
])('[HIST6] a name that an app gives to every chat names none: %s', async (id, session) => {
  const { engine } = openTab()
  const say = (role: string, text: string): object => ({
    id: text,
    role,
    parts: [{ type: 'text', text }],
  })
  const messages = [say('user', 'a'), say('assistant', 'b'), say('user', 'c')]
  const body = JSON.stringify({ id, messages, trigger: 'submit-message' })
  const request = { url: 'https://app.example/api/chat', headerNames: [], body }
  const plan = await engine.handle('planRequest', { request })
  expect(plan).toMatchObject({ kind: 'pass', format: 'ai-sdk-ui' })
  expect(plan.session).toMatch(session)
})
