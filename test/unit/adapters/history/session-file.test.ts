import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { gunzip } from '../../../../src/adapters/history/gunzip.ts'
import {
  MAX_FILE_BYTES,
  parseSessionFile,
  type SessionFile,
} from '../../../../src/adapters/history/session-file.ts'
import { isBackfoldError } from '../../../../src/core/backfold-error.ts'

const hello = { role: 'user', content: 'hello' }
const bye = { role: 'assistant', content: 'bye' }

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function parse(value: unknown, name = 'log.json'): Promise<SessionFile> {
  return parseSessionFile(name, bytesOf(JSON.stringify(value)))
}

function parseLines(lines: readonly unknown[], end = '\n'): Promise<SessionFile> {
  const text = lines.map((line) => JSON.stringify(line)).join('\n') + end
  return parseSessionFile('log.jsonl', bytesOf(text))
}

async function refusalOf(attempt: Promise<unknown>): Promise<string> {
  const error: unknown = await attempt.then(
    () => new Error('was not refused'),
    (reason: unknown) => reason,
  )
  if (isBackfoldError(error) && error.code === 'INVALID_INPUT') return error.message
  throw error
}

function wiresOf({ drafts }: SessionFile): readonly unknown[] {
  return drafts.map(({ wire }) => wire?.value)
}

function calling(...ids: string[]): object {
  const tool_calls = ids.map((id) => ({
    id,
    type: 'function',
    function: { name: 'run', arguments: '{}' },
  }))
  return { role: 'assistant', content: null, tool_calls }
}

function result(id: string, content = 'done'): object {
  return { role: 'tool', tool_call_id: id, content }
}

function use(id: string): object {
  return { type: 'tool_use', id, name: 'run', input: {} }
}

function used(id: string): object {
  return { type: 'tool_result', tool_use_id: id, content: 'done' }
}

test('[LOAD1] an array, an object with messages and JSON Lines hold the same session', async () => {
  const array = await parse([hello, bye])
  expect(wiresOf(array)).toEqual([hello, bye])
  expect((await parse({ messages: [hello, bye] })).drafts).toEqual(array.drafts)
  expect((await parseLines([hello, bye])).drafts).toEqual(array.drafts)
  expect((await parseLines([hello, bye], '')).drafts).toEqual(array.drafts)
})

test('[LOAD1] a system prompt kept apart becomes the first message', async () => {
  const { drafts } = await parse({ system: 'be brief', messages: [hello] })
  expect(drafts.map(({ role, parts }) => [role, parts])).toEqual([
    ['system', [{ type: 'text', text: 'be brief' }]],
    ['user', [{ type: 'text', text: 'hello' }]],
  ])
  const blocks = [{ type: 'text', text: 'be brief', cache_control: { type: 'ephemeral' } }]
  const apart = await parse({ system: blocks, messages: [hello] })
  expect(apart.drafts[0]?.parts).toEqual([{ type: 'text', text: 'be brief' }])
})

test('[LOAD1] canonical messages are read as well', async () => {
  const parts = [{ type: 'text', text: 'a' }]
  expect((await parse([{ role: 'user', parts }])).drafts).toEqual([{ role: 'user', parts }])
})

test('[LOAD2] gzip is told from the bytes, not from the name', async () => {
  const packed = gzipSync(JSON.stringify([hello]))
  expect(wiresOf(await parseSessionFile('log.json', packed))).toEqual([hello])
  expect(wiresOf(await parseSessionFile('log.json.gz', bytesOf(JSON.stringify([hello]))))).toEqual([
    hello,
  ])
})

test('[LOAD3] pieces of one Claude Code message are put together', async () => {
  const line = (type: string, content: unknown, more: object = {}, id?: string) => ({
    type,
    timestamp: '2026-01-02T03:04:05.000Z',
    message: { role: type, content, ...(id === undefined ? {} : { id, model: 'm' }) },
    ...more,
  })
  const thinking = { type: 'thinking', thinking: 'hm', signature: 's' }
  const { drafts, title, repairs } = await parseLines([
    { type: 'summary', summary: 'Listing files', leafUuid: 'x' },
    { type: 'file-history-snapshot', snapshot: {} },
    line('user', 'list', { uuid: 'u1' }),
    line('assistant', [thinking], { uuid: 'u2' }, 'msg_1'),
    line('assistant', [use('t1')], { uuid: 'u3' }, 'msg_1'),
    line('assistant', [{ type: 'text', text: 'side' }], { isSidechain: true }, 'msg_9'),
    line('user', [used('t1')], { uuid: 'u4', toolUseResult: { stdout: 'x' } }),
    line('assistant', [use('t2')], { uuid: 'u5' }, 'msg_1'),
    line('user', [used('t2')], { uuid: 'u6' }),
    line('assistant', [use('t2')], { uuid: 'u5' }, 'msg_1'),
    line('user', 'note', { uuid: 'u7', isMeta: true }),
    line('user', 'a summary', { uuid: 'u8', isCompactSummary: true }),
    line('assistant', [{ type: 'text', text: 'done' }], { uuid: 'u9' }, 'msg_2'),
  ])
  expect(drafts.map(({ wire }) => wire?.value)).toEqual([
    { role: 'user', content: 'list' },
    { role: 'assistant', content: [thinking, use('t1'), use('t2')] },
    { role: 'user', content: [used('t1')] },
    { role: 'user', content: [used('t2')] },
    { role: 'user', content: 'note' },
    { role: 'assistant', content: [{ type: 'text', text: 'done' }] },
  ])
  expect(drafts[0]?.at).toBe(Date.UTC(2026, 0, 2, 3, 4, 5))
  expect(title).toBe('Listing files')
  expect(repairs).toEqual([])
})

test('[LOAD3] what comes after a user’s text is a new message, whatever its id', async () => {
  const said = (text: string) => ({
    type: 'assistant',
    message: { role: 'assistant', id: 'msg_1', content: [{ type: 'text', text }] },
  })
  const asked = { type: 'user', message: hello }
  expect((await parseLines([said('one'), asked, said('two')])).drafts).toHaveLength(3)
})

test.each([
  ['', 'log.json: empty'],
  ['[]', 'log.json: holds no messages'],
  ['7', 'log.json: holds a number, not a session'],
  ['{"a": 1}', 'log.json: expected an array of messages or an object with messages'],
  ['[\n{"role": "user",\n"content": secret}]', 'log.json, line 3: not JSON'],
  ['[\n{"role": "user"', 'log.json, line 2: not JSON'],
  ['[7]', 'log.json, message 1: must be an object, got a number'],
  ['[{"role":"user","content":"a"},{"role":"user","content":7}]', 'message 2.content must be'],
  ['{"role":"user","content":"a"}\n{oops}\n{"role":"user","content":"b"}\n', 'line 2: not JSON'],
  ['{"role":"user","content":"a"}\n[]\n', 'log.json, line 2: holds an array'],
  ['{"role":"user","content":"a"}\n\n{"role":"user","content":7}\n', 'line 3.content must be'],
])('[LOAD4] %j is refused with its place', async (text, reason) => {
  const refusal = await refusalOf(parseSessionFile('log.json', bytesOf(text)))
  expect(refusal).toContain(reason)
  expect(refusal).not.toContain('secret')
})

test('[LOAD4] damaged gzip data and bytes that are no text are refused', async () => {
  const packed = gzipSync(JSON.stringify([hello]))
  const cut = await refusalOf(parseSessionFile('a.gz', packed.subarray(0, packed.length - 9)))
  expect(cut).toBe('a.gz: the gzip data is damaged or cut off')
  const flipped = Uint8Array.from(packed, (byte, i) => (i === 20 ? byte ^ 0xff : byte))
  expect(await refusalOf(parseSessionFile('a.gz', flipped))).toContain('damaged')
  const binary = await refusalOf(parseSessionFile('a.png', Uint8Array.of(0x89, 0x50, 0xff, 0xfe)))
  expect(binary).toBe('a.png: not UTF-8 text')
})

test('[LOAD5] unpacking stops at the limit', async () => {
  const bomb = gzipSync(new Uint8Array(4_000_000))
  expect(await refusalOf(gunzip(bomb, 1_000_000, 'a.gz'))).toBe(
    'a.gz: unpacks to more than 1000000 bytes',
  )
  expect((await gunzip(bomb, 4_000_000, 'a.gz')).length).toBe(4_000_000)
  expect(MAX_FILE_BYTES).toBe(256 * 1024 * 1024)
})

test('[LOAD6] a damaged history is repaired, and each repair says where', async () => {
  const { drafts, repairs } = await parse([
    result('x'),
    hello,
    calling('a', 'b'),
    bye,
    result('a'),
    calling('c'),
  ])
  const none = '[no result recorded]'
  const [made, ...loaded] = drafts.map(({ wire }) => wire?.value)
  expect(made).toMatchObject({ role: 'assistant', tool_calls: [{ id: 'x' }] })
  expect(loaded).toEqual([
    result('x'),
    hello,
    calling('a', 'b'),
    result('b', none),
    result('a'),
    bye,
    calling('c'),
    result('c', none),
  ])
  expect(repairs.map(({ kind, at }) => [kind, at])).toEqual([
    ['result-without-call', 0],
    ['call-unanswered', 2],
    ['result-misplaced', 4],
    ['call-unanswered', 5],
  ])
})

test('[LOAD6] ids of a file tell copies, whatever their kind, and go no further', async () => {
  const { drafts, repairs } = await parse([
    { ...hello, id: 7 },
    { ...hello, id: 7 },
    { ...bye, id: 7 },
    { ...bye, id: '' },
  ])
  expect(drafts.map(({ wire }) => wire?.value)).toEqual([hello, bye, bye])
  expect(repairs.map(({ kind, at }) => [kind, at])).toEqual([['message-copied', 1]])
  expect(drafts.some((draft) => 'id' in draft)).toBe(false)
})

test('[LOAD6] gaps are filled before a file is read, and what stands out is flagged', async () => {
  const { drafts, repairs, flags } = await parse([{ role: 'user', content: null }, bye])
  expect(drafts.map(({ wire }) => wire?.value)).toEqual([bye])
  expect(repairs.map(({ kind, at }) => [kind, at])).toEqual([['message-empty', 0]])
  expect(flags.map(({ kind, at }) => [kind, at])).toEqual([['begins-without-user', 1]])
})

test('[LOAD7] a legal history is loaded as it is', async () => {
  const openAi = [hello, calling('a', 'b'), result('b'), result('a'), bye]
  const loaded = await parse(openAi)
  expect(wiresOf(loaded)).toEqual(openAi)
  expect(loaded.repairs).toEqual([])
  const anthropic = [
    hello,
    { role: 'assistant', content: [use('a'), use('b')] },
    { role: 'user', content: [used('b'), used('a'), { type: 'text', text: 'go on' }] },
  ]
  const other = await parse(anthropic)
  expect(wiresOf(other)).toEqual(anthropic)
  expect(other.repairs).toEqual([])
})

test('[LOAD7] a message that holds its calls and their results stays whole', async () => {
  const parts = [
    { type: 'tool-call', callId: 'a', name: 'run', input: '{}' },
    { type: 'tool-result', callId: 'a', output: 'done' },
    { type: 'text', text: 'so' },
  ]
  const { drafts, repairs } = await parse([{ role: 'assistant', parts }])
  expect(drafts).toEqual([{ role: 'assistant', parts }])
  expect(repairs).toEqual([])
})

test('[LOAD8] ids stay behind, times and errors are taken over, notes are left out', async () => {
  const { drafts } = await parse([
    { ...hello, id: 'same', ts: '2026-01-02T00:00:00Z', meta: true },
    { ...calling('a'), id: 'same' },
    { ...result('a'), is_error: true, synthetic: true, ts: { toString: 1 } },
  ])
  expect(drafts).toMatchObject([
    { at: Date.UTC(2026, 0, 2), wire: { value: hello } },
    {},
    { parts: [{ type: 'tool-result', callId: 'a', output: 'done', isError: true }] },
  ])
  expect(drafts[0]?.wire?.value).toEqual(hello)
  expect(drafts[2]?.wire?.value).toEqual(result('a'))
  expect(drafts.some((draft) => 'id' in draft)).toBe(false)
})

test('[LOAD9] the title is the file’s, else the first user message, else the name', async () => {
  expect((await parse({ title: 'A  title\nhere', messages: [hello] })).title).toBe('A title here')
  expect((await parse({ id: 'run-7', messages: [hello] })).title).toBe('run-7')
  expect((await parse([bye, hello])).title).toBe('hello')
  expect((await parse([bye], 'night.json')).title).toBe('night.json')
  const long = await parse([{ role: 'user', content: 'x'.repeat(200) }])
  expect(long.title).toBe(`${'x'.repeat(79)}…`)
})

test('[LOAD10] a last line that was cut off is left out and reported', async () => {
  const text = `${JSON.stringify(hello)}\n{"role":"assist`
  const { drafts, repairs } = await parseSessionFile('log.jsonl', bytesOf(text))
  expect(drafts).toHaveLength(1)
  const detail = 'Line 2 was left out: the file ends in the middle of it.'
  expect(repairs).toEqual([{ kind: 'line-cut-off', at: 1, detail }])
})
