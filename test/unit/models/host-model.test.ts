import { expect, test } from 'vitest'
import { isHostSummariser } from '../../../src/core/compaction/describe-summariser.ts'
import type { HostSummariser } from '../../../src/core/ports/host-summariser.ts'
import { hostModel } from '../../../src/models/host-model.ts'
import type { SummariserChoice } from '../../../src/protocol/summariser-options.ts'
import { answered, NEVER, REQUEST, summariserThat } from '../../support/build-models.ts'

test('[PAGE1] a host’s summariser is asked as it is, and its text is the answer', async () => {
  let given: unknown
  const schema = { type: 'object' }
  const model = hostModel(summariserThat((request) => ((given = request), 'about a mark')))
  const reply = await model.generate({ ...REQUEST, schema }, NEVER)
  expect(reply).toEqual(answered('about a mark'))
  expect(given).toEqual({ ...REQUEST, schema })
})

test('[PAGE1] an answer without end is cut, between characters, and not called whole', async () => {
  const endless = (text: string): Promise<unknown> =>
    hostModel(summariserThat(() => text)).generate({ ...REQUEST, maxTokens: 100 }, NEVER)
  expect(await endless('x'.repeat(5_000_000))).toEqual(answered('x'.repeat(1_200), false))
  const pairs = await endless(`x${'😀'.repeat(2_000_000)}`)
  expect(pairs).toEqual(answered(`x${'😀'.repeat(599)}`, false))
  expect(await endless('x'.repeat(1_200))).toEqual(answered('x'.repeat(1_200)))
})

test('[PAGE2] what a host leaves out has a cautious default', () => {
  const { info } = hostModel(summariserThat(() => ''))
  expect(info).toEqual({
    name: 'mine',
    provider: 'mine',
    contextTokens: 8_192,
    slots: 1,
    isLocal: false,
    isConstrained: false,
  })
  const told = { provider: 'lab', contextTokens: 32_000, slots: 4, isLocal: true } as const
  const full = hostModel(summariserThat(() => '', { ...told, isConstrained: true }))
  expect(full.info).toEqual({ name: 'mine', ...told, isConstrained: true })
})

test.each<readonly [string, unknown, RegExp]>([
  ['nothing', null, /must be an object, got null/],
  ['no name', { summarise: async () => '' }, /name of 1 to 60 characters, got undefined/],
  ['a long name', { name: 'n'.repeat(61), summarise: async () => '' }, /1 to 60 characters/],
  ['no method', { name: 'mine' }, /summariser mine must have a method summarise\(\)/],
  ['a small window', { contextTokens: 999 }, /contextTokens from 1000 to 10000000, got 999/],
  ['half a slot', { slots: 1.5 }, /slots from 1 to 16, got 1.5/],
  ['many slots', { slots: 17 }, /slots/],
  ['words for a flag', { isLocal: 'yes' }, /true or false if it isLocal, got "yes"/],
  ['no provider', { provider: '' }, /provider of 1 to 60 characters, got ""/],
  ['garbage', { slots: { toString: () => [] } }, /slots from 1 to 16, got object/],
])('[PAGE2] a summariser with %s is refused', (_, given, message) => {
  const isPart =
    given !== null && !('summarise' in (given as object)) && !('name' in (given as object))
  const options = isPart ? { ...summariserThat(() => ''), ...(given as object) } : given
  const build = (): unknown => hostModel(options as HostSummariser)
  const invalid: unknown = expect.objectContaining({ name: 'BackfoldError', code: 'INVALID_INPUT' })
  expect(build).toThrow(invalid)
  expect(build).toThrow(message)
})

test('[PAGE2] an object with summarise() is told apart from the known kinds', () => {
  const choices: readonly SummariserChoice[] = [{ kind: 'built-in' }, summariserThat(() => '')]
  expect(choices.map(isHostSummariser)).toEqual([false, true])
})

test.each<readonly [string, () => unknown, RegExp]>([
  [
    'throws before it answers',
    () => {
      throw new Error('it broke')
    },
    /mine: it broke/,
  ],
  ['rejects', () => Promise.reject(new Error('it broke')), /mine: it broke/],
  ['answers nothing', () => undefined, /with undefined; it must answer with text/],
  ['answers an object', async () => ({ text: 'x' }), /with object/],
  ['answers null', () => null, /with null/],
])('[PAGE3] one that %s fails with the reason', async (_, work, reason) => {
  const reply = await hostModel(summariserThat(work)).generate(REQUEST, NEVER)
  expect(reply).toMatchObject({ kind: 'failed', code: 'failed' })
  expect(reply).toHaveProperty('reason', expect.stringMatching(reason))
})

test('[PAGE3] an abort is answered at once, and the host is told, even if it does not heed it', async () => {
  const signals: AbortSignal[] = []
  const model = hostModel(
    summariserThat((_, signal) => (signals.push(signal), new Promise(() => {}))),
  )
  const [first, second] = [new AbortController(), new AbortController()]
  const asked = model.generate(REQUEST, first.signal)
  void model.generate(REQUEST, second.signal)
  first.abort()
  expect(await asked).toMatchObject({ kind: 'failed', code: 'aborted' })
  expect(signals[0]).toBeInstanceOf(AbortSignal)
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
  expect(await model.generate(REQUEST, first.signal)).toMatchObject({ code: 'aborted' })
  expect(signals).toHaveLength(2)
})

test('[PAGE3] closing answers what runs, and what is asked afterwards', async () => {
  const model = hostModel(summariserThat(() => new Promise(() => {})))
  const asked = model.generate(REQUEST, NEVER)
  await model.close()
  await model.close()
  expect(await asked).toMatchObject({ code: 'aborted' })
  expect(await model.generate(REQUEST, NEVER)).toMatchObject({ code: 'aborted' })
})
