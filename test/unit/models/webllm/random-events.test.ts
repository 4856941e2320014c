import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { EngineFailure } from '../../../../src/core/models/judge-engine-failure.ts'
import { createFakeWebLlm, type FakeCall, type FakePlan } from '../../../support/fake-web-llm.ts'

const FAILURES: readonly EngineFailure[] = [
  { name: 'Error', message: 'boom' },
  { name: 'DeviceLostError', message: 'destroyed: ' },
  { name: 'DeviceLostError', message: 'unknown: driver' },
  { name: 'RangeError', message: 'Array buffer allocation failed' },
  { name: 'QuotaExceededError', message: 'Quota exceeded.' },
  { name: 'ExitStatus', message: 'Program terminated with exit(1)' },
  { name: 'TypeError', message: 'Failed to fetch' },
  { name: 'ContextWindowSizeExceededError', message: 'too long' },
  { name: 'GrammarMatcherInitError', message: 'schema' },
]

const failure = fc.constantFrom(...FAILURES)
const pieces = fc.nat(3)

const call: fc.Arbitrary<FakeCall> = fc.oneof(
  fc.record({ kind: fc.constant('fail' as const), failure, afterPieces: pieces }),
  fc.record({ kind: fc.constant('hang' as const), afterPieces: pieces }),
  fc.record({ kind: fc.constant('lost' as const), afterPieces: pieces }),
  fc.constant<FakeCall>({ kind: 'endless' }),
  fc.constant<FakeCall>({ kind: 'cut' }),
)

const load: fc.Arbitrary<FakePlan['loads'][number]> = fc.oneof(
  failure,
  fc.constantFrom('hang' as const, 'lost' as const, 'without-model' as const),
)

type Step = { readonly kind: string; readonly amount: number }

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(
    ...['ask', 'ask', 'ask', 'abort', 'abort', 'pass', 'pass'],
    ...['settle', 'settle', 'pause', 'resume', 'unload', 'load', 'lose', 'remove'],
  ),
  amount: fc.nat(400_000),
})

async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

async function play(
  calls: readonly FakeCall[],
  loads: FakePlan['loads'],
  steps: readonly Step[],
  closesEarly: boolean,
): Promise<void> {
  const fake = createFakeWebLlm({ idleMs: 60_000 }, { calls: [...calls], loads: [...loads] })
  const { model, record, clock } = fake
  const aborts: AbortController[] = []
  let open = 0
  let told = 0
  const watch = (promise: Promise<unknown>): void => {
    open += 1
    void promise.then(() => (open -= 1))
  }
  const check = (): void => {
    expect(record.alive).toBeLessThanOrEqual(1)
    expect(record.mostRunning).toBeLessThanOrEqual(1)
  }
  for (const { kind, amount } of steps) {
    if (kind === 'ask') {
      const aborting = new AbortController()
      aborts.push(aborting)
      const schema = amount % 2 === 0 ? { schema: { type: 'object' } } : {}
      const request = { system: '', prompt: 'Hello', maxTokens: 20, ...schema }
      const isAborted = (): boolean => aborting.signal.aborted
      const answer = model.generate(request, aborting.signal, () => {
        if (isAborted()) told += 1
      })
      watch(answer.then((reply) => expect(['answered', 'failed']).toContain(reply.kind)))
    } else if (kind === 'abort') aborts[amount % Math.max(1, aborts.length)]?.abort()
    else if (kind === 'pass') clock.pass(amount)
    else if (kind === 'settle') await settle()
    else if (kind === 'pause') model.pause()
    else if (kind === 'resume') watch(model.resume())
    else if (kind === 'unload') watch(model.unload())
    else if (kind === 'load') watch(model.load(true))
    else if (kind === 'lose') record.lose()
    else if (kind === 'remove') watch(model.remove())
    check()
  }
  if (closesEarly) await model.close()
  // Whatever hangs is given up in time.
  for (let rounds = 0; rounds < 200 && open > 0; rounds += 1) {
    await settle()
    clock.pass(300_000)
    check()
  }
  expect(open).toBe(0)
  expect(told).toBe(0)
  await model.close()
  await settle()
  expect(record.alive).toBe(0)
  expect(clock.waiting()).toBe(0)
}

test('[WEB6, WEB7, WEB12] whatever fails, hangs, is aborted, paused or lost: every call ends, one at a time, and nothing is left', async () => {
  const loads = fc.array(load, { maxLength: 5 })
  const calls = fc.array(call, { maxLength: 5 })
  const steps = fc.array(step, { maxLength: 25 })
  await fc.assert(fc.asyncProperty(calls, loads, steps, fc.boolean(), play), { numRuns: 300 })
})
