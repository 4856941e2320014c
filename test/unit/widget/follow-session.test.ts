import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { followSession } from '../../../src/widget/hooks/follow-session.ts'
import { createFakeSession } from '../app/fake-session.ts'

/** Lets timers and promises run. */
const settle = (): Promise<unknown> => vi.runAllTimersAsync()

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const say = (text: string) => ({ role: 'user', content: text, parts: [] }) as const

test('[REACT16] many changes during a read cost one more, and the newest state is read', async () => {
  const session = createFakeSession()
  const told: unknown[] = []
  let reads = 0
  let release = (): void => {}
  const read = async (): Promise<number> => {
    reads += 1
    const newest = session.state.get().newest
    await new Promise<void>((resolve) => {
      release = resolve
    })
    return newest
  }
  const stop = followSession(
    session,
    { read, revisionOf: ({ newest }) => String(newest), gapMs: 0 },
    (settled) => told.push(settled),
  )
  await settle()
  await session.append(say('a'))
  await session.append(say('b'))
  await session.append(say('c'))
  expect(reads).toBe(1)
  release()
  await settle()
  expect(reads).toBe(2)
  release()
  await settle()
  expect(told).toEqual([{ value: 0 }, { value: 3 }])
  await session.append(say('d'))
  await settle()
  stop()
  release()
  await settle()
  await session.append(say('e'))
  await settle()
  expect(told).toHaveLength(2)
  expect(reads).toBe(3)
})

test('[REACT16] what changes nothing of interest is not read again, and a failure is told', async () => {
  const session = createFakeSession()
  const told: unknown[] = []
  let reads = 0
  const read = (): Promise<never> => {
    reads += 1
    throw new Error('torn')
  }
  followSession(session, { read, revisionOf: () => 'same', gapMs: 0 }, (settled) =>
    told.push(settled),
  )
  await settle()
  await session.append(say('a'))
  await settle()
  expect(reads).toBe(1)
  expect(told).toEqual([{ thrown: new Error('torn') }])
})

test('[REACT16] what is stopped in the breath in which it began reads nothing', async () => {
  const session = createFakeSession()
  let reads = 0
  const follow = (): (() => void) =>
    followSession(
      session,
      { read: async () => (reads += 1), revisionOf: ({ newest }) => String(newest), gapMs: 0 },
      () => {},
    )
  follow()()
  const stop = follow()
  await settle()
  expect(reads).toBe(1)
  stop()
})
