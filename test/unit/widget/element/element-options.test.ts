import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { widgetLabels } from '../../../../src/widget/composer/widget-labels.ts'
import { ATTRIBUTES, readOptions } from '../../../../src/widget/element/element-options.ts'
import { pickModel } from '../../../../src/widget/element/pick-model.ts'
import { defineElement } from '../../../../src/widget/element/define-element.ts'

const read = (given: Readonly<Record<string, string>>): ReturnType<typeof readOptions> =>
  readOptions((name) => given[name] ?? null)

test('[ELEM2] attributes are read with defaults, and what has no meaning counts as not given', () => {
  expect(read({})).toMatchObject({
    protocol: 'openai',
    session: 'chat',
    database: 'backfold',
    theme: 'auto',
    position: 'inline',
    recall: true,
    readOnly: false,
    open: false,
    allowImages: 'none',
    budget: undefined,
  })
  expect(
    read({
      protocol: 'Anthropic',
      budget: '32 000',
      recall: 'off',
      readonly: '',
      'allow-images': 'a.example, b.example',
      summarisers: 'browser-ai, webllm:small, nonsense',
    }),
  ).toMatchObject({
    protocol: 'anthropic',
    budget: 32_000,
    recall: false,
    readOnly: true,
    allowImages: ['a.example', 'b.example'],
    summarisers: [{ kind: 'browser-ai' }, { kind: 'webllm', model: 'small' }],
  })
  expect(read({ budget: '-3', theme: 'pink', position: 'up' })).toMatchObject({
    budget: undefined,
    theme: 'auto',
    position: 'inline',
  })
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...ATTRIBUTES), fc.string()), (given) => {
      expect(typeof read(given).session).toBe('string')
    }),
  )
})

test('[ELEM5] the host’s function comes before the browser’s model, that before a server', () => {
  const none = { apiKey: '', headers: {}, respond: null }
  expect(pickModel(read({}), none)).toHaveProperty('problem')
  expect(pickModel(read({ protocol: 'browser-ai' }), none)).toMatchObject({ needsNetwork: false })
  const respond = async function* (): AsyncGenerator<string> {
    yield 'own'
  }
  expect(pickModel(read({ protocol: 'browser-ai' }), { ...none, respond })).toMatchObject({
    needsNetwork: true,
    toolFormat: 'openai',
  })
})

test('[ELEM6] the languages have the same words, and others are English', () => {
  const [english, german, arabic] = ['en', 'de-AT', 'ar'].map(widgetLabels)
  expect(Object.keys(german ?? {})).toEqual(Object.keys(english ?? {}))
  expect(Object.keys(arabic ?? {})).toEqual(Object.keys(english ?? {}))
  expect(german?.send).not.toBe(english?.send)
  expect(widgetLabels('xx')).toBe(english)
})

test('[ELEM1] on a server importing does nothing', async () => {
  expect(typeof customElements).toBe('undefined')
  expect(() => defineElement('backfold-chat', class {} as CustomElementConstructor)).not.toThrow()
  const { BackfoldChatElement } = await import('../../../../src/element.ts')
  expect(typeof BackfoldChatElement).toBe('function')
})
