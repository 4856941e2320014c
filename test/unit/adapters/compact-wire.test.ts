import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compactWire, wireValue } from '../../../src/adapters/compact-wire.ts'
import { messageCodec } from '../../../src/adapters/message-codec.ts'
import { toDraft } from '../../../src/adapters/message-input.ts'
import type { MessageInput } from '../../../src/protocol/requests.ts'

const PLAIN: readonly MessageInput[] = [
  { role: 'user', content: 'hello' },
  { role: 'system', content: 'be brief' },
  { role: 'assistant', content: 'hi' },
  { role: 'tool', tool_call_id: 'c1', content: 'result' },
  {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'c1', type: 'function', function: { name: 'read', arguments: '{"a":1}' } }],
  },
]

const ODD: readonly MessageInput[] = [
  { role: 'developer', content: 'be brief' },
  { role: 'user', content: 'hello', cache_control: { type: 'ephemeral' } },
  { role: 'user', content: [{ type: 'text', text: 'hello', extra: 1 }] },
  { role: 'assistant', content: '', refusal: 'no' },
]

test.each(PLAIN)('[ADP19] %j is stored once and comes back to the letter', (message) => {
  const draft = messageCodec.toDraft(message, 'message')
  expect(draft.wire).toEqual({ format: 'openai' })
  expect(JSON.stringify(wireValue(draft))).toBe(JSON.stringify(message))
})

test.each(ODD)('[ADP19] %j keeps its wire value, because its parts say less', (message) => {
  const draft = messageCodec.toDraft(message, 'message')
  expect(draft.wire?.value).toEqual(message)
})

test('[ADP19] leaving the wire value out never changes what comes back', () => {
  const content = fc.oneof(
    fc.string(),
    fc.array(fc.record({ type: fc.constant('text'), text: fc.string() }), { minLength: 1 }),
  )
  const message = fc.record({ role: fc.constantFrom('user', 'assistant', 'system'), content })
  fc.assert(
    fc.property(message, (given) => {
      const draft = toDraft(given, 'message')
      expect(wireValue(compactWire(draft))).toEqual(draft.wire?.value)
    }),
  )
})
