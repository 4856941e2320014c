import fc from 'fast-check'
import { expect, test } from 'vitest'
import { extractPads } from '../../../../../src/core/memory/pads/extract-pads.ts'
import { hasFailed } from '../../../../../src/core/memory/pads/has-failed.ts'
import {
  PAD_BOUNDS,
  type PadContent,
  type PadRun,
} from '../../../../../src/core/memory/pads/pad.ts'
import { writePieces } from '../../../../../src/core/memory/pads/preconditions.ts'
import type { Draft } from '../../../../../src/core/session/message.ts'
import { arbitraryLog } from '../../../../support/build-arbitrary-log.ts'
import {
  approvalRequest,
  approvalResponse,
  assistant,
  buildLog,
  calls,
  result,
  toolCall,
  user,
} from '../../../../support/build-log.ts'

let ids = 0

function did(name: string, input: unknown, output: string = 'done', isError?: boolean): Draft[] {
  const callId = `c${(ids += 1)}`
  const text = typeof input === 'string' ? input : JSON.stringify(input)
  return [
    { role: 'assistant', parts: [toolCall(callId, name, text)] },
    result(callId, output, isError),
  ]
}

function runsOf(...drafts: readonly Draft[]): readonly PadRun[] {
  return extractPads(buildLog(drafts).messages)
}

const THANKS = user('Thank you. Now something else.')

/** The pad of one stretch that reached its goal. */
function padOf(request: string, steps: readonly Draft[], closing: string = 'Done.'): PadContent {
  const [run] = runsOf(user(request), ...steps, assistant(closing), THANKS)
  if (!run?.content || run.outcome !== 'reached') throw new Error('there is no pad')
  return run.content
}

function toolsOf({ steps }: PadContent): readonly string[] {
  return steps.map(({ tool }) => tool)
}

/** The arguments of a step as text, by path. */
function shown({ steps }: PadContent, step: number): Record<string, string> {
  const own = steps[step - 1]?.arguments ?? []
  return Object.fromEntries(own.map(({ path, pieces }) => [path, writePieces(pieces)]))
}

const BOOKED = [
  ...did('find_flights', { to: 'Rome' }, '{"flights":[{"id":"AZ-611","seats":4}]}'),
  ...did('book_flight', { flight: 'AZ-611', passengers: 3, meal: 'none' }, '{"code":"XK42"}'),
]

test('[PAD4] every argument tells where it came from', () => {
  const pad = padOf('Book a flight to Rome for the three of us.', [
    ...BOOKED,
    ...did('send_mail', { subject: 'Flight AZ-611 booked', code: 'XK42', seats: 4 }),
  ])
  expect(shown(pad, 1)).toEqual({ '$.to': '{to}' })
  expect(shown(pad, 2)).toEqual({
    '$.flight': '{$.flights[0].id of result of step 1}',
    '$.passengers': '3',
    '$.meal': 'none',
  })
  expect(shown(pad, 3)).toEqual({
    '$.subject': 'Flight {$.flights[0].id of result of step 1} booked',
    '$.code': '{$.code of result of step 2}',
    '$.seats': '4',
  })
  expect(pad.params).toMatchObject([
    { name: 'to', origin: 'request', examples: ['Rome'], spans: [{ seq: 1, from: 17, to: 21 }] },
  ])
  expect(pad.terms).toEqual(['book', 'flight', 'three'])
  expect(pad.preconditions).toEqual(['find_flights is looked at first: $.to = {to}'])
  const long = 'x y '.repeat(200)
  const large = padOf('Write the long report file', [
    ...did('write_file', { path: 'a.md', content: long }),
    ...did('run_command', { command: 'cat a.md > b.md' }),
  ])
  expect(shown(large, 1)['$.content']).toMatch(/^\{text of 800 characters, artifact [0-9a-f]{12}/)
  expect(shown(large, 2)['$.command']).toBe('cat {$.path of step 1} > b.md')
  expect(
    shown(padOf('Send a raw thing', [...did('send_a', 'not JSON'), ...did('send_b', [1])]), 1),
  ).toEqual({
    $: 'not JSON',
  })
})

test('[PAD3] detours are left out: failed, repeated, undone, written over, read for nothing', () => {
  const path = 'src/app.ts'
  const kept = [
    ...did('read_file', { path }, 'const retryLimit = 3'),
    ...did('edit_file', { path, old_string: 'retryLimit = 3', new_string: 'retryLimit = 5' }),
    ...did('run_command', { command: 'npm test' }, 'all passed'),
  ]
  const detours: Readonly<Record<string, readonly Draft[]>> = {
    failed: did('edit_file', { path, old_string: 'retries' }, 'old_string not found', true),
    unread: did('read_file', { path: 'README.md' }, 'A project called zebra_42.'),
    looked: did('run_command', { command: 'ls -la | head' }, 'zebra_42.txt'),
    recalled: did('recall_search', { query: 'retryLimit' }, 'retryLimit'),
    undone: [
      ...did('edit_file', { path, old_string: 'a_1', new_string: 'b_1' }),
      ...did('edit_file', { path, old_string: 'b_1', new_string: 'a_1' }),
    ],
    restored: [
      ...did('edit_file', { path: 'src/other.ts', old_string: 'a_1', new_string: 'b_1' }),
      ...did('run_command', { command: 'git checkout -- src/other.ts' }),
    ],
    'written over': [
      ...did('write_file', { path: 'n.md', content: 'one' }),
      ...did('write_file', { path: 'n.md', content: 'two' }),
    ],
  }
  const expected = ['read_file', 'edit_file', 'run_command']
  for (const [name, detour] of Object.entries(detours)) {
    const pad = padOf('Raise the retry limit.', [...detour, ...kept])
    const more = name === 'written over' ? ['write_file'] : []
    expect(toolsOf(pad), name).toEqual([...more, ...expected])
  }
  expect(toolsOf(padOf('Raise the retry limit.', [...kept, ...kept.slice(4)]))).toEqual(expected)
  // Too few steps, or too many.
  const many = (n: number): Draft[] =>
    Array.from({ length: n }, (_, at) => did('create_item', { name: `n${at}` })).flat()
  for (const [count, has] of [
    [1, false],
    [2, true],
    [PAD_BOUNDS.steps, true],
    [PAD_BOUNDS.steps + 1, false],
  ] as const) {
    const runs = runsOf(user('Create the items'), ...many(count), assistant('Done.'), THANKS)
    expect(runs.length > 0, String(count)).toBe(has)
  }
})

test('[PAD1] a stretch that is not closed is none', () => {
  const ask = user('Book a flight to Rome')
  const done = assistant('Booked.')
  expect(runsOf(ask, ...BOOKED, done)).toEqual([])
  expect(runsOf(...BOOKED, done, THANKS)).toEqual([])
  expect(runsOf(ask, ...BOOKED, THANKS)).toEqual([])
  expect(runsOf(ask, ...BOOKED, calls('open'), done, THANKS)).toEqual([])
  const refused = { ...approvalResponse('a') }
  const denied: Draft = {
    ...refused,
    parts: [{ type: 'approval-response', approvalId: 'a', approved: false }],
  }
  expect(runsOf(ask, ...BOOKED, approvalRequest('a', 'x'), denied, done, THANKS)).toEqual([])
  expect(runsOf(ask, ...BOOKED, approvalRequest('a', 'x'), refused, done, THANKS)).toHaveLength(1)
  expect(runsOf(user('go on'), ...BOOKED, done, THANKS)).toEqual([])
  expect(runsOf(ask, ...BOOKED, done, THANKS)).toMatchObject([
    { request: 1, outcome: 'reached', recalled: [], sources: [1, 2, 3, 4, 5, 6] },
  ])
})

test('[PAD2] a goal is reached if nothing fails at the end and nobody denies it', () => {
  const outcomeOf = (steps: readonly Draft[], closing: string, next: string): string =>
    runsOf(user('Book a flight to Rome'), ...steps, assistant(closing), user(next))[0]?.outcome ??
    'none'
  const failing = [...BOOKED, ...did('pay_bill', {}, 'no money', true)]
  expect(outcomeOf(failing, 'Booked.', 'Thanks')).toBe('failed')
  expect(outcomeOf([...failing, ...did('pay_bill', { by: 'card' })], 'Booked.', 'ok')).toBe(
    'reached',
  )
  for (const closing of [
    'I could not book it.',
    'Unfortunately the flight is not available.',
    'Ich konnte den Flug leider nicht buchen.',
    '我无法预订。',
  ]) {
    expect(outcomeOf(BOOKED, closing, 'Thanks'), closing).toBe('failed')
  }
  for (const next of [
    "No, that's wrong.",
    'That does not work.',
    'It still fails.',
    'Undo that please',
    'That is not what I asked for.',
    'Nein, das ist falsch.',
    'Das funktioniert nicht.',
    'Non, ça ne marche pas.',
    'No funciona.',
    'Это не работает.',
    '不对，重新来。',
    '違います。',
    'I already told you: from Berlin.',
  ]) {
    expect(outcomeOf(BOOKED, 'Booked.', next), next).toBe('failed')
  }
  for (const next of [
    'Great, now replace the header with a banner.',
    'No problem, thanks! Next, change it to blue.',
    'Now switch from npm to pnpm.',
    'Is there no train?',
    'The page must not work without a login. Please add a check.',
    'Add a test that fails when the id is wrong.',
  ]) {
    expect(outcomeOf(BOOKED, "Booked; the button can't be clicked twice now.", next), next).toBe(
      'reached',
    )
  }
})

test('[PAD2] a result without a mark is an error where it says so', () => {
  for (const output of [
    'Error: no such user',
    '<error>bad</error>',
    'TypeError: x is undefined',
    'Traceback (most recent call last):',
    'bash: foo: command not found',
    'cat: a: No such file or directory',
    'some output\nexit code: 1',
    'Process exited with code 127',
    '{"error":"not found"}',
    '{"success": false}',
  ]) {
    expect(hasFailed({ output }), output).toBe(true)
  }
  for (const output of [
    '',
    'done',
    '0 errors, 12 passed',
    'exit code: 0',
    '{"error":null,"id":4}',
    '{"error":"","ok":true}',
    'src/error.ts: 12 lines',
    'The log has an error in line 4',
  ]) {
    expect(hasFailed({ output }), output).toBe(false)
  }
  expect(hasFailed({ output: 'fine', isError: true })).toBe(true)
})

test('[PAD5] secrets are in no pad', () => {
  const secrets = [
    'sk-abcdefghij1234567890XYZ',
    'ghp_abcdefghijklmnop1234',
    'AKIAIOSFODNN7EXAMPLE',
    'hunter2!',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcDEF123',
    'Zm9vYmFyMTIzNDU2Nzg5MEFCQ0RFRkdI',
    'd41d8cd98f00b204e9800998ecf8427e',
    'p4ss-w0rd',
  ]
  const [key, github, aws, plain, jwt, base64, hex, url] = secrets
  const pad = padOf(
    `Deploy the staging service with the key ${key}; my password is ${plain}`,
    [
      ...did('log_in', { user: 'ann', password: plain, api_key: 'short' }, `{"token":"${jwt}"}`),
      ...did('run_command', {
        command: `curl -H "Authorization: Bearer ${jwt}" https://ann:${url}@h.example/`,
      }),
      ...did('run_command', {
        command: `TOKEN=${github} AWS=${aws} deploy --token ${key} ${base64}`,
      }),
      ...did('create_call', { session_token: jwt, hash: hex, max_tokens: 400, pin: 1234 }),
    ],
    `Deployed with ${github}.`,
  )
  const text = JSON.stringify(pad)
  for (const secret of secrets) expect(text, secret).not.toContain(secret)
  expect(text).not.toContain('short')
  expect(text).not.toContain('1234')
  expect(shown(pad, 1)['$.user']).toBe('ann')
  expect(shown(pad, 4)['$.max_tokens']).toBe('400')
  expect(shown(pad, 3)['$.command']).toContain('deploy --token {a secret that is not stored}')
  expect(pad.goal).toContain('[secret]')
})

test('[PAD12] extracting is total, deterministic and bounded', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('src/a.ts', 'Error', '{"id":"a-1"}', 'a-1', '$&', '\ud800', '}{'),
    fc.json(),
  )
  const stretch = fc
    .tuple(value, fc.array(fc.tuple(value, value, value, fc.boolean()), { maxLength: 6 }), value)
    .map(([goal, steps, closing]): Draft[] => [
      user(`do ${goal}`),
      ...steps.flatMap(([name, input, output, isError]) => did(name, input, output, isError)),
      assistant(`x${closing}`),
    ])
  const logs = fc.array(stretch, { maxLength: 4 }).map((parts) => buildLog(parts.flat()).messages)
  fc.assert(
    fc.property(fc.oneof(logs, arbitraryLog), (messages) => {
      const runs = extractPads(messages)
      expect(extractPads(structuredClone(messages))).toEqual(runs)
      for (const { content } of runs) {
        if (!content) continue
        expect(content.steps.length).toBeGreaterThanOrEqual(PAD_BOUNDS.leastSteps)
        expect(JSON.stringify(content).length).toBeLessThanOrEqual(PAD_BOUNDS.size)
        content.steps.forEach((step, at) => {
          for (const piece of step.arguments.flatMap(({ pieces }) => pieces)) {
            if (piece.from === 'result' || piece.from === 'argument') {
              expect(piece.step).toBeLessThanOrEqual(at)
            }
          }
        })
      }
    }),
    { numRuns: 200 },
  )
})

test('[PAD12] megabytes in one line take linear time', () => {
  for (const piece of [
    'a',
    '_',
    'a-',
    '{',
    '"token"',
    '-----BEGIN ',
    'exit code ',
    'password ',
    '/',
  ]) {
    const text = piece.repeat(Math.floor(400_000 / piece.length))
    const { messages } = buildLog([
      user(`do this ${text}`),
      ...did('look_up', { text, path: text.slice(0, 390) }, text),
      ...did('write_it', text, text),
      assistant(text),
      user(text),
    ])
    const before = performance.now()
    extractPads(messages)
    expect(performance.now() - before, piece).toBeLessThan(10_000)
  }
}, 30_000)
