import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Backfold } from '../../../src/client/session.ts'
import { BackfoldError } from '../../../src/core/backfold-error.ts'
import { createOpening } from '../../../src/widget/provider/opening.ts'

interface Opened {
  readonly backfold: Backfold
  resolve: () => void
  reject: (thrown: unknown) => void
}

/** What was opened and closed, in order. */
let log: string[]
let opened: Opened[]

/** Opens when the test says so. */
function open(): Promise<Backfold> {
  const n = opened.length + 1
  log.push(`open ${n}`)
  return new Promise((resolve, reject) => {
    const close = async (): Promise<void> => void log.push(`close ${n}`)
    const backfold = { close } as unknown as Backfold
    opened.push({ backfold, resolve: () => resolve(backfold), reject })
  })
}

/** Lets timers and promises run. */
const settle = (): Promise<unknown> => vi.runAllTimersAsync()

beforeEach(() => {
  vi.useFakeTimers()
  log = []
  opened = []
})

afterEach(() => void vi.useRealTimers())

test('[REACT2] it is opened by the first hold and closed after the last', async () => {
  const opening = createOpening()
  const seen: string[] = []
  opening.state.subscribe(() => seen.push(opening.state.get().status))
  expect(log).toEqual([])
  const first = opening.hold(open)
  const second = opening.hold(open)
  await settle()
  opened[0]?.resolve()
  await settle()
  expect(opening.state.get()).toEqual({
    status: 'ready',
    backfold: opened[0]?.backfold,
    error: null,
  })
  first()
  first()
  await settle()
  expect(log).toEqual(['open 1'])
  second()
  await settle()
  expect(log).toEqual(['open 1', 'close 1'])
  expect(seen).toEqual(['ready', 'opening'])
})

test('[REACT2] what lets go and holds again in the same breath neither closes nor opens twice', async () => {
  const opening = createOpening()
  opening.hold(open)()
  const release = opening.hold(open)
  await settle()
  opened[0]?.resolve()
  await settle()
  release()
  opening.hold(open)
  await settle()
  expect(log).toEqual(['open 1'])
  expect(opening.state.get().status).toBe('ready')
})

test('[REACT2] what is let go while it opens is closed once it is open, and then opened anew', async () => {
  const opening = createOpening()
  opening.hold(open)()
  await settle()
  opening.hold(open)
  await settle()
  expect(log).toEqual(['open 1'])
  opened[0]?.resolve()
  await settle()
  expect(log).toEqual(['open 1', 'close 1', 'open 2'])
  expect(opening.state.get().status).toBe('opening')
  opened[1]?.resolve()
  await settle()
  expect(opening.state.get().backfold).toBe(opened[1]?.backfold)
})

test('[REACT4] a failure is told, and only then can opening be tried again', async () => {
  const opening = createOpening()
  opening.retry()
  const release = opening.hold(open)
  opening.retry()
  await settle()
  opened[0]?.reject(new BackfoldError('STORAGE_NEWER', 'newer'))
  await settle()
  expect(opening.state.get()).toMatchObject({ status: 'failed', error: { code: 'STORAGE_NEWER' } })
  opening.retry()
  expect(opening.state.get().status).toBe('opening')
  await settle()
  opened[1]?.reject('nonsense')
  await settle()
  expect(opening.state.get().error).toMatchObject({ name: 'BackfoldError', code: 'INTERNAL' })
  release()
  await settle()
  opening.retry()
  await settle()
  expect(log).toEqual(['open 1', 'open 2'])
})

test('[REACT4] a way to open that throws at once is a failure as well', async () => {
  const opening = createOpening()
  const listener = vi.fn<() => void>()
  opening.state.subscribe(listener)
  opening.hold(() => {
    throw new Error('no workers here')
  })
  await settle()
  expect(opening.state.get().error?.message).toBe('no workers here')
  expect(listener).toHaveBeenCalledTimes(1)
})
