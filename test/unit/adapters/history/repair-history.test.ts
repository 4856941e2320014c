import { expect, test } from 'vitest'
import { repairHistory } from '../../../../src/adapters/history/repair-history.ts'
import { repairMessages } from '../../../../src/adapters/history/repair-messages.ts'
import type { Draft } from '../../../../src/core/session/message.ts'
import { DIALECTS, input, openAi } from './dialects.ts'
import { expectRepaired } from './expect-repaired.ts'

const NONE = '[no result recorded]'

test.each(DIALECTS)(
  '[HEAL8] an orphan result gets a call before it and stays a result, $name',
  ({ say, result, unrecorded }) => {
    const [ask, late, answer] = [
      say('user', 'Which tide?'),
      result('t1', 'ebb at six'),
      say('assistant', 'Ebb.'),
    ]
    expectRepaired([ask, late, answer], {
      messages: [ask, unrecorded('t1'), late, answer],
      repairs: [['result-without-call', 1]],
    })
  },
)

test.each(DIALECTS)(
  '[HEAL8] orphan results in a row get their calls in one message, $name',
  ({ say, result, unrecorded }) => {
    const ask = say('user', 'Which tides?')
    const [a, b] = [result('t1', 'ebb at six'), result('t2', 'flood at noon')]
    expectRepaired([ask, a, b], {
      messages: [ask, unrecorded('t1', 't2'), a, b],
      repairs: [
        ['result-without-call', 1],
        ['result-without-call', 2],
      ],
    })
  },
)

test.each(DIALECTS)(
  '[HEAL8] a result stored again where its call has gone by is kept once, $name',
  ({ say, calls, result }) => {
    const [ask, call, first] = [say('user', 'Read.'), calls('t1'), result('t1', 'ebb')]
    const [answer, again] = [say('assistant', 'Ebb.'), result('t1', 'ebb')]
    expectRepaired([ask, call, first, answer, again], {
      messages: [ask, call, first, answer],
      repairs: [['result-copied', 4]],
    })
  },
)

test.each(DIALECTS)(
  '[HEAL8] another result of an answered call is no copy and is kept, $name',
  ({ say, calls, result, unrecorded }) => {
    const [ask, call, first] = [say('user', 'Read.'), calls('t1'), result('t1', 'ebb')]
    const { messages, repairs } = repairMessages([ask, call, first, result('t1', 'flood')])
    expect(messages).toEqual([ask, call, first, unrecorded('t1_2'), result('t1_2', 'flood')])
    expect(repairs.map(({ kind, at }) => [kind, at])).toEqual([['result-without-call', 3]])
  },
)

test.each(DIALECTS)(
  '[HEAL6] an orphan call in the middle gets a result that says so, $name',
  ({ say, calls, result }) => {
    const [ask, call, next] = [say('user', 'Read.'), calls('t1'), say('user', 'Never mind.')]
    expectRepaired([ask, call, next], {
      messages: [ask, call, result('t1', NONE), next],
      repairs: [['call-unanswered', 1]],
    })
  },
)

test.each(DIALECTS)(
  '[HEAL6] a parallel batch that was cut in half gets the results that are missing, $name',
  ({ say, calls, result }) => {
    const [ask, batch, found] = [
      say('user', 'Read all.'),
      calls('t1', 't2', 't3'),
      result('t2', 'ebb'),
    ]
    const answer = say('assistant', 'Only one came.')
    expectRepaired([ask, batch, found, answer], {
      messages: [ask, batch, result('t1', NONE), result('t3', NONE), found, answer],
      repairs: [
        ['call-unanswered', 1],
        ['call-unanswered', 1],
      ],
    })
  },
)

test.each(DIALECTS)(
  '[HEAL6] a call that is open at the end is closed, unless it is to be kept, $name',
  ({ say, calls, result }) => {
    const history = [say('user', 'Read.'), calls('t1')]
    expectRepaired(history, {
      messages: [...history, result('t1', NONE)],
      repairs: [['call-unanswered', 1]],
    })
    const kept = repairMessages(history, { openCalls: 'keep' })
    expect(kept.messages).toEqual(history)
    expect(kept.repairs).toEqual([])
    expect(kept.flags).toEqual([
      {
        kind: 'call-pending',
        at: 1,
        detail: 'The call t1 waits for its result; it was left open.',
      },
    ])
  },
)

test('[HEAL6] of a batch at the end the calls that are not answered yet are kept open, no others', () => {
  const { say, calls, result } = openAi
  const middle = [say('user', 'Read.'), calls('t0'), say('user', 'And?')]
  const end = [calls('t1', 't2'), result('t1', 'ebb')]
  const { messages, repairs, flags } = repairMessages([...middle, ...end], { openCalls: 'keep' })
  expect(messages).toEqual([...middle.slice(0, 2), result('t0', NONE), ...middle.slice(2), ...end])
  expect(repairs.map(({ kind, at }) => [kind, at])).toEqual([['call-unanswered', 1]])
  expect(flags.map(({ kind, at }) => [kind, at])).toEqual([['call-pending', 3]])
})

test.each(DIALECTS)(
  '[HEAL7] a result before its call is moved behind it, $name',
  ({ say, calls, result }) => {
    const [ask, early, call] = [say('user', 'Read.'), result('t1', 'ebb'), calls('t1')]
    const answer = say('assistant', 'Ebb.')
    expectRepaired([ask, early, call, answer], {
      messages: [ask, call, early, answer],
      repairs: [['result-misplaced', 1]],
    })
  },
)

test.each(DIALECTS)(
  '[HEAL7] a result far from its call is moved to it, $name',
  ({ say, calls, result }) => {
    const [ask, call, far] = [say('user', 'Read.'), calls('t1'), result('t1', 'ebb')]
    const between = [say('assistant', 'One moment.'), say('user', 'Still there?')]
    expectRepaired([ask, call, ...between, far], {
      messages: [ask, call, far, ...between],
      repairs: [['result-misplaced', 4]],
    })
  },
)

test('[HEAL7] a result before its call in one message is moved, and the message named', () => {
  const parts: Draft['parts'] = [
    { type: 'text', text: 'Reading.' },
    { type: 'tool-result', callId: 't1', output: 'ebb' },
    { type: 'tool-call', callId: 't1', name: 'read_page', input: '{}' },
  ]
  const ask: Draft = { role: 'user', parts: [{ type: 'text', text: 'Read.' }] }
  const { drafts, repairs } = repairHistory([ask, { role: 'assistant', parts }])
  expect(drafts[1]?.parts).toEqual([parts[0], parts[2], parts[1]])
  expect(repairs.map(({ kind, at }) => [kind, at])).toEqual([['result-misplaced', 1]])
})

test('[HEAL7] a result behind an orphan one is moved to its call, and that is told', () => {
  const { say, calls, result, unrecorded } = openAi
  const [ask, call] = [say('user', 'Read.'), calls('t1')]
  const [orphan, found] = [result('t9', 'flood'), result('t1', 'ebb')]
  expectRepaired([ask, call, orphan, found], {
    messages: [ask, call, found, unrecorded('t9'), orphan],
    repairs: [
      ['result-without-call', 2],
      ['result-misplaced', 3],
    ],
  })
})

test('[HEAL7] what a person says beside a result stays behind when the result is moved', () => {
  const tide = { type: 'tool_result', tool_use_id: 't1', content: 'ebb' }
  const said = { type: 'text', text: 'And the wind?' }
  const history = [
    input({ role: 'user', content: 'Read.' }),
    input({ role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'r', input: {} }] }),
    input({ role: 'assistant', content: 'One moment.' }),
    input({ role: 'user', content: [tide, said] }),
  ]
  expectRepaired(history, {
    messages: [
      ...history.slice(0, 2),
      input({ role: 'user', content: [tide] }),
      ...history.slice(2, 3),
      input({ role: 'user', content: [said] }),
    ],
    repairs: [['result-misplaced', 3]],
  })
})

test.each(DIALECTS)(
  '[HEAL9] call ids doubled within a message become different on both sides, $name',
  ({ say, calls, result }) => {
    const [ask, batch] = [say('user', 'Read twice.'), calls('t1', 't1')]
    const { messages, repairs } = repairMessages([
      ask,
      batch,
      result('t1', 'ebb'),
      result('t1', 'flood'),
    ])
    expect(JSON.stringify(messages[1]).match(/"id":"[^"]+"/g)).toEqual(['"id":"t1"', '"id":"t1_2"'])
    expect(messages.slice(2)).toEqual([result('t1', 'ebb'), result('t1_2', 'flood')])
    expect(repairs.map(({ kind, at }) => [kind, at])).toEqual([['call-id-doubled', 1]])
    expectRepaired(messages, {})
  },
)

test.each(DIALECTS)(
  '[HEAL9] call ids that a server counts anew in every message become different, $name',
  ({ say, callWith, result }) => {
    const args = (page: number): unknown =>
      callWith === openAi.callWith ? `{"page":${page}}` : { page }
    const turn = (page: number, id: string) => [
      callWith(id, args(page)),
      result(id, `text of page ${page}`),
    ]
    const ask = say('user', 'Read on.')
    expectRepaired([ask, ...turn(1, 'call_0'), ...turn(2, 'call_0'), ...turn(3, 'call_0')], {
      messages: [ask, ...turn(1, 'call_0'), ...turn(2, 'call_0_2'), ...turn(3, 'call_0_3')],
      repairs: [
        ['call-id-doubled', 3],
        ['call-id-doubled', 5],
      ],
    })
  },
)

test.each(DIALECTS)(
  '[HEAL5] of two messages with one id that differ, the later gets a new id, $name',
  ({ say }) => {
    const [ask, answer] = [
      say('user', 'Ebb?', { id: 'm1' }),
      say('assistant', 'Yes.', { id: 'm1' }),
    ]
    expectRepaired([ask, answer], {
      messages: [ask, { ...answer, id: 'm1_2' }],
      repairs: [['message-id-doubled', 1]],
    })
  },
)

test.each(DIALECTS)(
  '[HEAL4] a message stored twice under its id is kept once, wherever it stands, $name',
  ({ say }) => {
    const [ask, answer] = [
      say('user', 'Ebb?', { id: 'm1' }),
      say('assistant', 'Yes.', { id: 'm2' }),
    ]
    expectRepaired([ask, { ...ask }, answer, { ...ask }], {
      messages: [ask, answer],
      repairs: [
        ['message-copied', 1],
        ['message-copied', 3],
      ],
    })
  },
)

test.each(DIALECTS)(
  '[HEAL4] the same calls made again by the next message are made once, $name',
  ({ say, calls, result }) => {
    const [ask, call, found] = [say('user', 'Read.'), calls('t1'), result('t1', 'ebb')]
    expectRepaired([ask, call, calls('t1'), found], {
      messages: [ask, call, found],
      repairs: [['message-copied', 2]],
    })
  },
)

test('[HEAL4] the same system message twice is kept once, another one is kept and flagged', () => {
  const rules = input({ role: 'system', content: 'Answer briefly.' })
  const more = input({ role: 'system', content: 'Speak Latin.' })
  const ask = openAi.say('user', 'Ebb?')
  expectRepaired([rules, { ...rules }, ask], {
    messages: [rules, ask],
    repairs: [['system-doubled', 1]],
  })
  expectRepaired([rules, more, ask], { flags: [['system-again', 1]] })
  expectRepaired([rules, more, rules, more, ask], {
    messages: [rules, more, ask],
    repairs: [
      ['system-doubled', 2],
      ['system-doubled', 3],
    ],
    flags: [['system-again', 1]],
  })
})

test('[HEAL4] a system message that comes again later, after something was said, is kept', () => {
  const rules = input({ role: 'system', content: 'Answer briefly.' })
  expectRepaired([rules, openAi.say('user', 'Ebb?'), rules], { flags: [['system-again', 2]] })
})

test('[HEAL4] a system message is doubled too if only a result that moves stood between', () => {
  const rules = input({ role: 'system', content: 'Answer briefly.' })
  const [ask, early, call] = [
    openAi.say('user', 'Read.'),
    openAi.result('t1', 'ebb'),
    openAi.calls('t1'),
  ]
  expectRepaired([rules, early, rules, ask, call], {
    messages: [rules, ask, call, early],
    repairs: [
      ['result-misplaced', 1],
      ['system-doubled', 2],
    ],
  })
})

test.each([
  ['null', { role: 'assistant', content: null }],
  ['an empty text', { role: 'assistant', content: '' }],
  ['white space', { role: 'user', content: ' \n\t ' }],
  ['no content at all', { role: 'user' }],
  ['an empty list', { role: 'user', content: [] }],
  ['an empty text block', { role: 'user', content: [{ type: 'text', text: '' }] }],
  ['no parts', { role: 'assistant', parts: [] }],
  ['blank parts', { role: 'user', parts: [{ type: 'text', text: '  ' }] }],
  ['an empty system prompt', { role: 'system', content: '' }],
])('[HEAL4] an empty message is left out: %s', (_, empty) => {
  const [ask, answer] = [openAi.say('user', 'Ebb?'), openAi.say('assistant', 'Yes.')]
  expectRepaired([ask, input(empty), answer], {
    messages: [ask, answer],
    repairs: [['message-empty', 1]],
  })
})

test('[HEAL4] a message without text that holds something else is not empty', () => {
  const picture = { type: 'image_url', image_url: { url: 'https://tide.example/a.png' } }
  expectRepaired([input({ role: 'user', content: [picture] })], {})
  const thought = { role: 'assistant', content: null, reasoning_content: 'tides come twice' }
  expect(repairMessages([openAi.say('user', 'Ebb?'), thought]).repairs).toEqual([])
})
