import { expect, test } from 'vitest'
import { ANNOUNCE_EVERY_MS, hear, SILENT, speakDue } from '../../../src/app/view/announcement.ts'
import { NO_TOKENS } from '../../../src/core/session/categories.ts'
import type { BackfoldEvent, SessionEvent } from '../../../src/protocol/events.ts'

const event = (patch: BackfoldEvent): SessionEvent => ({
  ...patch,
  session: 's',
  at: 0,
  before: NO_TOKENS,
  after: NO_TOKENS,
})
const rolledBack = (to: number): SessionEvent => event({ type: 'rolled-back', from: 9, to })

test('[APP37] the first event worth saying is said at once, the newest of the next ones after a while', () => {
  let announcer = hear(SILENT, rolledBack(1), 100)
  expect(announcer.spoken).toMatch(/to 1$/)
  announcer = hear(announcer, rolledBack(2), 200)
  announcer = hear(announcer, rolledBack(3), 300)
  expect(announcer.spoken).toMatch(/to 1$/)
  expect(speakDue(announcer, 100 + ANNOUNCE_EVERY_MS - 1)).toBe(announcer)
  announcer = speakDue(announcer, 100 + ANNOUNCE_EVERY_MS)
  expect(announcer).toMatchObject({ spoken: 'Rolled back from generation 9 to 3', waiting: null })
})

test('[APP37] what happens all the time is never said', () => {
  const heard = hear(SILENT, event({ type: 'appended', from: 1, to: 1 }), 0)
  expect(heard).toBe(SILENT)
  expect(hear(SILENT, event({ type: 'job-progressed', job: 1, done: 1, of: 2 }), 0)).toBe(SILENT)
})
