import { expect, test, vi } from 'vitest'
import { createBackfold } from '../../../src/client/create-backfold.ts'
import { noPage } from '../../../src/client/summarisers.ts'
import { watchReading } from '../../../src/client/watched-reading.ts'
import type { SessionJobs } from '../../../src/protocol/job-registry.ts'
import { settle } from '../../support/build-engine.ts'

/** Reads that a test answers one by one, the oldest first. */
function pendingReads() {
  const waiting: { resolve(jobs: readonly SessionJobs[]): void; reject(failure: Error): void }[] =
    []
  const read = vi.fn<() => Promise<readonly SessionJobs[]>>(
    () => new Promise((resolve, reject) => void waiting.push({ resolve, reject })),
  )
  return {
    read,
    answer: async (...jobs: readonly SessionJobs[]): Promise<void> => {
      waiting.shift()?.resolve(jobs)
      await settle()
    },
    fail: async (): Promise<void> => {
      waiting.shift()?.reject(new Error('the worker is lost'))
      await settle()
    },
  }
}

function jobsOf(session: string): SessionJobs {
  return { session, jobs: [] }
}

const call = (listener: () => void): void => listener()

test('[REG3] the registry is read when it is first looked at, and not again without a change', async () => {
  const { read, answer } = pendingReads()
  const { observable } = watchReading(read, call, [])
  expect(read).not.toHaveBeenCalled()
  expect(observable.get()).toEqual([])
  expect(observable.get()).toBe(observable.get())
  await answer(jobsOf('s'))
  const known = observable.get()
  expect(known).toEqual([jobsOf('s')])
  const stop = observable.subscribe(() => {})
  expect(observable.get()).toBe(known)
  stop()
  expect(read).toHaveBeenCalledTimes(1)
})

test('[REG3] whoever watches hears of every change, once it can be read', async () => {
  const { read, answer } = pendingReads()
  const { observable, changed } = watchReading(read, call, [])
  const seen: string[] = []
  observable.subscribe(() =>
    seen.push(
      observable
        .get()
        .map(({ session }) => session)
        .join(),
    ),
  )
  await answer()
  changed()
  expect(seen).toEqual([''])
  await answer(jobsOf('a'))
  changed()
  await answer(jobsOf('a'), jobsOf('b'))
  expect(seen).toEqual(['', 'a', 'a,b'])
})

test('[REG3] a burst of changes costs one read more than one', async () => {
  const { read, answer } = pendingReads()
  const { observable, changed } = watchReading(read, call, [])
  const listener = vi.fn<() => void>()
  observable.subscribe(listener)
  await answer()
  for (let change = 1; change <= 50; change += 1) changed()
  expect(read).toHaveBeenCalledTimes(2)
  await answer(jobsOf('old'))
  expect(read).toHaveBeenCalledTimes(3)
  await answer(jobsOf('new'))
  expect(observable.get()).toEqual([jobsOf('new')])
  await settle()
  expect(read).toHaveBeenCalledTimes(3)
  expect(listener).toHaveBeenCalledTimes(3)
})

test('[REG3] while nobody watches nothing is read, and who looks then gets what is new', async () => {
  const { read, answer } = pendingReads()
  const { observable, changed } = watchReading(read, call, [])
  const stop = observable.subscribe(() => {})
  await answer(jobsOf('old'))
  stop()
  changed()
  changed()
  expect(read).toHaveBeenCalledTimes(1)
  expect(observable.get()).toEqual([jobsOf('old')])
  expect(read).toHaveBeenCalledTimes(2)
  await answer(jobsOf('new'))
  expect(observable.get()).toEqual([jobsOf('new')])
})

test('[REG3] a change during a read that nobody watches is not missed', async () => {
  const { read, answer } = pendingReads()
  const { observable, changed } = watchReading(read, call, [])
  observable.get()
  changed()
  await answer(jobsOf('old'))
  observable.get()
  await answer(jobsOf('new'))
  expect(observable.get()).toEqual([jobsOf('new')])
})

test('[REG3] a read that fails leaves what was known, and the next look asks again', async () => {
  const { read, answer, fail } = pendingReads()
  const { observable, changed } = watchReading(read, call, [])
  observable.get()
  await fail()
  expect(observable.get()).toEqual([])
  expect(read).toHaveBeenCalledTimes(2)
  await answer(jobsOf('s'))
  const listener = vi.fn<() => void>()
  observable.subscribe(listener)
  changed()
  await fail()
  expect(observable.get()).toEqual([jobsOf('s')])
  expect(listener).not.toHaveBeenCalled()
  await answer(jobsOf('t'))
  expect(observable.get()).toEqual([jobsOf('t')])
  expect(listener).toHaveBeenCalledTimes(1)
})

test('[REG3] a failure in the middle of a burst loses no change', async () => {
  const { read, answer, fail } = pendingReads()
  const { observable, changed } = watchReading(read, call, [])
  observable.subscribe(() => {})
  changed()
  await fail()
  await answer(jobsOf('s'))
  expect(observable.get()).toEqual([jobsOf('s')])
})

test('[REG3, CLI4] each listener counts, the same one given twice too, and may stop when it hears', async () => {
  const { read, answer } = pendingReads()
  const told: (() => void)[] = []
  const { observable, changed } = watchReading(
    read,
    (listener) => {
      told.push(listener)
      listener()
    },
    [],
  )
  const twice = vi.fn<() => void>()
  const stopOne = observable.subscribe(twice)
  observable.subscribe(twice)
  const stopOnce = observable.subscribe(() => stopOnce())
  await answer()
  expect(twice).toHaveBeenCalledTimes(2)
  stopOne()
  stopOne()
  changed()
  await answer()
  expect(twice).toHaveBeenCalledTimes(3)
  expect(told).toHaveLength(4)
})

test('[REG3, CLI1] a worker that was replaced makes the registry be read anew', async () => {
  const { read, answer } = pendingReads()
  const { backfold, restarted } = createBackfold(
    read,
    () => '',
    () => Promise.resolve(),
    noPage(),
  )
  const listener = vi.fn<() => void>()
  backfold.jobs().subscribe(listener)
  await answer(jobsOf('s'))
  restarted('it died')
  await answer(jobsOf('t'))
  expect(backfold.jobs().get()).toEqual([jobsOf('t')])
  expect(listener).toHaveBeenCalledTimes(2)
})
