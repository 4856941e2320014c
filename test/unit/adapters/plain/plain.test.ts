import { expect, test } from 'vitest'
import { toDrafts } from '../../../../src/adapters/message-input.ts'
import { toOpenAi } from '../../../../src/adapters/openai/openai.ts'
import { plainRequests } from '../../../../src/adapters/plain/plain-request.ts'
import { toPlain } from '../../../../src/adapters/plain/plain.ts'
import type { JsonObject } from '../../../../src/adapters/copy-json.ts'
import type { ChatRequest } from '../../../../src/adapters/requests/request-format.ts'
import { writeContext } from '../../../../src/adapters/write-context.ts'
import { contextOf, stubText } from '../context-of.ts'

const picture = { src: 'data:image/png;base64,aaaa', type: 'image', name: 'a.png' }
const table = { src: 'https://example.com/a.csv', name: 'a.csv' }

function takeApart(body: JsonObject): ChatRequest | undefined {
  return plainRequests.takeApart({ url: 'https://example.com/chat', headerNames: [], body })
}

function stream(...pieces: readonly unknown[]): string {
  return pieces.map((piece) => `data: ${JSON.stringify(piece)}\n\n`).join('')
}

test('[TXT1] text, HTML and files are read', () => {
  const [draft] = toDrafts(
    [{ role: 'user', text: 'look', html: '<p>look</p>', files: [picture, table, { name: 'x' }] }],
    'plain',
  )
  expect(draft?.parts).toEqual([
    { type: 'text', text: 'look' },
    { type: 'text', text: '<p>look</p>' },
    { type: 'image', url: picture.src },
    { type: 'file', url: table.src, name: 'a.csv' },
  ])
})

test.each([
  ['user', 'user'],
  ['human', 'user'],
  ['system', 'system'],
  ['developer', 'system'],
  ['ai', 'assistant'],
  ['assistant', 'assistant'],
  ['model', 'assistant'],
  ['tool', 'assistant'],
  ['constructor', 'assistant'],
])('[TXT2] %s speaks as %s', (role, ours) => {
  expect(toDrafts([{ role, text: 'hi' }], 'plain')[0]?.role).toBe(ours)
})

test.each([
  [{ role: '', text: 'hi' }, 'role must be a non-empty string'],
  [{ text: 'hi' }, 'role must be a non-empty string'],
  [{ role: 'user', text: 7 }, 'text must be a string'],
  [{ role: 'user' }, 'text must be a string'],
])('[ADP6, TXT1] refuses %j', (message, text) => {
  expect(() => toDrafts([message], 'plain')).toThrow(text)
})

test('[TXT3] stubs replace payloads and nothing else', () => {
  const message = { role: 'ai', text: 'so', files: [picture, table], custom: 1 }
  const context = contextOf(toDrafts([message], 'plain'), { treat: () => 'stubbed' })
  expect(toPlain(context)).toEqual([
    {
      role: 'ai',
      text: stubText('so'),
      files: [
        { type: 'any', name: stubText(picture.src) },
        { type: 'any', name: stubText(table.src) },
      ],
      custom: 1,
    },
  ])
})

test('[TXT4, ADP17] the digest is a system message at its place, and other formats become text', () => {
  const [own] = toDrafts([{ role: 'ai', text: 'so' }], 'plain')
  const [other] = toDrafts([{ role: 'user', content: 'hi', name: 'ann' }])
  if (!own || !other) throw new Error('no drafts')
  expect(writeContext(contextOf([own, other], { digestAt: 1, digest: 'D' }), 'plain')).toEqual({
    messages: [
      { role: 'ai', text: 'so' },
      { role: 'system', text: 'D' },
      { role: 'user', text: 'ann: hi' },
    ],
  })
})

test('[TXT4] roles and texts are legal in other formats', () => {
  const drafts = toDrafts(
    [
      { role: 'user', text: 'hi', files: [picture] },
      { role: 'tool', text: 'found' },
    ],
    'plain',
  )
  expect(toOpenAi(contextOf(drafts))).toEqual([
    {
      role: 'user',
      content: [
        { type: 'text', text: 'hi' },
        { type: 'image_url', image_url: { url: picture.src } },
      ],
    },
    { role: 'assistant', content: 'found' },
  ])
})

test('[TXT5] a body of roles and texts is taken apart, and otherwise written as it was', () => {
  const messages = [
    { role: 'user', text: 'hi' },
    { role: 'ai', html: '<p>hello</p>' },
  ]
  const body = { model: 'small', messages, stream: true, more: [1] }
  const request = takeApart(body)
  expect(request).toMatchObject({ format: 'plain', messages, model: 'small', isStream: true })
  expect(request?.write({ messages: [] })).toEqual({ ...body, messages: [] })
  expect(request?.write({ messages })).toEqual(body)
  expect(takeApart({ messages })?.isStream).toBe(false)
})

test.each<readonly [string, JsonObject]>([
  ['a body without messages', { text: 'hi' }],
  ['an empty history', { messages: [] }],
  ['chat completions', { messages: [{ role: 'user', content: 'hi' }] }],
  ['UI messages', { messages: [{ id: 'x', role: 'user', parts: [], text: 'hi' }] }],
  ['both shapes at once', { messages: [{ role: 'user', content: 'hi', text: 'hi' }] }],
  ['one message that is none', { messages: [{ role: 'user', text: 'hi' }, { role: 'ai' }] }],
  ['a list of texts', { messages: ['hi'] }],
])('[TXT5] leaves %s alone', (_, body) => {
  expect(takeApart(body)).toBeUndefined()
})

test.each<readonly [string, string, JsonObject]>([
  ['a text', '{"text":"hi","tokens":3}', { role: 'ai', text: 'hi' }],
  ['HTML', '{"html":"<p>hi</p>"}', { role: 'ai', html: '<p>hi</p>' }],
  ['a role', '{"role":"Ann","text":"hi"}', { role: 'Ann', text: 'hi' }],
  ['files', `{"files":[${JSON.stringify(table)}]}`, { role: 'ai', files: [table] }],
  ['a stream', stream({ text: 'so ' }, { text: 'it is' }), { role: 'ai', text: 'so it is' }],
  [
    'a stream that ends in words',
    `${stream({ text: 'so' })}data: [DONE]\n\n`,
    { role: 'ai', text: 'so' },
  ],
  [
    'a stream that begins anew',
    stream({ text: 'wait' }, { text: 'so', overwrite: true }, { text: '!' }),
    { role: 'ai', text: 'so!' },
  ],
])('[TXT6] reads %s as the answer', (_, text, message) => {
  expect(plainRequests.readAnswer(text)).toEqual({ message })
})

test.each([
  ['nothing', ''],
  ['an error', '{"error":"no","text":"no"}'],
  ['an error in a stream', stream({ text: 'so' }, { error: 'no' })],
  ['several messages', '[{"text":"a"},{"text":"b"}]'],
  ['another protocol', '{"choices":[]}'],
  ['half a piece', `${stream({ text: 'so' })}data: {"text":"i`],
  ['a page', '<!doctype html>'],
  ['a number', '7'],
])('[TXT7] takes %s for no answer', (_, text) => {
  expect(plainRequests.readAnswer(text)).toBeUndefined()
})
