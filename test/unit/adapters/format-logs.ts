import fc from 'fast-check'
import type { WireFormat } from '../../../src/core/session/message.ts'

type Wire = Readonly<Record<string, unknown>>

/** A history in a format, as a host holds it. */
export interface FormatLog {
  readonly format: WireFormat
  readonly log: readonly Wire[]
}

const PNG = 'iVBORw0KGgo='

const text = fc.string({ minLength: 1, maxLength: 6 }).map((tail) => `said ${tail}`)
const tool = fc.constantFrom('read_file', 'search', 'run')
const input = fc.constantFrom<Wire>({}, { path: 'a.ts' }, { query: 'x', deep: { list: [1, null] } })
const extra = fc.constantFrom<Wire>({}, { x_trace: { id: 7 } })
const ways = fc.nat(5)

/** What one turn is made of, in any format. */
const turn = fc.record({
  says: text,
  final: text,
  outputs: fc.array(text, { minLength: 3, maxLength: 3 }),
  tools: fc.array(tool, { maxLength: 3 }),
  input,
  extra,
  thinks: fc.boolean(),
  reversed: fc.boolean(),
  way: ways,
})

type Turn = Parameters<Parameters<typeof turn.map>[0]>[0]

/** Histories of the Responses API that it would take as they are. */
export const responsesLogs: fc.Arbitrary<FormatLog> = logsOf('responses', responsesTurn)

/** Histories of Gemini, calls with and without ids, contents in chunks. */
export const geminiLogs: fc.Arbitrary<FormatLog> = logsOf('gemini', geminiTurn)

/** Histories of Ollama's chat, calls with and without ids. */
export const ollamaLogs: fc.Arbitrary<FormatLog> = logsOf('ollama', ollamaTurn)

function logsOf(
  format: WireFormat,
  write: (turn: Turn, number: number) => readonly Wire[],
): fc.Arbitrary<FormatLog> {
  return fc
    .array(turn, { minLength: 1, maxLength: 4 })
    .map((turns) => ({ format, log: turns.flatMap(write) }))
}

function responsesTurn(
  { says, final, outputs, tools, input, extra, thinks, reversed, way }: Turn,
  n: number,
): readonly Wire[] {
  const thought: Wire[] = thinks
    ? [
        {
          type: 'reasoning',
          id: `rs_${n}`,
          summary: [{ type: 'summary_text', text: outputs[0] ?? '' }],
          encrypted_content: 'gAAAA',
        },
      ]
    : []
  const calls = tools.map((name, i) => responsesCall(name, `call_${n}_${i}`, way + i, input))
  const results = calls.map((call, i) => responsesResult(call, outputs[i] ?? ''))
  const search: Wire[] =
    way === 3
      ? [
          {
            type: 'web_search_call',
            id: `ws_${n}`,
            status: 'completed',
            action: { type: 'search', query: says },
          },
        ]
      : []
  const approval: Wire[] =
    way === 4
      ? [
          {
            type: 'mcp_approval_request',
            id: `mcpr_${n}`,
            name: 'drop',
            arguments: '{}',
            server_label: 'db',
          },
          { type: 'mcp_approval_response', approval_request_id: `mcpr_${n}`, approve: reversed },
        ]
      : []
  return [
    { ...responsesUser(says, way), ...extra },
    ...(calls.length > 0 ? [...thought, ...search, ...calls] : []),
    ...(reversed ? results.toReversed() : results),
    ...approval,
    ...(calls.length > 0 ? [] : [...thought, ...search]),
    responsesAnswer(final, thinks ? 0 : way, n),
  ]
}

function responsesUser(says: string, way: number): Wire {
  const blocks: Wire[] = [
    { type: 'input_text', text: says },
    { type: 'input_image', image_url: `data:image/png;base64,${PNG}`, detail: 'auto' },
    { type: 'input_file', file_id: 'file_1' },
  ]
  if (way === 0) return { role: 'user', content: says }
  if (way === 1) return { type: 'message', role: 'developer', content: says }
  return { type: 'message', role: 'user', content: blocks.slice(0, way - 1) }
}

function responsesAnswer(final: string, way: number, n: number): Wire {
  if (way === 1) return { role: 'assistant', content: final }
  const annotation = {
    type: 'url_citation',
    url: 'https://a.example',
    title: 'a',
    start_index: 0,
    end_index: 1,
  }
  const annotations = way === 2 ? [annotation] : []
  const refusal = { type: 'refusal', refusal: 'no' }
  const said = { type: 'output_text', text: final, annotations, logprobs: [] }
  return {
    type: 'message',
    id: `msg_${n}`,
    status: 'completed',
    role: 'assistant',
    content: way === 5 ? [said, refusal] : [said],
  }
}

function responsesCall(name: string, id: string, way: number, input: Wire): Wire {
  if (way === 5)
    return { type: 'custom_tool_call', id: `ctc_${id}`, call_id: id, name, input: 'ls -la' }
  if (way === 6) {
    return { type: 'shell_call', call_id: id, action: { commands: ['ls'] }, status: 'completed' }
  }
  const args = JSON.stringify(input)
  return {
    type: 'function_call',
    id: `fc_${id}`,
    call_id: id,
    name,
    arguments: args,
    status: 'completed',
  }
}

function responsesResult(call: Wire, output: string): Wire {
  const id = call['call_id']
  if (call['type'] === 'shell_call') {
    const told = { stdout: output, stderr: '', outcome: { type: 'exit', exit_code: 0 } }
    return { type: 'shell_call_output', call_id: id, output: [told] }
  }
  const type = `${String(call['type'])}_output`
  const image = { type: 'input_image', image_url: 'https://a.example/a.png', detail: 'auto' }
  return output.length % 2 === 0
    ? { type, call_id: id, output }
    : { type, call_id: id, output: [{ type: 'input_text', text: output }, image] }
}

function geminiTurn(
  { says, final, outputs, tools, input, extra, thinks, reversed, way }: Turn,
  n: number,
): readonly Wire[] {
  const id = (i: number): Wire => (way === 1 ? { id: `fc-${n}-${i}` } : {})
  const signature = thinks ? { thoughtSignature: 'c2ln' } : {}
  const thought: Wire[] = thinks ? [{ text: outputs[0] ?? '', thought: true }] : []
  const calls = tools.map((name, i) => ({
    functionCall: { ...id(i), name, args: input },
    ...(i === 0 ? signature : {}),
  }))
  const results = tools.map((name, i) => ({
    functionResponse: {
      ...id(i),
      name,
      response: i === 1 ? { error: outputs[i] } : { output: outputs[i] },
    },
  }))
  // Without ids only the order tells the calls of one tool apart.
  const given = reversed && way === 1 ? results.toReversed() : results
  return [
    { role: 'user', parts: geminiUser(says, way), ...extra },
    ...(calls.length > 0
      ? [
          { role: 'model', parts: [...thought, ...calls] },
          { role: 'user', parts: given },
        ]
      : []),
    ...geminiAnswer(final, way, [...thought], signature),
  ]
}

function geminiUser(says: string, way: number): readonly Wire[] {
  const image = { inlineData: { mimeType: 'image/png', data: PNG } }
  const file = { fileData: { mimeType: 'application/pdf', fileUri: 'gs://a/b.pdf' } }
  return [{ text: says }, ...(way === 2 ? [image] : []), ...(way === 3 ? [file] : [])]
}

function geminiAnswer(
  final: string,
  way: number,
  thought: readonly Wire[],
  signature: Wire,
): readonly Wire[] {
  const code = [
    { executableCode: { language: 'PYTHON', code: 'print(1)' } },
    { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1' } },
  ]
  if (way === 4) return [{ role: 'model', parts: [...thought, ...code, { text: final }] }]
  if (way !== 5) return [{ role: 'model', parts: [...thought, { text: final, ...signature }] }]
  return [
    ...thought.map((part) => ({ role: 'model', parts: [part] })),
    { role: 'model', parts: [{ text: final.slice(0, 3) }] },
    { role: 'model', parts: [{ text: final.slice(3), ...signature }] },
  ]
}

function ollamaTurn(
  { says, final, outputs, tools, input, extra, thinks, reversed, way }: Turn,
  n: number,
): readonly Wire[] {
  const thinking = thinks ? { thinking: outputs[0] } : {}
  const hasIds = way === 1
  const asked = tools.map((name, i) => ({
    ...(hasIds ? { id: `call_${n}_${i}` } : {}),
    function: { name, arguments: input },
  }))
  const results = tools.map((name, i) => ({
    role: 'tool',
    content: outputs[i],
    ...(hasIds ? { tool_call_id: `call_${n}_${i}` } : way === 2 ? {} : { tool_name: name }),
  }))
  return [
    {
      role: way === 3 ? 'system' : 'user',
      content: says,
      ...(way === 4 ? { images: [PNG, PNG] } : {}),
      ...extra,
    },
    ...(asked.length > 0
      ? [{ role: 'assistant', content: '', ...thinking, tool_calls: asked }]
      : []),
    ...(reversed && hasIds ? results.toReversed() : results),
    { role: 'assistant', content: final, ...thinking },
  ]
}
