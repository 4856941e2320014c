import { expect, test } from 'vitest'
import { summariseBlock } from '../../../src/engine/summarise-block.ts'
import type { BlockForModel, SummariserLimits } from '../../../src/engine/block-for-model.ts'
import { nextStep, FIRST_STEP, type StepOutcome } from '../../../src/core/summarise/ladder.ts'
import { MODEL_FAILURES, type LanguageModel } from '../../../src/core/ports/language-model.ts'
import fc from 'fast-check'
import { assistant, result, turns, user } from '../../support/build-log.ts'
import { buildLine } from '../../support/build-generation.ts'
import {
  buildMessages,
  createScriptedModel,
  createSummariserPorts,
  seqsIn,
} from '../../support/build-model.ts'

const TALK = buildMessages([
  user('We take Postgres 17 for the billing service.'),
  assistant('Then I will change src/billing/store.ts.'),
])
const LINE = 'Postgres 17 was taken for the billing service.'
const GOOD = JSON.stringify({ add: [{ section: 'facts', text: LINE, sources: [1] }] })

const summarise = (
  model: LanguageModel,
  fields: Partial<BlockForModel> = {},
  limits: SummariserLimits = {},
  signal: AbortSignal = new AbortController().signal,
  judge?: LanguageModel,
) =>
  summariseBlock(
    model,
    { messages: TALK, previous: [], extracted: [], ...fields },
    signal,
    { ...createSummariserPorts(), ...(judge ? { judge } : {}) },
    limits,
  )

test('[SUM3] asks section by section, and takes what stands in its sources', async () => {
  const model = createScriptedModel((_, call) =>
    call === 1 ? JSON.stringify({ add: [{ text: LINE, sources: [1] }] }) : 'none',
  )
  const summary = await summarise(model)
  expect(summary).toMatchObject({ kind: 'done', calls: 5, pieces: 1, operations: [], dropped: {} })
  expect(summary.lines).toMatchObject([{ section: 'decisions', text: LINE, sources: [1] }])
  expect(summary.steps.map(({ topics, outcome }) => `${topics.join()} ${outcome}`)).toEqual([
    'decisions taken',
    'state none',
    'open none',
    'facts none',
    'goal none',
  ])
})

test('[INJ2] delimiters are new for each call', async () => {
  const model = createScriptedModel(() => 'none')
  await summarise(model)
  const nonces = model.requests.map(({ prompt }) => /\[messages (\w+)\]/.exec(prompt)?.[1])
  expect(new Set(nonces).size).toBe(5)
  expect(nonces.every((nonce) => nonce?.length === 12)).toBe(true)
})

test('[SUM6] a bad answer is repaired once, then asked for less, then left to code', async () => {
  const model = createScriptedModel((_, call) => (call < 3 ? 'Well, the billing service…' : GOOD))
  const summary = await summarise(model, {}, { sections: 'all' })
  expect(summary.steps.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual([
    'ask unreadable',
    'repair unreadable',
    'tighter taken',
  ])
  expect(model.requests[1]?.prompt).toContain('| Well, the billing service…')
  expect(model.requests[1]?.prompt).not.toContain('Postgres')
  expect(summary.lines).toHaveLength(1)
  const silent = await summarise(
    createScriptedModel(() => '…'),
    { messages: buildMessages(turns(40, 'x'.repeat(900))) },
    { sections: 'all' },
  )
  expect(silent.kind).toBe('given-up')
  expect(silent.calls).toBeLessThanOrEqual(9)
})

test('[SUM7] calls of a block are bounded, and what fails for good is not asked again', async () => {
  const messages = buildMessages(turns(200, 'y'.repeat(2_000)))
  const model = createScriptedModel((request) =>
    JSON.stringify({
      add: [
        {
          section: 'facts',
          text: `Part ${seqsIn(request)[0]} was read.`,
          sources: seqsIn(request).slice(0, 1),
        },
      ],
    }),
  )
  const summary = await summarise(model, { messages }, { maxCalls: 7 })
  expect(summary).toMatchObject({ kind: 'given-up', calls: 7 })
  for (const code of MODEL_FAILURES) {
    const failing = createScriptedModel(() => ({ kind: 'failed', code, reason: 'down' }))
    const { kind, reason, calls } = await summarise(failing)
    expect({ code, kind, isTold: reason.includes(code) }).toEqual({
      code,
      kind: 'given-up',
      isTold: true,
    })
    expect(calls).toBeLessThanOrEqual(3)
  }
})

const outcome: fc.Arbitrary<StepOutcome> = fc.oneof(
  fc.constant({ kind: 'unreadable', reason: '' } as const),
  fc.constantFrom(
    { kind: 'refused', dropped: { section: 1 } } as const,
    { kind: 'refused', dropped: { order: 1 } } as const,
  ),
  fc.constantFrom(...MODEL_FAILURES).map((code) => ({ kind: 'failed', code, reason: '' }) as const),
)

test('[SUM7] without fruit any ladder ends within few steps', () => {
  fc.assert(
    fc.property(fc.array(outcome, { minLength: 40, maxLength: 40 }), (outcomes) => {
      let state = FIRST_STEP
      let steps = 0
      for (const one of outcomes) {
        steps += 1
        const next = nextStep(state, one)
        if (next.kind === 'give-up' || next.kind === 'next-piece') break
        state = next.state
      }
      expect(steps).toBeLessThanOrEqual(9)
    }),
  )
})

test('[SUM8] a block adds no more lines and tokens than it may', async () => {
  const messages = buildMessages(
    Array.from({ length: 40 }, (_, at) => user(`Depot ${at} keeps crates of kind K${at}.`)),
  )
  const model = createScriptedModel((request) =>
    JSON.stringify({
      add: seqsIn(request).map((seq) => ({
        section: 'facts',
        text: `Depot ${seq - 1} kept crates of kind K${seq - 1}.`,
        sources: [seq],
      })),
    }),
  )
  expect(
    (await summarise(model, { messages }, { sections: 'all', maxLines: 5 })).lines,
  ).toHaveLength(5)
  expect(
    (await summarise(model, { messages }, { sections: 'all', maxTokens: 60 })).lines.length,
  ).toBeLessThan(5)
})

test('[SUM9] a judge rejects lines, and nothing else', async () => {
  const model = createScriptedModel(() =>
    JSON.stringify({
      add: [
        { section: 'facts', text: LINE, sources: [1] },
        { section: 'facts', text: 'src/billing/store.ts was going to be changed.', sources: [2] },
      ],
    }),
  )
  const strict = createScriptedModel(() => ({
    kind: 'answered',
    text: 'Here: {"unsupported":["c1","c9",7]}',
    isWhole: true,
    usage: { input: 50, output: 5 },
  }))
  const judged = await summarise(model, {}, { sections: 'all' }, undefined, strict)
  expect(judged.lines.map(({ sources }) => sources)).toEqual([[2]])
  expect(judged.dropped).toEqual({ 'judged-unsupported': 1 })
  expect(judged.usage).toEqual({ input: 50, output: 5 })
  expect(strict.requests[0]?.prompt).toContain('c1 (#1): Postgres 17')
  for (const answer of [
    '',
    'all fine',
    '{"unsupported":"all"}',
    '{"unsupported":[]}',
    '{"add":[{"text":"x"}]}',
  ]) {
    const judge = createScriptedModel(() => answer)
    expect((await summarise(model, {}, { sections: 'all' }, undefined, judge)).lines).toHaveLength(
      2,
    )
  }
  const broken = createScriptedModel(() => {
    throw new Error('no')
  })
  expect((await summarise(model, {}, { sections: 'all' }, undefined, broken)).lines).toHaveLength(2)
})

test('[SUM10] an abort ends it at once, with what was taken by then, whatever the model does', async () => {
  const controller = new AbortController()
  const model = createScriptedModel((_, call) => {
    if (call === 1) return JSON.stringify({ add: [{ text: LINE, sources: [1] }] })
    queueMicrotask(() => controller.abort())
    return new Promise<never>(() => {})
  })
  const summary = await summarise(model, {}, {}, controller.signal)
  expect(summary).toMatchObject({ kind: 'aborted', calls: 2 })
  expect(summary.lines).toHaveLength(1)
  const before = createScriptedModel(() => GOOD)
  expect(await summarise(before, {}, {}, AbortSignal.abort())).toMatchObject({
    kind: 'aborted',
    lines: [],
  })
  expect(before.requests).toHaveLength(0)
})

test('[SUM10] any answer, as often as it comes, ends in a summary', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.constant(GOOD)), {
        minLength: 1,
      }),
      async (answers) => {
        const model = createScriptedModel((_, call) => answers[call % answers.length] ?? '')
        const previous = [buildLine({ text: 'billing', sources: [0] })]
        const { lines, operations } = await summarise(model, { previous }, { maxCalls: 12 })
        expect(lines.every(({ text }) => text === LINE)).toBe(true)
        expect(operations).toEqual([])
      },
    ),
    { numRuns: 60 },
  )
})

test('[SUM1] a window too small, or a block in which nobody speaks, asks nothing', async () => {
  const tiny = createScriptedModel(() => GOOD, { contextTokens: 500 })
  expect(await summarise(tiny)).toMatchObject({
    kind: 'given-up',
    calls: 0,
    reason: 'the window of the model is too small',
  })
  const model = createScriptedModel(() => GOOD)
  expect(await summarise(model, { messages: buildMessages([result('c', 'out')]) })).toMatchObject({
    kind: 'done',
    calls: 0,
  })
})

test('[SUM1] question and answer fit the window by the given count', async () => {
  for (const contextTokens of [1_400, 4_096, 8_192, 32_768]) {
    const model = createScriptedModel(() => 'none', { contextTokens })
    const previous = Array.from({ length: 80 }, (_, at) =>
      buildLine({ id: `${at}`, text: `Part ${at} was read from src/part${at}.ts` }),
    )
    await summarise(model, { messages: buildMessages(turns(60, 'word '.repeat(400))), previous })
    for (const { system, prompt, maxTokens } of model.requests) {
      expect((system.length + prompt.length) / 4 + maxTokens).toBeLessThan(contextTokens)
    }
    expect(model.requests.length).toBeGreaterThan(0)
  }
})
