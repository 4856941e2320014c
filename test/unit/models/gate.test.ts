import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { CallOutcome } from '../../../src/core/gate/provider-health.ts'
import type { DeviceState } from '../../../src/core/ports/device-conditions.ts'
import type { ModelReply } from '../../../src/core/ports/language-model.ts'
import { createGate } from '../../../src/models/gate.ts'
import type { ModelGate } from '../../../src/models/model-gate.ts'
import { createManualClock, type ManualClock } from '../../support/build-clock.ts'
import { ANSWER, createAskedModel } from '../../support/build-language-model.ts'

const P = 'provider'
const REQUEST = { system: 'Orders.', prompt: 'x'.repeat(400), maxTokens: 100 }

function open(slots: number = 1): { gate: ModelGate; clock: ManualClock } {
  const clock = createManualClock()
  const gate = createGate({ clock })
  gate.configure(P, { slots, lullMs: 0 })
  return { gate, clock }
}

const never = (): Promise<CallOutcome> => new Promise(() => {})

/** Work of a job that lasts until it is told to end, or aborted. */
function hold(starts: string[], name: string): (signal: AbortSignal) => Promise<CallOutcome> {
  return (signal) => {
    starts.push(name)
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        starts.push(`${name} aborted`)
        resolve({ kind: 'failed', code: 'aborted', reason: 'told to' })
      })
    })
  }
}

test('[GATE2] a turn with a free slot begins before the call returns', () => {
  const { gate } = open()
  const starts: string[] = []
  void gate.turn(P, async () => starts.push('turn'))
  expect(starts).toEqual(['turn'])
})

test('[GATE2, GATE3] a turn stops a job, without any time passing; the job is asked again', async () => {
  const { gate, clock } = open()
  const events: string[] = []
  const job = gate.job(P, { tokens: 10 }, (signal) => {
    if (events.includes('turn')) return Promise.resolve({ kind: 'answered', text: 'second' })
    return hold(events, 'job')(signal)
  })
  const turn = gate.turn(P, async () => {
    events.push('turn')
    return 42
  })
  expect(await turn).toBe(42)
  expect(await job).toEqual({ kind: 'answered', text: 'second' })
  expect(events).toEqual(['job', 'job aborted', 'turn'])
  expect(gate.calls()).toEqual([])
  expect(clock.waiting()).toBe(0)
})

test('[GATE2] a turn that fails passes its failure on, and gives its slot back', async () => {
  const { gate } = open()
  await expect(gate.turn(P, () => Promise.reject(new Error('the host knows')))).rejects.toThrow(
    'the host knows',
  )
  const thrown = gate.turn(P, () => {
    throw new Error('at once')
  })
  await expect(thrown).rejects.toThrow('at once')
  expect(gate.calls()).toEqual([])
})

test('[GATE5] what waits says why, and is refused in the form of a reply', async () => {
  const { gate, clock } = open()
  const starts: string[] = []
  const first = new AbortController()
  void gate.job(P, { tokens: 1, signal: first.signal }, hold(starts, 'first'))
  const second = gate.job(P, { tokens: 1, maxWaitMs: 5_000 }, hold(starts, 'second'))
  expect(gate.calls()).toMatchObject([
    { kind: 'job', is: 'running' },
    { kind: 'job', is: 'waiting', wait: { code: 'slots', reason: 'all slots are taken' } },
  ])
  clock.pass(5_000)
  expect(await second).toEqual({
    kind: 'failed',
    code: 'unavailable',
    reason: 'would wait too long: all slots are taken',
  })
  expect(starts).toEqual(['first'])
  first.abort()
})

test('[GATE7] what a turn was told holds up jobs', async () => {
  const { gate, clock } = open()
  const reason = 'slow down'
  gate.report(P, { kind: 'failed', code: 'rate-limited', reason, retryAfterMs: 30_000 })
  const starts: string[] = []
  void gate.job(P, { tokens: 1 }, hold(starts, 'job'))
  expect(gate.calls()[0]?.wait).toMatchObject({ code: 'retry-after', forMs: 30_000 })
  clock.pass(30_000)
  await setImmediate()
  expect(starts).toEqual(['job'])
  gate.close()
})

test('[GATE7] work that throws is a failure, and no rejection', async () => {
  const { gate } = open()
  const thrown = gate.job(P, { tokens: 1 }, () => {
    throw new Error('broken work')
  })
  expect(await thrown).toEqual({ kind: 'failed', code: 'failed', reason: 'broken work' })
})

test('[GATE8] a change of the device lets jobs go on', async () => {
  let device: DeviceState = { isOnline: false }
  const listeners = new Set<() => void>()
  const conditions = {
    current: () => device,
    watch(listener: () => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  const gate = createGate({ clock: createManualClock(), conditions })
  const job = gate.job(P, { tokens: 1 }, async () => ({ kind: 'answered' }))
  expect(gate.calls()[0]?.wait?.code).toBe('offline')
  device = {}
  for (const listener of listeners) listener()
  expect(await job).toEqual({ kind: 'answered' })
  gate.close()
  expect(listeners.size).toBe(0)
})

test('[GATE10] whoever cancels is answered at once, though the work goes on', async () => {
  const { gate } = open()
  const cancel = new AbortController()
  const stubborn = gate.job(P, { tokens: 1, signal: cancel.signal }, never)
  const waiting = gate.job(P, { tokens: 1, signal: cancel.signal }, never)
  const turn = gate.turn(P, () => new Promise(() => {}), cancel.signal)
  cancel.abort(new Error('enough'))
  const aborted = { kind: 'failed', code: 'aborted', reason: 'cancelled' }
  expect(await stubborn).toEqual(aborted)
  expect(await waiting).toEqual(aborted)
  await expect(turn).rejects.toThrow('enough')
  await expect(gate.turn(P, async () => 1, cancel.signal)).rejects.toThrow('enough')
  expect(await gate.job(P, { tokens: 1, signal: cancel.signal }, hold([], 'no'))).toEqual(aborted)
  expect(gate.calls().map(({ is }) => is)).toEqual(['stopping'])
})

test('[GATE10] closing ends jobs, and turns go on', async () => {
  const { gate, clock } = open()
  const starts: string[] = []
  const running = gate.job(P, { tokens: 1 }, hold(starts, 'job'))
  const waiting = gate.job(P, { tokens: 1 }, hold(starts, 'never'))
  const stubborn = gate.turn(P, () => new Promise(() => {}))
  const turn = gate.turn(P, async () => 'done')
  gate.close()
  expect(await turn).toBe('done')
  expect(await running).toMatchObject({ code: 'aborted' })
  expect(await waiting).toMatchObject({ code: 'aborted' })
  expect(await gate.turn(P, async () => 'later')).toBe('later')
  expect(await gate.job(P, { tokens: 1 }, hold(starts, 'later'))).toMatchObject({ code: 'aborted' })
  expect(starts).toEqual(['job', 'job aborted'])
  expect(clock.waiting()).toBe(0)
  void stubborn
})

test('[GATE12] work that asks the gate itself is served in its turn', async () => {
  const { gate } = open(2)
  const inner = await gate.job(P, { tokens: 1 }, async () =>
    gate.job(P, { tokens: 1 }, async () => ({ kind: 'answered', text: 'inner' })),
  )
  expect(inner).toEqual({ kind: 'answered', text: 'inner' })
  expect(gate.calls()).toEqual([])
})

test('[GATE10] a call that the work of another cancels as both begin is told to stop', async () => {
  const { gate } = open()
  const starts: string[] = []
  const cancel = new AbortController()
  const first = new AbortController()
  void gate.job(P, { tokens: 1, signal: first.signal }, hold(starts, 'first'))
  const one = gate.job(P, { tokens: 1 }, async () => {
    cancel.abort()
    return { kind: 'answered' }
  })
  const other = gate.job(P, { tokens: 1, signal: cancel.signal }, hold(starts, 'other'))
  gate.configure(P, { slots: 3 })
  expect(await one).toEqual({ kind: 'answered' })
  expect(await other).toMatchObject({ code: 'aborted' })
  expect(starts).toEqual(['first', 'other', 'other aborted'])
  first.abort()
})

test('[GATE13] a wrapped model answers as itself, and is asked again after a turn', async () => {
  const gate = createGate({ clock: createManualClock() })
  const model = createAskedModel()
  const wrapped = gate.wrap(model, { priority: 3 })
  gate.configure(P, { lullMs: 0 })
  expect(wrapped.info).toBe(model.info)
  const heard: string[] = []
  const reply = wrapped.generate(REQUEST, new AbortController().signal, (text) => heard.push(text))
  expect(gate.state(P)?.calls[0]?.request).toMatchObject({ priority: 3, tokens: 202 })
  const [first] = model.open
  first?.say('a long beginn')
  await gate.turn(P, async () => {})
  expect(first?.signal.aborted).toBe(true)
  first?.say('late')
  await setImmediate()
  model.open[0]?.say('anew')
  model.open[0]?.end(ANSWER)
  expect(await reply).toEqual(ANSWER)
  expect(heard).toEqual(['a long beginn', 'anew'])
  expect(model.asked).toBe(2)
})

test('[GATE13] failures of a wrapped model are its own, and count for its provider', async () => {
  const gate = createGate({ clock: createManualClock() })
  const model = createAskedModel()
  const wrapped = gate.wrap(model)
  const reply = wrapped.generate(REQUEST, new AbortController().signal)
  const failed: ModelReply = {
    kind: 'failed',
    code: 'rate-limited',
    reason: 'slow down',
    retryAfterMs: 1_000,
  }
  model.open[0]?.end(failed)
  expect(await reply).toEqual(failed)
  expect(gate.state(P)?.health?.coolDownMs).toBe(1_000)
})

test('[GATE10, GATE13] aborting or closing a wrapped model ends its calls', async () => {
  const gate = createGate({ clock: createManualClock() })
  const model = createAskedModel()
  const wrapped = gate.wrap(model)
  const abort = new AbortController()
  const aborted = wrapped.generate(REQUEST, abort.signal)
  const closed = wrapped.generate(REQUEST, new AbortController().signal)
  abort.abort()
  expect(await aborted).toMatchObject({ code: 'aborted' })
  await wrapped.close()
  expect(await closed).toMatchObject({ code: 'aborted' })
  expect(await wrapped.generate(REQUEST, abort.signal)).toMatchObject({ code: 'aborted' })
  expect(model.isClosed).toBe(true)
  await setImmediate()
  expect(gate.calls()).toEqual([])
})

test('[GATE13] models of one provider share the fewest slots of them', () => {
  const gate = createGate({ clock: createManualClock() })
  gate.wrap(createAskedModel({ slots: 4 }))
  expect(gate.state(P)?.settings.slots).toBe(4)
  gate.wrap(createAskedModel({ slots: 2, isLocal: true }))
  gate.wrap(createAskedModel({ slots: 8 }))
  expect(gate.state(P)?.settings.slots).toBe(2)
})
