import { expect, test } from 'vitest'
import type { EventLine } from '../../../src/app/view/event-line.ts'
import { addEvent, MOST_EVENTS, textOfEvent } from '../../../src/app/view/event-line.ts'
import { NO_TOKENS } from '../../../src/core/session/categories.ts'
import type { BackfoldEvent, SessionEvent } from '../../../src/protocol/events.ts'

const at = (
  event: BackfoldEvent & Partial<Pick<SessionEvent, 'before' | 'after'>>,
  time = 0,
): SessionEvent => ({ before: NO_TOKENS, after: NO_TOKENS, ...event, session: 's', at: time })
const tokens = (
  digest: number,
): { pinned: number; digest: number; user: number; assistant: number; tools: number } => ({
  pinned: 0,
  digest,
  user: 0,
  assistant: 0,
  tools: 0,
})

test('[APP34] all appends share one line, the newest, and so does the progress of a job', () => {
  const events: readonly BackfoldEvent[] = [
    { type: 'appended', from: 1, to: 1 },
    { type: 'appended', from: 2, to: 9 },
    { type: 'job-queued', trigger: 'soft' },
    { type: 'job-progressed', job: 1, done: 1, of: 2 },
    { type: 'job-progressed', job: 1, done: 2, of: 2 },
    { type: 'appended', from: 10, to: 10 },
  ]
  const lines = events.reduce<readonly EventLine[]>((log, event) => addEvent(log, at(event)), [])
  expect(lines.map(({ n, text }) => `${n} ${text}`)).toEqual([
    '1 Job queued: the context passed the soft threshold',
    '2 Job 1: 2 of 2 blocks',
    '0 Log holds 10 messages',
  ])
})

test('[APP34] every line has a key of its own', () => {
  const types: readonly BackfoldEvent[] = [
    { type: 'appended', from: 1, to: 1 },
    { type: 'branched', behind: 1 },
    { type: 'job-progressed', job: 1, done: 1, of: 2 },
  ]
  let lines: readonly EventLine[] = []
  for (let round = 0; round < 60; round++)
    lines = addEvent(
      lines,
      at(types[(round * round + (round >> 1)) % 3] ?? { type: 'branched', behind: 0 }),
    )
  expect(new Set(lines.map(({ n }) => n)).size).toBe(lines.length)
})

test('[APP34] the log is bounded', () => {
  let lines: readonly EventLine[] = []
  for (let after = 1; after <= MOST_EVENTS + 20; after++)
    lines = addEvent(lines, at({ type: 'branched', behind: after }))
  expect(lines).toHaveLength(MOST_EVENTS)
  expect(lines[0]?.n).toBe(21)
})

test('[APP35] every event says what happened and why, codes in words', () => {
  expect(textOfEvent(at({ type: 'skipped', job: 0, reason: 'too-little-to-gain' }))).toBe(
    'Fold skipped: too little to gain',
  )
  expect(textOfEvent(at({ type: 'failed', job: 4, reason: 'disk full' }))).toBe(
    'Job 4 failed: disk full',
  )
  expect(
    textOfEvent(
      at({ type: 'applied', job: 2, generation: 3, before: tokens(21_400), after: tokens(900) }),
    ),
  ).toBe('Generation 3 applied: 21k → 900 tokens')
  expect(textOfEvent(at({ type: 'rolled-back', from: 3, to: 2 }))).toBe(
    'Rolled back from generation 3 to 2',
  )
})
