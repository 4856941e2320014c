import fc from 'fast-check'
import { expect, test } from 'vitest'
import { renderDigest } from '../../../../src/core/compaction/digest-text.ts'
import { assembleContext, contextHash } from '../../../../src/core/session/assemble.ts'
import { sumCategories } from '../../../../src/core/session/categories.ts'
import type { Context, Entry } from '../../../../src/core/session/context.ts'
import type { Message, Part } from '../../../../src/core/session/message.ts'
import { arbitraryDrafts } from '../../../support/build-arbitrary-log.ts'
import { buildGeneration, buildLine, buildStub } from '../../../support/build-generation.ts'
import { buildLog, turns } from '../../../support/build-log.ts'

const MARK = { seq: 8, chain: 'at the mark' }

function contextOf(messages: readonly Message[], pins: readonly number[] = []): Context {
  return assembleContext({
    head: buildGeneration(MARK),
    pins: messages.filter(({ seq }) => seq <= MARK.seq && pins.includes(seq)),
    tail: messages.filter(({ seq }) => seq > MARK.seq),
  })
}

function named(entries: readonly Entry[]): readonly string[] {
  return entries.map((entry) =>
    entry.kind === 'digest' ? 'digest' : `${entry.kind} ${entry.message.seq}`,
  )
}

test('[CTX1] a context is the pins at or below the mark, the digest, and all above, in order', () => {
  const { messages } = buildLog(turns(3))
  const context = contextOf(messages, [2, 3, 10])
  expect(named(context.entries)).toEqual([
    'pinned 2',
    'pinned 3',
    'digest',
    'message 9',
    'message 10',
    'message 11',
    'message 12',
  ])
  expect(context).toMatchObject({ generation: 1, mark: 8, through: 12 })
  expect(context.entries[2]).toMatchObject({
    text: renderDigest(buildGeneration(MARK).digest, 8),
    tokens: 50,
  })
  expect(contextOf(messages.slice(0, 8)).through).toBe(8)
})

test('[CTX2] what is appended only adds to the end', () => {
  fc.assert(
    fc.property(arbitraryDrafts, (later) => {
      const log = buildLog(turns(3))
      const before = contextOf(log.messages, [2])
      const after = contextOf([...log.messages, ...buildLog(later, log.session).messages], [2])
      const shown = (context: Context): readonly string[] =>
        context.entries.map((entry) => JSON.stringify(entry))
      expect(shown(after).slice(0, before.entries.length)).toEqual(shown(before))
      expect(after.entries).toHaveLength(before.entries.length + later.length)
    }),
  )
})

test('[CTX3] above the mark only a part that the head names a stub for differs', () => {
  const parts: readonly Part[] = [
    { type: 'text', text: 'said' },
    { type: 'tool-call', callId: 'c', name: 'write', input: '{"content":"long"}' },
    { type: 'tool-result', callId: 'c', output: 'long' },
    { type: 'image', url: 'data:x' },
  ]
  const { messages } = buildLog([
    ...turns(2),
    { role: 'assistant', parts },
    { role: 'user', parts },
  ])
  const [first, second] = messages.slice(8)
  const stubs = [1, 2, 3].map((part) =>
    buildStub({ seq: 9, part, text: '[s]', artifact: `${part}` }),
  )
  const head = buildGeneration(MARK, { stubs })
  const { entries } = assembleContext({ head, pins: [], tail: messages.slice(8) })
  expect(named(entries)).toEqual(['digest', 'stubbed 9', 'message 10'])
  expect(entries[1]).toMatchObject({
    artifacts: ['1', '2', '3'],
    message: {
      id: first?.id,
      role: 'assistant',
      parts: [
        parts[0],
        { ...parts[1], input: '{"stub":"[s]"}' },
        { ...parts[2], output: '[s]' },
        { type: 'text', text: '[s]' },
      ],
    },
  })
  expect(entries[2]).toMatchObject({ message: second })
})

test('[CTX4] the tokens are the sum of the categories and of the entries', () => {
  fc.assert(
    fc.property(arbitraryDrafts, fc.nat(11), fc.nat(200), (later, at, tokensBefore) => {
      const log = buildLog(turns(2))
      const tail = buildLog(later, log.session).messages
      const stubs = [buildStub({ seq: 9 + at, tokensBefore, tokens: 6 })]
      const head = buildGeneration(MARK, { stubs })
      const pins = log.messages.slice(1, 3)
      const { tokens, categories, entries } = assembleContext({ head, pins, tail })
      expect(sumCategories(categories)).toBe(tokens)
      expect(entries.reduce((sum, entry) => sum + entry.tokens, 0)).toBe(tokens)
      expect(categories.digest).toBe(50)
      expect(categories.pinned).toBe(pins.reduce((sum, message) => sum + message.tokens, 0))
    }),
  )
})

test('[CTX4] a stub makes its message cheaper by what it saves', () => {
  const { messages } = buildLog(turns(3, 'x'.repeat(100)))
  const head = buildGeneration(MARK, { stubs: [buildStub({ seq: 11 })] })
  const tail = messages.slice(8)
  const plain = assembleContext({ head: buildGeneration(MARK), pins: [], tail })
  const stubbed = assembleContext({ head, pins: [], tail })
  expect(plain.tokens - stubbed.tokens).toBe(94)
  expect(plain.categories.tools - stubbed.categories.tools).toBe(94)
})

test('[CTX5] the context hash changes with digest, stubs, pins and log, and nothing else', () => {
  const { session } = buildLog(turns(3))
  const head = buildGeneration(MARK, { stubs: [buildStub({ seq: 9 })] })
  const [stub] = head.stubs
  const [line] = head.digest
  if (!stub || !line) throw new Error('there is nothing to change')
  const base = contextHash(head, [2], session.chain)
  const same = { ...head, n: 9, createdAt: 99, job: 7, status: 'superseded' as const }
  expect(contextHash(same, [2], session.chain)).toBe(base)
  const others = [
    contextHash(undefined, [2], session.chain),
    contextHash({ ...head, digest: [{ ...line, text: 'other' }] }, [2], session.chain),
    contextHash({ ...head, digest: [{ ...line, sources: [1, 2] }] }, [2], session.chain),
    contextHash({ ...head, digest: [line, buildLine({ id: 'b' })] }, [2], session.chain),
    contextHash({ ...head, mark: 7 }, [2], session.chain),
    contextHash({ ...head, coverage: 'other' }, [2], session.chain),
    contextHash({ ...head, stubs: [] }, [2], session.chain),
    contextHash({ ...head, stubs: [{ ...stub, part: 1 }] }, [2], session.chain),
    contextHash({ ...head, stubs: [{ ...stub, seq: 10 }] }, [2], session.chain),
    contextHash({ ...head, stubs: [{ ...stub, text: 'x' }] }, [2], session.chain),
    contextHash(head, [], session.chain),
    contextHash(head, [2, 3], session.chain),
    contextHash(head, [2], buildLog(turns(2)).session.chain),
  ]
  expect(new Set([base, ...others]).size).toBe(others.length + 1)
})

test('[CTX6] without a generation the context is the log', () => {
  const { messages, session } = buildLog(turns(2))
  const context = assembleContext({ head: undefined, pins: [], tail: messages })
  expect(context.entries).toEqual(
    messages.map((message) => ({ kind: 'message', message, tokens: message.tokens })),
  )
  expect(context.categories).toEqual(session.tokens.context)
  expect(context).toMatchObject({ generation: 0, mark: 0, through: 8, tokens: session.tokens.log })
  expect(assembleContext({ head: undefined, pins: [], tail: [] })).toMatchObject({
    through: 0,
    tokens: 0,
    entries: [],
  })
})
