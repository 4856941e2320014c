import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Session } from '../../../src/client/session.ts'
import { hashText } from '../../../src/core/session/chain.ts'
import { QUOTED } from '../../../src/core/memory/tool-result.ts'
import { toolSpecs } from '../../../src/core/memory/tool-specs.ts'
import { BY_HAND, openTab, rowOf, testTokeniser, type Tab } from '../../support/build-engine.ts'
import { turns, user } from '../../support/build-log.ts'

const LINES = Array.from({ length: 80 }, (_, n) => `line ${n + 1} of the output`).join('\n')

async function foldedSession(): Promise<{ tab: Tab; session: Session }> {
  const tab = openTab()
  const session = await tab.backfold.session('s', { ...BY_HAND, probation: { turns: 0 } })
  await session.append(user('The zebra crosses the bridge at noon.'), ...turns(6, LINES))
  await session.compact()
  await session.apply()
  return { tab, session }
}

test('[TOOL2, TOOL3] each recall tool brings back what it is asked for', async () => {
  const { session } = await foldedSession()
  const artifact = hashText(LINES).slice(0, 12)
  const { digest } = await session.generation(1)
  for (const [name, input, text] of [
    ['recall_search', { query: 'zebra' }, '#1 user: The zebra crosses the bridge at noon.'],
    ['recall_search', { query: 'unheard' }, '(nothing found)'],
    ['recall_messages', { from: 1 }, '#1 user: The zebra crosses'],
    ['recall_messages', { from: 2, to: 4 }, 'called read_file {"path":"src/part1.ts"}'],
    ['recall_messages', { from: 900 }, '(there are no such messages)'],
    ['recall_payload', { artifact, from_line: 7, to_line: 8 }, 'line 7 of the output\nline 8 of'],
    ['recall_payload', { message: 4, grep: 'line 80' }, '80: line 80 of the output'],
    ['recall_payload', { message: 4, grep: 'nowhere' }, '(no match)'],
    ['recall_payload', { artifact: artifact.toUpperCase() }, 'line 80 of the output'],
    ['recall_digest_line', { line: digest[0]?.id }, digest[0]?.text],
  ] as const) {
    const run = await session.runTool(name, input)
    expect(run, `${name} ${JSON.stringify(input)}`).toMatchObject({ name, isError: false })
    expect(run.text).toContain(text)
    expect(run.text.startsWith(QUOTED)).toBe(true)
    expect(run.tokens).toBe(testTokeniser.count(run.text))
  }
})

test('[TOOL3] a result is within the tokens asked for', async () => {
  const { session } = await foldedSession()
  for (const tokens of [100, 150, 300]) {
    for (const [name, input] of [
      ['recall_messages', { from: 1, to: 25 }],
      ['recall_payload', { message: 4 }],
      ['recall_search', { query: 'line output', limit: 20 }],
    ] as const) {
      const run = await session.runTool(name, input, { tokens })
      expect(run.tokens).toBeLessThanOrEqual(tokens)
      expect(run.isError).toBe(false)
      // A search looks for no more than what fits.
      if (name !== 'recall_search') expect(run.isCut).toBe(true)
    }
  }
  await expect(session.runTool('recall_search', {}, { tokens: 5 })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  })
})

test('[TOOL4] garbage gives a result that says what was wrong', async () => {
  const { session } = await foldedSession()
  for (const [name, input, reason] of [
    ['recall_search', '{"query"', /takes one JSON object/],
    ['recall_messages', { from: 5, to: 2 }, /1 ≤ from ≤ to/],
    ['recall_payload', {}, /needs artifact, or message/],
    ['recall_payload', { artifact: '../../etc' }, /12 or more digits/],
    ['recall_payload', { artifact: '0'.repeat(12) }, /no artifact/],
    ['recall_payload', { message: 4, path: '$.a', grep: 'x' }, /path and grep at a time/],
    ['recall_payload', { message: 4, path: '$.a' }, /not JSON/],
    ['recall_payload', { message: 4, from_line: 99 }, /has 80 lines/],
    ['recall_digest_line', { line: 'x' }, /no line x/],
    ['delete_everything', {}, /no tool delete_everything/],
  ] as const) {
    const run = await session.runTool(name, input)
    expect(run.isError, name).toBe(true)
    expect(run.text).toMatch(reason)
  }
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...toolSpecs(true).map(({ name }) => name)),
      fc.dictionary(
        fc.constantFrom('from', 'to', 'query', 'message', 'part', 'path', 'grep', 'line', 'text'),
        fc.oneof(fc.string(), fc.integer(), fc.double(), fc.constant(null)),
      ),
      async (name, input) => {
        expect((await session.runTool(name, input, { memory: true })).name).toBe(name)
      },
    ),
    { numRuns: 150 },
  )
})

test('[TOOL5] calls of a message are answered in its format, others are left to the host', async () => {
  const { session } = await foldedSession()
  const call = (id: string, name: string, args: object): object => ({
    id,
    type: 'function',
    function: { name, arguments: JSON.stringify(args) },
  })
  const message = {
    role: 'assistant',
    content: null,
    tool_calls: [
      call('a', 'recall_search', { query: 'zebra' }),
      call('b', 'get_weather', { city: 'Rome' }),
      call('c', 'recall_messages', { from: 'x' }),
    ],
  }
  await session.append(message)
  const { messages, answered, others } = await session.answerTools(message)
  expect(messages).toMatchObject([
    { role: 'tool', tool_call_id: 'a', content: expect.stringContaining('at noon') as string },
    { role: 'tool', tool_call_id: 'c', content: expect.stringContaining('whole number') as string },
  ])
  expect(answered).toEqual(['a', 'c'])
  expect(others).toEqual([{ id: 'b', name: 'get_weather', input: '{"city":"Rome"}' }])
  // They are the host's to append, and its formats know them.
  await session.append(...messages)
  expect(await session.answerTools({ role: 'assistant', content: 'No call.' })).toEqual({
    messages: [],
    answered: [],
    others: [],
  })
})

test('[TOOL6] recall by tools changes nothing', async () => {
  const { tab, session } = await foldedSession()
  const query = {
    session: 's',
    range: { from: 1, to: 99 },
    generations: 'all',
    notes: 'all',
  } as const
  const before = await tab.store.read(query)
  const context = await session.context({ adopt: false })
  for (const { name } of toolSpecs(false)) {
    await session.runTool(name, { query: 'zebra', from: 1, to: 9, message: 4, line: 'User: “' })
  }
  expect(await tab.store.read(query)).toEqual(before)
  expect(await session.context({ adopt: false })).toEqual(context)
})

test('[TOOL6] recalled again and again, it is evidence of loss', async () => {
  const { tab, session } = await foldedSession()
  await session.configure({ probation: { turns: 3 } })
  await session.append(...turns(6, LINES))
  await session.compact()
  await session.apply()
  for (let times = 0; times < 3; times += 1) await session.runTool('recall_messages', { from: 1 })
  await session.context()
  expect((await rowOf(tab, 's')).probation?.evidence).toMatchObject([{ kind: 'recalled' }])
})

test('[TOOL7] a tool that was not offered is not carried out', async () => {
  const { tab, session } = await foldedSession()
  const run = await session.runTool('memory_note', { text: 'the sky is green' })
  expect(run).toMatchObject({ isError: true })
  const found = await session.answerTools({
    content: [{ type: 'tool_use', id: 'a', name: 'memory_note', input: { text: 'x' } }],
  })
  expect(found).toMatchObject({ messages: [], others: [{ name: 'memory_note' }] })
  expect((await tab.store.read({ session: 's', notes: 'all' })).notes).toEqual([])
})

test('[TOOL1] a session gives its tools in the format asked for', async () => {
  const { session } = await foldedSession()
  const [first] = await session.recallTools()
  expect(first).toMatchObject({ type: 'function', function: { name: 'recall_search' } })
  expect(await session.recallTools({ format: 'anthropic', memory: true })).toHaveLength(12)
  expect(await session.recallTools({ format: 'gemini' })).toHaveLength(1)
  const tools = await session.recallTools({ format: 'ai-sdk', tokens: 100 })
  const text = await tools['recall_payload']?.execute({ message: 4 })
  expect(testTokeniser.count(text ?? '')).toBeLessThanOrEqual(100)
})

test('[TOOL2] what was only recalled before is not found in place of what was said', async () => {
  const { session } = await foldedSession()
  for (let n = 0; n < 8; n += 1) {
    const call = {
      role: 'assistant',
      content: [
        { type: 'tool_use', id: `r${n}`, name: 'recall_search', input: { query: 'zebra' } },
      ],
    }
    await session.append(call)
    const { messages } = await session.answerTools(call)
    await session.append(...messages)
  }
  const { text } = await session.runTool('recall_search', { query: 'zebra', limit: 1 })
  expect(text.match(/^#\d+/gm)).toEqual(['#1'])
})
