import { NO_TOKENS } from '../../../src/core/session/categories.ts'
import { expect, test } from 'vitest'
import { EMPTY_FEED, takeContext, takeEvent, takeState } from '../../../src/app/run/feed-view.ts'
import type { ContextResult } from '../../../src/protocol/requests.ts'
import { createFakeSession } from './fake-session.ts'

const tokens = { pinned: 0, digest: 0, user: 0, assistant: 0, tools: 0 }

test('[APP47] an apply and a rollback are marked on the chart where the log stood', () => {
  const applied = {
    type: 'applied',
    job: 1,
    generation: 1,
    before: { ...tokens, tools: 900 },
    after: { ...tokens, digest: 100 },
    session: 's',
    at: 5,
  } as const
  let feed = takeEvent(EMPTY_FEED, applied, 40, 0)
  const state = createFakeSession().state.get()
  feed = takeState(feed, {
    ...state,
    newest: 41,
    tokens: { ...state.tokens, log: 950, context: 120 },
  })
  feed = takeEvent(
    feed,
    {
      type: 'rolled-back',
      from: 1,
      to: 0,
      session: 's',
      at: 6,
      before: NO_TOKENS,
      after: NO_TOKENS,
    },
    41,
    0,
  )
  expect(feed.chart.marks).toEqual([
    { seq: 40, kind: 'applied', generation: 1, before: 900, after: 100 },
    { seq: 41, kind: 'rolled-back', generation: 0, before: 120, after: 120 },
  ])
  expect(feed.chart.samples).toEqual([{ seq: 41, log: 950, context: 120 }])
  expect(feed.events.map(({ type }) => type)).toEqual(['applied', 'rolled-back'])
})

test('[APP47] a context tells which messages are pinned and which hold stubs now', () => {
  const entry = (kind: string, seq: number): unknown => ({ kind, message: { seq }, tokens: 1 })
  const context = (...entries: readonly unknown[]): Pick<ContextResult, 'entries' | 'tokens'> =>
    ({ entries, tokens: entries.length * 10 }) as unknown as ContextResult
  let feed = takeContext(EMPTY_FEED, context(entry('pinned', 2), entry('stubbed', 8)))
  feed = takeContext(feed, context(entry('digest', 0), entry('stubbed', 9), entry('message', 10)))
  expect([...feed.pins]).toEqual([2])
  expect([...feed.stubbed]).toEqual([9])
  expect(feed.largestContext).toBe(30)
})
