import { expect, onTestFinished, test } from 'vitest'
import { createMessageLog, type MessageLog } from '../../../src/app/run/message-log.ts'
import { followSession } from '../../../src/app/run/session-feed.ts'
import { textOf, type Message } from '../../../src/core/session/message.ts'
import type { BackfoldEvent } from '../../../src/protocol/events.ts'
import { user } from '../../support/build-log.ts'
import { createFakeSession, type FakeSession } from './fake-session.ts'
import { createTestClock, type TestClock } from './test-clock.ts'

interface Stage {
  readonly session: FakeSession
  readonly log: MessageLog
  readonly clock: TestClock
}

/** The feed of a session with these messages, some of them said here. */
async function stage(read: readonly string[], said: readonly string[] = []): Promise<Stage> {
  const session = createFakeSession()
  for (const text of read) await session.append({ ...user(text), id: text })
  const [log, clock] = [createMessageLog(), createTestClock()]
  const reported: unknown[] = []
  const options = { session, log, clock, changed: () => undefined }
  const feed = await followSession({ ...options, report: (error) => reported.push(error) })
  onTestFinished(() => {
    feed.dispose()
    expect(reported).toEqual([])
  })
  for (const text of said) {
    const key = log.expect({ ...user(text), id: text }, 'person')
    const { seqs } = await session.append({ ...user(text), id: text })
    log.confirm(key, seqs[0] ?? 0, 1)
  }
  await clock.advance(1_000)
  return { session, log, clock }
}

/** Another device was first: its messages stand before those from a position on. */
function interpose(session: FakeSession, at: number, ...texts: readonly string[]): void {
  const { log } = session
  const [template] = log
  if (!template) throw new Error('there is no message')
  const theirs = texts.map((text): Message => ({ ...template, ...user(text), id: text }))
  const all = [...log.slice(0, at - 1), ...theirs, ...log.slice(at - 1)]
  log.splice(0, log.length, ...all.map((message, index) => ({ ...message, seq: index + 1 })))
  session.moves = (session.moves ?? 0) + 1
}

function tell(session: FakeSession, event: Extract<BackfoldEvent, { type: 'synced' }>): void {
  const none = { pinned: 0, digest: 0, user: 0, assistant: 0, tools: 0 }
  session.changed()
  session.emit({ ...event, session: session.id, at: 0, before: none, after: none })
}

const shown = ({ log }: Stage): readonly (readonly [number | null, string])[] =>
  log.items().map(({ seq, draft }) => [seq, textOf(draft)])

test('[APP71] messages that moved up behind those of another device are shown where the log has them', async () => {
  const scene = await stage(['one', 'two'], ['mine', 'mine too'])
  const { session, log, clock } = scene
  const keys = log.items().map(({ key }) => key)
  interpose(session, 3, 'theirs', 'theirs too')
  tell(session, { type: 'synced', from: 3, to: 6, moved: true })
  await clock.advance(2_000)
  expect(shown(scene)).toEqual([
    [1, 'one'],
    [2, 'two'],
    [3, 'theirs'],
    [4, 'theirs too'],
    [5, 'mine'],
    [6, 'mine too'],
  ])
  const items = log.items()
  expect(items.map(({ origin }) => origin).slice(2)).toEqual(['log', 'log', 'person', 'person'])
  // A row goes with its message, and no two rows are one.
  expect([0, 1, 4, 5].map((index) => items[index]?.key)).toEqual(keys)
  expect(new Set(items.map(({ key }) => key)).size).toBe(6)
})

test('[APP71] a receipt that comes after its message has moved does not put it back', async () => {
  const scene = await stage(['one'])
  const { session, log, clock } = scene
  const key = log.expect({ ...user('mine'), id: 'mine' }, 'person')
  await session.append({ ...user('mine'), id: 'mine' })
  interpose(session, 2, 'theirs')
  tell(session, { type: 'synced', from: 2, to: 3, moved: true })
  await clock.advance(500)
  log.confirm(key, 2, 1)
  await clock.advance(2_000)
  expect(shown(scene)).toEqual([
    [1, 'one'],
    [2, 'theirs'],
    [3, 'mine'],
  ])
})

test('[APP71] messages that a branch elsewhere left are shown as left, and what came behind is not', async () => {
  const scene = await stage(['one', 'two', 'three', 'late'])
  const { session, log, clock } = scene
  for (const index of [1, 2]) {
    const message = session.log[index]
    if (message) session.log[index] = { ...message, active: false }
  }
  session.changed()
  await clock.advance(2_000)
  expect(log.items().map(({ active }) => active)).toEqual([true, false, false, true])
  const asked = session.calls.length
  session.changed()
  await clock.advance(2_000)
  expect(session.calls.length).toBe(asked)
})
