import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readAnswer } from '../../../../src/core/summarise/read-answer.ts'

const ADD = { kind: 'add', text: 'a line', sources: [3] }
const PATCH = '{"add":[{"text":"a line","sources":[3]}]}'

test.each([
  ['plain', PATCH],
  ['fenced', `Here you are:\n\`\`\`json\n${PATCH}\n\`\`\`\nAnything else?`],
  ['an example in braces before it', `Notes {see below}:\n${PATCH}`],
  ['trailing commas', '{"add":[{"text":"a line","sources":[3,],},],}'],
  ['missing commas', '{"add":[{"text":"a line" "sources":[3]}]}'],
  ['single quotes', "{'add':[{'text':'a line','sources':[3]}]}"],
  ['bare names', '{add:[{text:"a line",sources:[3]}]}'],
  ['comments', '{/* notes */"add":[{"text":"a line","sources":[3]} // done\n]}'],
  ['named sources', '{"add":[{"text":"a line","sources":["#3"]}]}'],
  ['one source', '{"add":[{"text":"a line","sources":3}]}'],
  ['a list', '[{"text":"a line","sources":[3]}]'],
  ['one item', '{"text":"a line","sources":[3]}'],
  ['operations', '{"operations":[{"do":"add","text":"a line","sources":[3]}]}'],
  ['nested', '{"result":{"notes":{"add":[{"text":"a line","sources":[3]}]}}}'],
  ['JSON in a string', JSON.stringify({ answer: PATCH })],
  ['other kinds null', '{"add":[{"text":"a line","sources":[3]}],"drop":null,"resolve":"none"}'],
])('[PATCH1] reads %s', (_, text) => {
  expect(readAnswer(text)).toMatchObject({ kind: 'patch', operations: [ADD], isCut: false })
})

test('[PATCH1] of an answer that broke off the whole items count', () => {
  const text = '{"add":[{"text":"a line","sources":[3]},{"text":"another","sou'
  expect(readAnswer(text)).toEqual({ kind: 'patch', operations: [ADD], malformed: 0, isCut: true })
  expect(readAnswer('{"add":[{"text":"a li')).toMatchObject({ kind: 'unreadable' })
  // A number at the end may have lost its last figures.
  expect(readAnswer('{"add":[{"text":"a line","sources":[3]},{"text":"b","sources":[1')).toEqual({
    kind: 'patch',
    operations: [ADD],
    malformed: 0,
    isCut: true,
  })
})

test.each(['none', 'None.', '{}', '[]', '{"add":[]}', '{"add":[],"drop":[]}', '**None**'])(
  '[PATCH1] %s says that there is nothing to note',
  (text) => {
    expect(readAnswer(text)).toEqual({ kind: 'none' })
  },
)

test('[PATCH1] reads every kind, and counts what is malformed', () => {
  const text = JSON.stringify({
    add: [{ text: 5 }, 'words', null],
    supersede: [{ line: 'n1', text: 'new', sources: [9] }, { text: 'no line' }],
    resolve: [{ line: 'n2', sources: ['#8', '#9'] }],
    drop: [{ line: 3, reason: 'small talk' }],
  })
  expect(readAnswer(text)).toEqual({
    kind: 'patch',
    operations: [
      { kind: 'supersede', line: 'n1', text: 'new', sources: [9] },
      { kind: 'resolve', line: 'n2', sources: [8, 9] },
      { kind: 'drop', line: 'n3', reason: 'small talk' },
    ],
    malformed: 4,
    isCut: false,
  })
})

test.each([
  '',
  '   \n',
  'I would rather not.',
  '{"weather":"fine"}',
  '<html></html>',
  '}{][',
  '[1,2]',
])('[PATCH2] %j is no patch, with a reason', (text) => {
  const read = readAnswer(text)
  expect(read.kind === 'unreadable' ? read.reason : '').not.toBe('')
})

const jsonish = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.json(),
  fc
    .array(
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        '"',
        "'",
        ':',
        ',',
        'add',
        'text',
        'sources',
        '3',
        '\\',
        '\\u12',
        ' ',
        '```',
        '/*',
        '//',
        'a',
        '\n',
        '__proto__',
      ),
      { maxLength: 200 },
    )
    .map((parts) => parts.join('')),
)

test('[PATCH2] any text is read, with operations of the right types', () => {
  fc.assert(
    fc.property(jsonish, (text) => {
      const read = readAnswer(text)
      if (read.kind !== 'patch') return
      for (const operation of read.operations) {
        if ('sources' in operation) {
          expect(operation.sources.every((seq) => typeof seq === 'number')).toBe(true)
        }
        if ('text' in operation) expect(typeof operation.text).toBe('string')
        if ('line' in operation) expect(operation.line).not.toBe('')
      }
    }),
    { numRuns: 400 },
  )
})

test('[PATCH2] deep and endless answers are read in time', () => {
  for (const piece of [
    '[',
    '{"add":',
    '{',
    '"',
    "'",
    '\\',
    '/*',
    '```',
    '[{"text":"a","sources":[',
    '{a:[',
    ' ',
  ]) {
    readAnswer(piece.repeat(200_000))
  }
  expect(readAnswer(`${'['.repeat(50_000)}`).kind).toBe('unreadable')
})
