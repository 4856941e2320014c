import { afterEach, expect, test } from 'vitest'
import { exposeModels } from '../../../src/client/expose-models.ts'
import type { LanguageModel, ModelRequest } from '../../../src/core/ports/language-model.ts'
import { hostModel } from '../../../src/models/host-model.ts'
import { pageModels } from '../../../src/worker/page-models.ts'
import { createManualClock, type ManualClock } from '../../support/build-clock.ts'
import { until } from '../../support/build-engine.ts'
import {
  answered,
  hungModel,
  INFO,
  modelThat,
  NEVER,
  REQUEST,
  summariserThat,
} from '../../support/build-models.ts'

const channels: MessageChannel[] = []

afterEach(() => {
  for (const { port1, port2 } of channels.splice(0)) {
    port1.close()
    port2.close()
  }
})

interface Across {
  readonly seen: readonly LanguageModel[]
  readonly clock: ManualClock
  readonly stop: () => void
  readonly page: MessagePort
}

/** Models of a page as its worker sees them. */
function across(...models: readonly LanguageModel[]): Across {
  const channel = new MessageChannel()
  channels.push(channel)
  const clock = createManualClock()
  const stop = exposeModels(models, channel.port1)
  const infos = models.map(({ info }) => info)
  return { seen: pageModels(infos, channel.port2, clock), clock, stop, page: channel.port1 }
}

/** A worker's view of a page whose thread stands still: nothing of what is asked is heard. */
function stuckPage(): Across {
  const made = across(modelThat(() => answered('x')))
  const hear = made.page.onmessage
  made.page.onmessage = null
  return { ...made, stop: () => (made.page.onmessage = hear) }
}

function first({ seen }: Across): LanguageModel {
  const [model] = seen
  if (!model) throw new Error('there is no model')
  return model
}

/** Lets the page's port deliver what it holds. */
function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5))
}

test('[PAGE4] a question reaches the page’s model whole, and its answer comes back', async () => {
  const asked: ModelRequest[] = []
  const usage = { input: 30, output: 4 }
  const small = modelThat(
    (request) => (asked.push(request), { ...answered('about a mark'), usage }),
  )
  const other = modelThat(() => answered('no'), { ...INFO, name: 'page:other' })
  const { seen } = across(other, small)
  const request = { ...REQUEST, schema: { type: 'object', required: ['a'] } }
  expect(seen.map(({ info }) => info.name)).toEqual(['page:other', 'page:small'])
  expect(await seen[1]?.generate(request, NEVER)).toEqual({ ...answered('about a mark'), usage })
  expect(asked).toEqual([request])
})

test('[PAGE4] what the page has learned of its model comes with the answer', async () => {
  let info = INFO
  const model: LanguageModel = {
    ...modelThat(() => ((info = { ...INFO, contextTokens: 9_216 }), answered('x'))),
    get info() {
      return info
    },
  }
  const seen = first(across(model))
  expect(seen.info.contextTokens).toBe(4_000)
  await seen.generate(REQUEST, NEVER)
  expect(seen.info.contextTokens).toBe(9_216)
})

test('[PAGE4] failures cross with their code, and what breaks is a failure', async () => {
  const wait = { kind: 'failed', code: 'rate-limited', reason: 'later', retryAfterMs: 5 } as const
  const { seen } = across(
    modelThat(() => wait),
    modelThat(() => Promise.reject(new Error('it broke'))),
    modelThat(() => ({ ...answered('x'), extra: () => {} })),
  )
  const replies = await Promise.all(seen.map((model) => model.generate(REQUEST, NEVER)))
  expect(replies[0]).toEqual(wait)
  expect(replies[1]).toEqual({ kind: 'failed', code: 'failed', reason: 'it broke' })
  expect(replies[2]).toMatchObject({ kind: 'failed', code: 'failed' })
})

test('[PAGE4] a model that the page does not have, and a question that can’t cross, are answered', async () => {
  const channel = new MessageChannel()
  channels.push(channel)
  exposeModels([], channel.port1)
  const [model] = pageModels([INFO], channel.port2, createManualClock())
  expect(await model?.generate(REQUEST, NEVER)).toMatchObject({ code: 'unavailable' })
  const unsendable = { ...REQUEST, schema: { broken: () => {} } }
  expect(await model?.generate(unsendable, NEVER)).toMatchObject({ code: 'invalid-options' })
})

test('[PAGE1, PAGE4] a host’s summariser is asked across the threads', async () => {
  const mine = hostModel(summariserThat(({ prompt }) => `about: ${prompt}`))
  const reply = await first(across(mine)).generate(REQUEST, NEVER)
  expect(reply).toEqual(answered('about: The mark was raised twice.'))
})

test('[PAGE5] text crosses at once, then the newest now and then, and nothing after the end', async () => {
  let tell = (_: string): void => {}
  let answer = (_: ReturnType<typeof answered>): void => {}
  const page = modelThat((_, __, onText) => {
    tell = onText ?? tell
    return new Promise((resolve) => (answer = resolve))
  })
  const heard: string[] = []
  const seen = first(across(page))
  const reply = seen.generate(REQUEST, NEVER, (text) => void heard.push(text))
  await tick()
  for (const text of ['a', 'ab', 'abc']) tell(text)
  await until(() => heard.length === 1)
  expect(heard).toEqual(['a'])
  await until(() => heard.length === 2)
  expect(heard).toEqual(['a', 'abc'])
  tell('abcd')
  answer(answered('abcde'))
  expect(await reply).toEqual(answered('abcde'))
  tell('abcdef')
  await new Promise((resolve) => setTimeout(resolve, 150))
  expect(heard).toEqual(['a', 'abc'])
})

test('[PAGE5] what a model says after its call was aborted does not cross', async () => {
  const { port1, port2 } = new MessageChannel()
  const crossed: unknown[] = []
  port2.onmessage = ({ data }) => void crossed.push(data)
  let tell = (_: string): void => {}
  let signal = NEVER
  const page = modelThat((_, given, onText) => {
    signal = given
    tell = onText ?? tell
    return new Promise(() => {})
  })
  const stop = exposeModels([page], port1)
  port2.postMessage({ type: 'ask', call: 1, model: 0, request: REQUEST, isHeard: true })
  port2.postMessage({ type: 'abort', call: 1 })
  await until(() => signal.aborted)
  tell('late')
  await tick()
  stop()
  await until(() => crossed.length > 0)
  expect(crossed).toEqual([{ type: 'gone' }])
  port2.close()
})

test('[PAGE5] text that nobody hears does not cross, and a listener that throws breaks nothing', async () => {
  const listeners: unknown[] = []
  const page = modelThat((_, __, onText) => {
    listeners.push(onText)
    onText?.('a')
    return answered('ab')
  })
  const seen = first(across(page))
  expect(await seen.generate(REQUEST, NEVER)).toEqual(answered('ab'))
  expect(listeners).toEqual([undefined])
  const broken = (): never => {
    throw new Error('the listener broke')
  }
  expect(await seen.generate(REQUEST, NEVER, broken)).toEqual(answered('ab'))
})

test('[PAGE6] an abort is answered at once and reaches the call it is about, and no other', async () => {
  const [slow, other] = [hungModel(), hungModel()]
  const { seen } = across(slow, other)
  const [one, two] = [new AbortController(), new AbortController()]
  void seen[0]?.generate(REQUEST, one.signal)
  const second = seen[0]?.generate(REQUEST, two.signal)
  void seen[1]?.generate(REQUEST, NEVER)
  await until(() => slow.signals.length === 2 && other.signals.length === 1)
  two.abort()
  expect(await second).toMatchObject({ kind: 'failed', code: 'aborted' })
  await until(() => slow.signals[1]?.aborted === true)
  expect([slow.signals[0]?.aborted, other.signals[0]?.aborted]).toEqual([false, false])
  expect(await seen[0]?.generate(REQUEST, two.signal)).toMatchObject({ code: 'aborted' })
  await tick()
  expect(slow.signals).toHaveLength(2)
})

test('[PAGE6] closing answers the model’s calls, closes it on the page, and no other', async () => {
  const [slow, other] = [hungModel(), modelThat(() => answered('x'))]
  let closings = 0
  const { seen } = across({ ...slow, close: async () => void (closings += 1) }, other)
  const call = seen[0]?.generate(REQUEST, NEVER)
  await seen[0]?.close()
  expect(await call).toMatchObject({ code: 'aborted' })
  await until(() => closings === 1)
  expect(slow.signals[0]?.aborted ?? true).toBe(true)
  expect(await seen[0]?.generate(REQUEST, NEVER)).toMatchObject({ code: 'aborted' })
  expect(await seen[1]?.generate(REQUEST, NEVER)).toEqual(answered('x'))
  expect(other.closings).toBe(0)
})

test('[PAGE6, PAGE7] when the worker is gone the page’s models are told and stay open', async () => {
  const slow = hungModel()
  const made = across(slow)
  const call = first(made).generate(REQUEST, NEVER)
  await until(() => slow.signals.length === 1)
  made.stop()
  expect(slow.signals[0]?.aborted).toBe(true)
  expect(await call).toMatchObject({ kind: 'failed', code: 'unavailable' })
  expect(await first(made).generate(REQUEST, NEVER)).toMatchObject({ code: 'unavailable' })
})

test('[PAGE7] a port that closes without a word answers too', async () => {
  const slow = hungModel()
  const made = across(slow)
  const call = first(made).generate(REQUEST, NEVER)
  await until(() => slow.signals.length === 1)
  made.page.close()
  const reply = await call
  expect(reply).toMatchObject({ code: 'unavailable' })
  expect(reply).toHaveProperty('reason', expect.stringMatching(/gone/))
})

test('[PAGE7] a page that says nothing for three pings answers, and is asked again once it speaks', async () => {
  const made = stuckPage()
  const heard = first(made).generate(REQUEST, NEVER)
  for (let ping = 0; ping < 3; ping += 1) {
    await tick()
    expect(made.clock.waiting()).toBe(1)
    made.clock.pass(10_000)
  }
  const silent = { kind: 'failed', code: 'unavailable', retryAfterMs: 10_000 }
  expect(await heard).toMatchObject(silent)
  await tick()
  expect(made.clock.waiting()).toBe(0)
  made.stop()
  expect(await first(made).generate(REQUEST, NEVER)).toEqual(answered('x'))
})

test('[PAGE7] a slow model of a page that is there is waited for, also when a computer slept', async () => {
  let answer = (_: ReturnType<typeof answered>): void => {}
  const made = across(modelThat(() => new Promise((resolve) => (answer = resolve))))
  const call = first(made).generate(REQUEST, NEVER)
  for (let hour = 0; hour < 6; hour += 1) {
    await tick()
    made.clock.pass(3_600_000)
  }
  await tick()
  answer(answered('late'))
  expect(await call).toEqual(answered('late'))
  expect(made.clock.waiting()).toBe(0)
})
