import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { HistorySource } from '../../../src/adapters/history/read-history.ts'
import { openEngine } from '../../../src/client/open-engine.ts'
import type { Session } from '../../../src/client/session.ts'
import { isBackfoldError } from '../../../src/core/backfold-error.ts'
import type { SessionStore } from '../../../src/core/ports/session-store.ts'
import { textOf } from '../../../src/core/session/message.ts'
import type { MessageInput } from '../../../src/protocol/requests.ts'
import { createOrigin, openTab, rowOf } from '../../support/build-engine.ts'
import { calls, result, user } from '../../support/build-log.ts'

const ASK: MessageInput = { role: 'user', content: 'When is low tide?' }
const STRAY: MessageInput = { role: 'tool', tool_call_id: 't1', content: 'ebb at six' }
const ANSWER: MessageInput = { role: 'assistant', content: 'At six.' }
const DAMAGED: readonly MessageInput[] = [ASK, { role: 'assistant', content: null }, STRAY, ANSWER]
const REPAIRS = [
  ['message-empty', 1],
  ['result-without-call', 2],
]

function bytesOf(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value))
}

/** A history of so many questions, each different. */
function longHistory(length: number): readonly MessageInput[] {
  return Array.from({ length }, (_, i) => ({ role: 'user', content: `Question ${i + 1}?` }))
}

async function textsOf(session: Session): Promise<readonly string[]> {
  const range = await session.recall({ from: 1, to: 1_000 })
  return range.kind === 'messages' ? range.messages.map(textOf) : []
}

async function refusalOf(attempt: Promise<unknown>): Promise<string> {
  const error: unknown = await attempt.then(
    () => new Error('was not refused'),
    (reason: unknown) => reason,
  )
  if (isBackfoldError(error) && error.code === 'INVALID_INPUT') return error.message
  throw error
}

/** Lets only so many appends through. */
function failing(appends: number): (real: SessionStore) => SessionStore {
  let left = appends
  return (real) => ({
    ...real,
    commit: async (query, decide) =>
      real.commit(query, (read) => {
        const decision = decide(read)
        const isAppend = decision.writes.some(({ table }) => table === 'messages')
        if (isAppend && (left -= 1) < 0) throw new Error('the tab was closed')
        return decision
      }),
  })
}

test.each<[string, HistorySource, string | undefined]>([
  ['an array', DAMAGED, undefined],
  ['an object', { messages: DAMAGED, title: 'Tides' }, 'Tides'],
  ['bytes', bytesOf(DAMAGED), 'When is low tide?'],
  ['gzipped bytes', gzipSync(JSON.stringify({ title: 'Tides', messages: DAMAGED })), 'Tides'],
  ['a blob', new Blob([bytesOf(DAMAGED)]), 'When is low tide?'],
  ['a file', new File([bytesOf([STRAY])], 'harbour.json'), 'harbour.json'],
])('[HEAL16] a history is repaired and appended: %s', async (_, source, title) => {
  const backfold = await openEngine()
  const imported = await backfold.import(source)
  const whole = title !== 'harbour.json'
  expect(imported.title).toBe(title)
  expect(imported.messages).toBe(whole ? 4 : 2)
  expect(imported.repairs.map(({ kind, at }) => [kind, at])).toEqual(
    whole ? REPAIRS : [['result-without-call', 0]],
  )
  const { session } = imported
  expect(session.state.get().messages).toBe(imported.messages)
  const { messages } = await session.context()
  const texts = whole ? [ASK, expect.anything(), STRAY, ANSWER] : [expect.anything(), STRAY]
  expect(messages).toEqual(texts)
  expect(JSON.stringify(messages)).toContain('call_not_recorded')
})

test('[HEAL16] what is flagged is told, and the title, id and open calls are as wished', async () => {
  const backfold = await openEngine()
  const options = { session: 'harbour', title: 'Mine', openCalls: 'keep' } as const
  const history = { title: 'Theirs', messages: [ASK, calls('t1')], system: 'Answer briefly.' }
  const { session, title, flags, repairs } = await backfold.import(history, options)
  expect(session).toBe(await backfold.session('harbour'))
  expect(title).toBe('Mine')
  expect(repairs).toEqual([])
  expect(flags.map(({ kind, at }) => [kind, at])).toEqual([['call-pending', 2]])
  await session.append(result('t1', 'ebb at six'))
  const { messages } = await session.context()
  expect(messages.map((message) => (message as { role: string }).role)).toEqual([
    'system',
    'user',
    'assistant',
    'tool',
  ])
})

test('[HEAL16] without an id each history has a session, and the same one again has the same', async () => {
  const backfold = await openEngine()
  const one = await backfold.import([ASK])
  const two = await backfold.import([ASK, ANSWER])
  const again = await backfold.import([ASK])
  expect(two.session.id).not.toBe(one.session.id)
  expect(again.session.id).toBe(one.session.id)
  expect(await backfold.sessions()).toHaveLength(2)
  expect(again.session.state.get().messages).toBe(1)
})

test('[HEAL16] ids of the host stay, all others follow from place and content', async () => {
  const backfold = await openEngine()
  const { session } = await backfold.import([{ ...ASK, id: 'mine' }, ANSWER])
  const range = await session.recall({ from: 1, to: 2 })
  const ids = range.kind === 'messages' ? range.messages.map(({ id }) => id) : []
  expect(ids).toEqual(['mine', expect.stringMatching(/^import-2-[0-9a-f]{12}$/)])
})

test.each<[unknown, string]>([
  ['hello', 'a history is a file, bytes'],
  [null, 'a history is a file, bytes'],
  [{ system: 'a' }, 'a history is a file, bytes'],
  [[], 'the history holds no messages'],
  [[ASK, 7], 'messages[1] must be an object, got a number'],
  [bytesOf({}), 'history: expected an array of messages'],
  [new File(['[oops'], 'tide.json'), 'tide.json, line 1: not JSON'],
])('[HEAL16] what is no history is refused before a session is made: %j', async (source, why) => {
  const backfold = await openEngine()
  expect(await refusalOf(backfold.import(source as HistorySource))).toContain(why)
  expect(await backfold.sessions()).toEqual([])
})

test('[HEAL17] a session that has other messages is refused and stays as it is', async () => {
  const tab = openTab()
  const session = await tab.backfold.session('s')
  await session.append(user('mine'))
  const before = await rowOf(tab, 's')
  const refusal = await refusalOf(tab.backfold.import(DAMAGED, { session: 's' }))
  expect(refusal).toBe(
    'session s has messages already: a history is imported into a session of its own',
  )
  expect(await rowOf(tab, 's')).toEqual(before)
  expect(tab.events.filter(({ type }) => type === 'appended')).toHaveLength(1)
})

test('[HEAL17] an import that is complete is not repeated, and another is refused', async () => {
  const tab = openTab()
  const history = longHistory(150)
  const first = await tab.backfold.import(history, { session: 's' })
  const row = await rowOf(tab, 's')
  const second = await tab.backfold.import(history, { session: 's' })
  expect(second).toEqual({ ...first, session: second.session })
  expect(await rowOf(tab, 's')).toEqual(row)
  const changed = history.with(120, { role: 'user', content: 'Something else?' })
  expect(await refusalOf(tab.backfold.import(changed, { session: 's' }))).toContain('already')
  expect(await refusalOf(tab.backfold.import([ASK], { session: 's' }))).toContain('already')
  await first.session.append(ASK)
  expect(await refusalOf(tab.backfold.import(history, { session: 's' }))).toContain('already')
})

test('[HEAL17] ids of the host do not make another history the same', async () => {
  const { backfold } = openTab()
  await backfold.import([{ ...ASK, id: 'm1' }], { session: 's' })
  const other = [{ ...ANSWER, id: 'm1' }, STRAY]
  expect(await refusalOf(backfold.import(other, { session: 's' }))).toContain('already')
})

test('[HEAL17] an import that was cut off goes on where it stopped', async () => {
  const origin = createOrigin()
  const dying = openTab({ origin, store: failing(2) })
  const history = longHistory(350)
  const options = { session: 's' } as const
  await expect(dying.backfold.import(history, options)).rejects.toThrow('the tab was closed')
  const half = (await rowOf(dying, 's')).messages
  expect(half).toBeGreaterThan(0)
  expect(half).toBeLessThan(350)

  // The next page, over what the dead one has left.
  const tab = openTab({ origin })
  const { session, messages } = await tab.backfold.import(history, options)
  expect(messages).toBe(350)
  expect(await textsOf(session)).toEqual(history.map((_, i) => `Question ${i + 1}?`))
})

test('[HEAL17] what somebody else appends in between is not taken for a part of it', async () => {
  const { backfold } = openTab()
  const session = await backfold.session('s')
  const stop = session.on('appended', () => {
    stop()
    void session.append(ASK)
  })
  const attempt = backfold.import(longHistory(350), { session: 's' })
  expect(await refusalOf(attempt)).toContain('got other messages meanwhile')
})
