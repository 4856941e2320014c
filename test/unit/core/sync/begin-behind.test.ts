import { expect, test } from 'vitest'
import { beginBehind } from '../../../../src/core/sync/begin-behind.ts'
import { NEVER_SYNCED } from '../../../../src/core/sync/sync-state.ts'

const left = { position: 9, head: 7, claim: 8 }

test('[SYNC27] a session begins behind what the one of its name has left', () => {
  expect(beginBehind(NEVER_SYNCED, left)).toMatchObject({
    since: 9,
    head: { position: 7, id: '' },
    claimedAt: 8,
  })
  expect(beginBehind(NEVER_SYNCED, { ...left, position: 0 })).not.toHaveProperty('since')
})

test('[SYNC27] what has begun before stays as it is', () => {
  const begun = { ...NEVER_SYNCED, cursor: 13, claimedAt: 12 }
  const head = { ...begun.head, position: 11 }
  expect(beginBehind({ ...begun, head }, left)).toEqual({ ...begun, head })
  expect(beginBehind(begun, undefined)).toBe(begun)
})

test('[SYNC11] what was left and is heard of only later is what the next one has to name', () => {
  const begun = { ...NEVER_SYNCED, cursor: 13, since: 9 }
  const head = { ...begun.head, position: 7 }
  expect(beginBehind(begun, left)).toEqual({ ...begun, head, claimedAt: 8 })
})
