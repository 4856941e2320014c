import fc from 'fast-check'
import type { MessageInput } from '../../../src/protocol/requests.ts'

type Wire = Readonly<Record<string, unknown>>

const text = fc.string({ minLength: 1, unit: 'grapheme' }).map((tail) => `said ${tail}`)
const ids: fc.Arbitrary<readonly string[]> = fc.uniqueArray(
  fc.stringMatching(/^call_[a-z0-9]{4}$/),
  { maxLength: 3 },
)
const name = fc.constantFrom('read_file', 'search', 'run')
const input = fc.dictionary(fc.constantFrom('path', 'query', '__proto__'), fc.jsonValue(), {
  maxKeys: 2,
})
const extra = fc.dictionary(fc.constantFrom('x_trace', 'metadata'), fc.jsonValue(), { maxKeys: 1 })

const pictureUrl: Wire = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } }

/** Longer than both providers' limits for the name of a tool. */
const LONG_NAME = `mcp__${'documentation_'.repeat(10)}search`

const picture: Wire = {
  type: 'image',
  source: { type: 'base64', media_type: 'image/png', data: 'aaaa' },
}

/** One turn of chat completions that the provider would take, fields that nobody knows included. */
const openAiTurn: fc.Arbitrary<readonly Wire[]> = fc
  .record({
    user: fc.oneof(
      text.map((content) => ({ role: 'user', content })),
      text.map((content) => ({ role: 'user', content, name: 'ann' })),
      text.map((said) => ({ role: 'user', content: [textBlock(said), pictureUrl] })),
      text.map((content) => ({ role: 'developer', content })),
    ),
    extra,
    calls: ids,
    tool: name,
    input,
    said: fc.option(text),
    outputs: fc.array(text, { minLength: 3, maxLength: 3 }),
    reversed: fc.boolean(),
    final: text,
  })
  .map(({ user, extra, calls, tool, input, said, outputs, reversed, final }) => {
    const results = calls.map((id, i) => ({ role: 'tool', tool_call_id: id, content: outputs[i] }))
    const asked = calls.map((id) => ({
      id,
      type: 'function',
      function: { name: tool, arguments: JSON.stringify(input) },
    }))
    const call = { role: 'assistant', content: said, tool_calls: asked, ...extra }
    return [
      { ...user, ...extra },
      ...(calls.length > 0 ? [call, ...(reversed ? results.toReversed() : results)] : []),
      { role: 'assistant', content: final, refusal: null },
    ]
  })

/** One turn of the Messages API that the provider would take. */
const anthropicTurn: fc.Arbitrary<readonly Wire[]> = fc
  .record({
    user: fc.oneof(
      text.map((content) => ({ role: 'user', content })),
      text.map((said) => ({ role: 'user', content: [cached(said), picture] })),
    ),
    calls: ids,
    tool: name,
    input,
    thought: fc.option(text),
    outputs: fc.array(
      fc.oneof(
        text,
        text.map((said) => [textBlock(said), picture]),
      ),
      {
        minLength: 3,
        maxLength: 3,
      },
    ),
    remark: fc.option(text),
    final: text,
  })
  .map(({ user, calls, tool, input, thought, outputs, remark, final }) => {
    const asked = calls.map((id) => ({ type: 'tool_use', id, name: tool, input }))
    const results = calls.map((id, i) => ({
      type: 'tool_result',
      tool_use_id: id,
      content: outputs[i],
      is_error: i === 1,
    }))
    const thinking =
      thought === null ? [] : [{ type: 'thinking', thinking: thought, signature: 's' }]
    const behind = remark === null ? [] : [textBlock(remark)]
    const exchange = [
      { role: 'assistant', content: [...thinking, textBlock('let me look'), ...asked] },
      { role: 'user', content: [...results, ...behind] },
    ]
    return [
      user,
      ...(calls.length > 0 ? exchange : []),
      { role: 'assistant', content: [...thinking, textBlock(final)] },
    ]
  })

/** What broken streams and lenient servers leave behind. */
const oddMessage: fc.Arbitrary<MessageInput> = fc.constantFrom<MessageInput>(
  { role: 'assistant', content: null },
  { role: 'assistant', content: '' },
  { role: 'user', content: ' ' },
  {
    role: 'assistant',
    content: [{ type: 'text', text: '', cache_control: { type: 'ephemeral' } }],
  },
  { role: 'user', content: [{ type: 'text', text: '' }, picture] },
)

/** Logs that chat completions would take as they are, with call ids that repeat from turn to turn. */
export const openAiLogs: fc.Arbitrary<readonly MessageInput[]> = logsOf(openAiTurn)

/** Logs that the Messages API would take as they are. */
export const anthropicLogs: fc.Arbitrary<readonly MessageInput[]> =
  logsOf(anthropicTurn).map(uniqueIds)

/** Messages of all formats in any order, with results and calls that miss each other. */
export const damagedLogs: fc.Arbitrary<readonly MessageInput[]> = fc
  .tuple(
    openAiLogs,
    anthropicLogs,
    fc.array(fc.oneof(canonicalMessage(), oddMessage), { maxLength: 12 }),
    fc.array(fc.nat(1_000), { minLength: 1 }),
  )
  .map(([a, b, c, order]) => {
    const keyed = [...a, ...b, ...c].map((message, i) => ({
      message,
      key: ((order[i % order.length] ?? 0) * (i + 1)) % 101,
    }))
    return keyed.toSorted((x, y) => x.key - y.key).map(({ message }) => message)
  })

function canonicalMessage(): fc.Arbitrary<MessageInput> {
  const callId = fc.constantFrom('a', 'b', 'a_2', 'odd:id/1')
  const said = fc.oneof(
    text.map((value) => ({ type: 'text' as const, text: value })),
    fc.constantFrom('', '  ').map((value) => ({ type: 'text' as const, text: value })),
    text.map((value) => ({ type: 'reasoning' as const, text: value })),
    fc.constant({ type: 'image' as const, url: 'data:image/png;base64,aaaa' }),
    fc.constant({ type: 'file' as const, url: 'https://example.com/a.zip', name: 'a.zip' }),
  )
  const call = fc.record({
    type: fc.constant('tool-call' as const),
    callId,
    name: fc.constantFrom('read', 'fs.read', LONG_NAME),
    input: fc.constantFrom('{"a":1}', '', 'not json', '[1]'),
  })
  const result = fc.record({
    type: fc.constant('tool-result' as const),
    callId,
    output: text,
    isError: fc.boolean(),
  })
  return fc.oneof(
    fc.record({ role: fc.constant('user' as const), parts: fc.array(fc.oneof(said, result)) }),
    fc.record({
      role: fc.constant('assistant' as const),
      parts: fc.array(fc.oneof(said, call, result), { maxLength: 4 }),
      name: fc.constant('writer one'),
    }),
    fc.record({
      role: fc.constant('tool' as const),
      parts: fc.tuple(result, said).map((parts) => [...parts]),
    }),
    fc.record({ role: fc.constant('system' as const), parts: fc.array(said) }),
  )
}

function logsOf(turn: fc.Arbitrary<readonly Wire[]>): fc.Arbitrary<readonly MessageInput[]> {
  return fc
    .array(turn, { minLength: 1, maxLength: 5 })
    .map((turns) => turns.flat() as unknown as readonly MessageInput[])
}

/** The Messages API refuses an id that comes again, so legal logs have none. */
function uniqueIds(log: readonly MessageInput[]): readonly MessageInput[] {
  let turn = 0
  const numbered = log.map((message) => {
    const { content } = message as { readonly content: unknown }
    if (!Array.isArray(content)) return message
    if (content.some((block: Wire) => block['type'] === 'tool_use')) turn++
    return {
      ...message,
      content: content.map((block: Wire) => {
        if (block['type'] === 'tool_use') return { ...block, id: `${String(block['id'])}_${turn}` }
        if (block['type'] !== 'tool_result') return block
        return { ...block, tool_use_id: `${String(block['tool_use_id'])}_${turn}` }
      }),
    }
  })
  return numbered
}

function textBlock(value: string): Wire {
  return { type: 'text', text: value }
}

function cached(value: string): Wire {
  return { type: 'text', text: value, cache_control: { type: 'ephemeral' } }
}
