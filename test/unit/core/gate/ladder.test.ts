import { expect, test } from 'vitest'
import {
  afterAnswer,
  createLadderState,
  findStep,
  MAX_LADDER_EVENTS,
  nextStep,
  reachOf,
  resetLadder,
  type FailureReach,
  type Ladder,
  type LadderFailure,
} from '../../../../src/core/gate/ladder.ts'
import { MODEL_FAILURES, type ModelFailure } from '../../../../src/core/ports/language-model.ts'

const START = createLadderState(['local', 'remote'])

function failure(code: ModelFailure, retryAfterMs?: number): LadderFailure {
  const plain = { code, reason: `it said ${code}` }
  return retryAfterMs === undefined ? plain : { ...plain, retryAfterMs }
}

/** One call after the other fails at the first step. */
function failFirst(ladder: Ladder, code: ModelFailure, now: number, retryAfterMs?: number): Ladder {
  let position = { step: 0, tries: 0 }
  let state = ladder
  while (position.step === 0) {
    const next = nextStep(state, position, failure(code, retryAfterMs), now)
    state = next.ladder
    position = next.position
  }
  return state
}

const REACH: Readonly<Record<FailureReach, readonly ModelFailure[]>> = {
  again: ['truncated', 'not-json', 'failed'],
  call: ['aborted', 'too-large', 'context-exceeded', 'refused'],
  'cool-down': [
    'rate-limited',
    'server',
    'offline',
    'tls',
    'timed-out',
    'unavailable',
    'out-of-memory',
    'device-lost',
  ],
  session: [
    'unauthorised',
    'forbidden',
    'not-found',
    'blocked',
    'needs-consent',
    'invalid-options',
  ],
}

test('[STEP1] every failure reaches as far as the table says', () => {
  for (const [reach, codes] of Object.entries(REACH)) {
    for (const code of codes) expect(reachOf(code), code).toBe(reach)
  }
  expect(Object.values(REACH).flat().sort()).toEqual([...MODEL_FAILURES].sort())
  for (const code of ['toString', 'of-another-release', '__proto__']) {
    expect(reachOf(code as ModelFailure)).toBe('call')
  }
})

test.each(MODEL_FAILURES)('[STEP1, STEP2] %s leads down, with an event', (code) => {
  const first = nextStep(START, { step: 0, tries: 0 }, failure(code), 1_000)
  const isAgain = reachOf(code) === 'again'
  expect(first.position).toEqual(isAgain ? { step: 0, tries: 1 } : { step: 1, tries: 0 })
  const ladder = failFirst(START, code, 1_000)
  expect(ladder.events).toEqual([
    { kind: 'down', from: 'local', to: 'remote', code, reason: `it said ${code}`, at: 1_000 },
  ])
  const isLeftAlone = ['cool-down', 'session'].includes(reachOf(code))
  expect(findStep(ladder, 0, 1_000)).toBe(isLeftAlone ? 1 : 0)
  const isForGood = reachOf(code) === 'session'
  expect(findStep(ladder, 0, 1_000 + 3_600_000)).toBe(isForGood ? 1 : 0)
})

test('[STEP2] below the last step stands the built-in one, where nothing fails', () => {
  const down = nextStep(START, { step: 1, tries: 0 }, failure('server'), 1_000)
  expect(down.position.step).toBe(2)
  expect(down.ladder.events).toMatchObject([{ from: 'remote', to: 'built-in' }])
  const bottom = nextStep(down.ladder, down.position, failure('server'), 1_000)
  expect(bottom).toEqual({ ladder: down.ladder, position: { step: 2, tries: 0 } })
  expect(findStep(createLadderState([]), 0, 0)).toBe(0)
})

test('[STEP2] a step that is left alone is passed over on the way down', () => {
  const three = createLadderState(['a', 'b', 'c'])
  const closed = nextStep(three, { step: 1, tries: 0 }, failure('unauthorised'), 1_000).ladder
  const down = nextStep(closed, { step: 0, tries: 0 }, failure('refused'), 1_000)
  expect(down.position.step).toBe(2)
  expect(down.ladder.events.at(-1)).toMatchObject({ from: 'a', to: 'c' })
})

test('[STEP2] events and reasons are bounded', () => {
  let ladder = START
  for (let at = 0; at < MAX_LADDER_EVENTS + 20; at += 1) {
    const long = { code: 'refused', reason: 'x'.repeat(10_000) } as const
    ladder = nextStep(ladder, { step: 0, tries: 0 }, long, at).ladder
  }
  expect(ladder.events).toHaveLength(MAX_LADDER_EVENTS)
  expect(ladder.events.at(-1)?.at).toBe(MAX_LADDER_EVENTS + 19)
  expect(ladder.events.every(({ reason }) => reason.length <= 300)).toBe(true)
})

test('[STEP1] the time grows with each failure; a wish of the provider goes first', () => {
  let ladder = START
  const times: number[] = []
  for (let round = 0; round < 7; round += 1) {
    ladder = failFirst(ladder, 'server', 1_000)
    const { state } = ladder.steps[0] ?? {}
    times.push(state?.status === 'cooling' ? state.forMs : 0)
  }
  expect(times).toEqual([30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000])
  expect(failFirst(START, 'rate-limited', 1_000, 7_000).steps[0]?.state).toMatchObject({
    forMs: 7_000,
  })
})

test('[STEP1] a step that fails call after call, each for its own sake, is left alone too', () => {
  let ladder = START
  for (const isOpen of [true, true, false]) {
    ladder = failFirst(ladder, 'not-json', 1_000)
    expect(findStep(ladder, 0, 1_000) === 0).toBe(isOpen)
  }
})

test('[STEP3] when its time is over a step is asked again, and an answer mends it', () => {
  const failed = failFirst(START, 'server', 1_000)
  expect(findStep(failed, 0, 30_999)).toBe(1)
  expect(findStep(failed, 0, 31_000)).toBe(0)
  expect(findStep(failed, 0, 0)).toBe(0)
  const mended = afterAnswer(failed, 0, 31_000)
  expect(mended.steps).toEqual(START.steps)
  expect(mended.events.at(-1)).toEqual({
    kind: 'up',
    from: 'remote',
    to: 'local',
    reason: 'it answers again',
    at: 31_000,
  })
  expect(afterAnswer(mended, 0, 32_000)).toBe(mended)
  expect(afterAnswer(mended, 2, 32_000)).toBe(mended)
})

test('[STEP4] a person resets one step, or all', () => {
  let ladder = failFirst(START, 'unauthorised', 1_000)
  ladder = nextStep(ladder, { step: 1, tries: 0 }, failure('needs-consent'), 1_000).ladder
  expect(findStep(ladder, 0, 1e12)).toBe(2)
  expect(findStep(resetLadder(ladder, 'remote'), 0, 1_000)).toBe(1)
  expect(findStep(resetLadder(ladder, 'nobody'), 0, 1_000)).toBe(2)
  expect(findStep(resetLadder(ladder), 0, 1_000)).toBe(0)
})
