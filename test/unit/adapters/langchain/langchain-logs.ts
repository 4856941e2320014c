import fc from 'fast-check'

type Wire = Readonly<Record<string, unknown>>

const text: fc.Arbitrary<string> = fc
  .oneof(fc.string({ maxLength: 12 }), fc.constantFrom('\ud800', '`{"a":1}`'))
  .map((tail) => `said ${tail}`)

const BARE: Wire = { additional_kwargs: {}, response_metadata: {} }
const more: fc.Arbitrary<Wire> = fc.constantFrom<Wire>(
  BARE,
  { additional_kwargs: { x: [1] }, response_metadata: { model: 'small' }, id: 'run-1' },
  { ...BARE, name: 'ann' },
)

const block: fc.Arbitrary<Wire> = fc.oneof(
  text.map((said) => ({ type: 'text', text: said, cache_control: { type: 'ephemeral' } })),
  fc.constantFrom<Wire>(
    { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'low' } },
    { type: 'image_url', image_url: 'data:image/png;base64,aaaa' },
    { type: 'image', source_type: 'base64', mime_type: 'image/png', data: 'aaaa' },
    { type: 'file', mimeType: 'application/pdf', data: 'aaaa', metadata: { filename: 'a.pdf' } },
    { type: 'input_audio', input_audio: { data: 'aaaa', format: 'wav' } },
    { type: 'document', source: { type: 'url', url: 'https://example.com/a.pdf' }, title: 'a' },
    { type: 'search_result', hits: [{ a: 1 }] },
  ),
)

const content: fc.Arbitrary<unknown> = fc.oneof(
  text,
  fc.array(block, { minLength: 1, maxLength: 2 }),
)

const args = fc.constantFrom<Wire>({}, { path: 'a.ts' }, { q: [1, { a: null }], __proto: 'x' })

/** One step of an agent; providers' integrations keep its calls in several places at once. */
const step: fc.Arbitrary<readonly Wire[]> = fc
  .record({
    ids: fc.uniqueArray(fc.constantFrom('c1', 'c2', 'odd:id/1'), { minLength: 1, maxLength: 3 }),
    args,
    said: fc.option(text),
    thought: fc.option(text),
    style: fc.constantFrom('list', 'blocks', 'kwargs'),
    outputs: fc.tuple(content, content, content),
    answered: fc.constantFrom<Wire>({}, { status: 'error' }, { artifact: { z: 1 }, name: 'run' }),
    reversed: fc.boolean(),
    usage: fc.constantFrom<Wire>(
      {},
      { usage_metadata: { input_tokens: 1, output_tokens: 2, total_tokens: 3 } },
    ),
  })
  .map(({ ids, args: given, said, thought, style, outputs, answered, reversed, usage }) => {
    const calls = ids.map((id) => ({ name: 'run', args: given, id, type: 'tool_call' }))
    const spoken = [
      ...(thought === null ? [] : [{ type: 'thinking', thinking: thought, signature: 's' }]),
      ...(said === null ? [] : [{ type: 'text', text: said }]),
    ]
    const blocks = ids.map((id) => ({ type: 'tool_use', id, name: 'run', input: given }))
    const raw = ids.map((id) => ({
      id,
      type: 'function',
      function: { name: 'run', arguments: JSON.stringify(given) },
    }))
    const ai = {
      type: 'ai',
      data: {
        content: style === 'blocks' ? [...spoken, ...blocks] : (said ?? ''),
        tool_calls: calls,
        invalid_tool_calls: [],
        additional_kwargs: style === 'kwargs' ? { tool_calls: raw } : {},
        response_metadata: {},
        ...usage,
      },
    }
    const results = ids.map((id, i) => ({
      type: 'tool',
      data: { content: outputs[i], tool_call_id: id, ...answered, ...BARE },
    }))
    return [ai, ...(reversed ? results.toReversed() : results)]
  })

const turn: fc.Arbitrary<readonly Wire[]> = fc
  .tuple(content, more, fc.array(step, { maxLength: 2 }), text)
  .map(([asked, extra, steps, final]) => [
    { type: 'human', data: { content: asked, ...extra } },
    ...steps.flat(),
    {
      type: 'ai',
      data: { content: final, tool_calls: [], invalid_tool_calls: [], ...BARE },
    },
  ])

/** Histories of stored messages that LangChain and providers take as they are. */
export const langChainLogs: fc.Arbitrary<readonly Wire[]> = fc
  .tuple(fc.option(content), fc.array(turn, { minLength: 1, maxLength: 2 }))
  .map(([rules, turns]) => [
    ...(rules === null ? [] : [{ type: 'system', data: { content: rules, ...BARE } }]),
    ...turns.flat(),
  ])
