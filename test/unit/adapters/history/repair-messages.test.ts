import fc from 'fast-check'
import { expect, test } from 'vitest'
import { repairMessages } from '../../../../src/adapters/history/repair-messages.ts'
import { isBackfoldError } from '../../../../src/core/backfold-error.ts'
import type { MessageInput } from '../../../../src/protocol/requests.ts'
import { anthropic, DIALECTS, input, openAi } from './dialects.ts'
import { expectRepaired } from './expect-repaired.ts'

test.each(DIALECTS)(
  '[HEAL15] what nothing is wrong with comes back as the same objects, $name',
  ({ say, calls, result }) => {
    const history = [say('user', 'Read.'), calls('t1'), result('t1', 'ebb'), result('t9', 'flood')]
    const { messages } = repairMessages(history)
    expect([0, 1, 2].every((i) => messages[i] === history[i])).toBe(true)
    expect(messages.at(-1)).toBe(history[3])
  },
)

test('[HEAL15] formats may be mixed, and what is put in is in that of its neighbour', () => {
  const canonical: MessageInput = {
    role: 'assistant',
    parts: [{ type: 'tool-call', callId: 'c', name: 'read_page', input: '{}' }],
  }
  const history = [openAi.calls('a'), anthropic.calls('b'), canonical]
  const none = '[no result recorded]'
  const { messages } = repairMessages(history)
  expect(messages).toEqual([
    history[0],
    openAi.result('a', none),
    history[1],
    anthropic.result('b', none),
    canonical,
    { role: 'tool', parts: [{ type: 'tool-result', callId: 'c', output: none }] },
  ])
})

test('[HEAL10] fields that nobody knows stay on a message whose call is renamed', () => {
  const call = { ...openAi.calls('t1'), x_trace: 7 }
  const again = { ...openAi.callWith('t1', '{"page":2}'), x_trace: 8 }
  const history = [openAi.say('user', 'Read.'), call, openAi.result('t1', 'ebb'), again]
  const { messages } = repairMessages([...history, openAi.result('t1', 'flood')])
  expect(messages[3]).toEqual({ ...openAi.callWith('t1_2', '{"page":2}'), x_trace: 8 })
  expect(messages[4]).toEqual(openAi.result('t1_2', 'flood'))
})

test('[HEAL10] pictures in a result and marks on a block stay when the block is moved', () => {
  const picture = { type: 'image', source: { type: 'url', url: 'https://tide.example/a.png' } }
  const block = {
    type: 'tool_result',
    tool_use_id: 't1',
    content: [picture],
    cache_control: { type: 'ephemeral' },
  }
  const said = { type: 'text', text: 'And now?' }
  const history = [
    anthropic.say('user', 'Read.'),
    anthropic.calls('t1'),
    anthropic.say('assistant', 'One moment.'),
    input({ role: 'user', content: [said, block] }),
  ]
  const { messages } = repairMessages(history)
  expect(messages).toEqual([
    ...history.slice(0, 2),
    { role: 'user', content: [block] },
    history[2],
    { role: 'user', content: [said] },
  ])
})

test('[HEAL14] an empty list of calls is taken out', () => {
  const said = { role: 'assistant', content: 'Nothing to read.' }
  expectRepaired([openAi.say('user', 'Read.'), input({ ...said, tool_calls: [] })], {
    messages: [openAi.say('user', 'Read.'), input(said)],
    repairs: [['calls-empty', 1]],
  })
})

test('[HEAL14] a call without an id gets one, and the result that names none is its', () => {
  const named = { name: 'read_page', arguments: '{}' }
  const history = [
    openAi.say('user', 'Read.'),
    input({ role: 'assistant', content: null, tool_calls: [{ function: named }] }),
    input({ role: 'tool', content: 'ebb' }),
  ]
  expectRepaired(history, {
    messages: [
      openAi.say('user', 'Read.'),
      input({
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'call_1_0', type: 'function', function: named }],
      }),
      openAi.result('call_1_0', 'ebb'),
    ],
    repairs: [
      ['call-id-missing', 1],
      ['call-id-missing', 2],
    ],
  })
})

test('[HEAL14] blocks of the Messages API without ids are completed alike', () => {
  const use = { type: 'tool_use', name: 'read_page', input: {} }
  const block = { type: 'tool_result', content: 'ebb' }
  const history = [
    anthropic.say('user', 'Read.'),
    input({ role: 'assistant', content: [use] }),
    input({ role: 'user', content: [block] }),
  ]
  expectRepaired(history, {
    messages: [
      anthropic.say('user', 'Read.'),
      input({ role: 'assistant', content: [{ ...use, id: 'call_1_0' }] }),
      input({ role: 'user', content: [{ ...block, tool_use_id: 'call_1_0' }] }),
    ],
    repairs: [
      ['call-id-missing', 1],
      ['call-id-missing', 2],
    ],
  })
})

test('[HEAL14] results that name no call go to the open calls in their order', () => {
  const history = [
    openAi.say('user', 'Read both.'),
    openAi.calls('t1', 't2'),
    input({ role: 'tool', content: 'ebb' }),
    input({ role: 'tool', content: 'flood' }),
  ]
  expectRepaired(history, {
    messages: [...history.slice(0, 2), openAi.result('t1', 'ebb'), openAi.result('t2', 'flood')],
    repairs: [
      ['call-id-missing', 2],
      ['call-id-missing', 3],
    ],
  })
})

test.each([
  [[null], 'messages[0] must be an object, got null'],
  [['hello'], 'messages[0] must be an object, got a string'],
  [[{}], 'messages[0].role must be a string, got nothing'],
  [
    [
      { role: 'user', content: 'a' },
      { role: 'user', content: 7 },
    ],
    'messages[1].content must be',
  ],
  [[{ role: 'clerk', content: 'a' }], 'messages[0].role'],
  [[{ role: 'user', parts: 'a' }], 'messages[0].parts'],
  [[{ role: { toString: 1 }, parts: [] }], 'messages[0].role must be system, user'],
  [[{ role: 'user', content: [{ type: { toString: 1 } }] }], 'type an object is not known'],
  ['hello', 'messages must be an array, got a string'],
  [undefined, 'messages must be an array, got nothing'],
])('[HEAL14] what is no message is refused with its place: %j', (history, reason) => {
  const refusal = refusalOf(history)
  expect(refusal).toContain(reason)
})

test('[HEAL14] whatever is handed in, nothing but INVALID_INPUT is thrown', () => {
  const field = fc.constantFrom(
    ...['id', 'role', 'content', 'parts', 'tool_calls', 'tool_call_id', 'type', 'name', 'wire'],
    ...['text', 'tool_use_id', 'input', 'function', 'callId', 'output', 'at', 'source'],
  )
  const word = fc.constantFrom(
    ...['user', 'assistant', 'tool', 'system', 'text', 'tool_use', 'tool_result', 'function'],
    ...['tool-call', 'tool-result', 'message', 'openai', 'anthropic', ''],
  )
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.oneof(word, fc.constantFrom(null, undefined, 7, Number.NaN, true)),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(field, tie('value'), { maxKeys: 4 }),
    ),
  }))
  const message = fc
    .tuple(fc.constantFrom('user', 'assistant', 'tool', 'system'), fc.dictionary(field, value))
    .map(([role, fields]) => ({ ...fields, role }))
  let read = 0
  fc.assert(
    fc.property(fc.array(fc.oneof(value, message, message), { maxLength: 3 }), (history) => {
      if (refusalOf(history) === null) read += 1
    }),
    { numRuns: 1_000 },
  )
  expect(read).toBeGreaterThan(0)
})

test('[HEAL2] thousands of messages under one id, or of results of one call, are repaired in time', () => {
  const many = (message: (i: number) => MessageInput): readonly MessageInput[] =>
    Array.from({ length: 10_000 }, (_, i) => message(i))
  const messages = many((i) => openAi.say('user', `${10_000 + i}`, { id: 'm' }))
  expect(repairMessages(messages).repairs).toHaveLength(9_999)
  expect(repairMessages(many((i) => openAi.result('t', `${i}`))).repairs).toHaveLength(10_000)
  const systems = many((i) => input({ role: 'system', content: `${10_000 + i}` }))
  expect(repairMessages(systems).repairs).toEqual([])
})

/** Why a history is refused; null if it is repaired. */
function refusalOf(history: unknown): string | null {
  try {
    repairMessages(history as readonly object[])
    return null
  } catch (error) {
    if (isBackfoldError(error) && error.code === 'INVALID_INPUT') return error.message
    throw error
  }
}
