import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  idleMsOf,
  lockDue,
  lockText,
  stepLock,
  type LockEvent,
  type LockState,
} from '../../../../src/app/keep/idle-lock.ts'
import { judgePassphrase } from '../../../../src/app/keep/judge-passphrase.ts'

const UNLOCKED: LockState = { status: 'unlocked', touchedAt: 1_000, idleMs: 500 }
const at = fc.integer({ min: 0, max: 5_000 })
const idleMs = fc.option(fc.integer({ min: 1, max: 1_000 }))
const anyEvent: fc.Arbitrary<LockEvent> = fc.oneof(
  fc.constantFrom<LockEvent>({ type: 'tried' }, { type: 'refused' }, { type: 'opened' }),
  fc.record({ type: fc.constant('unlocked' as const), at, idleMs }),
  fc.record({ type: fc.constantFrom('touched' as const, 'ticked' as const), at }),
  fc.record({ type: fc.constant('set' as const), at, idleMs }),
  fc.record({
    type: fc.constant('lock' as const),
    because: fc.constantFrom('request' as const, 'other-tab' as const),
  }),
)

test('[LOCK1] it locks when idle, on request, and with another tab', () => {
  expect(stepLock(UNLOCKED, { type: 'ticked', at: 1_499 })).toBe(UNLOCKED)
  expect(stepLock(UNLOCKED, { type: 'ticked', at: 1_500 })).toEqual({
    status: 'locked',
    because: 'idle',
  })
  for (const because of ['request', 'other-tab'] as const) {
    expect(stepLock(UNLOCKED, { type: 'lock', because })).toEqual({ status: 'locked', because })
  }
  const open: LockState = { status: 'open' }
  expect(stepLock(open, { type: 'lock', because: 'request' })).toBe(open)
  expect(stepLock(open, { type: 'ticked', at: 99_999 })).toBe(open)
})

test('[LOCK1] whatever comes, only unlocking unlocks', () => {
  fc.assert(
    fc.property(fc.array(anyEvent), (events) => {
      let state: LockState = { status: 'locked', because: 'start' }
      for (const event of events) {
        const next = stepLock(state, event)
        if (next.status === 'unlocked' && state.status !== 'unlocked') {
          expect(event.type).toBe('unlocked')
        }
        if (next.status === 'open')
          expect([state.status, event.type]).toContain('opened' === event.type ? 'opened' : 'open')
        state = next
      }
    }),
  )
})

test('[LOCK2] a touch starts the time anew, but not after it is over, and never back', () => {
  const touched = stepLock(UNLOCKED, { type: 'touched', at: 1_400 })
  expect(lockDue(touched)).toBe(1_900)
  expect(lockDue(stepLock(touched, { type: 'touched', at: 1_100 }))).toBe(1_900)
  expect(stepLock(touched, { type: 'touched', at: 1_900 }).status).toBe('locked')
})

test('[LOCK3] a wrong passphrase is said, and the next one may be tried', () => {
  const tried = stepLock({ status: 'locked', because: 'start' }, { type: 'tried' })
  const refused = stepLock(tried, { type: 'refused' })
  expect(refused).toEqual({ status: 'locked', because: 'wrong-passphrase' })
  expect(lockText('wrong-passphrase')).toContain('not the passphrase')
  const again = stepLock(refused, { type: 'tried' })
  expect(stepLock(again, { type: 'unlocked', at: 5, idleMs: null })).toEqual({
    status: 'unlocked',
    touchedAt: 5,
    idleMs: null,
  })
})

test('[LOCK4] without a time nothing locks by itself', () => {
  const free = stepLock(UNLOCKED, { type: 'set', at: 2_000, idleMs: null })
  expect(lockDue(free)).toBeNull()
  expect(stepLock(free, { type: 'ticked', at: Number.MAX_SAFE_INTEGER }).status).toBe('unlocked')
  expect(idleMsOf(0)).toBeNull()
  expect(idleMsOf(Number.NaN)).toBeNull()
  expect(idleMsOf(15)).toBe(900_000)
  expect(idleMsOf(1e9)).toBe(86_400_000)
})

test('[LOCK9] a new passphrase is long enough, mixed enough and typed twice', () => {
  expect(judgePassphrase('short', 'short')).toContain('8 characters')
  expect(judgePassphrase('aaaaaaaaaaaa', 'aaaaaaaaaaaa')).toContain('Too easy')
  expect(judgePassphrase('quince and pear', 'quince or pear')).toContain('not the same')
  expect(judgePassphrase('quince and pear', 'quince and pear')).toBeNull()
})
