import { expect, test } from 'vitest'
import { BackfoldError } from '../../../src/core/backfold-error.ts'
import type { Session } from '../../../src/client/session.ts'
import type { SessionStore } from '../../../src/core/ports/session-store.ts'
import { APPLY_AT, type ApplyAt } from '../../../src/core/session/policy.ts'
import type { Draft } from '../../../src/core/session/message.ts'
import { BY_HAND, createOrigin, openTab, settle } from '../../support/build-engine.ts'
import { approvalRequest, calls, result, turn, turns, user } from '../../support/build-log.ts'
import { before, createGate, OUTPUT } from './gated-digester.ts'
import { host } from './host-extractors.ts'
import { HARD, IDLE_MS, openLog, rest, withCandidate, type Held } from './resting-session.ts'

const MOMENTS = {
  'nothing is asked for a while': (held: Held) => rest(held),
  'the session is opened': ({ tab }: Held) => tab.backfold.session('s'),
  'another session is opened': async ({ tab }: Held) => {
    await tab.backfold.session('other')
    await settle()
  },
  'a turn starts': async ({ session }: Held) => {
    await session.append(user('and now?'))
    await session.context()
  },
  'a person asks for it': ({ session }: Held) => session.apply(),
  'the context is looked at': ({ session }: Held) => session.context({ adopt: false }),
} satisfies Readonly<Record<string, (held: Held) => Promise<unknown>>>

/** The moments at which each policy adopts. */
const ADOPTS: Readonly<Record<ApplyAt, readonly (keyof typeof MOMENTS)[]>> = {
  turn: ['a turn starts', 'a person asks for it'],
  idle: ['nothing is asked for a while', 'a person asks for it'],
  between: ['the session is opened', 'another session is opened', 'a person asks for it'],
  hard: ['a person asks for it'],
  manual: ['a person asks for it'],
}

const names = Object.keys(MOMENTS) as readonly (keyof typeof MOMENTS)[]
const cases = APPLY_AT.flatMap((applyAt) => names.map((moment) => [applyAt, moment] as const))

test.each(cases)(
  '[TURN1, TURN4, TURN7, TURN8, TURN9] applying at %s, when %s',
  async (applyAt, moment) => {
    const held = await withCandidate(applyAt)
    await MOMENTS[moment](held)
    const isAdopted = ADOPTS[applyAt].includes(moment)
    expect(held.session.state.get()).toMatchObject({
      generation: isAdopted ? 1 : 0,
      candidate: isAdopted ? null : 1,
    })
  },
)

const LEAVE_GIVEN: Draft = {
  role: 'user',
  parts: [{ type: 'approval-response', approvalId: 'a', approved: true }],
}

const MID_TURN: readonly (readonly [string, readonly Draft[]])[] = [
  ['the model is at work', [user('read it')]],
  ['a tool is at work', [user('read it'), calls('x')]],
  ['one of two tools is at work', [user('read it'), calls('x', 'y'), result('x')]],
  ['the model reads what a tool gave', [user('read it'), calls('x'), result('x')]],
  ['a person is asked for leave', [user('read it'), approvalRequest('a', 'x')]],
  [
    'a person has given leave',
    [user('read it'), calls('x'), approvalRequest('a', 'x'), LEAVE_GIVEN],
  ],
]

test.each(APPLY_AT.flatMap((at) => MID_TURN.map(([when, open]) => [at, when, open] as const)))(
  '[TURN2, TURN7, TURN8] applying at %s, nothing is adopted while %s',
  async (applyAt, _, open) => {
    const held = await withCandidate(applyAt, ...open)
    await MOMENTS['the session is opened'](held)
    await MOMENTS['another session is opened'](held)
    await MOMENTS['nothing is asked for a while'](held)
    expect(await held.session.context()).toMatchObject({ adopted: false, generation: 0 })
    await MOMENTS['nothing is asked for a while'](held)
    expect(held.session.state.get()).toMatchObject({ generation: 0, candidate: 1 })
  },
)

test.each(APPLY_AT)(
  '[TURN3, TURN4, TURN9] applying at %s, the hard threshold folds in the middle of a turn',
  async (applyAt) => {
    let asked = 0
    const model = host('model', () => ((asked += 1), []))
    const { session } = await openLog(applyAt, [...turns(5, OUTPUT), user('read it')], {
      extractors: [model],
    })
    await session.context()
    await session.compact()
    expect(asked).toBe(1)
    await session.append(calls('x'), result('x', OUTPUT.repeat(2)))
    expect(session.state.get().tokens.context).toBeGreaterThan(HARD)
    const generation = applyAt === 'manual' ? 2 : 1
    expect(await session.context()).toMatchObject({ adopted: true, generation })
    expect(asked).toBe(1)
    if (applyAt !== 'manual') return
    expect(await session.jobs()).toMatchObject([
      { n: 2, trigger: 'hard', state: 'applied' },
      { n: 1, trigger: 'manual', state: 'abandoned' },
    ])
    expect((await session.generation(1)).status).toBe('rejected')
  },
)

test('[TURN4] with manual applying a full disk at the hard threshold adopts nothing', async () => {
  let isFull = false
  const store = (real: SessionStore): SessionStore => ({
    ...real,
    commit: (query, decide) =>
      isFull && query.openJob
        ? Promise.reject(new BackfoldError('STORAGE_QUOTA_EXCEEDED', 'full'))
        : real.commit(query, decide),
  })
  const { session } = await openLog('manual', turns(5, OUTPUT), { store })
  expect(await session.compact()).toMatchObject({ kind: 'ready' })
  await session.append(...turns(3, OUTPUT), user('and now?'))
  isFull = true
  expect(await session.context()).toMatchObject({ adopted: false, generation: 0, squeezed: true })
  isFull = false
  expect(session.state.get()).toMatchObject({ generation: 0, candidate: 1 })
})

test.each(['manual', 'turn'] as const)(
  '[TURN2, TURN4] applying at %s, what was folded by force is not adopted once there is room again',
  async (applyAt) => {
    const gate = createGate()
    const digester = before((call) => (call === 'compose' ? gate.pass() : undefined))
    const drafts = [...turns(8, OUTPUT), user('read it'), calls('x'), result('x')]
    const { session } = await openLog(applyAt, drafts, { digester })
    const context = session.context()
    await gate.begun
    await session.configure({ budget: { tokens: 100_000 } })
    gate.open()
    expect(await context).toMatchObject({ adopted: false, generation: 0 })
    expect(session.state.get()).toMatchObject({ generation: 0, candidate: 1 })
  },
)

test('[TURN4] with manual applying the hard threshold does not wait for the job that runs', async () => {
  const gate = createGate()
  const digester = before((call, nth) =>
    call === 'compose' && nth === 2 ? gate.pass() : undefined,
  )
  const { session } = await openLog('manual', turns(5, OUTPUT), { digester })
  const outcome = session.compact()
  await gate.begun
  await session.append(...turns(3, OUTPUT), user('and now?'))
  expect(await session.context()).toMatchObject({ adopted: true, generation: 1 })
  expect(await session.jobs()).toMatchObject([
    { n: 2, trigger: 'hard', state: 'applied' },
    { n: 1, trigger: 'manual', state: 'abandoned' },
  ])
  await outcome
})

test('[TURN8] opening adopts in every session of the tab that waits for it, and in no other', async () => {
  const origin = createOrigin()
  const tab = openTab({ origin })
  const policy = { ...BY_HAND, idleAfterMs: IDLE_MS }
  const prepare = async (id: string, applyAt: ApplyAt): Promise<Session> => {
    const session = await tab.backfold.session(id, { ...policy, applyAt: 'manual' })
    await session.append(...turns(5, OUTPUT))
    await session.compact()
    await session.configure({ applyAt })
    return session
  }
  const sessions = [
    await prepare('one', 'between'),
    await prepare('two', 'between'),
    await prepare('three', 'hard'),
    await prepare('four', 'turn'),
  ]
  await openTab({ origin }).backfold.session('elsewhere')
  await settle()
  const generations = (): readonly number[] => sessions.map(({ state }) => state.get().generation)
  // Preparing the second opened it while the first waited.
  expect(generations().slice(2)).toEqual([0, 0])
  await tab.backfold.session('last')
  await settle()
  expect(generations()).toEqual([1, 1, 0, 0])
})

test('[TURN8] a session that cannot be folded does not stop another from being opened', async () => {
  let fails = false
  const held = await openLog('between', turns(5, OUTPUT), {
    store: (real) => ({
      ...real,
      commit: (query, decide) =>
        fails && query.asApplied
          ? Promise.reject(new Error('no disk'))
          : real.commit(query, decide),
    }),
  })
  await held.session.compact()
  fails = true
  expect((await held.tab.backfold.session('other')).state.get().generation).toBe(0)
  expect((await held.tab.backfold.session('s')).state.get().candidate).toBe(1)
  fails = false
  await held.tab.backfold.session('other')
  await settle()
  expect(held.session.state.get().generation).toBe(1)
})

test('[TURN9] with hard applying the prefix stays until the hard threshold', async () => {
  const held = await withCandidate('hard')
  const { session } = held
  for (let n = 6; session.state.get().tokens.context < HARD; n += 1) {
    expect((await session.context()).generation).toBe(0)
    await session.append(...turn(n, OUTPUT.slice(0, 400)))
    await rest(held)
    await held.tab.backfold.session('s')
  }
  expect((await session.context()).generation).toBe(1)
})
