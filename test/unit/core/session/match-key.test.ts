import { expect, test } from 'vitest'
import { matchKey } from '../../../../src/core/session/match-key.ts'
import type { Part, Role } from '../../../../src/core/session/message.ts'

const text = (said: string): Part => ({ type: 'text', text: said })
const call = (callId: string, input: string): Part => ({
  type: 'tool-call',
  callId,
  name: 'read',
  input,
})
const key = (role: Role, ...parts: readonly Part[]): string => matchKey({ role, parts })

test.each<[string, string, string]>([
  ['blanks around', key('user', text(' hi\n')), key('user', text('hi'))],
  ['line ends', key('user', text('a\r\nb')), key('user', text('a\nb'))],
  ['pieces', key('user', text('a'), text('b')), key('user', text('a\nb'))],
  [
    'reasoning',
    key('assistant', { type: 'reasoning', text: 'hm' }, text('a')),
    key('assistant', text('a')),
  ],
  [
    'thoughts in the text',
    key('assistant', text('<think>hm</think>\na')),
    key('assistant', text('a')),
  ],
  ['ids of calls', key('assistant', call('1', '{}')), key('assistant', call('2', '{}'))],
  [
    'arguments written anew',
    key('assistant', call('1', '{"a":1,"b":[{"d":1,"c":2}]}')),
    key('assistant', call('1', '{ "b": [{"c":2,"d":1}], "a": 1 }')),
  ],
  [
    'an empty text beside a call',
    key('assistant', text(''), call('1', '{}')),
    key('assistant', call('1', '{}')),
  ],
])('[HIST1] what apps change on the way makes no other message: %s', (_, one, other) => {
  expect(one).toBe(other)
})

test.each<[string, string, string]>([
  ['who says it', key('user', text('a')), key('assistant', text('a'))],
  ['what is said', key('user', text('a')), key('user', text('A'))],
  ['thoughts of a person', key('user', text('<think>x</think>a')), key('user', text('a'))],
  ['a call and a text', key('assistant', call('1', '{}')), key('assistant', text('read {}'))],
  ['arguments', key('assistant', call('1', '{"a":1}')), key('assistant', call('1', '{"a":2}'))],
  ['an image', key('user', { type: 'image', url: 'a' }), key('user', { type: 'image', url: 'b' })],
  ['thoughts without an end', key('assistant', text('<think>a')), key('assistant', text('a'))],
  ['a result and none', key('tool', { type: 'tool-result', callId: '1', output: '' }), key('tool')],
])('[HIST1] anything else does: %s', (_, one, other) => {
  expect(one).not.toBe(other)
})

test('[HIST1] keys are total: deep arguments, lone surrogates and no JSON', () => {
  const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`
  for (const input of [deep, '\ud800', 'not json', '']) {
    expect(key('assistant', call('1', input))).toMatch(/^[0-9a-f]{64}$/)
  }
})

test('[HIST1] a text in thousands of pieces takes no longer than one in one piece', () => {
  const pieces = Array.from({ length: 16_000 }, (_, i) => `${'word '.repeat(40)}${i}`)
  const inPieces = pieces.map((text) => ({ type: 'text', text }) as const)
  const inOne = [{ type: 'text', text: pieces.join('\n') }] as const
  expect(matchKey({ role: 'user', parts: inPieces })).toBe(matchKey({ role: 'user', parts: inOne }))
})
