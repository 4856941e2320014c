import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LanguageModel, ModelReply } from '../../../src/core/ports/language-model.ts'
import { withMasking } from '../../../src/models/with-masking.ts'
import { createManualClock } from '../../support/build-clock.ts'
import type { ModelServer } from '../../support/model-server/model-server.ts'
import { startModelServer } from '../../support/model-server/model-server.ts'
import {
  KEYS,
  KINDS,
  never,
  openScripted,
  QUESTION,
  SCHEMA,
} from '../../support/model-server/open-scripted-model.ts'
import { SECRET_CASES } from '../core/secrets/secret-corpus.ts'

let server: ModelServer

beforeEach(async () => {
  server = await startModelServer()
})

afterEach(() => server.close())

const KEY = ['sk', 'ant', 'api03', 'Qb8Ws5Yp3Hd6Jf0GcR2uT4i6O1a9'].join('-')
const clock = createManualClock()

describe.each(KINDS)('%s', (kind) => {
  test('[MASK9] no secret of the corpus is in any request that the server got', async () => {
    const model = withMasking(openScripted(kind, server), clock)
    const whole = SECRET_CASES.map(({ text }) => text).join('\n\n')
    const asked = [
      ...SECRET_CASES.map(({ text }) => ({ ...QUESTION, prompt: text })),
      ...SECRET_CASES.map(({ text }) => ({ ...QUESTION, system: text, schema: SCHEMA })),
      { ...QUESTION, system: whole, prompt: whole },
      { ...QUESTION, prompt: JSON.stringify({ log: SECRET_CASES.map(({ text }) => text) }) },
    ]
    server.planAlways({ kind: 'answer', text: 'done' })
    for (const request of asked) await model.generate(request, never)
    expect(server.requests).toHaveLength(asked.length)
    const sent = server.requests.map(({ body, path }) => `${path}\n${body}`)
    for (const { secret, what } of SECRET_CASES) {
      const inJson = JSON.stringify(secret).slice(1, -1)
      const leaks = sent.filter((text) => text.includes(secret) || text.includes(inJson))
      expect(leaks, what).toEqual([])
    }
    const shown = JSON.stringify(model.sent())
    for (const { secret, what } of SECRET_CASES) expect(shown, what).not.toContain(secret)
    expect(shown).not.toContain(KEYS[kind])
  })

  test('[MASK9] the answer and what is told of it have the secrets put back', async () => {
    const model = withMasking(openScripted(kind, server), clock)
    const text = 'He set ⟦secret-1:api-key⟧, then ⟦ SECRET-1 ⟧ and ⟦secret-9:api-key⟧.'
    server.plan({ kind: 'answer', text, pieceBytes: 5 })
    const told: string[] = []
    const request = { ...QUESTION, prompt: `the key is ${KEY}` }
    const reply = await model.generate(request, never, (sofar) => void told.push(sofar))
    const expected = `He set ${KEY}, then ${KEY} and ⟦secret-9:api-key⟧.`
    expect(reply).toMatchObject({ kind: 'answered', text: expected })
    for (const sofar of told) expect(expected.startsWith(sofar), sofar).toBe(true)
    expect(server.requests[0]?.body).toContain('the key is ⟦secret-1:api-key⟧')
  })
})

/** A model that answers with a text at once. */
function scripted(text: string, isLocal: boolean, asked: string[] = []): LanguageModel {
  const info = {
    name: 'scripted',
    provider: 'test',
    contextTokens: 8_192,
    slots: 1,
    isLocal,
    isConstrained: true,
  }
  return {
    info,
    generate: ({ system, prompt }): Promise<ModelReply> => {
      asked.push(`${system}|${prompt}`)
      return Promise.resolve({ kind: 'answered', text, isWhole: true })
    },
    close: () => Promise.resolve(),
  }
}

test('[MASK9] a secret of another call is not put back', async () => {
  const model = withMasking(scripted('⟦secret-1:api-key⟧', false), clock)
  await model.generate({ ...QUESTION, prompt: KEY }, never)
  const reply = await model.generate(QUESTION, never)
  expect(reply).toMatchObject({ text: '⟦secret-1:api-key⟧' })
})

test('[MASK9] in a JSON answer a secret with line ends stays JSON', async () => {
  const pem = SECRET_CASES.find(({ what }) => what === 'OpenSSH key')
  const model = withMasking(scripted('{"notes": ["⟦secret-1:private-key⟧"]}', false), clock)
  for (const request of [QUESTION, { ...QUESTION, schema: SCHEMA }]) {
    const reply = await model.generate({ ...request, prompt: pem?.text ?? '' }, never)
    if (reply.kind === 'failed') expect.unreachable()
    else expect(JSON.parse(reply.text)).toEqual({ notes: [pem?.secret] })
  }
})

test('[MASK10] what was sent can be seen, the newest within bounds', async () => {
  const model = withMasking(scripted('ok', false), clock)
  await model.generate({ ...QUESTION, system: `use ${KEY}`, prompt: `not ${KEY}` }, never)
  expect(model.sent()).toEqual([
    {
      at: clock.now(),
      model: 'scripted',
      system: 'use ⟦secret-1:api-key⟧',
      prompt: 'not ⟦secret-1:api-key⟧',
    },
  ])
  for (let count = 0; count < 80; count += 1)
    await model.generate({ ...QUESTION, prompt: `question ${count}` }, never)
  expect(model.sent()).toHaveLength(50)
  expect(model.sent().at(-1)?.prompt).toBe('question 79')
  const long = 'word '.repeat(150_000)
  for (let count = 0; count < 5; count += 1)
    await model.generate({ ...QUESTION, prompt: long }, never)
  expect(model.sent()).toHaveLength(2)
  await model.generate(QUESTION, AbortSignal.abort())
  expect(model.sent()).toHaveLength(2)
})

test('[MASK11] a local model is asked as it is, and nothing is written down', async () => {
  const asked: string[] = []
  const model = withMasking(scripted('⟦secret-1:api-key⟧', true, asked), clock)
  const reply = await model.generate({ ...QUESTION, prompt: KEY }, never)
  expect(asked).toEqual([`${QUESTION.system}|${KEY}`])
  expect(reply).toMatchObject({ text: '⟦secret-1:api-key⟧' })
  expect(model.sent()).toEqual([])
})
