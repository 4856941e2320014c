import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readSiteResponse } from '../../../../extension/sites/read-site-response.ts'
import { applyDelta } from '../../../../extension/sites/responses/apply-delta.ts'
import { observe, RESPONSES } from './read-fixture.ts'

const GIVEN = Object.values(RESPONSES).flatMap((list) => list.map((one) => observe(one)))
const CHATGPT = 'https://chat.example/backend-api/conversation/6a0e0000-0000-4000-8000-000000000001'
const STREAM = 'https://chat.example/backend-api/f/conversation'

test('[SITE10] a text that is cut off, or has anything in it, never throws', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...GIVEN),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.string({ unit: 'binary', maxLength: 20 }),
      (given, at, junk) => {
        const cut = Math.floor(given.text.length * at)
        for (const text of [
          given.text.slice(0, cut),
          given.text.slice(0, cut) + junk + given.text.slice(cut),
        ]) {
          const captured = readSiteResponse({ ...given, text })
          for (const { turns } of captured) {
            expect(new Set(turns.map(({ id }) => id)).size).toBe(turns.length)
          }
        }
      },
    ),
  )
})

test('[SITE10] values of any type in any place never throw', () => {
  const jsons = GIVEN.filter(({ text, method }) => /^\{\s/.test(text) || method === 'GET')
  fc.assert(
    fc.property(fc.constantFrom(...jsons), fc.nat(500), fc.jsonValue(), (given, at, value) => {
      const root = JSON.parse(given.text) as unknown
      const places: [Record<string, unknown>, string][] = []
      const stack: unknown[] = [root]
      for (let one = stack.pop(); one !== undefined; one = stack.pop()) {
        if (typeof one !== 'object' || one === null) continue
        for (const [name, field] of Object.entries(one)) {
          places.push([one as Record<string, unknown>, name])
          if (field !== null && field !== undefined) stack.push(field)
        }
      }
      const [owner, name] = places[at % places.length] ?? [{}, '']
      owner[name] = value
      readSiteResponse({ ...given, text: JSON.stringify(root) })
    }),
  )
})

test('[SITE10] circles of parents are cut, and doubled and reserved ids are ids like others', () => {
  const message = (id: string, role: string) => ({
    id,
    author: { role },
    content: { content_type: 'text', parts: [`from ${id}`] },
  })
  const node = (id: string, parent: string, role: string) =>
    `${JSON.stringify(id)}: ${JSON.stringify({ id, parent, children: [], message: message(id, role) })}`
  const nodes = [
    node('a', 'b', 'user'),
    node('b', 'a', 'assistant'),
    node('__proto__', 'b', 'user'),
    node('constructor', '__proto__', 'assistant'),
  ]
  const text = `{"mapping": {${nodes.join(',')}}, "current_node": "constructor"}`
  const [captured] = readSiteResponse({ url: CHATGPT, method: 'GET', text })
  expect(captured?.turns.map(({ id }) => id).toSorted()).toEqual([
    '__proto__',
    'a',
    'b',
    'constructor',
  ])
  expect(Object.hasOwn(Object.prototype, 'message')).toBe(false)
})

test('[SITE10] steps of a stream never reach behind an object', () => {
  const target = { value: { message: { content: { parts: ['x'] } } } as unknown }
  for (const path of [
    '/__proto__/polluted',
    '/message/constructor/prototype/polluted',
    '/message/__proto__',
  ]) {
    applyDelta(target, { path, op: 'add', value: { polluted: true } })
    applyDelta(target, {
      path,
      op: 'append',
      value: JSON.parse('{"__proto__": {"polluted": true}}'),
    })
  }
  applyDelta(target, {
    path: '/message',
    op: 'append',
    value: JSON.parse('{"__proto__": {"polluted": true}}'),
  })
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  expect(
    (target.value as Record<string, Record<string, unknown>>)['message']?.['polluted'],
  ).toBeUndefined()
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.jsonValue(), (path, op, value) => {
      applyDelta({ value: { a: [1, 'b', { c: 'd' }] } }, { path, op, value })
    }),
  )
})

test('[SITE10] deep nesting is nothing, or what is around it', () => {
  const deep = '['.repeat(200_000) + ']'.repeat(200_000)
  for (const given of GIVEN) readSiteResponse({ ...given, text: deep })
  const nested = `{"uuid": "a", "chat_messages": [{"uuid": "m", "sender": "human", "text": "hi", "content": ${deep}}]}`
  readSiteResponse({
    url: 'https://chat.example/api/organizations/o/chat_conversations/a',
    method: 'GET',
    text: nested,
  })
})

/** Milliseconds of a call, the best of three: others use the machine. */
const timeOf = (call: () => unknown): number => {
  const times = [0, 1, 2].map(() => {
    const begun = performance.now()
    call()
    return performance.now() - begun
  })
  return Math.min(...times)
}

const bigConversation = (turns: number): string => {
  const nodes = Array.from({ length: turns }, (_, index): readonly [string, unknown] => {
    const role = index % 2 === 0 ? 'user' : 'assistant'
    const content = { content_type: 'text', parts: ['word '.repeat(200)] }
    return [
      `n${index}`,
      {
        id: `n${index}`,
        parent: index === 0 ? null : `n${index - 1}`,
        children: [`n${index + 1}`],
        message: { id: `n${index}`, author: { role }, content, status: 'finished_successfully' },
      },
    ]
  })
  return JSON.stringify({ mapping: Object.fromEntries(nodes), current_node: `n${turns - 1}` })
}

test('[SITE10] ten megabytes are read in time that grows as they do', () => {
  const read = (text: string) => readSiteResponse({ url: CHATGPT, method: 'GET', text })
  const small = bigConversation(1_000)
  const large = bigConversation(10_000)
  expect(large.length).toBeGreaterThan(10_000_000)
  const [captured] = read(large)
  expect(captured?.turns.length).toBe(10_000)
  expect(timeOf(() => read(large))).toBeLessThan(timeOf(() => read(small)) * 40 + 200)
})

test('[SITE10] a stream of many steps is read in time that grows as they do', () => {
  const stream = (steps: number): string => {
    const message = {
      id: 'm',
      author: { role: 'assistant' },
      content: { content_type: 'text', parts: [''] },
    }
    const begin = JSON.stringify({ p: '', o: 'add', v: { message, conversation_id: 'c' }, c: 0 })
    const first = JSON.stringify({ p: '/message/content/parts/0', o: 'append', v: 'a' })
    return [begin, first, ...Array.from({ length: steps }, () => '{"v": "word "}')]
      .map((data) => `event: delta\ndata: ${data}\n\n`)
      .join('')
  }
  const read = (text: string) => readSiteResponse({ url: STREAM, method: 'POST', text })
  const [captured] = read(stream(100_000))
  expect(captured?.turns[0]?.parts).toEqual([{ type: 'text', text: `a${'word '.repeat(100_000)}` }])
  const small = stream(10_000)
  const large = stream(100_000)
  expect(timeOf(() => read(large))).toBeLessThan(timeOf(() => read(small)) * 40 + 200)
  const line = `data: {"v": "${'x'.repeat(10_000_000)}"}\n\n`
  expect(read(line)).toEqual([])
})
