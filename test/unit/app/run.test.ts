import { expect, test } from 'vitest'
import type { Run } from '../../../src/app/run/run.ts'
import { createRun } from '../../../src/app/run/run.ts'
import type { Draft } from '../../../src/core/session/message.ts'
import { textOf } from '../../../src/core/session/message.ts'
import type { FakeSession } from './fake-session.ts'
import { createFakeSession } from './fake-session.ts'
import type { TestClock } from './test-clock.ts'
import { createTestClock } from './test-clock.ts'

const DRAFTS: readonly Draft[] = [
  { role: 'user', parts: [{ type: 'text', text: 'go' }] },
  { role: 'assistant', parts: [{ type: 'tool-call', callId: 'a', name: 'read', input: '{}' }] },
  { role: 'tool', parts: [{ type: 'tool-result', callId: 'a', output: 'text' }] },
  { role: 'assistant', parts: [{ type: 'text', text: 'done' }] },
]
const ENDPOINT = { baseUrl: 'https://e.com/v1', model: 'm', key: '' }
const ANSWER = 'data: {"choices":[{"delta":{"content":"Yes."},"finish_reason":"stop"}]}\n\n'

interface Stage {
  readonly run: Run
  readonly session: FakeSession
  readonly clock: TestClock
  readonly reported: unknown[]
}

async function stage(session = createFakeSession()): Promise<Stage> {
  const clock = createTestClock()
  const reported: unknown[] = []
  const run = await createRun({
    session,
    title: 'A session',
    drafts: DRAFTS,
    clock,
    fetchLike: async () => new Response(ANSWER),
    turn: (_, work) => work(),
    isOnline: () => true,
    changed: () => undefined,
    report: (error) => void reported.push(error),
  })
  return { run, session, clock, reported }
}

const texts = ({ run }: Stage): readonly string[] =>
  run.view().items.map(({ draft }) => textOf(draft))

test('[APP48] what a person types is in the log at once, in the middle of a replay too, and the replay goes on', async () => {
  const scene = await stage()
  const { run, clock } = scene
  run.player?.step()
  run.player?.step()
  await clock.advance(0)
  run.say('wait, one thing', null)
  expect(run.view().items.at(-1)).toMatchObject({ origin: 'person', seq: null })
  await clock.advance(0)
  run.player?.setSpeed('max')
  run.player?.play()
  await clock.advance(0)
  expect(texts(scene)).toEqual(['go', 'read {}', 'wait, one thing', 'text', 'done'])
  expect(run.view().items.every(({ seq }, index) => seq === index + 1)).toBe(true)
  run.dispose()
})

test('[APP49] with live mode on, an open tool exchange is finished first, then the model is asked', async () => {
  const scene = await stage()
  const { run, session, clock } = scene
  run.player?.step()
  run.player?.step()
  await clock.advance(0)
  run.say('and?', ENDPOINT)
  while (texts(scene).at(-1) !== 'Yes.') await new Promise((resolve) => setTimeout(resolve, 1))
  expect(texts(scene)).toEqual(['go', 'read {}', 'text', 'and?', 'Yes.'])
  expect(session.calls.slice(-3)).toEqual(['append 4', 'context', 'append 5'])
  expect(run.view().replay).toMatchObject({ status: 'paused', position: 3 })
  run.dispose()
})

test('[APP48] what could not be appended stays in sight and can be appended again; the error is reported', async () => {
  const scene = await stage()
  const { run, session, clock, reported } = scene
  session.failWith = new Error('disk full')
  run.say('important', null)
  await clock.advance(0)
  const [item] = run.view().items
  expect(item).toMatchObject({ seq: null, failed: 'disk full' })
  expect(reported).toEqual([new Error('disk full')])
  session.failWith = null
  run.retry(item?.key ?? '')
  await clock.advance(0)
  expect(run.view().items).toMatchObject([{ seq: 1, failed: null }])
  run.dispose()
})

test('[APP50] a stored run shows its log and goes on with the replay where it stopped', async () => {
  const session = createFakeSession()
  const first = await stage(session)
  first.run.player?.step()
  first.run.player?.step()
  await first.clock.advance(0)
  first.run.say('typed', null)
  await first.clock.advance(0)
  first.run.dispose()

  const again = await stage(session)
  expect(session.calls).toContain('recall 1-3')
  expect(session.calls.at(-1)).toBe('context look')
  expect(texts(again)).toEqual(['go', 'read {}', 'typed'])
  expect(again.run.view().replay).toMatchObject({ status: 'paused', position: 2 })
  again.run.player?.setSpeed('max')
  again.run.player?.play()
  await again.clock.advance(0)
  expect(texts(again)).toEqual(['go', 'read {}', 'typed', 'text', 'done'])
  again.run.dispose()
})

test('[APP50] what another tab appends is read in', async () => {
  const scene = await stage()
  const { run, session, clock } = scene
  run.say('here', null)
  await clock.advance(0)
  await session.append({ role: 'user', parts: [{ type: 'text', text: 'from elsewhere' }] })
  await clock.advance(1_000)
  expect(texts(scene)).toEqual(['here', 'from elsewhere'])
  run.dispose()
})
