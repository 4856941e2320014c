import type { MessageInput } from '../../../../src/protocol/requests.ts'

type Fields = Readonly<Record<string, unknown>>

/** How one provider writes down the same exchange. */
export interface Dialect {
  readonly name: string
  say(role: 'user' | 'assistant', text: string, more?: Fields): MessageInput
  /** One message that makes these calls. */
  calls(...ids: readonly string[]): MessageInput
  /** A call whose arguments are as given. */
  callWith(id: string, args: unknown): MessageInput
  /** A message for each result, as both providers take them. */
  result(id: string, output: string): MessageInput
  /** What is put before results without a call. */
  unrecorded(...ids: readonly string[]): MessageInput
}

export const openAi: Dialect = {
  name: 'OpenAI',
  say: (role, text, more = {}) => input({ role, content: text, ...more }),
  calls: (...ids) => openAiCalls(ids.map((id) => [id, 'read_page', `{"page":"${id}"}`])),
  callWith: (id, args) => openAiCalls([[id, 'read_page', args]]),
  result: (id, output) => input({ role: 'tool', tool_call_id: id, content: output }),
  unrecorded: (...ids) => openAiCalls(ids.map((id) => [id, 'call_not_recorded', '{}'])),
}

export const anthropic: Dialect = {
  name: 'Anthropic',
  say: (role, text, more = {}) =>
    input({
      role,
      content: [{ type: 'text', text, cache_control: { type: 'ephemeral' } }],
      ...more,
    }),
  calls: (...ids) => anthropicCalls(ids.map((id) => [id, 'read_page', { page: id }])),
  callWith: (id, args) => anthropicCalls([[id, 'read_page', args]]),
  result: (id, output) =>
    input({
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: id, content: output }],
    }),
  unrecorded: (...ids) => anthropicCalls(ids.map((id) => [id, 'call_not_recorded', {}])),
}

/** For `test.each`. */
export const DIALECTS: readonly Dialect[] = [openAi, anthropic]

function openAiCalls(calls: readonly (readonly [string, string, unknown])[]): MessageInput {
  const tool_calls = calls.map(([id, name, args]) => ({
    id,
    type: 'function',
    function: { name, arguments: args },
  }))
  return input({ role: 'assistant', content: null, tool_calls })
}

function anthropicCalls(calls: readonly (readonly [string, string, unknown])[]): MessageInput {
  const content = calls.map(([id, name, args]) => ({ type: 'tool_use', id, name, input: args }))
  return input({ role: 'assistant', content })
}

/** A message as a host has it: of any shape. */
export function input(fields: Fields): MessageInput {
  return fields as unknown as MessageInput
}
