import { expect, test } from 'vitest'
import type { ModelReply } from '../../../src/core/ports/language-model.ts'
import type { SummariseRequest } from '../../../src/core/ports/summariser.ts'
import { createGate } from '../../../src/models/gate.ts'
import { createLocalDesk } from '../../../src/models/local-desk.ts'
import {
  createSummariserService,
  type LadderModel,
  type SummariserService,
} from '../../../src/models/summariser-service.ts'
import { createManualClock, type ManualClock } from '../../support/build-clock.ts'
import { choicesOf } from '../../support/build-desk.ts'
import { assistant, user } from '../../support/build-log.ts'
import {
  buildMessages,
  countQuarters,
  createScriptedModel,
  seqsIn,
  type ScriptedModel,
} from '../../support/build-model.ts'

const NOTE = 'The user suspected that the proxy broke the login.'
const REQUEST: SummariseRequest = {
  messages: buildMessages([
    user('Login fails after ten seconds. My guess is the proxy between them.'),
    assistant('I look at the proxy.'),
  ]),
  previous: [],
  extracted: [],
  inUse: new Set(),
  locked: new Set(),
  maxTokens: 500,
}
const NEVER: AbortSignal = new AbortController().signal

function openService(clock: ManualClock): SummariserService {
  let issued = 0
  return createSummariserService({
    clock,
    gate: createGate({ clock }),
    count: countQuarters,
    random: { id: () => `nonce-${String((issued += 7_919) * 104_729).padStart(14, '5')}` },
  })
}

function step(model: ScriptedModel, change: Partial<LadderModel> = {}): LadderModel {
  return { kind: 'host', model, judges: false, ...change }
}

function failing(code: Extract<ModelReply, { kind: 'failed' }>['code']): ScriptedModel {
  return createScriptedModel(() => ({ kind: 'failed', code, reason: 'not now' }), { name: code })
}

const notes = (): ScriptedModel =>
  createScriptedModel((request) =>
    JSON.stringify({ add: [{ text: NOTE, sources: [seqsIn(request)[0] ?? 0] }] }),
  )

test('[SVC11] what a slow model wrote by the end of its time counts, and its next call is not waited for', async () => {
  const clock = createManualClock()
  const service = openService(clock)
  let calls = 0
  const slow = createScriptedModel(async (request, _, signal) => {
    calls += 1
    if (calls === 1) {
      return JSON.stringify({ add: [{ text: NOTE, sources: [seqsIn(request)[0] ?? 0] }] })
    }
    await new Promise<void>((resolve) =>
      signal.addEventListener('abort', () => resolve(), { once: true }),
    )
    return ''
  })
  await service.choose([step(slow)])
  const summary = service.summarise(REQUEST, NEVER)
  await expect.poll(() => calls).toBe(2)
  clock.pass(300_000)
  expect((await summary).lines.map(({ text }) => text)).toEqual([NOTE])
})

test('[SVC11] one that wrote nothing in its time is passed over, and the next one writes', async () => {
  const clock = createManualClock()
  const service = openService(clock)
  let calls = 0
  const hung = createScriptedModel(
    (_request, _call, signal) => {
      calls += 1
      return new Promise((resolve) =>
        signal.addEventListener('abort', () => resolve(''), { once: true }),
      )
    },
    { name: 'hung', provider: 'other' },
  )
  await service.choose([step(hung), step(notes())])
  const summary = service.summarise(REQUEST, NEVER)
  await expect.poll(() => calls).toBe(1)
  clock.pass(300_000)
  expect(await summary).toMatchObject({ by: 'scripted', lines: [{ text: NOTE }] })
  expect((await summary).notes.join()).toMatch(/^hung: it wrote nothing about the block in/)
})

test('[SVC12] a model that a person has loaded is asked again', async () => {
  const service = openService(createManualClock())
  let mayAnswer = false
  const model = createScriptedModel((request) =>
    mayAnswer
      ? JSON.stringify({ add: [{ text: NOTE, sources: [seqsIn(request)[0] ?? 0] }] })
      : { kind: 'failed', code: 'needs-consent', reason: 'ask a person' },
  )
  const load = async (): Promise<void> => {
    mayAnswer = true
  }
  await service.choose([step(model, { command: load })])
  expect((await service.summarise(REQUEST, NEVER)).by).toBeNull()
  expect(service.status().steps[0]?.state).toMatchObject({ status: 'closed' })
  await service.command(0, 'load')
  expect((await service.summarise(REQUEST, NEVER)).by).toBe('scripted')
})

test('[SVC11] a block is not asked about twice of a model that answers nonsense', async () => {
  const service = openService(createManualClock())
  const babbler = createScriptedModel(() => 'la la la', { name: 'babbler' })
  await service.choose([step(babbler)])
  await service.summarise(REQUEST, NEVER)
  const once = babbler.requests.length
  const trial = openService(createManualClock())
  await trial.choose([step(babbler)])
  await trial.try(0, REQUEST, NEVER)
  expect(babbler.requests.length).toBe(2 * once)
})

test('[SVC5] ladders chosen at the same time are put in place in the order in which they were asked for', async () => {
  const clock = createManualClock()
  const models = [notes(), failing('server'), failing('offline')]
  let opened = 0
  const desk = createLocalDesk({
    clock,
    gate: createGate({ clock }),
    count: countQuarters,
    random: { id: () => 'nonce-123456789012' },
    async open(choice) {
      opened += 1
      // The first ladder takes longest to open.
      for (let turn = 0; turn < 20 / opened; turn += 1) await Promise.resolve()
      const model = choice.kind === 'page' ? models[choice.place] : undefined
      if (!model) throw new Error('the test has no such model')
      return step(model)
    },
  })
  const all = desk.choose(choicesOf(models))
  const none = desk.choose([])
  await Promise.all([all, none])
  expect((await desk.status()).steps).toEqual([])
  expect(desk.isPresent()).toBe(false)
})

test('[SVC5] a ladder of which one step is refused leaves the former one as it was', async () => {
  const clock = createManualClock()
  const model = notes()
  const desk = createLocalDesk({
    clock,
    gate: createGate({ clock }),
    count: countQuarters,
    random: { id: () => 'nonce-123456789012' },
    async open(choice) {
      if (choice.kind !== 'page') throw new Error('refused')
      return step(model)
    },
  })
  await desk.choose(choicesOf([model]))
  await expect(desk.choose([{ kind: 'webllm' }])).rejects.toThrow('refused')
  expect((await desk.status()).steps).toHaveLength(1)
})
