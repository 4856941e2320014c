import { expect, test } from 'vitest'
import { OBSERVED_PATHS } from '../../../../extension/sites/observed-paths.ts'
import { readSiteResponse } from '../../../../extension/sites/read-site-response.ts'
import type { Captured, SiteTurn } from '../../../../extension/sites/site.ts'
import { capture, observe, readFixture, RESPONSES, type FixtureResponse } from './read-fixture.ts'

const response = (site: string, fixture: string): FixtureResponse => {
  const found = RESPONSES[site]?.find((one) => one.fixture === `${site}/${fixture}`)
  if (!found) throw new Error(`no fixture ${fixture}`)
  return found
}

const only = (site: string, fixture: string): Captured => {
  const [captured, ...more] = capture(response(site, fixture))
  if (captured === undefined || more.length > 0) throw new Error('not one')
  return captured
}

/** A turn in one line: what it follows, its id, its role and its parts. */
const line = ({ id, parent, role, parts }: SiteTurn): string => {
  const said = parts.map((part) => {
    if (part.type === 'text') return part.text
    if (part.type === 'reasoning') return `(${part.text})`
    if (part.type === 'tool-call') return `${part.callId}:${part.name} ${part.input}`
    return part.type === 'tool-result' ? `${part.callId}=${part.output}` : part.type
  })
  const before = parent === undefined ? '?' : (parent ?? '-')
  return `${short(before)} > ${short(id)} ${role}: ${said.join(' | ')}`
}

const short = (id: string): string => id.replace(/^0b5e0000-0000-4000-8000-0+/, '')

test('[SITE2, SITE3] a conversation of ChatGPT is a tree of turns', () => {
  const captured = only('chatgpt', 'conversation.json')
  expect(captured.turns.map(line)).toEqual([
    '- > u1 user: How do I **plane** oak?',
    'u1 > a1 assistant: (Weighing tools\nA hand plane will do.) | call-c1:python {"language":"python","code":"print(40 + 2)"} | call-c1=42 | Sharpen the blade:\n\n```sh\nhone --angle 30\n```',
    'a1 > u2 user: And ash?',
    'u2 > a2 assistant: The same way.',
    'a1 > u2b user: [Image: file-service://file-oak] | And this one?',
    'u2b > a2b assistant: That is elm.',
    'u1 > a1b assistant: Use a belt sander.',
  ])
  const { turns: _turns, ...about } = captured
  expect(about).toEqual({
    kind: 'conversation',
    site: 'chatgpt',
    conversation: '6a0e0000-0000-4000-8000-000000000001',
    title: 'Planing oak',
    model: 'gpt-5',
    leaf: 'a2b',
  })
  expect(captured.turns[1]).toMatchObject({ at: 1_790_000_002_000, model: 'gpt-5-thinking' })
})

test('[SITE3] an answer of ChatGPT that is still being written is left out, and the leaf is before it', () => {
  const whole = observe(response('chatgpt', 'conversation.json'))
  const value = JSON.parse(whole.text) as {
    mapping: Record<string, { message: { status: string } | null }>
  }
  const last = value.mapping['a2b']?.message
  if (!last) throw new Error('no such message')
  last.status = 'in_progress'
  const [captured] = readSiteResponse({ ...whole, text: JSON.stringify(value) })
  expect(captured?.turns.map(({ id }) => id)).toEqual(['u1', 'a1', 'u2', 'a2', 'u2b', 'a1b'])
  expect(captured).toMatchObject({ leaf: 'u2b' })
})

test('[SITE4] streams of ChatGPT are read in both encodings', () => {
  const grown = only('chatgpt', 'answer-v1.txt')
  expect(grown.turns.map(line)).toEqual([
    'a2b > u3 user: What about pine?',
    'u3 > a3 assistant: (Soft wood\nPine tears easily.) | Pine is soft. Take less off.',
  ])
  expect(grown).toMatchObject({ title: 'Planing pine', isFromStart: false, from: 'response' })
  expect(only('chatgpt', 'answer-whole.txt').turns.map(line)).toEqual([
    'a2b > u3 user: What about pine?',
    'u3 > a3 assistant: Pine is soft. Take less off.',
  ])
})

test('[SITE4] a new conversation of ChatGPT begins with the question; without its request nothing is made up', () => {
  const given = observe(response('chatgpt', 'answer-v1.txt'))
  const asked = JSON.parse(given.request ?? '') as Record<string, unknown>
  const request = JSON.stringify({
    ...asked,
    conversation_id: undefined,
    parent_message_id: 'client-created-root',
  })
  const [begun] = readSiteResponse({ ...given, request })
  expect(begun).toMatchObject({ isFromStart: true, turns: [{ id: 'u3', parent: null }, {}] })
  const { request: _none, ...alone } = given
  const [bare] = readSiteResponse(alone)
  expect(bare?.turns.map(line)[0]).toBe('? > u3 user: What about pine?')
  expect(bare).toMatchObject({ isFromStart: false })
  const cut = given.text.slice(0, given.text.indexOf(' off.'))
  expect(readSiteResponse({ ...given, text: cut })[0]?.turns.map(({ id }) => id)).toEqual(['u3'])
})

test('[SITE2, SITE5] a conversation of Claude has each message as a turn', () => {
  const captured = only('claude', 'conversation.json')
  expect(captured.turns.map(line)).toEqual([
    '- > 1 user: tides.csv:\n06:10,4.2m | When is high tide?',
    '1 > 2 assistant: (Look into the table.) | toolu_1:lookup {"day":"today"} | toolu_1=06:10 | At **06:10**.',
    '2 > 4 user: And low tide?',
    '2 > 5 user: And tomorrow?',
    '5 > 6 assistant: At 06:58.',
    '1 > 3 assistant: I can not tell.',
  ])
  expect(captured).toMatchObject({ kind: 'conversation', title: 'Tide tables' })
  expect(short(captured.kind === 'conversation' ? captured.leaf : '')).toBe('6')
})

test('[SITE5] a stream of Claude gives the question and the answer with their ids', () => {
  const captured = only('claude', 'answer.txt')
  expect(captured.turns.map(line)).toEqual([
    '6 > 7 user: And on Friday?',
    '7 > 8 assistant: (Friday it is.) | toolu_2:lookup {"day":"friday"} | toolu_2=07:40 | At 07:40.',
  ])
  const given = observe(response('claude', 'answer.txt'))
  const url = given.url.replace('/completion', '/retry_completion')
  const [again] = readSiteResponse({ ...given, url })
  expect(again?.turns.map(line)).toEqual([
    '7 > 8 assistant: (Friday it is.) | toolu_2:lookup {"day":"friday"} | toolu_2=07:40 | At 07:40.',
  ])
  expect(again).toMatchObject({ isFromStart: false })
})

test('[SITE2, SITE6] conversations of DeepSeek are read in fragments and in fields', () => {
  const captured = only('deepseek', 'conversation-2026.json')
  expect(captured.turns.map(line)).toEqual([
    '- > 1 user: Why does dough rise?',
    '1 > 2 assistant: (Yeast.) | Yeast makes gas. | Sources:\n- Yeast: https://bread.example/yeast',
    '2 > 4 user: And salt?',
    '4 > 5 assistant: Salt slows it.',
    '1 > 3 assistant: Because of gas.',
  ])
  expect(captured).toMatchObject({ kind: 'conversation', leaf: '5', title: 'Bread' })
  expect(only('deepseek', 'conversation-2025.json').turns.map(line)).toEqual([
    '- > 1 user: Why does dough rise?',
    '1 > 2 assistant: (Yeast.) | Yeast makes gas. | Sources:\n- Yeast: https://bread.example/yeast',
  ])
})

test.each(['answer-fragments.txt', 'answer-fields.txt'])(
  '[SITE6] a stream of DeepSeek grows by steps: %s',
  (fixture) => {
    expect(only('deepseek', fixture).turns.map(line)).toEqual([
      '5 > 6 user: And sugar?',
      '6 > 7 assistant: (Sugar feeds it.) | Sugar feeds yeast.',
    ])
  },
)

test('[SITE2, SITE7] responses of Grok are a tree, and its streams are turns', () => {
  const captured = only('grok', 'load-responses.json')
  expect(captured.turns.map(line)).toEqual([
    '- > g1 user: Name a comet.',
    'g1 > g2 assistant: (One that all know.) | Halley. | Sources:\n- Halley: https://sky.example/halley',
    'g1 > g3 assistant: Encke.',
    'g3 > g4 user: When does it come back?',
    'g4 > g5 assistant: In 2027.',
  ])
  expect(captured).toMatchObject({ kind: 'conversation', leaf: 'g5' })
  const begun = only('grok', 'answer-new.txt')
  expect(begun.turns.map(line)).toEqual([
    '- > g1 user: Name a comet.',
    'g1 > g2 assistant: Halley.',
  ])
  expect(begun).toMatchObject({ title: 'Comets', isFromStart: true })
  expect(only('grok', 'answer-next.txt').turns.map(line)).toEqual([
    'g5 > g6 user: And Biela?',
    'g6 > g7 assistant: Gone.',
  ])
})

test('[SITE2, SITE8] entries of Perplexity are questions with answers', () => {
  const captured = only('perplexity', 'thread.json')
  expect(captured.turns.map(line)).toEqual([
    '- > e1#query user: Which moss is soft?',
    'e1#query > e1 assistant: Sphagnum[1]. | Sources:\n- Moss: https://moss.example/soft',
    'e1 > e2#query user: Where does it grow?',
    'e2#query > e2 assistant: In bogs.',
  ])
  expect(captured).toMatchObject({ kind: 'conversation', leaf: 'e2' })
  expect(captured.turns[0]?.at).toBe(Date.UTC(2026, 8, 3, 9, 0, 0, 123))
  const older = only('perplexity', 'thread-2025.json')
  expect(older).toMatchObject({ kind: 'turns', isFromStart: true })
  expect(older.turns.map(line)[1]).toBe('e1#query > e1 assistant: Sphagnum.')
  expect(only('perplexity', 'answer.txt').turns.map(line)).toEqual([
    'e2 > e3#query user: Is it rare?',
    'e3#query > e3 assistant: No, it is not.',
  ])
})

test('[SITE2, SITE9] what Gemini says is read out of its lists', () => {
  const captured = only('gemini', 'history.txt')
  expect(captured.turns.map(line)).toEqual([
    '- > r_01#query user: What does a dormouse eat?',
    'r_01#query > r_01 assistant: (Small rodents eat nuts.) | Nuts & **seeds**.',
    'r_01 > r_02#query user: And in winter?',
    'r_02#query > r_02 assistant: It sleeps.',
  ])
  expect(captured).toMatchObject({ kind: 'conversation', conversation: 'aa11', leaf: 'r_02' })
  expect(only('gemini', 'history-page.txt')).toMatchObject({ kind: 'turns', isFromStart: false })
  expect(only('gemini', 'answer.txt').turns.map(line)).toEqual([
    'r_02 > r_03#query user: And in spring?',
    'r_03#query > r_03 assistant: (Thinking of spring.) | It wakes up.\n\n1\n2',
  ])
})

const ALL = Object.entries(RESPONSES).flatMap(([site, list]) =>
  list.map((one) => [site, one.fixture, one] as const),
)

test.each(ALL)(
  '[SITE1] %s: %s is read on any host, and by its own path only',
  (site, _name, one) => {
    const given = observe(one)
    const { pathname, search } = new URL(given.url)
    expect(OBSERVED_PATHS[given.method]?.test(`${pathname}${search}`)).toBe(true)
    const here = readSiteResponse(given)
    expect(here.length).toBe(1)
    expect(here.every((captured) => captured.site === site)).toBe(true)
    expect(readSiteResponse(observe(one, 'http://127.0.0.1:8080'))).toEqual(here)
    for (const [other, , another] of ALL) {
      if (other === site) continue
      const { text: _text, ...place } = observe(another)
      const mixed = readSiteResponse({ ...place, text: given.text })
      expect(mixed).toEqual([])
    }
  },
)

test('[SITE1] paths that say nothing of a conversation are not read along', () => {
  const others = [
    ['GET', '/backend-api/conversations?offset=0&limit=28'],
    ['GET', '/backend-api/conversation/6a0e0000-0000-4000-8000-000000000001/stream_status'],
    ['GET', '/backend-api/me'],
    ['POST', '/backend-api/conversation/init'],
    ['POST', '/backend-api/f/conversation/prepare'],
    ['POST', '/v1/chat/completions'],
    ['POST', '/api/chat'],
    ['GET', '/api/organizations/0a/chat_conversations?limit=30'],
    ['POST', '/api/organizations/0a/chat_conversations/0b/title'],
    ['GET', '/api/v0/chat_session/fetch_page'],
    ['GET', '/rest/app-chat/conversations?pageSize=60'],
    ['POST', '/_/BardChatUi/data/batchexecute?rpcids=MaZiqc&rt=c'],
    ['DELETE', '/backend-api/conversation/6a0e0000-0000-4000-8000-000000000001'],
    ['GET', '/assets/conversation.js'],
  ] as const
  for (const [method, path] of others) {
    expect(OBSERVED_PATHS[method]?.test(path) ?? false, path).toBe(false)
    const observed = {
      url: `https://chat.example${path}`,
      method,
      text: readFixture('chatgpt/conversation.json'),
    }
    expect(readSiteResponse(observed), path).toEqual([])
  }
})
