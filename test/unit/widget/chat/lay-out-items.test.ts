import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Message, Part } from '../../../../src/core/session/message.ts'
import type { GenerationSummary } from '../../../../src/protocol/requests.ts'
import {
  historyTexts,
  addToHistory,
  draftTexts,
  queueTexts,
  ratingTexts,
  readDraft,
  readHistory,
  readQueue,
  readRating,
  unqueueTexts,
} from '../../../../src/widget/chat/core/host-texts.ts'
import { layOutItems, type LayoutSources } from '../../../../src/widget/chat/core/lay-out-items.ts'
import { addSlice } from '../../../../src/widget/chat/core/loaded-log.ts'
import { reuseItems } from '../../../../src/widget/chat/core/reuse-items.ts'
import { reduceChat, newChat } from '../../../../src/widget/chat/core/chat-core.ts'
import { walkHistory, NOT_IN_HISTORY } from '../../../../src/widget/composer/walk-history.ts'
import type { SessionState } from '../../../../src/protocol/events.ts'

function message(
  seq: number,
  role: Message['role'],
  parts: readonly Part[],
  active = true,
): Message {
  const common = { tokens: 1, hash: `h${seq}`, chain: '', through: seq }
  return { id: `i${seq}`, at: seq, seq, role, parts, active, ...common }
}

const text = (said: string): Part => ({ type: 'text', text: said })
const call = (callId: string, name = 'run', input = '{}'): Part => ({
  type: 'tool-call',
  callId,
  name,
  input,
})
const result = (callId: string, isError = false): Part => ({
  type: 'tool-result',
  callId,
  output: 'out',
  isError,
})

function fold(n: number, parent: number, mark: number, covered: number): GenerationSummary {
  return {
    n,
    parent,
    status: 'applied',
    mark,
    covered,
    tokensBefore: 100,
    tokensAfter: 10,
    createdAt: 0,
    checks: [],
    summariser: 'built-in',
  }
}

const lay = (some: Partial<LayoutSources>): ReturnType<typeof layOutItems> =>
  layOutItems({ messages: [], generations: [], head: 0, mark: 0, pins: [], host: {}, ...some })

test('[CHAT1, CHAT4] calls that stand together are joined with their results', () => {
  const items = lay({
    messages: [
      message(1, 'user', [text('go')]),
      message(2, 'assistant', [text('let me see'), call('a'), call('b')]),
      message(3, 'tool', [result('a')]),
      message(4, 'tool', [result('b', true)]),
      message(5, 'assistant', [text(' '), call('a', 'again')]),
      message(6, 'user', [result('a')]),
      message(7, 'assistant', [text('done')]),
    ],
  })
  expect(items.map(({ kind, key }) => `${kind} ${key}`)).toEqual([
    'message m1',
    'message m2',
    'tools t2',
    'message m7',
  ])
  expect(items[2]).toMatchObject({
    calls: [
      { callId: 'a', status: 'done', seq: 2, resultSeq: 3 },
      { callId: 'b', status: 'failed', seq: 2, resultSeq: 4 },
      { callId: 'a', name: 'again', status: 'done', seq: 5, resultSeq: 6 },
    ],
  })
})

test('[CHAT4] a call runs until the person says something else, and its line is short', () => {
  const running = lay({
    messages: [message(1, 'assistant', [call('a', 'run', 'x\n'.repeat(9_999))])],
  })
  expect(running[0]).toMatchObject({ calls: [{ status: 'running' }] })
  const [item] = running
  expect(item?.kind === 'tools' && item.calls[0]?.summary.length).toBe(200)
  const given = lay({
    messages: [message(1, 'assistant', [call('a')]), message(2, 'user', [text('never mind')])],
  })
  expect(given[0]).toMatchObject({ calls: [{ status: 'failed' }] })
})

test('[CHAT3] folds of the head’s line stand behind their marks, others nowhere', () => {
  const messages = [1, 2, 3, 4, 5, 6].map((seq) => message(seq, 'user', [text('hi')]))
  const generations = [fold(1, 0, 2, 2), fold(2, 1, 4, 4), fold(3, 1, 3, 3), fold(4, 2, 4, 4)]
  const items = lay({ messages, generations, head: 4, mark: 4, pins: [3] })
  expect(items.map(({ key }) => key)).toEqual(['m1', 'm2', 'f2', 'm3', 'm4', 'f4', 'm5', 'm6'])
  expect(items[2]).toMatchObject({ generation: 1, from: 1, messages: 2, isHead: false })
  expect(items[5]).toMatchObject({ generation: 4, from: 3, messages: 2, isHead: true })
  expect(items[3]).toMatchObject({ isPinned: true, isCovered: false })
  expect(items[4]).toMatchObject({ isPinned: false, isCovered: true })
  const circle = [fold(1, 2, 2, 2), fold(2, 1, 4, 4)]
  expect(lay({ messages, generations: circle, head: 2, mark: 4 })).toHaveLength(8)
})

test('[CHAT5, CHAT6] what was left behind is one item, and the newest answer is marked', () => {
  const items = lay({
    messages: [
      message(1, 'user', [text('one')], false),
      message(2, 'assistant', [text('two')], false),
      message(3, 'user', [text('three')]),
      message(4, 'assistant', [text('four')]),
    ],
    host: {
      ...queueTexts({ id: 'b', text: 'later', attachments: [], at: 2, replaces: null }),
      ...queueTexts({ id: 'a', text: 'sooner', attachments: [], at: 1, replaces: null }),
      'chat.queue.c': '{broken',
    },
  })
  expect(items[0]).toEqual({ kind: 'branch', key: 'b1', from: 1, to: 2, messages: 2 })
  expect(items[2]).toMatchObject({ isNewest: true })
  expect(items.slice(3).map((item) => item.kind === 'queued' && item.text)).toEqual([
    'sooner',
    'later',
  ])
})

const anyPart: fc.Arbitrary<Part> = fc.oneof(
  fc.string().map(text),
  fc.constantFrom('a', 'b', 'c').map((id) => call(id)),
  fc.constantFrom('a', 'b', 'c').map((id) => result(id)),
)
const anyLog: fc.Arbitrary<readonly Message[]> = fc
  .array(
    fc.record({
      role: fc.constantFrom<Message['role']>('user', 'assistant', 'tool', 'system'),
      parts: fc.array(anyPart, { maxLength: 4 }),
      active: fc.boolean(),
    }),
    { maxLength: 30 },
  )
  .map((drafts) =>
    drafts.map(({ role, parts, active }, at) => message(at + 1, role, parts, active)),
  )

test('[CHAT1] every message with words is drawn once, every call is a line, whatever the log holds', () => {
  fc.assert(
    fc.property(anyLog, (messages) => {
      const items = lay({ messages })
      const keys = items.map(({ key }) => key)
      expect(new Set(keys).size).toBe(keys.length)
      const said = messages.filter(
        ({ active, role, parts }) =>
          active &&
          role !== 'tool' &&
          parts.some((one) => one.type === 'text' && one.text.trim() !== ''),
      )
      const drawn = items.flatMap((item) => (item.kind === 'message' ? [item.message.seq] : []))
      expect(drawn).toEqual(said.map(({ seq }) => seq))
      const calls = messages
        .filter(({ active }) => active)
        .flatMap(({ parts }) => parts.filter(({ type }) => type === 'tool-call'))
      const lines = items.flatMap((item) => (item.kind === 'tools' ? item.calls : []))
      expect(lines).toHaveLength(calls.length)
      const left = items.flatMap((item) => (item.kind === 'branch' ? [item.messages] : []))
      expect(left.reduce((sum, one) => sum + one, 0)).toBe(
        messages.filter(({ active }) => !active).length,
      )
    }),
  )
})

test('[CHAT7] items that did not change stay the same objects', () => {
  fc.assert(
    fc.property(anyLog, (messages) => {
      const before = lay({ messages })
      expect(reuseItems(before, lay({ messages: structuredClone(messages) }))).toBe(before)
      const next = [...messages, message(messages.length + 1, 'user', [text('new')])]
      const after = reuseItems(before, lay({ messages: next }))
      const changed = after.filter((item) => !before.includes(item))
      // The newest answer, its mark, and calls that nobody answers now may change with it.
      expect(changed.every(({ kind }) => kind === 'message' || kind === 'tools')).toBe(true)
    }),
  )
})

test('[CHAT2] slices join without gaps, whatever the order in which they come', () => {
  const log = [1, 2, 3, 4, 5, 6, 7, 8].map((seq) => message(seq, 'user', [text(`${seq}`)]))
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 8 }))),
      (ranges) => {
        let loaded: { from: number; messages: readonly Message[] } = { from: 9, messages: [] }
        for (const [a, b] of ranges) {
          loaded = addSlice(loaded, log.slice(Math.min(a, b), Math.max(a, b)))
          expect(loaded.messages.map(({ seq }) => seq)).toEqual(
            loaded.messages.map((_, at) => loaded.from + at),
          )
        }
      },
    ),
  )
  const gap = { from: 9, messages: [] }
  expect(addSlice(gap, log.slice(0, 2))).toBe(gap)
})

test('[CHAT8] editing sets aside what was being written and gives it back', () => {
  const session = { newest: 0 } as SessionState
  let chat = reduceChat(newChat(session, true), { type: 'typed', draft: 'mine' })
  chat = reduceChat(chat, { type: 'editing', seq: 3, text: 'old', attachments: [] })
  chat = reduceChat(chat, { type: 'editing', seq: 5, text: 'other', attachments: [] })
  expect(chat).toMatchObject({ draft: 'other', editing: 5 })
  expect(reduceChat(chat, { type: 'not-editing' })).toMatchObject({ draft: 'mine', editing: null })
  expect(reduceChat(chat, { type: 'taken' })).toMatchObject({ draft: 'mine', editing: null })
})

test('[CHAT9] what is kept comes back, and garbage counts as absent', () => {
  const attachment = { key: 'k', name: 'n', mediaType: 'text/plain', bytes: 1, url: 'data:,x' }
  const draft = { text: 'half', attachments: [attachment] }
  expect(readDraft(draftTexts(draft) as Record<string, string>)).toEqual(draft)
  expect(draftTexts({ text: '', attachments: [] })).toEqual({ 'chat.draft': null })
  const large = { ...attachment, url: `data:,${'x'.repeat(100_000)}` }
  expect(
    readDraft(draftTexts({ text: 'a', attachments: [large] }) as Record<string, string>),
  ).toEqual({
    text: 'a',
    attachments: [],
  })
  expect(readHistory(historyTexts(addToHistory(addToHistory([], 'a'), ' b ')))).toEqual(['b', 'a'])
  expect(addToHistory(['b', 'a'], 'a')).toEqual(['a', 'b'])
  expect(readRating(ratingTexts(3, 'up') as Record<string, string>, 3)).toBe('up')
  expect(unqueueTexts('x')).toEqual({ 'chat.queue.x': null })
  fc.assert(
    fc.property(fc.string(), fc.json(), (junk, json) => {
      for (const host of [junk, json])
        for (const name of ['chat.draft', 'chat.history', 'chat.queue.a', 'chat.rating.1']) {
          readDraft({ [name]: host })
          readHistory({ [name]: host })
          readQueue({ [name]: host })
          readRating({ [name]: host }, 1)
        }
    }),
  )
})

test('[CHAT17] the arrow keys walk from an empty or unchanged line only', () => {
  const history = ['two', 'one']
  expect(walkHistory(history, NOT_IN_HISTORY, 'mine', 'ArrowUp')).toBeNull()
  const two = walkHistory(history, NOT_IN_HISTORY, '', 'ArrowUp')
  expect(two).toEqual({ at: 0, text: 'two' })
  expect(walkHistory(history, { at: 0, text: 'two' }, 'two', 'ArrowUp')).toEqual({
    at: 1,
    text: 'one',
  })
  expect(walkHistory(history, { at: 1, text: 'one' }, 'one', 'ArrowUp')).toBeNull()
  expect(walkHistory(history, { at: 0, text: 'two' }, 'two!', 'ArrowDown')).toBeNull()
  expect(walkHistory(history, { at: 0, text: 'two' }, 'two', 'ArrowDown')).toBe(NOT_IN_HISTORY)
  expect(walkHistory([], NOT_IN_HISTORY, '', 'ArrowDown')).toBeNull()
})
