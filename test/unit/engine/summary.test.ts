import { expect, test } from 'vitest'
import type { ModelReply } from '../../../src/core/ports/language-model.ts'
import { choicesOf, openDesk } from '../../support/build-desk.ts'
import { BY_HAND, createOrigin, openTab, type Tab } from '../../support/build-engine.ts'
import { createLocalLocks } from '../../../src/tabs/local-leases.ts'
import { assistant, turns, user } from '../../support/build-log.ts'
import { createScriptedModel, seqsIn, type ScriptedModel } from '../../support/build-model.ts'

const FAILED: ModelReply = { kind: 'failed', code: 'server', reason: 'the server is down' }

const SAID = 'Login fails after ten seconds. My guess is the proxy between them.'
const NOTE = 'The user suspected that the proxy broke the login.'

/** Notes what the user suspected, with the first message of the piece as its source. */
const notes = (text = NOTE): ScriptedModel =>
  createScriptedModel((request) => {
    const [seq = 0] = seqsIn(request)
    return JSON.stringify({ add: [{ text, sources: [seq] }] })
  })

async function open(models: readonly ScriptedModel[]): Promise<Tab> {
  const origin = createOrigin()
  const desk = await openDesk(origin.clock, models)
  return openTab({ origin, summariser: () => desk })
}

async function fold(tab: Tab, id = 's'): Promise<string> {
  const session = await tab.backfold.session(id, BY_HAND)
  await session.append(
    user(SAID),
    assistant('I look at the proxy.'),
    ...turns(4, 'some output\n'.repeat(40)),
  )
  const outcome = await session.compact()
  if (outcome.kind !== 'ready') throw new Error(`${outcome.kind}: ${JSON.stringify(outcome)}`)
  return (await session.generation(outcome.generation)).text
}

test('[SVC1] what a summariser wrote stands in the digest, and the generation names it', async () => {
  const tab = await open([notes()])
  expect(await fold(tab)).toContain(`${NOTE} (#1)`)
  const session = await tab.backfold.session('s')
  expect((await session.generations())[0]).toMatchObject({ summariser: 'built-in + scripted' })
  const [job] = await session.jobs()
  expect(job?.extractors).toContain('summary')
  expect(job?.spend.calls).toBeGreaterThan(0)
})

test('[SVC2] where all fail, the fold is the one without any, and says why', async () => {
  const plain = await fold(openTab())
  const tab = await open([createScriptedModel(() => FAILED), createScriptedModel(() => 'la la la')])
  expect(await fold(tab)).toBe(plain)
  const session = await tab.backfold.session('s')
  const [job] = await session.jobs()
  const reasons = (job?.leftOut ?? []).map(({ extractor, reason }) => `${extractor} ${reason}`)
  expect(reasons.join('\n')).toMatch(/summary scripted: the server is down/)
  expect(reasons.join('\n')).toMatch(/built-in: no other summariser is left/)
})

test('[SVC2] the next one writes where the first fails, and what failed is told', async () => {
  const tab = await open([createScriptedModel(() => FAILED), notes()])
  expect(await fold(tab)).toContain(`${NOTE} (#1)`)
  const { status } = await tab.backfold.summarisers()
  await expect.poll(() => status.get().steps.length).toBe(2)
  expect(status.get().events).toMatchObject([{ kind: 'down', code: 'server' }])
})

test('[SVC13] only the summarisers that a session’s policy names are asked about it', async () => {
  const said = notes()
  const tab = await open([said])
  await tab.backfold.session('t', { summarisers: [] })
  expect(await fold(tab, 't')).not.toContain(NOTE)
  expect(said.requests).toEqual([])
  await tab.backfold.session('u', { summarisers: ['another', 'scripted'] })
  expect(await fold(tab, 'u')).toContain(NOTE)
  expect(await fold(tab)).toContain(NOTE)
})

test('[SVC3] at the hard threshold no summariser is asked', async () => {
  const model = notes()
  const tab = await open([model])
  const session = await tab.backfold.session('s', { ...BY_HAND, applyAt: 'turn' })
  await session.append(...turns(30, 'some output\n'.repeat(40)))
  const { tokens } = await session.context()
  expect(tokens).toBeLessThan(2_000)
  expect((await session.generations())[0]).toMatchObject({ summariser: 'built-in' })
  expect(model.requests).toEqual([])
})

test('[SVC4] a job that is killed after some blocks asks about the others only', async () => {
  const asked: number[] = []
  let isHung = false
  let mayAnswer = 6
  const model = createScriptedModel(async (request, _, signal) => {
    if (mayAnswer === 0) {
      isHung = true
      await new Promise((resolve) => signal.addEventListener('abort', () => resolve(null)))
      return FAILED
    }
    mayAnswer -= 1
    asked.push(seqsIn(request)[0] ?? 0)
    return '{"add":[]}'
  })
  const origin = createOrigin()
  const desk = await openDesk(origin.clock, [model])
  const first = openTab({ origin, summariser: () => desk })
  const policy = { ...BY_HAND, blockTokens: 600 }
  const session = await first.backfold.session('s', policy)
  await session.append(...turns(6, 'some output\n'.repeat(40)))
  void session.compact().catch(() => {})
  await expect.poll(() => isHung).toBe(true)
  const [job] = await session.jobs()
  const finished = job?.blocks.slice(0, job.done).at(-1)?.to ?? 0
  expect(finished).toBeGreaterThan(0)
  expect(job?.done).toBeLessThan(job?.blocks.length ?? 0)
  // Its worker dies here: nobody cancels anything, and another one takes the job up.
  mayAnswer = 1_000
  asked.length = 0
  const anew = await openDesk(origin.clock, [model])
  const other = openTab({
    origin: { ...origin, locks: createLocalLocks() },
    summariser: () => anew,
  })
  const outcome = await (await other.backfold.session('s', policy)).compact()
  expect(outcome.kind).toBe('ready')
  expect(asked.length).toBeGreaterThan(0)
  expect(asked.filter((seq) => seq <= finished)).toEqual([])
})

test('[SVC5] a ladder is replaced at any time, and what stands behind built-in is never asked', async () => {
  const [former, later] = [notes(), notes('The user suspected that the proxy slept.')]
  const origin = createOrigin()
  const desk = await openDesk(origin.clock, [former, later])
  const tab = openTab({ origin, summariser: () => desk })
  const choices = choicesOf([former, later])
  await desk.choose(choices.slice(1))
  expect((await desk.status()).steps).toMatchObject([
    { name: 'scripted', state: { status: 'open' } },
  ])
  expect(former.requests).toEqual([])
  await desk.choose([{ kind: 'built-in' }, ...choices])
  expect(desk.isPresent()).toBe(false)
  expect(await fold(tab)).not.toContain('slept')
  expect(later.requests).toEqual([])
})

test('[SVC6] trying a summariser stores nothing', async () => {
  const tab = await open([notes()])
  const session = await tab.backfold.session('s', BY_HAND)
  await session.append(user(SAID))
  const before = await session.context({ adopt: false })
  const summarisers = await tab.backfold.summarisers()
  expect(await summarisers.test(0)).toMatchObject({ kind: 'answered', spend: { calls: 1 } })
  expect(await summarisers.test(7)).toMatchObject({ kind: 'failed', code: 'not-found' })
  const trial = await summarisers.try('s', 0)
  expect(trial).toMatchObject({ name: 'scripted', notes: [] })
  expect(trial.lines.map(({ text }) => text)).toContain(NOTE)
  await expect(summarisers.try('s', 0, { from: 1, to: 99 })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  })
  expect(await session.context({ adopt: false })).toEqual(before)
  expect(await session.jobs()).toEqual([])
})

test('[SVC7] a turn that shares the provider comes first, and the job goes on afterwards', async () => {
  let isHeld = true
  let calls = 0
  const model = createScriptedModel(async (request, _, signal) => {
    calls += 1
    if (isHeld)
      await new Promise((resolve) => signal.addEventListener('abort', () => resolve(null)))
    const [seq = 0] = seqsIn(request)
    return JSON.stringify({ add: [{ text: NOTE, sources: [seq] }] })
  })
  const tab = await open([model])
  const folding = fold(tab)
  await expect.poll(() => calls).toBe(1)
  const during = await tab.backfold.turn('test', async () => {
    isHeld = false
    return `in the turn after ${calls} calls`
  })
  expect(during).toBe('in the turn after 1 calls')
  // It gives the turn a moment to go on.
  await expect
    .poll(() => {
      tab.clock.pass(100)
      return calls
    })
    .toBeGreaterThan(1)
  expect(await folding).toContain(NOTE)
})

test('[SVC7] a turn needs no summariser', async () => {
  expect(await openTab().backfold.turn('nobody', async () => 7)).toBe(7)
  await expect(
    openTab().backfold.turn('nobody', async () => {
      throw new Error('of the host')
    }),
  ).rejects.toThrow('of the host')
})

test('[SVC8] where the spend window is used up no summariser is asked', async () => {
  const model = notes()
  const tab = await open([model])
  await tab.backfold.session('s', { ...BY_HAND, spend: { calls: 0 } })
  const session = await tab.backfold.session('s')
  await session.append(...turns(6, 'some output\n'.repeat(40)))
  expect((await session.compact()).kind).toBe('ready')
  const [job] = await session.jobs()
  expect(job?.leftOut).toMatchObject([
    { extractor: 'summary', reason: 'not asked: the spend window is used up' },
  ])
  expect(model.requests).toEqual([])
})

test('[SVC9] a judge may only reject, and is asked once a block', async () => {
  const judged: string[] = []
  const model = createScriptedModel((request) => {
    if (request.prompt.includes('[lines ')) {
      judged.push(request.prompt)
      return '{"unsupported":["c1"]}'
    }
    return JSON.stringify({ add: [{ text: NOTE, sources: [seqsIn(request)[0] ?? 0] }] })
  })
  const origin = createOrigin()
  const desk = await openDesk(origin.clock, [model])
  await desk.choose(choicesOf([model]).map((choice) => ({ ...choice, judge: true })))
  const tab = openTab({ origin, summariser: () => desk })
  expect(await fold(tab)).not.toContain(NOTE)
  const [job] = await (await tab.backfold.session('s')).jobs()
  expect(judged).toHaveLength(job?.blocks.length ?? 0)
})
