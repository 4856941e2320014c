import fc from 'fast-check'

type Wire = Readonly<Record<string, unknown>>

/** Short and cheap to make: histories are made by the ten thousand. */
const text: fc.Arbitrary<string> = fc
  .oneof(fc.string({ maxLength: 12 }), fc.constantFrom('\ud800', '`{"a":1}`', '\u202e'))
  .map((tail) => `said ${tail}`)
const json: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, 1.5, true, [], { a: [1, { b: null }] }),
  text,
)
const options: fc.Arbitrary<Wire> = fc.constantFrom<Wire>(
  {},
  { providerOptions: { anthropic: { cacheControl: { type: 'ephemeral' } } } },
  { providerOptions: { openai: { itemId: 'rs_1' } }, x_unknown: [1] },
)
const output: fc.Arbitrary<Wire> = fc.oneof(
  text.map((value) => ({ type: 'text', value })),
  json.map((value) => ({ type: 'json', value })),
  text.map((value) => ({ type: 'error-text', value })),
  json.map((value) => ({ type: 'error-json', value })),
  fc.constantFrom<Wire>(
    { type: 'execution-denied', reason: 'no' },
    { type: 'execution-denied' },
    {
      type: 'content',
      value: [
        { type: 'text', text: 'a' },
        { type: 'media', data: 'aaaa', mediaType: 'image/png' },
        { type: 'file-url', url: 'https://example.com/a.pdf' },
      ],
    },
  ),
)

const given: fc.Arbitrary<Wire> = fc.oneof(
  fc.record({ type: fc.constant('text'), text }),
  fc.constantFrom<Wire>(
    { type: 'image', image: 'aaaa', mediaType: 'image/png' },
    { type: 'image', image: 'https://example.com/a.png' },
    { type: 'file', data: 'data:application/pdf;base64,aaaa', mediaType: 'application/pdf' },
    { type: 'file', data: 'aaaa', mediaType: 'audio/wav', filename: 'a.wav' },
  ),
)

const userMessage: fc.Arbitrary<Wire> = fc.oneof(
  text.map((content) => ({ role: 'user', content })),
  fc
    .tuple(fc.array(given, { minLength: 1, maxLength: 3 }), options)
    .map(([content, more]) => ({ role: 'user', content, ...more })),
)

const said: fc.Arbitrary<readonly Wire[]> = fc
  .tuple(fc.option(text), fc.option(text), options)
  .map(([thought, words, more]) => [
    ...(thought === null ? [] : [{ type: 'reasoning', text: thought, ...more }]),
    ...(words === null ? [] : [{ type: 'text', text: words }]),
  ])

/** One step of an agent: what it says and calls, and the answers in one message or in several. */
const step: fc.Arbitrary<readonly Wire[]> = fc
  .record({
    said,
    ids: fc.uniqueArray(fc.constantFrom('c1', 'c2', 'c3', 'odd:id/1'), {
      minLength: 1,
      maxLength: 3,
    }),
    input: json,
    outputs: fc.tuple(output, output, output),
    more: options,
    shape: fc.constantFrom('together', 'apart', 'reversed', 'approved', 'own', 'late'),
  })
  .map(({ said: words, ids, input, outputs, more, shape }) => {
    const own = shape === 'own' || shape === 'late'
    const calls = ids.map((toolCallId) => ({
      type: 'tool-call',
      toolCallId,
      toolName: 'read_file',
      input,
      ...(own ? { providerExecuted: true } : {}),
      ...more,
    }))
    const results = ids.map((toolCallId, i) => ({
      type: 'tool-result',
      toolCallId,
      toolName: 'read_file',
      output: outputs[i],
      ...more,
    }))
    const asks = ids.map((toolCallId) => ({
      type: 'tool-approval-request',
      approvalId: `a-${toolCallId}`,
      toolCallId,
    }))
    const answers = ids.map((id) => ({
      type: 'tool-approval-response',
      approvalId: `a-${id}`,
      approved: true,
      reason: 'fine',
    }))
    const made = { role: 'assistant', content: [...words, ...calls] }
    switch (shape) {
      case 'together':
        return [made, { role: 'tool', content: results, ...more }]
      case 'apart':
        return [made, ...results.map((result) => ({ role: 'tool', content: [result] }))]
      case 'reversed':
        return [made, { role: 'tool', content: results.toReversed() }]
      case 'approved':
        return [
          { role: 'assistant', content: [...words, ...calls, ...asks] },
          { role: 'tool', content: answers },
          { role: 'tool', content: results },
        ]
      case 'own':
        return [{ role: 'assistant', content: [...words, ...calls, ...results] }]
      default:
        return [made, { role: 'assistant', content: [...results, { type: 'text', text: 'so' }] }]
    }
  })

const turn: fc.Arbitrary<readonly Wire[]> = fc
  .tuple(userMessage, fc.array(step, { maxLength: 2 }), text, fc.boolean())
  .map(([user, steps, words, inParts]) => [
    user,
    ...steps.flat(),
    { role: 'assistant', content: inParts ? [{ type: 'text', text: words }] : words },
  ])

/** Histories of model messages that the SDK takes as they are. */
export const aiSdkLogs: fc.Arbitrary<readonly Wire[]> = fc
  .array(turn, { minLength: 1, maxLength: 3 })
  .map((turns) => turns.flat())
