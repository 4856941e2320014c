import fc from 'fast-check'

type Wire = Readonly<Record<string, unknown>>

const text: fc.Arbitrary<string> = fc
  .oneof(fc.string({ maxLength: 12 }), fc.constantFrom('\ud800', '`{"a":1}`', '\u202e'))
  .map((tail) => `said ${tail}`)
const json: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, 1.5, true, [], { a: [1, { b: null }] }),
  text,
)
const more: fc.Arbitrary<Wire> = fc.constantFrom<Wire>(
  {},
  { providerMetadata: { anthropic: { signature: 's' } } },
  { state: 'done', x_unknown: [1] },
)

const words: fc.Arbitrary<Wire> = fc
  .tuple(text, more)
  .map(([said, extra]) => ({ type: 'text', text: said, ...extra }))

const file: fc.Arbitrary<Wire> = fc.constantFrom<Wire>(
  { type: 'file', mediaType: 'image/png', url: 'data:image/png;base64,aaaa' },
  { type: 'file', mediaType: 'application/pdf', url: 'https://example.com/a', filename: 'a.pdf' },
)

const seen: fc.Arbitrary<Wire> = fc.oneof(
  text.map((thought) => ({ type: 'reasoning', text: thought, id: 'r1' })),
  fc.constantFrom<Wire>(
    { type: 'step-start' },
    { type: 'source-url', sourceId: 's1', url: 'https://example.com', title: 'Example' },
    { type: 'source-document', sourceId: 's2', mediaType: 'text/plain', title: 'Notes' },
    { type: 'data-weather', id: 'w1', data: { city: 'Bergen', at: [1, 2] } },
  ),
)

const DONE: readonly Wire[] = [
  { state: 'output-available' },
  { state: 'output-available', approval: { id: 'p1', approved: true, reason: 'fine' } },
  { state: 'output-available', preliminary: true, providerExecuted: true },
  { state: 'output-error', errorText: 'it broke' },
  { state: 'output-error', errorText: 'no JSON', rawInput: '{"a":' },
  { state: 'output-denied', approval: { id: 'p1', approved: false, reason: 'too risky' } },
  { state: 'output-denied', approval: { id: 'p1', approved: false } },
]

const OPEN: readonly Wire[] = [
  { state: 'input-available' },
  { state: 'approval-requested', approval: { id: 'p1', signature: 's' } },
  { state: 'approval-responded', approval: { id: 'p1', approved: true } },
  { state: 'approval-responded', approval: { id: 'p1', approved: false, reason: 'no' } },
]

function tool(states: readonly Wire[]): fc.Arbitrary<Wire> {
  return fc
    .record({
      kind: fc.constantFrom<Wire>(
        { type: 'tool-read_file' },
        { type: 'dynamic-tool', toolName: 'x' },
      ),
      toolCallId: fc.constantFrom('c1', 'c2', 'odd:id/1'),
      input: json,
      output: json,
      state: fc.constantFrom(...states),
      extra: fc.constantFrom<Wire>({}, { title: 'Read', callProviderMetadata: { a: { b: 1 } } }),
    })
    .map(({ kind, toolCallId, input, output, state, extra }) => ({
      ...kind,
      toolCallId,
      ...extra,
      ...('rawInput' in state ? {} : { input }),
      ...state,
      ...(state['state'] === 'output-available' ? { output } : {}),
    }))
}

/** What a stream that was stopped leaves behind: the SDK gives it to no model. */
const halfTool: Wire = {
  type: 'tool-read_file',
  toolCallId: 'c9',
  state: 'input-streaming',
  input: { a: 1 },
}

const userMessage: fc.Arbitrary<Wire> = fc
  .tuple(words, fc.array(fc.oneof(words, file, seen), { maxLength: 2 }), more)
  .map(([first, rest, metadata]) => ({ role: 'user', parts: [first, ...rest], metadata }))

const assistantMessage: fc.Arbitrary<Wire> = fc
  .array(fc.oneof(words, seen, tool(DONE), tool(DONE), file, fc.constant(halfTool)), {
    maxLength: 4,
  })
  .map((parts) => ({ role: 'assistant', parts: parts.map(withOwnId) }))

const openMessage: fc.Arbitrary<Wire> = fc
  .array(fc.oneof(words, tool(OPEN)), { minLength: 1, maxLength: 3 })
  .map((parts) => ({ role: 'assistant', parts: parts.map(withOwnId) }))

/** Ids come again from message to message, but not in one. */
function withOwnId(part: Wire, i: number): Wire {
  return 'toolCallId' in part ? { ...part, toolCallId: `${String(part['toolCallId'])}_${i}` } : part
}

/** Histories of UI messages that the SDK takes as they are; the newest may wait for answers. */
export const aiSdkUiLogs: fc.Arbitrary<readonly Wire[]> = fc
  .tuple(
    fc.boolean(),
    fc.array(fc.tuple(userMessage, assistantMessage), { minLength: 1, maxLength: 3 }),
    fc.option(fc.tuple(userMessage, openMessage)),
  )
  .map(([hasSystem, turns, newest]) => {
    const rules = { role: 'system', parts: [{ type: 'text', text: 'be brief' }] }
    const all = [...(hasSystem ? [rules] : []), ...turns.flat(), ...(newest ?? [])]
    return all.map((message, i) => ({ id: `msg-${i}`, ...message }))
  })
