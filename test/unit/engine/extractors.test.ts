import { expect, test } from 'vitest'
import { openEngine, type EngineOptions } from '../../../src/client/open-engine.ts'
import { openTab, settle, until } from '../../support/build-engine.ts'
import { createGate, sessionIn } from './gated-digester.ts'
import { host, hung, lineOf, newestJob, textsOf } from './host-extractors.ts'

test('[EXT1, EXT2] extractors run side by side, and their lines are joined in a fixed order', async () => {
  const gates = [createGate(), createGate(), createGate()]
  const joined: string[] = []
  const names = ['late', 'early', 'also-late']
  const tab = openTab({
    extractors: names.map((name, index) =>
      host(
        name,
        async (block) => {
          await gates[index]?.pass()
          return [lineOf(block, `said by ${name}`)]
        },
        { priority: name === 'early' ? 400 : 500 },
      ),
    ),
    digester: (real) => ({
      ...real,
      async compose(request, signal) {
        const read = await tab.store.read({ session: 's', blocks: request.job })
        joined.push(...read.blocks.flatMap(({ lines }) => lines.map(({ text }) => text)))
        return real.compose(request, signal)
      },
    }),
  })
  const session = await sessionIn(tab)
  const outcome = session.compact()
  await Promise.all(gates.map((gate) => gate.begun))
  for (const gate of gates) {
    gate.open()
    await settle()
  }
  expect(await outcome).toMatchObject({ kind: 'ready' })
  const order = ['said by early', 'said by also-late', 'said by late']
  expect(joined.slice(-3)).toEqual(order)
  expect((await newestJob(session)).extractors).toEqual([
    'rules',
    'digest',
    'facts',
    'quotes',
    'early',
    'also-late',
    'late',
    'pads',
  ])
})

test('[EXT1, EXT3] one that hangs is left out when its own time is over, 10 s by default', async () => {
  const [patient, brief] = [hung('patient'), hung('brief', { timeoutMs: 500 })]
  const tab = openTab({ extractors: [patient, brief] })
  const session = await sessionIn(tab)
  const outcome = session.compact()
  await until(() => patient.signals.length === 1 && brief.signals.length === 1)
  const told = (): readonly boolean[] =>
    [brief, patient].map(({ signals }) => signals[0]?.aborted ?? false)
  tab.clock.pass(499)
  await settle()
  expect(told()).toEqual([false, false])
  tab.clock.pass(1)
  await settle()
  expect(told()).toEqual([true, false])
  tab.clock.pass(9_499)
  await settle()
  expect((await newestJob(session)).state).toBe('running')
  tab.clock.pass(1)
  expect(await outcome).toMatchObject({ kind: 'ready' })
  expect(told()).toEqual([true, true])
  expect((await newestJob(session)).leftOut).toEqual([
    { block: 0, extractor: 'brief', reason: 'no answer within 0.5 s' },
    { block: 0, extractor: 'patient', reason: 'no answer within 10 s' },
  ])
  expect(tab.clock.waiting()).toBe(0)
})

const TEXT: unknown = 'it broke'
const NOTHING: unknown = undefined
const NO_TEXT: unknown = Object.create(null)
const circular: Record<string, unknown> = {}
circular['self'] = circular

test.each<readonly [string, () => unknown, string]>([
  [
    'throws before it answers',
    () => {
      throw new Error('it broke')
    },
    'it broke',
  ],
  ['rejects', () => Promise.reject(new Error('it broke')), 'it broke'],
  ['rejects with a text', () => Promise.reject(TEXT), 'it broke'],
  ['rejects with nothing', () => Promise.reject(NOTHING), 'undefined'],
  ['rejects with what has no text', () => Promise.reject(NO_TEXT), 'it failed without a reason'],
  [
    'throws an error whose message is none',
    () => {
      throw Object.assign(new Error('x'), { message: { toString: null } })
    },
    'it failed without a reason',
  ],
  [
    'gives a reason as long as a book, on many lines',
    () => Promise.reject(new Error('no\n'.repeat(10_000))),
    'no '.repeat(98),
  ],
  ['answers nothing', () => undefined, 'its answer is not a list of lines'],
  ['answers a text at once', () => 'a fact', 'its answer is not a list of lines'],
  ['answers an object', () => ({ length: 3 }), 'its answer is not a list of lines'],
  ['answers nonsense', () => [null, 7, 'x', [], {}, circular], 'none of its 6 lines stands'],
  [
    'answers lines that throw when they are read',
    () => [
      Object.defineProperty({}, 'text', {
        enumerable: true,
        get: () => {
          throw new Error('not readable')
        },
      }),
    ],
    'not readable',
  ],
])('[EXT3] one that %s is left out with its reason, and the fold goes on', async (_, ...rest) => {
  const [extract, reason] = rest
  const tab = openTab({
    extractors: [host('broken', extract), host('sound', (block) => [lineOf(block)])],
  })
  const session = await sessionIn(tab)
  expect(await session.compact()).toMatchObject({ kind: 'ready' })
  expect(await textsOf(session)).toContain('a remark of the host')
  const { leftOut } = await newestJob(session)
  expect(leftOut).toMatchObject([{ block: 0, extractor: 'broken' }])
  expect(leftOut[0]?.reason).toContain(reason)
  expect(leftOut[0]?.reason.length).toBeLessThanOrEqual(300)
  const { checks } = await session.generation(1)
  expect(checks.find(({ name }) => name === 'extractors')).toMatchObject({ outcome: 'mended' })
  expect(tab.clock.waiting()).toBe(0)
})

test('[EXT3] an answer at once, without a promise, counts', async () => {
  const tab = openTab({ extractors: [host('prompt', (block) => [lineOf(block)])] })
  const session = await sessionIn(tab)
  await session.compact()
  expect(await textsOf(session)).toContain('a remark of the host')
  expect((await newestJob(session)).leftOut).toEqual([])
})

test('[EXT3] an answer, or a failure, that comes too late counts for nothing', async () => {
  const ends: ((end: 'answer' | 'fail') => void)[] = []
  const late = (name: string) =>
    host(
      name,
      (block) =>
        new Promise((resolve, reject) => {
          ends.push((end) =>
            end === 'fail' ? reject(new Error('too late')) : resolve([lineOf(block, name)]),
          )
        }),
      { timeoutMs: 100 },
    )
  const tab = openTab({ extractors: [late('one'), late('other')] })
  const session = await sessionIn(tab)
  const outcome = session.compact()
  await until(() => ends.length === 2)
  tab.clock.pass(100)
  expect(await outcome).toMatchObject({ kind: 'ready' })
  ends[0]?.('answer')
  ends[1]?.('fail')
  await settle()
  expect(await textsOf(session)).not.toContain('one')
  expect((await newestJob(session)).leftOut).toMatchObject([
    { reason: 'no answer within 0.1 s' },
    { reason: 'no answer within 0.1 s' },
  ])
})

test('[EXT7] what is no list of extractors is refused before anything is opened', async () => {
  for (const extractors of [{}, [null], [{ name: 'lame' }], 'notes']) {
    const options = { extractors } as unknown as EngineOptions
    await expect(openEngine(options)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  }
})

test('[EXT7] doubled names and options out of bounds are refused', () => {
  const invalid = expect.objectContaining({ code: 'INVALID_INPUT' }) as Error
  const none = (): unknown => []
  const refused = [
    [host('', none)],
    [host('x'.repeat(61), none)],
    [host('digest', none)],
    [host('twice', none), host('twice', none)],
    [host('hasty', none, { timeoutMs: 99 })],
    [host('slow', none, { timeoutMs: 600_001 })],
    [host('never', none, { timeoutMs: Number.NaN })],
    [host('low', none, { priority: -1 })],
  ]
  for (const extractors of refused) expect(() => openTab({ extractors })).toThrow(invalid)
})
