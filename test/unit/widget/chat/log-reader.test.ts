import { expect, test } from 'vitest'
import { textOf } from '../../../../src/core/session/message.ts'
import type { ChatCore, ChatEvent } from '../../../../src/widget/chat/core/chat-core.ts'
import { addSlice, type LoadedLog } from '../../../../src/widget/chat/core/loaded-log.ts'
import { createLogReader, type LogReader } from '../../../../src/widget/chat/shell/log-reader.ts'
import { user } from '../../../support/build-log.ts'
import { createFakeSession, type FakeSession } from '../../app/fake-session.ts'

interface Stage {
  readonly session: FakeSession
  readonly reader: LogReader
  shown(): string
}

async function stage(count: number): Promise<Stage> {
  const session = createFakeSession()
  session.moves = 0
  session.confirmed = 4
  for (let n = 1; n <= count; n += 1) await session.append({ ...user(`${n}`), id: `${n}` })
  let log: LoadedLog = { from: count + 1, messages: [] }
  const dispatch = (event: ChatEvent): void => {
    if (event.type === 'read') log = addSlice(log, event.slice)
  }
  const reader = createLogReader(session, () => ({ log }) as ChatCore, dispatch)
  await reader.refresh()
  while (log.from > 1) await reader.loadOlder()
  const shown = (): string =>
    log.messages.map((message) => `${message.active ? '' : '-'}${textOf(message)}`).join(' ')
  return { session, reader, shown }
}

function leave(session: FakeSession, ...seqs: readonly number[]): void {
  for (const seq of seqs) {
    const message = session.log[seq - 1]
    if (message) session.log[seq - 1] = { ...message, active: false }
  }
}

test('[CHAT2] where messages moved and others left at once, all is read as it is now', async () => {
  const { session, reader, shown } = await stage(6)
  expect(shown()).toBe('1 2 3 4 5 6')
  leave(session, 2)
  const [fifth, sixth] = session.log.splice(4, 2)
  if (!fifth || !sixth) throw new Error('there are no such messages')
  session.log.push({ ...sixth, ...user('theirs'), id: 'theirs', seq: 5 })
  session.log.push({ ...fifth, seq: 6 }, { ...sixth, seq: 7 })
  session.moves = 1
  await reader.refresh()
  expect(shown()).toBe('1 -2 3 4 theirs 5 6')
})

test('[CHAT2] what a branch of another device left is read, however much came behind it', async () => {
  const { session, reader, shown } = await stage(260)
  leave(session, 2, 3)
  await reader.refresh()
  expect(shown().startsWith('1 -2 -3 4 5 ')).toBe(true)
  expect(shown().endsWith(' 259 260')).toBe(true)
})
