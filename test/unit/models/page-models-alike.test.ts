import { afterEach, expect, test } from 'vitest'
import { until } from '../../support/build-engine.ts'
import { NEVER, REQUEST } from '../../support/build-models.ts'
import {
  PAGE_MODEL_FACTORIES,
  type ModelFactory,
  type ModelScript,
  type OpenModel,
} from '../../support/page-model-factories.ts'

const opened: OpenModel[] = []

afterEach(() => {
  for (const { end } of opened.splice(0)) end()
})

function open(factory: ModelFactory, script?: ModelScript): OpenModel {
  const model = factory.open(script)
  opened.push(model)
  return model
}

const MODELS = PAGE_MODEL_FACTORIES.map((factory) => [factory.name, factory] as const)

test.each(MODELS)('[BAI5, PAGE1, PAGE4] %s answers, again and side by side', async (_, factory) => {
  const { model, asked } = open(factory, { answer: 'a short text' })
  const replies = await Promise.all([1, 2, 3].map(() => model.generate(REQUEST, NEVER)))
  replies.push(await model.generate(REQUEST, NEVER))
  for (const reply of replies) {
    expect(reply).toMatchObject({ kind: 'answered', text: 'a short text', isWhole: true })
  }
  expect(asked()).toBe(4)
})

test.each(MODELS)('[BAI7, PAGE5] %s tells its text as it grows, if it does', async (_, factory) => {
  const text = 'many words in a row '.repeat(10)
  const heard: string[] = []
  const { model } = open(factory, { answer: text })
  await model.generate(REQUEST, NEVER, (one) => void heard.push(one))
  expect(heard.length > 0).toBe(factory.isStreamed)
  for (const one of heard) expect(text.startsWith(one)).toBe(true)
})

test.each(MODELS)(
  '[BAI8, PAGE3, PAGE6] %s that hangs answers an abort and a close at once',
  async (_, factory) => {
    const { model, asked } = open(factory, { hangs: true })
    const over = new AbortController()
    const [first, second] = [model.generate(REQUEST, over.signal), model.generate(REQUEST, NEVER)]
    await until(() => asked() === 2)
    over.abort()
    expect(await first).toMatchObject({ kind: 'failed', code: 'aborted' })
    expect(await model.generate(REQUEST, over.signal)).toMatchObject({ code: 'aborted' })
    await model.close()
    expect(await second).toMatchObject({ kind: 'failed', code: 'aborted' })
    expect(await model.generate(REQUEST, NEVER)).toMatchObject({ code: 'aborted' })
    expect(asked()).toBe(2)
  },
)

test.each(MODELS)(
  '[BAI10, BAI12, PAGE3, PAGE4] %s that fails says why and never rejects',
  async (_, factory) => {
    const { model } = open(factory, { throws: new Error('it broke') })
    const reply = await model.generate(REQUEST, NEVER)
    expect(reply).toMatchObject({ kind: 'failed', code: 'failed' })
    expect(reply).toHaveProperty('reason', expect.stringMatching(/it broke/))
  },
)
