import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readToolCalls, writeToolResults, writeTools } from '../../../src/adapters/tool-formats.ts'
import { toAiSdkTools } from '../../../src/client/recall-tools.ts'
import { toolSpecs } from '../../../src/core/memory/tool-specs.ts'
import type { ToolFormat } from '../../../src/protocol/tool-messages.ts'

const SPECS = toolSpecs(true)

test('[TOOL1] every shape says the same of each tool', () => {
  const openai = writeTools(SPECS, 'openai')
  const anthropic = writeTools(SPECS, 'anthropic')
  const [gemini] = writeTools(SPECS, 'gemini')
  const aiSdk = writeTools(SPECS, 'ai-sdk')
  SPECS.forEach(({ name, description, fields, required }, at) => {
    const schema = openai[at]?.function.parameters
    expect(openai[at]).toMatchObject({ type: 'function', function: { name, description } })
    expect(schema).toMatchObject({ type: 'object', required, additionalProperties: false })
    expect(Object.keys(schema?.properties ?? {})).toEqual(Object.keys(fields))
    expect(anthropic[at]).toEqual({ name, description, input_schema: schema })
    expect(aiSdk[name]).toEqual({ description, inputSchema: schema })
    expect(gemini?.functionDeclarations[at]).toMatchObject({ name, description })
    const { type, properties } = gemini?.functionDeclarations[at]?.parameters ?? {}
    expect(type).toBe('OBJECT')
    expect(Object.keys(properties as object)).toEqual(Object.keys(fields))
  })
  // What all providers accept as a name.
  expect(SPECS.every(({ name }) => /^[a-z_]{1,64}$/.test(name))).toBe(true)
})

test('[TOOL1] tools for managing memory are offered only where they are asked for', () => {
  expect(toolSpecs(false).every(({ name }) => name.startsWith('recall_'))).toBe(true)
  expect(toolSpecs(true).length).toBeGreaterThan(toolSpecs(false).length)
  expect(() => writeTools(SPECS, 'other' as ToolFormat)).toThrow(/format must be/)
})

test('[TOOL1] the AI SDK is given schemas that it knows as such, and what carries them out', async () => {
  const runs: unknown[] = []
  const tools = toAiSdkTools(writeTools(SPECS, 'ai-sdk'), async (name, input) => {
    runs.push([name, input])
    return { name, text: 'found', tokens: 1, isError: false, isCut: false }
  })
  const search = tools['recall_search']
  expect(await search?.execute({ query: 'x' })).toBe('found')
  expect(runs).toEqual([['recall_search', { query: 'x' }]])
  expect(search?.inputSchema).toMatchObject({
    [Symbol.for('vercel.ai.schema')]: true,
    jsonSchema: { type: 'object' },
  })
})

const INPUT = { query: 'zebra' }

const MESSAGES: readonly (readonly [ToolFormat, object, object])[] = [
  [
    'openai',
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        {
          id: 'c1',
          type: 'function',
          function: { name: 'recall_search', arguments: JSON.stringify(INPUT) },
        },
      ],
    },
    { role: 'tool', tool_call_id: 'c1', content: 'found' },
  ],
  [
    'anthropic',
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'Let me look.' },
        { type: 'tool_use', id: 'c1', name: 'recall_search', input: INPUT },
      ],
    },
    {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: 'c1', content: 'found', is_error: true }],
    },
  ],
  [
    'gemini',
    { role: 'model', parts: [{ functionCall: { id: 'c1', name: 'recall_search', args: INPUT } }] },
    {
      role: 'user',
      parts: [
        { functionResponse: { id: 'c1', name: 'recall_search', response: { error: 'found' } } },
      ],
    },
  ],
  [
    'ai-sdk',
    {
      role: 'assistant',
      content: [{ type: 'tool-call', toolCallId: 'c1', toolName: 'recall_search', input: INPUT }],
    },
    {
      role: 'tool',
      content: [
        {
          type: 'tool-result',
          toolCallId: 'c1',
          toolName: 'recall_search',
          output: { type: 'error-text', value: 'found' },
        },
      ],
    },
  ],
]

test.each(MESSAGES)(
  '[TOOL5] calls are read, and results written, as %s has them',
  (format, message, result) => {
    const found = readToolCalls(message)
    expect(found).toMatchObject({ format, calls: [{ id: 'c1', name: 'recall_search' }] })
    const [call] = found?.calls ?? []
    if (!call) throw new Error('no call')
    expect(writeToolResults(format, [{ call, text: 'found', isError: true }])).toEqual([result])
    expect(writeToolResults(format, [])).toEqual([])
  },
)

test('[TOOL5] what makes no call, or is no message, gives none', () => {
  fc.assert(
    fc.property(fc.anything(), (message) => {
      const found = readToolCalls(message)
      expect(found === undefined || found.calls.length > 0).toBe(true)
    }),
  )
  const odd = { tool_calls: [null, { function: null }, { function: { name: 3 } }], content: [1] }
  expect(readToolCalls(odd)).toBeUndefined()
})
