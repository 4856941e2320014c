import { expect, test } from 'vitest'
import type { Session } from '../../../src/client/session.ts'
import type { JobEntry } from '../../../src/protocol/job-registry.ts'
import type { Trigger } from '../../../src/core/compaction/job.ts'
import {
  BY_HAND,
  createOrigin,
  openTab,
  settle,
  until,
  type Tab,
} from '../../support/build-engine.ts'
import { turn, turns } from '../../support/build-log.ts'
import { before, createGate, OUTPUT, sessionIn, type Gate } from './gated-digester.ts'
import { blocks, host, lineOf } from './host-extractors.ts'

/** The registry as a tab shows it once everything that is on its way has arrived. */
async function shown({ backfold }: Tab, session: string = 's'): Promise<readonly JobEntry[]> {
  backfold.jobs().get()
  await settle()
  return (
    backfold
      .jobs()
      .get()
      .find((one) => one.session === session)?.jobs ?? []
  )
}

function watch({ backfold }: Tab): { readonly seen: (JobEntry | undefined)[] } {
  const seen: (JobEntry | undefined)[] = []
  backfold.jobs().subscribe(() => seen.push(backfold.jobs().get()[0]?.jobs[0]))
  return { seen }
}

interface Two {
  readonly here: Tab
  readonly there: Tab
  readonly session: Session
  /** One for each block, and one for composing. */
  readonly gates: readonly Gate[]
}

/** Two tabs of one origin; a job of three blocks is begun in the first. */
async function twoTabs(): Promise<Two & { readonly outcome: Promise<unknown> }> {
  const origin = createOrigin()
  const gates = [createGate(), createGate(), createGate(), createGate()]
  const digester = before((_, nth) => gates[nth - 1]?.pass())
  const broken = host('broken', (block) => {
    if (block.range.from === 2) throw new Error('not that one')
    return [lineOf(block)]
  })
  const [here, there] = [openTab({ origin, digester, extractors: [broken] }), openTab({ origin })]
  const session = await sessionIn(here, ...blocks(3))
  const outcome = session.compact()
  await gates[0]?.begun
  return { here, there, session, gates, outcome }
}

test('[REG1] a job is shown block by block and extractor by extractor, in all tabs', async () => {
  const { here, there, gates, outcome } = await twoTabs()
  const [job] = await shown(there)
  expect(job).toMatchObject({
    session: 's',
    n: 1,
    trigger: 'manual',
    state: 'running',
    isHere: false,
    attempt: 1,
    done: 0,
    spend: { calls: 0, tokens: 0 },
    tokensAfter: null,
    generation: null,
    reason: null,
    endedAt: null,
  })
  expect(job?.blocks.map(({ from, to, state }) => [from, to, state])).toEqual([
    [1, 1, 'running'],
    [2, 2, 'waiting'],
    [3, 6, 'waiting'],
  ])
  const own = await shown(here)
  expect(own).toEqual([{ ...job, isHere: true }])
  expect(own[0]?.owner).not.toBe('')

  gates[0]?.open()
  await gates[1]?.begun
  gates[1]?.open()
  await gates[2]?.begun
  await settle()
  const later = (await shown(there))[0]
  expect(later).toMatchObject({ done: 2, spend: { calls: 2 } })
  expect(later?.blocks.map(({ state }) => state)).toEqual(['done', 'done', 'running'])
  expect(later?.blocks.map(({ extractors }) => extractors.at(-2))).toEqual([
    { name: 'broken', state: 'done' },
    { name: 'broken', state: 'left-out', reason: 'not that one' },
    { name: 'broken', state: 'running' },
  ])
  expect(later?.blocks[1]?.extractors.map(({ name }) => name)).toEqual([
    'rules',
    'digest',
    'facts',
    'quotes',
    'broken',
    'pads',
  ])

  for (const gate of gates) gate.open()
  await outcome
  await settle()
  const ended = (await shown(there))[0]
  expect(ended).toMatchObject({
    state: 'ready',
    reason: 'all checks passed',
    generation: 1,
    done: 3,
  })
  expect(ended?.tokensAfter).toBeLessThan(ended?.tokensBefore ?? 0)
})

test('[REG2] a job that waits for the lease is shown as queued, where it waits', async () => {
  const { here, there, gates, outcome } = await twoTabs()
  const session = await there.backfold.session('s')
  const waiting = session.compact()
  await settle()
  expect((await shown(there)).map(({ n, state, isHere }) => [n, state, isHere])).toEqual([
    [0, 'queued', true],
    [1, 'running', false],
  ])
  expect((await shown(there))[0]).toMatchObject({ trigger: 'manual', blocks: [], endedAt: null })
  expect((await shown(here)).map(({ state }) => state)).toEqual(['running'])
  expect(await session.cancel()).toBe(true)
  expect(await waiting).toMatchObject({ kind: 'abandoned' })
  await settle()
  expect((await shown(there)).map(({ n }) => n)).toEqual([1])
  for (const gate of gates) gate.open()
  await outcome
})

test('[REG1] why a job ended is shown, whatever the reason', async () => {
  const gate = createGate()
  const tab = openTab({
    digester: before((_, nth) => {
      if (nth === 1) throw new Error('it broke')
      return nth === 2 ? gate.pass() : undefined
    }),
  })
  const session = await sessionIn(tab)
  await session.configure({ attempts: 1 })
  await session.compact()
  const cancelled = session.compact()
  await gate.begun
  await session.cancel()
  await cancelled
  await session.compact()
  await session.apply()
  await session.append(...turns(6, OUTPUT))
  await session.compact()
  await session.rollback(0)
  await settle()
  expect((await shown(tab)).map(({ n, state, reason }) => [n, state, reason])).toEqual([
    [4, 'superseded', 'the head moved'],
    [3, 'applied', 'generation 1 applied'],
    [2, 'abandoned', 'cancelled'],
    [1, 'failed', 'digest: it broke, 1 attempts'],
  ])
  const ended = (await shown(tab)).map(({ endedAt }) => endedAt)
  expect(ended.every((at) => at !== null)).toBe(true)
})

test('[REG1] sessions are listed by their newest job, and the newest hundred jobs are shown', async () => {
  const tab = openTab()
  const { length } = Array.from({ length: 60 })
  for (const id of ['one', 'other']) {
    const session = await tab.backfold.session(id, BY_HAND)
    await session.append(...turns(2, OUTPUT))
    for (let n = 3; n < 3 + length; n += 1) {
      tab.clock.pass(1)
      await session.append(...turn(n, OUTPUT))
      expect(await session.compact()).toMatchObject({ kind: 'ready' })
      await session.apply()
    }
  }
  await shown(tab)
  const listed = tab.backfold.jobs().get()
  expect(listed.map(({ session, jobs }) => [session, jobs.length, jobs[0]?.n])).toEqual([
    ['other', 60, 60],
    ['one', 40, 60],
  ])
})

test('[REG3] every change is told, here and in the other tab, in the order in which it happens', async () => {
  const { here, there, session, gates, outcome } = await twoTabs()
  const [own, other] = [watch(here), watch(there)]
  await settle()
  const steps: (() => unknown)[] = [
    ...gates.map((gate) => () => gate.open()),
    () => outcome,
    () => session.apply(),
    () => session.rollback(0),
  ]
  const last: (readonly unknown[])[] = []
  for (const step of steps) {
    await step()
    await settle()
    await settle()
    for (const { seen } of [own, other]) last.push([seen.at(-1)?.state, seen.at(-1)?.done])
  }
  const twice = (...entry: readonly unknown[]): unknown[] => [entry, entry]
  expect(last).toEqual([
    ...twice('running', 1),
    ...twice('running', 2),
    ...twice('running', 3),
    ...twice('ready', 3),
    ...twice('ready', 3),
    ...twice('applied', 3),
    ...twice('applied', 3),
  ])
})

test.each<readonly [string, (session: Session) => Promise<unknown>]>([
  ['a branch', (session) => session.branch(3)],
  ['a rollback', (session) => session.rollback(0)],
])('[REG3] that %s took a ready candidate away is told in both tabs', async (_, work) => {
  const origin = createOrigin()
  const [here, there] = [openTab({ origin }), openTab({ origin })]
  const session = await sessionIn(here)
  await session.compact()
  await session.apply()
  await session.append(...turns(6, OUTPUT))
  await session.compact()
  const [own, other] = [watch(here), watch(there)]
  await settle()
  expect(own.seen.at(-1)?.state).toBe('ready')
  await work(session)
  await until(() => own.seen.at(-1)?.state === 'superseded')
  await until(() => other.seen.at(-1)?.state === 'superseded')
  expect(other.seen.at(-1)?.reason).toBe('the head moved')
})

test('[REG3] appends are no changes, and while nobody watches the store is left alone', async () => {
  let reads = 0
  const tab = openTab({
    store: (real) => ({ ...real, listJobs: (most) => ((reads += 1), real.listJobs(most)) }),
  })
  const session = await sessionIn(tab)
  await session.compact()
  await session.apply()
  await settle()
  expect(reads).toBe(0)
  const stop = tab.backfold.jobs().subscribe(() => {})
  await settle()
  expect(reads).toBe(1)
  for (let n = 1; n <= 20; n += 1) await session.append(...turn(n))
  await session.context({ adopt: false })
  await settle()
  expect(reads).toBe(1)
  stop()
  await session.compact()
  await settle()
  expect(reads).toBe(1)
})

test('[REG1] what made each job start is shown', async () => {
  const tab = openTab()
  const session = await tab.backfold.session('s', { ...BY_HAND, automatic: true })
  await session.append(...turns(5, OUTPUT))
  await until(() => session.state.get().candidate !== null)
  await session.pin(2)
  await session.apply()
  await until(() => session.state.get().candidate !== null)
  await session.configure({ automatic: false })
  await session.apply()
  await session.append(...turns(6, OUTPUT))
  await session.compact()
  await session.append(...turns(6, OUTPUT))
  await session.context()
  await settle()
  const triggers = (await shown(tab)).map(({ trigger }) => trigger)
  expect(triggers).toEqual<readonly Trigger[]>(['hard', 'manual', 'rebuild', 'soft'])
})
