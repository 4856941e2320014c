import { expect, test } from 'vitest'
import type { ReplayHost, ReplayPlayer } from '../../../src/app/replay/replay-player.ts'
import { createReplayPlayer } from '../../../src/app/replay/replay-player.ts'
import type { Draft } from '../../../src/core/session/message.ts'
import { createTestClock } from './test-clock.ts'

const user = (text: string, at: number): Draft => ({
  role: 'user',
  parts: [{ type: 'text', text }],
  at,
})
const call = (id: string, at: number): Draft => ({
  role: 'assistant',
  parts: [{ type: 'tool-call', callId: id, name: 'read', input: '{}' }],
  at,
})
const result = (id: string, at: number): Draft => ({
  role: 'tool',
  parts: [{ type: 'tool-result', callId: id, output: 'text' }],
  at,
})

/** One second between two, so that speed 20 takes 50 ms each. */
const SESSION: readonly Draft[] = [
  user('go', 0),
  call('a', 1_000),
  result('a', 2_000),
  call('b', 3_000),
  call('c', 4_000),
  result('b', 5_000),
  result('c', 6_000),
  user('thanks', 7_000),
]

interface Stage {
  readonly player: ReplayPlayer
  readonly done: string[]
  readonly errors: unknown[]
  readonly clock: ReturnType<typeof createTestClock>
}

function stage(patch: Partial<ReplayHost> = {}, start = 0): Stage {
  const done: string[] = []
  const errors: unknown[] = []
  const clock = createTestClock()
  const player = createReplayPlayer(
    SESSION,
    {
      startTurn: async () => void done.push('turn'),
      deliver: async (draft, index) => void done.push(`${index}:${draft.role}`),
      changed: () => undefined,
      failed: (error) => void errors.push(error),
      ...patch,
    },
    clock,
    start,
  )
  return { player, done, errors, clock }
}

test('[APP3] drafts are delivered one by one in order, and a context is asked for before each assistant message', async () => {
  const { player, done, clock } = stage()
  player.play()
  await clock.advance(1_000)
  expect(done).toEqual([
    '0:user',
    'turn',
    '1:assistant',
    '2:tool',
    'turn',
    '3:assistant',
    'turn',
    '4:assistant',
    '5:tool',
    '6:tool',
    '7:user',
  ])
  expect(player.state()).toMatchObject({ status: 'finished', position: 8, remainingMs: 0 })
})

test('[APP3] a draft never starts while another is being delivered', async () => {
  let inFlight = 0
  let most = 0
  const clockless = stage({
    deliver: async () => {
      most = Math.max(most, ++inFlight)
      await clockless.clock.wait(30, new AbortController().signal)
      inFlight--
    },
  })
  const { player, clock } = clockless
  player.setSpeed('max')
  player.play()
  player.step()
  player.play()
  player.pause()
  player.play()
  await clock.advance(1_000)
  expect(most).toBe(1)
  expect(player.state().position).toBe(SESSION.length)
})

test('[APP4] a pause holds at once, and playing on loses and repeats nothing', async () => {
  const { player, done, clock } = stage()
  player.play()
  await clock.advance(120)
  expect(player.state().position).toBe(3)
  player.pause()
  await clock.advance(5_000)
  expect(player.state()).toMatchObject({ status: 'paused', position: 3 })
  player.play()
  await clock.advance(5_000)
  expect(done.filter((entry) => entry !== 'turn').map((entry) => entry[0])).toEqual(
    '01234567'.split(''),
  )
})

test('[APP5] a step delivers exactly one draft without waiting and leaves the replay paused', async () => {
  const { player, clock } = stage()
  player.step()
  await clock.advance(0)
  expect(player.state()).toMatchObject({ status: 'paused', position: 1 })
  player.step()
  player.step()
  await clock.advance(0)
  expect(player.state()).toMatchObject({ status: 'paused', position: 3 })
})

test('[APP6] a changed speed counts from the moment it changes, in the middle of a pause too', async () => {
  const { player, clock } = stage({}, 1)
  player.setSpeed(1)
  player.play()
  await clock.advance(600)
  expect(player.state().position).toBe(1)
  player.setSpeed(2)
  await clock.advance(199)
  expect(player.state().position).toBe(1)
  await clock.advance(1)
  expect(player.state().position).toBe(2)
  player.setSpeed('max')
  await clock.advance(0)
  expect(player.state().status).toBe('finished')
})

test('[APP7] a delivery that fails stops the replay with its error, and play tries the same draft again', async () => {
  let broken = true
  const tried: number[] = []
  const { player, errors, clock } = stage({
    deliver: async (_draft, index) => {
      tried.push(index)
      if (index === 2 && broken) throw new Error('disk full')
    },
  })
  player.setSpeed('max')
  player.play()
  await clock.advance(0)
  expect(player.state()).toMatchObject({ status: 'failed', position: 2 })
  expect(errors).toEqual([new Error('disk full')])
  broken = false
  player.play()
  await clock.advance(0)
  expect(tried).toEqual([0, 1, 2, 2, 3, 4, 5, 6, 7])
})

test('[APP8] settling goes on to where no tool call waits for its result, and no further', async () => {
  const { player, clock } = stage({}, 4)
  let settled = false
  void player.settle().then(() => (settled = true))
  await clock.advance(0)
  expect(settled).toBe(true)
  expect(player.state()).toMatchObject({ status: 'paused', position: 7 })
  await player.settle()
  expect(player.state().position).toBe(7)
  player.play()
  await clock.advance(1_000)
  expect(player.state().status).toBe('finished')
})

test('[APP8] a call whose result was never recorded does not hold settling up', async () => {
  const clock = createTestClock()
  const player = createReplayPlayer(
    [user('go', 0), call('lost', 1), user('on', 2)],
    {
      startTurn: async () => undefined,
      deliver: async () => undefined,
      changed: () => undefined,
      failed: () => undefined,
    },
    clock,
    2,
  )
  await player.settle()
  expect(player.state().position).toBe(2)
})
