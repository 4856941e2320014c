import { afterEach, expect, test, vi } from 'vitest'
import { createBackfold, type Call } from '../../../src/client/create-backfold.ts'
import { noPage } from '../../../src/client/summarisers.ts'
import { openEngine } from '../../../src/client/open-engine.ts'
import type { Session } from '../../../src/client/session.ts'
import type { SessionEvent } from '../../../src/protocol/events.ts'
import { user } from '../../support/build-log.ts'

const broken = new Error('this listener is broken')

function fail(): never {
  throw broken
}

/** Makes what listeners throw visible to the test, as it is in a page. */
function watchErrors(): ReturnType<typeof vi.fn<(failure: unknown) => void>> {
  const report = vi.fn<(failure: unknown) => void>()
  vi.stubGlobal('reportError', report)
  return report
}

async function openSession(): Promise<Session> {
  const backfold = await openEngine()
  return backfold.session('s')
}

afterEach(() => {
  vi.unstubAllGlobals()
})

test('[CLI4] every listener hears of an event, also when one of them throws', async () => {
  const report = watchErrors()
  const session = await openSession()
  const heard: string[] = []
  const note = (name: string) => (event: SessionEvent) => void heard.push(`${name} ${event.type}`)
  session.on('appended', fail)
  session.on('appended', note('first'))
  session.on('*', fail)
  session.on('*', note('all'))
  session.on('applied', note('other'))
  expect((await session.append(user('hello'))).seqs).toEqual([1])
  expect(heard).toEqual(['first appended', 'all appended'])
  expect(report.mock.calls).toEqual([[broken], [broken]])
})

test('[CLI4] every watcher sees the new state, also when one of them throws', async () => {
  const report = watchErrors()
  const session = await openSession()
  const seen: number[] = []
  session.state.subscribe(fail)
  const stop = session.state.subscribe(() => seen.push(session.state.get().messages))
  await session.append(user('hello'))
  expect(seen.at(-1)).toBe(1)
  expect(report).toHaveBeenCalledWith(broken)
  stop()
  const { length } = seen
  await session.append(user('again'))
  expect(seen).toHaveLength(length)
  expect(session.state.get().messages).toBe(2)
})

test('[CLI4] where errors can’t be reported, as in Node, they are thrown by themselves', async () => {
  vi.stubGlobal('reportError', undefined)
  const session = await openSession()
  const thrown: unknown[] = []
  const soon = queueMicrotask
  vi.stubGlobal('queueMicrotask', (work: () => void) =>
    soon(() => {
      try {
        work()
      } catch (failure) {
        thrown.push(failure)
      }
    }),
  )
  const heard: string[] = []
  session.on('*', fail)
  session.on('*', ({ type }) => heard.push(type))
  await session.append(user('hello'))
  expect(heard).toEqual(['appended'])
  expect(thrown).toEqual([broken])
})

test('[CLI4] the same function given twice is called twice, and each is stopped by itself', async () => {
  const session = await openSession()
  const listener = vi.fn<() => void>()
  const stops = [session.on('appended', listener), session.on('appended', listener)]
  await session.append(user('hello'))
  expect(listener).toHaveBeenCalledTimes(2)
  stops[0]?.()
  stops[0]?.()
  await session.append(user('hello'))
  expect(listener).toHaveBeenCalledTimes(3)
})

test('[CLI4] a listener may stop itself and others, and start new ones, while it is called', async () => {
  const session = await openSession()
  const heard: string[] = []
  const stop = session.on('*', () => {
    heard.push('first')
    stop()
    session.on('*', () => heard.push('late'))
  })
  session.on('*', () => heard.push('second'))
  await session.append(user('hello'))
  expect(heard).toEqual(['first', 'second'])
  await session.append(user('hello'))
  expect(heard).toEqual(['first', 'second', 'second', 'late'])
})

test('[CLI4] after a restart every session’s listeners are told, and it is opened again', async () => {
  const real = await openSession()
  const first = real.state.get()
  const asked: string[] = []
  const call = (async (method: string) => {
    asked.push(method)
    return { ...first, messages: asked.length }
  }) as unknown as Call
  const created = createBackfold(
    call,
    () => 'id',
    async () => {},
    noPage(),
  )
  const session = await created.backfold.session('s')
  const heard: SessionEvent[] = []
  session.on('worker-restarted', (event) => heard.push(event))
  created.restarted('the worker died')
  expect(heard).toMatchObject([{ reason: 'the worker died', session: 's' }])
  await Promise.resolve()
  expect(asked).toEqual(['open', 'open'])
  expect(session.state.get().messages).toBe(2)
  expect(await created.backfold.session('s')).toBe(session)
})
