import { expect, test } from 'vitest'
import { repairHistory } from '../../../../src/adapters/history/repair-history.ts'
import { repairMessages } from '../../../../src/adapters/history/repair-messages.ts'
import type { Draft } from '../../../../src/core/session/message.ts'
import type { MessageInput } from '../../../../src/protocol/requests.ts'
import { anthropic, DIALECTS, input, openAi } from './dialects.ts'
import { expectRepaired } from './expect-repaired.ts'

const ASK = openAi.say('user', 'When is low tide?')
const ANSWER = openAi.say('assistant', 'At six.')

function flagsOf(...history: readonly MessageInput[]): readonly (readonly [string, number])[] {
  const { messages, repairs, flags } = repairMessages(history)
  expect(repairs).toEqual([])
  expect(messages).toEqual(history)
  return flags.map(({ kind, at }) => [kind, at])
}

const LEAD = 'Here is a summary of the conversation so far:'

test.each([
  ['torn in a sentence', `${LEAD}\nThe boat leaves at six and then the`, 'summary-torn'],
  ['torn in a code block', `${LEAD}\nRun this:\n\`\`\`\nmake tide`, 'summary-torn'],
  ['torn before its closing tag', '<summary>\nThe boat leaves at six.', 'summary-torn'],
  ['an error in its place', 'Error generating summary: the request timed out', 'summary-failed'],
  ['an error behind its heading', `${LEAD}\n\nFailed to summarise.`, 'summary-failed'],
  ['nothing behind its heading', LEAD, 'summary-empty'],
  ['a value that was not there', '## Conversation summary:\n\nundefined', 'summary-empty'],
  ['an empty tag', '<summary>\n\n</summary>', 'summary-empty'],
])('[HEAL11] a summary is flagged in every role: %s', (_, text, kind) => {
  for (const { say } of DIALECTS) {
    expect(flagsOf(ASK, say('assistant', text))).toEqual([[kind, 1]])
    expect(flagsOf(say('user', text))).toEqual([
      [kind, 0],
      ['summary-as-user', 0],
    ])
  }
  const system = input({ role: 'system', content: text })
  expect(flagsOf(system, ASK)).toEqual([[kind, 0]])
})

test('[HEAL11] a whole summary is flagged only where the user is said to have written it', () => {
  const whole = `${LEAD}\n- The boat leaves at six.\n- Tickets are paid for.`
  expect(flagsOf(ASK, openAi.say('assistant', whole))).toEqual([])
  expect(flagsOf(input({ role: 'system', content: whole }), ASK)).toEqual([])
  expect(flagsOf(openAi.say('user', whole))).toEqual([['summary-as-user', 0]])
  expect(flagsOf(anthropic.say('user', whole))).toEqual([['summary-as-user', 0]])
  const taken = 'This session is being continued from a previous conversation. It was: a boat.'
  expect(flagsOf(openAi.say('user', taken))).toEqual([['summary-as-user', 0]])
})

test.each([
  'Summarise the conversation above for another assistant that continues the work. Do not call any tools.',
  'Please create a detailed summary of our chat so far, so that the next model can resume the task without losing context.',
])('[HEAL11] a summariser’s prompt in the user’s role is flagged: %s', (prompt) => {
  for (const { say } of DIALECTS)
    expect(flagsOf(say('user', prompt))).toEqual([['control-prompt', 0]])
  // The same words from the host itself are where they belong.
  expect(flagsOf(input({ role: 'system', content: prompt }), ASK)).toEqual([])
})

test.each([
  'Can you summarise this article about tides for me?',
  'Write a summary of the chat feature for the release notes.',
  'The summary generation job fails every night, please look at it.',
  'Here is the log of the harbour, please read it.',
])('[HEAL11] what a person asks for is not taken for a summariser: %s', (text) => {
  expect(flagsOf(openAi.say('user', text))).toEqual([])
})

test.each(DIALECTS)(
  '[HEAL12] arguments that cannot be read are kept and flagged, $name',
  ({ name, callWith, result }) => {
    const torn = '{"page": "harb'
    const call =
      name === 'OpenAI'
        ? callWith('t1', torn)
        : { role: 'assistant' as const, parts: [toolCall('t1', torn)] }
    expect(flagsOf(ASK, call, result('t1', 'not understood'))).toEqual([
      ['arguments-unreadable', 1],
    ])
  },
)

function toolCall(callId: string, given: string): Draft['parts'][number] {
  return { type: 'tool-call', callId, name: 'read_page', input: given }
}

test('[HEAL12] arguments of custom tools are text, and empty ones are none', () => {
  const custom = { id: 't1', type: 'custom', custom: { name: 'shell', input: 'ls -l' } }
  const call = input({ role: 'assistant', content: null, tool_calls: [custom] })
  expect(flagsOf(ASK, call, openAi.result('t1', 'a'))).toEqual([])
  expect(flagsOf(ASK, openAi.callWith('t1', ''), openAi.result('t1', 'a'))).toEqual([])
})

test.each(DIALECTS)(
  '[HEAL12] the same message twice without an id may be meant, $name',
  (dialect) => {
    const again = dialect.say('user', 'Go on.')
    expectRepaired([again, { ...again }], {
      flags: [
        ['message-alike', 1],
        ['same-role', 1],
      ],
    })
  },
)

test('[HEAL12] media carried as base64 is flagged once, with its number and size', () => {
  const data = 'QUJD'.repeat(1_024)
  const url = `data:image/png;base64,${data}`
  const history = [
    input({ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }),
    openAi.calls('t1'),
    openAi.result('t1', `see ${url}, done`),
    ANSWER,
  ]
  expectRepaired(history, { flags: [['media-inline', 0]] })
  expect(repairMessages(history).flags[0]?.detail).toBe(
    '2 images or files are carried as base64 data, 6 kB in all, 1 of them more than once.',
  )
})

test('[HEAL12] media in blocks and results of the Messages API is found, small icons are not', () => {
  const image = (data: string) => ({
    type: 'image',
    source: { type: 'base64', media_type: 'image/png', data },
  })
  const large = 'QUJD'.repeat(1_024)
  const block = { type: 'tool_result', tool_use_id: 't1', content: [image(large)] }
  const history = [
    input({ role: 'user', content: [image('QUJD')] }),
    anthropic.calls('t1'),
    input({ role: 'user', content: [block, image(large)] }),
  ]
  expectRepaired(history, { flags: [['media-inline', 2]] })
  expect(repairMessages(history).flags[0]?.detail).toContain('2 images or files')
})

test.each(DIALECTS)('[HEAL13] messages of one role in a row stay apart, $name', ({ say }) => {
  const [one, two, three] = [say('user', 'One.'), say('user', 'Two.'), say('user', 'Three.')]
  expectRepaired([one, two, three], { flags: [['same-role', 1]] })
  expect(repairMessages([one, two, three]).flags[0]?.detail).toMatch(/^2 messages follow/)
})

test.each(DIALECTS)('[HEAL13] a history may begin with the assistant, $name', ({ say }) => {
  expectRepaired([say('assistant', 'Welcome.'), say('user', 'Hello.')], {
    flags: [['begins-without-user', 0]],
  })
})

test.each(DIALECTS)(
  '[HEAL13] a history that begins with a tool begins with its call, $name',
  ({ result, say, unrecorded }) => {
    const [found, next] = [result('t1', 'ebb'), say('user', 'Thanks.')]
    expectRepaired([found, next], {
      messages: [unrecorded('t1'), found, next],
      repairs: [['result-without-call', 0]],
      flags: [['begins-without-user', 0]],
    })
  },
)

test('[HEAL13] times out of order are flagged, and the order stays', () => {
  const at = (text: string, time: number): Draft => ({
    role: 'user',
    parts: [{ type: 'text', text }],
    at: time,
    name: text,
  })
  const drafts = [at('one', 30), at('two', 10), at('three', 20), at('four', 30)]
  const { drafts: repaired, repairs, flags } = repairHistory(drafts)
  expect(repaired).toBe(drafts)
  expect(repairs).toEqual([])
  expect(flags).toEqual([
    {
      kind: 'time-backwards',
      at: 1,
      detail: '2 messages are older than one before them, the first one here; the order was left.',
    },
  ])
})
