import { expect, test } from 'vitest'
import { BackfoldError } from '../../../src/core/backfold-error.ts'
import type { SessionStore } from '../../../src/core/ports/session-store.ts'
import { createOrigin, openTab, settle, until } from '../../support/build-engine.ts'
import { assistant, calls, result, turns, user } from '../../support/build-log.ts'
import { before, createGate, OUTPUT } from './gated-digester.ts'
import { IDLE_MS, openLog, rest, withCandidate } from './resting-session.ts'

test('[TURN7] every call begins the time anew, up to the last millisecond', async () => {
  const held = await withCandidate('idle')
  const { session } = held
  const state = (): number => session.state.get().generation
  await rest(held, IDLE_MS - 1)
  await session.append(assistant('one thing more'))
  await rest(held, IDLE_MS - 1)
  await session.context()
  await rest(held, IDLE_MS - 1)
  await session.context({ adopt: false })
  await rest(held, IDLE_MS - 1)
  expect(state()).toBe(0)
  await rest(held, 1)
  expect(state()).toBe(1)
})

test('[TURN7] the time counts anew from the end of a turn', async () => {
  const held = await withCandidate('idle', user('read it'), calls('x'))
  const { session } = held
  await rest(held, 10 * IDLE_MS)
  await session.append(result('x'))
  await rest(held, 10 * IDLE_MS)
  expect(session.state.get().generation).toBe(0)
  await session.append(assistant('it is read'))
  await rest(held, IDLE_MS - 1)
  expect(session.state.get().generation).toBe(0)
  await rest(held, 1)
  expect(session.state.get().generation).toBe(1)
})

test('[TURN7] a candidate that a person had made while the session was idle is adopted too', async () => {
  const held = await openLog('idle', turns(5, OUTPUT))
  await rest(held)
  expect(await held.session.compact()).toMatchObject({ kind: 'ready' })
  await rest(held, IDLE_MS - 1)
  expect(held.session.state.get().generation).toBe(0)
  await rest(held, 1)
  expect(held.session.state.get().generation).toBe(1)
})

test('[TURN7] while a call is under way nothing is idle, and a call that failed was one too', async () => {
  const gate = createGate()
  let isSlow = false
  const store = (real: SessionStore): SessionStore => ({
    ...real,
    async read(query) {
      if (isSlow && query.tail) {
        await gate.pass()
        throw new BackfoldError('STORAGE_QUOTA_EXCEEDED', 'full')
      }
      return real.read(query)
    },
  })
  const held = await openLog('idle', turns(5, OUTPUT), { store })
  expect(await held.session.compact()).toMatchObject({ kind: 'ready' })
  isSlow = true
  const context = held.session.context()
  await gate.begun
  isSlow = false
  await rest(held, 5 * IDLE_MS)
  gate.open()
  await expect(context).rejects.toMatchObject({ code: 'STORAGE_QUOTA_EXCEEDED' })
  await rest(held, IDLE_MS - 1)
  expect(held.session.state.get().generation).toBe(0)
  await rest(held, 1)
  expect(held.session.state.get().generation).toBe(1)
})

test('[TURN7] a job that is at work when the time is over is waited for', async () => {
  const gate = createGate()
  const digester = before((call) => (call === 'compose' ? gate.pass() : undefined))
  const held = await openLog('idle', turns(5, OUTPUT), { digester })
  void held.session.compact()
  await gate.begun
  await rest(held)
  expect(held.session.state.get()).toMatchObject({ generation: 0, job: { status: 'running' } })
  gate.open()
  await until(() => held.session.state.get().generation === 1)
})

test('[TURN7, RUN2] a job that begins after one that failed is waited for as well', async () => {
  const gate = createGate()
  const digester = before((_, nth) => {
    if (nth === 1) return gate.pass().then(() => Promise.reject(new Error('not yet')))
    return undefined
  })
  const held = await openLog(
    'idle',
    turns(5, OUTPUT),
    { digester },
    { automatic: true, attempts: 1 },
  )
  await gate.begun
  await rest(held)
  gate.open()
  await until(() => held.session.state.get().generation === 1)
  expect(await held.session.jobs()).toMatchObject([{ state: 'applied' }, { state: 'failed' }])
})

test('[TURN7] a candidate left by another tab is adopted after a rest in this one', async () => {
  const origin = createOrigin()
  const closed = await openLog('idle', turns(5, OUTPUT), { origin })
  await closed.session.compact()
  await closed.tab.backfold.close()
  const tab = openTab({ origin })
  const session = await tab.backfold.session('s')
  expect(session.state.get()).toMatchObject({ generation: 0, candidate: 1 })
  await rest({ tab, session }, IDLE_MS - 1)
  expect(session.state.get().generation).toBe(0)
  await rest({ tab, session }, 1)
  expect(session.state.get().generation).toBe(1)
})

test('[TURN7] a session that another tab is at work on is not idle', async () => {
  const origin = createOrigin()
  const held = await openLog('idle', turns(5, OUTPUT), { origin })
  const busy = openTab({ origin })
  const other = await busy.backfold.session('s')
  await held.session.compact()
  await rest(held, IDLE_MS - 1)
  await other.append(assistant('one thing more'))
  await rest(held, IDLE_MS - 1)
  expect(held.session.state.get().generation).toBe(0)
  await rest(held, 1)
  expect(held.session.state.get().generation).toBe(1)
  await settle()
  expect(other.state.get().generation).toBe(1)
  expect(await other.generations()).toHaveLength(1)
})

test('[TURN7] one session’s rest is not disturbed by another’s work', async () => {
  const held = await withCandidate('idle')
  const other = await held.tab.backfold.session('other')
  await rest(held, IDLE_MS - 1)
  await other.append(user('hello'))
  await rest(held, 1)
  expect(held.session.state.get().generation).toBe(1)
})

test('[TURN7] another policy ends the wait, and a closed engine does not wait', async () => {
  const held = await withCandidate('idle')
  await held.session.configure({ applyAt: 'manual' })
  await rest(held)
  expect(held.session.state.get().generation).toBe(0)
  await held.session.configure({ applyAt: 'idle' })
  await rest(held)
  expect(held.session.state.get().generation).toBe(1)
  const appending = held.session.append(user('and now?'))
  await held.tab.backfold.close()
  await appending
  expect(held.tab.clock.waiting()).toBe(0)
})

test('[TURN7] a policy that another tab has changed counts too', async () => {
  const origin = createOrigin()
  const held = await openLog('idle', turns(5, OUTPUT), { origin })
  await held.session.compact()
  const other = await openTab({ origin }).backfold.session('s')
  await other.configure({ applyAt: 'manual' })
  await held.session.pin(20)
  await rest(held)
  expect(held.session.state.get()).toMatchObject({ generation: 0, candidate: 1 })
})
