import { expect, test } from 'vitest'
import { createGate, OUTPUT } from './gated-digester.ts'
import { hung } from './host-extractors.ts'
import { BY_HAND, createOrigin, openTab, settle, until } from '../../support/build-engine.ts'
import { turns, user } from '../../support/build-log.ts'

test('[ERR3] a job that closing ends is not started anew, however high the pressure', async () => {
  const origin = createOrigin()
  const slow = hung('slow')
  const tab = openTab({ origin, extractors: [slow] })
  const session = await tab.backfold.session('s', { ...BY_HAND, automatic: true })
  await session.append(...turns(9, OUTPUT))
  await until(() => slow.signals.length === 1)
  await tab.backfold.close()
  await settle()
  expect(slow.signals).toHaveLength(1)
  expect(tab.events.filter(({ type }) => type === 'job-queued')).toHaveLength(1)
  expect(session.state.get().job).toEqual({ status: 'idle' })
  expect(tab.clock.waiting()).toBe(0)
  expect(origin.locks.queues.size).toBe(0)
  const heir = openTab({ origin })
  const again = await heir.backfold.session('s')
  await until(() => again.state.get().candidate !== null)
})

test('[ERR3] what is under way while the engine closes ends, and starts nothing', async () => {
  const gate = createGate()
  const tab = openTab({
    store: (real) => ({
      ...real,
      async commit(query, decide) {
        if (!('openJob' in query)) await gate.pass()
        return real.commit(query, decide)
      },
    }),
  })
  const opening = tab.backfold.session('s', { ...BY_HAND, automatic: true })
  await gate.begun
  gate.open()
  const session = await opening
  const appending = session.append(...turns(9, OUTPUT), user('and now?'))
  const closing = tab.backfold.close()
  await Promise.allSettled([appending, closing])
  await settle()
  expect(tab.events.filter(({ type }) => type !== 'appended')).toEqual([])
  expect(tab.clock.waiting()).toBe(0)
})

test('[ERR3, PROB6] closing does not wait for an examiner that hangs', async () => {
  let examined: AbortSignal | undefined
  const tab = openTab({
    examiner: () => ({
      examine: (_, signal) => {
        examined = signal as AbortSignal
        return new Promise(() => {})
      },
    }),
  })
  const session = await tab.backfold.session('s', BY_HAND)
  await session.append(...turns(6, OUTPUT))
  await session.compact()
  await session.apply()
  await session.append(user('I already told you to read it.'))
  await until(() => examined !== undefined)
  await tab.backfold.close()
  expect(examined?.aborted).toBe(true)
  expect(tab.clock.waiting()).toBe(0)
})
