import { expect, test } from 'vitest'
import { MAX_INTERRUPTIONS, MAX_WAITING_JOBS } from '../../../../src/core/gate/gate.ts'
import { ABORTED, ANSWERED, DrivenGate, failedWith } from './drive-gate.ts'

test('[GATE1] no more calls begin than there are slots', () => {
  const driven = new DrivenGate({ slots: 2 })
  expect(driven.job('a')).toEqual(['begin a'])
  expect(driven.job('b')).toEqual(['begin b'])
  expect(driven.job('c')).toEqual([])
  expect(driven.at('c')).toBe('waiting: slots')
  expect(driven.end('a')).toEqual(['answer a', 'begin c'])
})

test('[GATE1, GATE2] a turn stops a job and begins when that has ended, not before', () => {
  const driven = new DrivenGate({ slots: 1 })
  driven.job('job')
  driven.job('next')
  expect(driven.turn('turn')).toEqual(['abort job'])
  expect([driven.at('job'), driven.at('turn'), driven.at('next')]).toEqual([
    'stopping',
    'waiting: stopping',
    'waiting: turn-first',
  ])
  expect(driven.end('job', ABORTED)).toEqual(['begin turn'])
  expect(driven.end('turn')).toEqual(['answer turn', 'begin job'])
})

test('[GATE2] as many jobs are stopped as turns lack slots, and no more', () => {
  const driven = new DrivenGate({ slots: 3 })
  driven.job('a', { priority: 1 })
  driven.job('b')
  driven.job('c')
  expect(driven.turn('t1')).toEqual(['abort c'])
  expect(driven.turn('t2')).toEqual(['abort b'])
  expect(driven.turn('t3')).toEqual(['abort a'])
  expect(driven.turn('t4')).toEqual([])
  expect(driven.at('t4')).toBe('waiting: turns')
  expect(driven.end('c', ABORTED)).toEqual(['begin t1'])
  expect(driven.end('a', ABORTED)).toEqual(['begin t2'])
})

test('[GATE2] where fewer slots are left than calls run, a turn stops what is in its way', () => {
  const driven = new DrivenGate({ slots: 2 })
  driven.job('a')
  driven.job('b')
  driven.step({ type: 'configured', settings: { ...driven.gate.settings, slots: 1 } })
  expect(driven.turn('t')).toEqual(['abort b', 'abort a'])
  expect(driven.end('b', ABORTED)).toEqual([])
  expect(driven.end('a', ABORTED)).toEqual(['begin t'])
})

test('[GATE2] a turn stops first what has no place yet, and nothing else gets one meanwhile', () => {
  const driven = new DrivenGate({ slots: 2, needsPlaces: true })
  driven.job('placing', { priority: 1 })
  driven.job('placed')
  driven.step({ type: 'placed', id: 'placed' })
  expect(driven.turn('turn')).toEqual(['abort placing'])
  expect(driven.step({ type: 'placed', id: 'placing' })).toEqual([])
  expect(driven.end('placing', ABORTED)).toEqual(['place turn'])
  expect(driven.at('placing')).toBe('waiting: turn-first')
  driven.end('placed')
  expect(driven.at('placing')).toBe('waiting: turn-first')
  expect(driven.step({ type: 'placed', id: 'turn' })).toEqual(['begin turn', 'place placing'])
})

test('[GATE2] a job that gets a place while a turn waits for its own gives it back', () => {
  const driven = new DrivenGate({ slots: 2, needsPlaces: true })
  driven.job('job')
  driven.turn('turn')
  expect(driven.step({ type: 'placed', id: 'job' })).toEqual(['abort job'])
})

test('[GATE3] what ended well though it was told to stop is not asked again', () => {
  const driven = new DrivenGate({ slots: 1 })
  driven.job('job')
  driven.turn('turn')
  expect(driven.end('job', ANSWERED)).toEqual(['answer job', 'begin turn'])
  expect(driven.at('job')).toBe('gone')
})

test('[GATE3] a job that was interrupted again and again is refused in the end', () => {
  const driven = new DrivenGate({ slots: 1 })
  driven.job('job')
  for (let round = 1; round < MAX_INTERRUPTIONS; round += 1) {
    driven.turn(`t${round}`)
    // Some providers end an aborted call with a failure of their own.
    driven.end('job', failedWith('server'))
    expect(driven.end(`t${round}`)).toEqual([`answer t${round}`, 'begin job'])
  }
  driven.turn('last')
  expect(driven.end('job', ABORTED)).toEqual(['refuse job', 'begin last'])
  expect(driven.gate.health).toBeUndefined()
})

test('[GATE4] jobs go by priority, then in the order of asking, an interrupted one in its old place', () => {
  const driven = new DrivenGate({ slots: 1 })
  driven.job('a')
  driven.job('b')
  driven.job('high', { priority: 5 })
  driven.turn('turn')
  driven.end('a', ABORTED)
  driven.job('c')
  const order: (string | undefined)[] = []
  for (let next: string | undefined = 'turn'; next;) {
    next = driven
      .end(next)
      .find((command) => command.startsWith('begin'))
      ?.slice(6)
    order.push(next)
  }
  expect(order).toEqual(['high', 'a', 'b', 'c', undefined])
})

test('[GATE4] the last free slot is kept for a moment after a turn', () => {
  const driven = new DrivenGate({ slots: 1, lullMs: 500 })
  driven.turn('t')
  driven.job('job')
  driven.end('t')
  expect(driven.at('job')).toBe('waiting: lull')
  expect(driven.lookInMs).toBe(500)
  expect(driven.pass(500)).toEqual(['begin job'])
  const roomy = new DrivenGate({ slots: 2, lullMs: 500 })
  roomy.turn('t')
  roomy.end('t')
  expect(roomy.job('job')).toEqual(['begin job'])
})

test('[GATE5] who waited too long is refused, and holds up nobody', () => {
  const driven = new DrivenGate({ slots: 1 })
  driven.job('running')
  driven.job('short', { maxWaitMs: 1_000 })
  driven.job('long')
  expect(driven.lookInMs).toBe(1_000)
  driven.now += 1_000
  expect(driven.obey({ type: 'looked' })).toEqual([
    {
      do: 'refuse',
      id: 'short',
      code: 'unavailable',
      reason: 'would wait too long: all slots are taken',
    },
  ])
  expect(driven.end('running')).toEqual(['answer running', 'begin long'])
})

test('[GATE5] what is sure to take longer than a job waits is said at once', () => {
  const driven = new DrivenGate({ slots: 1 })
  driven.job('a')
  driven.end('a', failedWith('rate-limited', 60_000))
  const request = driven.request('job', 'b', { maxWaitMs: 59_000 })
  expect(driven.obey({ type: 'asked', request })).toMatchObject([
    { do: 'refuse', code: 'rate-limited', retryAfterMs: 60_000 },
  ])
  expect(driven.job('c', { maxWaitMs: 61_000 })).toEqual([])
  expect(driven.at('c')).toBe('waiting: retry-after')
})

test('[GATE5] a wait that is known to be longer than a job has patience for is refused at once', () => {
  const driven = new DrivenGate({ slots: 1 })
  driven.step({ type: 'reported', outcome: failedWith('rate-limited', 60_000) })
  expect(driven.job('a', { patienceMs: 59_999 })).toEqual(['refuse a'])
  expect(driven.job('b', { patienceMs: 60_000 })).toEqual([])
  driven.device = { isOnline: false }
  expect(driven.job('c', { patienceMs: 0 })).toEqual([])
  expect(driven.at('c')).toBe('waiting: offline')
})

test('[GATE5] a line that is too long takes no more', () => {
  const driven = new DrivenGate({ slots: 1 })
  for (let at = 0; at <= MAX_WAITING_JOBS; at += 1) driven.job(`j${at}`)
  expect(driven.job('more')).toEqual(['refuse more'])
  expect(driven.turn('turn')).toEqual(['abort j0'])
})

test('[GATE7] one call tries a provider that was left alone, and success ends it', () => {
  const driven = new DrivenGate({ slots: 2 })
  for (const id of ['a', 'b', 'c']) {
    expect(driven.job(id)).toEqual([`begin ${id}`])
    driven.end(id, failedWith('server'))
  }
  driven.job('d')
  driven.job('e')
  expect(driven.at('d')).toBe('waiting: cool-down')
  expect(driven.turn('t')).toEqual(['begin t'])
  driven.end('t')
  expect(driven.pass(5_000)).toEqual(['begin d'])
  expect(driven.at('e')).toBe('waiting: probe')
  expect(driven.end('d', failedWith('server'))).toEqual(['answer d'])
  expect(driven.pass(9_999)).toEqual([])
  expect(driven.pass(1)).toEqual(['begin e'])
  driven.end('e')
  driven.job('f')
  driven.job('g')
  expect([driven.at('f'), driven.at('g')]).toEqual(['running', 'running'])
})

test('[GATE7] a person ends it', () => {
  const driven = new DrivenGate({ slots: 1 })
  driven.step({ type: 'reported', outcome: failedWith('rate-limited', 500_000) })
  driven.job('a')
  expect(driven.at('a')).toBe('waiting: retry-after')
  expect(driven.step({ type: 'reset' })).toEqual(['begin a'])
})

test('[GATE8] the device holds up jobs and no turns', () => {
  const driven = new DrivenGate({ slots: 2, isLocal: true })
  driven.device = { isHidden: true }
  driven.job('job')
  expect(driven.at('job')).toBe('waiting: hidden')
  expect(driven.turn('turn')).toEqual(['begin turn'])
  driven.device = { isHidden: false }
  expect(driven.step({ type: 'looked' })).toEqual(['begin job'])
})

test('[GATE9] jobs spend within their limit, an interrupted call counts again, turns do not count', () => {
  const spend = { calls: 3, tokens: 1_000, windowMs: 60_000 }
  const driven = new DrivenGate({ slots: 1, spend })
  driven.job('a')
  driven.turn('t')
  driven.end('a', ABORTED)
  driven.end('t')
  driven.end('a')
  expect(driven.gate.spend).toMatchObject({ calls: 2, tokens: 200 })
  driven.now += 10_000
  driven.job('large', { tokens: 801 })
  expect(driven.at('large')).toBe('waiting: spend')
  expect(driven.job('never', { tokens: 1_001, priority: 1 })).toEqual(['refuse never'])
  expect(driven.pass(50_000)).toEqual(['begin large'])
})

test('[GATE10] whoever cancels is answered at once; a call that runs is told to stop', () => {
  const driven = new DrivenGate({ slots: 1 })
  driven.job('a')
  driven.job('b')
  expect(driven.cancel('b')).toEqual(['refuse b'])
  expect(driven.cancel('a')).toEqual(['refuse a', 'abort a'])
  driven.job('c')
  expect(driven.at('c')).toBe('waiting: slots')
  expect(driven.end('a', ANSWERED)).toEqual(['begin c'])
  driven.turn('t')
  expect(driven.cancel('c')).toEqual(['refuse c'])
  expect(driven.end('c', ABORTED)).toEqual(['begin t'])
  expect(driven.end('t')).toEqual(['answer t'])
  expect(driven.gate.calls).toEqual([])
})

test('[GATE11] a call that does not end is overtaken by a turn after a second, and by no job', () => {
  const driven = new DrivenGate({ slots: 1 })
  driven.job('stuck')
  driven.turn('t')
  expect(driven.lookInMs).toBe(1_000)
  expect(driven.pass(999)).toEqual([])
  expect(driven.pass(1)).toEqual(['begin t'])
  expect(driven.end('t')).toEqual(['answer t'])
  driven.job('job')
  expect(driven.at('job')).toBe('waiting: slots')
  // What comes late is asked again in its turn.
  expect(driven.end('stuck', ABORTED)).toEqual(['begin stuck'])
})

test('[GATE14] a call with a shared place begins once it has it, if nothing holds it up by then', () => {
  const driven = new DrivenGate({ slots: 1, needsPlaces: true, isLocal: true })
  expect(driven.job('a')).toEqual(['place a'])
  expect(driven.at('a')).toBe('placing: other-tab')
  driven.device = { isHidden: true }
  expect(driven.step({ type: 'placed', id: 'a' })).toEqual(['abort a'])
  driven.end('a', ABORTED)
  expect(driven.at('a')).toBe('waiting: hidden')
  driven.device = {}
  expect(driven.pass(0)).toEqual(['place a'])
  expect(driven.gate.spend.calls).toBe(0)
  expect(driven.step({ type: 'placed', id: 'a' })).toEqual(['begin a'])
  expect(driven.gate.spend.calls).toBe(1)
})

test('[GATE14] each turn of another tab gets the place of one call that has one', () => {
  const driven = new DrivenGate({ slots: 3, needsPlaces: true })
  for (const id of ['a', 'b']) {
    driven.job(id)
    driven.step({ type: 'placed', id })
  }
  driven.job('c')
  expect(driven.step({ type: 'wanted' })).toEqual(['abort b'])
  expect(driven.step({ type: 'wanted' })).toEqual(['abort a'])
  expect(driven.step({ type: 'wanted' })).toEqual([])
  expect(driven.end('b', ABORTED)).toEqual(['place b'])
})

test('[GATE5, GATE14] a job that waits too long for a place gives up', () => {
  const driven = new DrivenGate({ slots: 1, needsPlaces: true })
  driven.job('a', { maxWaitMs: 5_000 })
  expect(driven.lookInMs).toBe(5_000)
  expect(driven.pass(5_000)).toEqual(['refuse a', 'abort a'])
  expect(driven.end('a', ABORTED)).toEqual([])
  expect(driven.gate.calls).toEqual([])
})

test('[GATE12] events that do not fit are ignored', () => {
  const driven = new DrivenGate({ slots: 1 })
  driven.job('a')
  driven.job('b')
  const before = driven.gate
  expect(driven.job('a')).toEqual([])
  expect(driven.end('b')).toEqual([])
  expect(driven.end('nobody')).toEqual([])
  expect(driven.cancel('nobody')).toEqual([])
  expect(driven.step({ type: 'placed', id: 'a' })).toEqual([])
  expect(driven.gate).toEqual(before)
})

test('[GATE12] a clock that jumps back holds nothing up', () => {
  const driven = new DrivenGate({
    slots: 1,
    lullMs: 500,
    rate: { calls: 1, tokens: Infinity, windowMs: 60_000 },
  })
  driven.job('a')
  driven.turn('t')
  driven.end('a', failedWith('aborted'))
  driven.end('t')
  driven.step({ type: 'reported', outcome: failedWith('rate-limited', 600_000) })
  expect(driven.at('a')).toBe('waiting: retry-after')
  expect(driven.pass(-3_600_000)).toEqual(['begin a'])
})
