import { expect, test } from 'vitest'
import {
  frameMark,
  listDevices,
  phaseWords,
  sessionWords,
  statusLines,
  unsentText,
} from '../../../src/app/view/sync-words.ts'
import { SYNC_OFF, type SyncPhase } from '../../../src/protocol/sync.ts'

const PHASES: readonly SyncPhase[] = [
  'off',
  'connecting',
  'catching-up',
  'online',
  'offline',
  'refused',
]

test('[KSYNC7] every phase has words of its own, and its reason', () => {
  const titles = PHASES.map((phase) => phaseWords({ phase, lacking: 0 }).title)
  expect(new Set(titles).size).toBe(PHASES.length)
  expect(
    phaseWords({ phase: 'refused', reason: 'the token has expired', lacking: 0 }),
  ).toMatchObject({
    tone: 'bad',
    detail: /^the token has expired\. You can go on/,
  })
  expect(phaseWords({ phase: 'online', lacking: 0 })).toMatchObject({ tone: 'calm', detail: '' })
  expect(phaseWords({ phase: 'online', lacking: 1 })).toEqual({
    tone: 'warn',
    title: 'In sync, but for 1 session',
    detail: '',
  })
})

test('[KSYNC7] what is pending, gave way, was passed over or is lacking is said', () => {
  expect(statusLines(SYNC_OFF)).toEqual(['Everything that was done here is on the server.'])
  expect(
    statusLines({
      ...SYNC_OFF,
      pending: 3,
      sessionsPending: 1,
      conflicts: 1,
      ignored: 2,
      lacking: 1,
      server: { version: '2.12.3' },
    }),
  ).toEqual([
    '3 messages and changes of 1 session not sent yet.',
    'The server has version 2.12.3.',
    '1 change made here gave way to another device’s.',
    '2 entries on the server made no sense or did not open, and were passed over.',
    'The server lacks messages of 1 session: a device that has them will say them again.',
  ])
})

test('[KSYNC12] sessions of which there is something to know are named, those that lack messages first', () => {
  const none = { pending: 0, conflicts: 0, isLacking: false }
  const words = sessionWords([
    { ...none, id: 'a', name: 'A' },
    { ...none, id: 'b', name: 'B', conflicts: 1 },
    { ...none, id: 'c', name: 'C', pending: 3, conflicts: 2 },
    { ...none, id: 'd', name: 'D', pending: 1, isLacking: true },
  ])
  expect(words.map(({ id, text }) => `${id}: ${text}`)).toEqual([
    'd: waits for messages that the server lacks, 1 not sent yet',
    'c: 3 not sent yet, 2 changes gave way',
    'b: 1 change gave way',
  ])
})

test('[KSYNC8] the frame has a mark for what waits, and none else', () => {
  const marked = PHASES.map(
    (phase) => frameMark({ phase, pending: 0, lacking: 0 }, false)?.text ?? '',
  )
  expect(marked).toEqual(['', '', '', '', 'Offline', 'Sync is refused'])
  expect(frameMark({ phase: 'offline', pending: 2, lacking: 1 }, false)?.text).toBe(
    'Offline, 2 not sent',
  )
  expect(frameMark({ phase: 'online', pending: 0, lacking: 2 }, false)?.text).toBe(
    '2 sessions wait',
  )
  expect(frameMark({ phase: 'off', pending: 0, lacking: 0 }, true)?.text).toBe('Sync is locked')
})

test('[KSYNC9] the end of a session that is not sent yet is said', () => {
  expect(unsentText(4, 4)).toBe('')
  expect(unsentText(4, 3)).toBe('The last message is not sent yet')
  expect(unsentText(9, 3)).toBe('The last 6 messages are not sent yet')
})

test('[KSYNC7] this device is listed first, then who was there last, then who was removed', () => {
  const device = (id: string, seenAt: number, isRemoved = false) => ({
    id,
    name: id,
    seenAt,
    isRemoved,
  })
  const devices = [device('gone', 9, true), device('old', 1), device('own', 0), device('new', 5)]
  expect(listDevices(devices, 'own').map(({ id }) => id)).toEqual(['own', 'new', 'old', 'gone'])
})
