import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createOpenAI } from '@ai-sdk/openai'
import { jsonSchema, tool } from 'ai'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { openEngine } from '../../src/client/open-engine.ts'
import type { Backfold } from '../../src/client/session.ts'
import { startModelServer, type ModelServer } from '../support/model-server/model-server.ts'
import * as aiSdk from './ai-sdk.ts'
import { ask } from './ai-sdk-prepare-step.ts'
import * as anthropic from './anthropic.ts'
import * as gemini from './gemini.ts'
import * as langchain from './langchain.ts'
import * as openaiResponses from './openai-responses.ts'
import * as openai from './openai.ts'
import * as plainFetch from './plain-fetch.ts'

type Talk = (backfold: Backfold, url: string, asked: string[]) => Promise<unknown>

/** Each example with the address that it takes. */
const EXAMPLES: readonly (readonly [string, Talk, string])[] = [
  ['openai.ts', openai.talk, '/v1'],
  ['anthropic.ts', anthropic.talk, ''],
  ['gemini.ts', gemini.talk, ''],
  ['ai-sdk.ts', aiSdk.talk, '/v1'],
  ['langchain.ts', langchain.talk, '/v1'],
  ['plain-fetch.ts', plainFetch.talk, '/v1'],
]

/** Long enough that the usual budget of 32,000 tokens is used up before the end. */
const TURNS = 14
const LONG = 'The quick brown fox jumps over the lazy dog, and then it rests in the shade. '.repeat(
  150,
)
const QUESTIONS = Array.from({ length: TURNS }, (_, i) => `Question ${i}: ${LONG}`)

const root = join(import.meta.dirname, '../..')
let server: ModelServer

beforeAll(async () => {
  server = await startModelServer()
})

afterAll(() => server.close())

afterEach(() => {
  server.planAlways(null)
  vi.unstubAllGlobals()
})

/** What stands in every request from the first fold on. */
const DIGEST = '[Digest of messages 1–'

test.each(EXAMPLES)('[EX1] %s folds a long talk in one line', async (_, talk, path) => {
  const backfold = await openEngine()
  server.planAlways({ kind: 'answer', text: `An answer. ${LONG.slice(0, 2_000)}` })
  const before = server.requests.length
  const messages = await talk(backfold, `${server.origin}${path}`, QUESTIONS)
  const bodies = server.requests.slice(before).map(({ body }) => body)
  expect(messages).toHaveLength(2 * TURNS)
  expect(bodies).toHaveLength(TURNS)
  expect(bodies.at(-1)?.includes(DIGEST)).toBe(true)
  expect(bodies.at(-1)?.includes(`Question 1: ${LONG}`)).toBe(false)
  expect(bodies.at(-1)?.includes(`Question 13: ${LONG}`)).toBe(true)
  // The newest answer is recorded when its stream has ended, beside what the host does.
  await expect.poll(async () => (await backfold.sessions())[0]?.messages).toBe(2 * TURNS)
  await backfold.close()
})

test('[EX1] openai-responses.ts folds a long talk in one line', async () => {
  const backfold = await openEngine()
  const bodies: string[] = []
  vi.stubGlobal('fetch', async (_: unknown, { body }: RequestInit) => {
    if (typeof body === 'string') bodies.push(body)
    const content = [{ type: 'output_text', text: LONG.slice(0, 2_000), annotations: [] }]
    const message = {
      id: `msg_${bodies.length}`,
      type: 'message',
      role: 'assistant',
      status: 'completed',
      content,
    }
    return Response.json({
      id: 'r',
      object: 'response',
      status: 'completed',
      model: 'gpt-5',
      output: [message],
    })
  })
  await openaiResponses.talk(backfold, 'https://api.example/v1', QUESTIONS)
  expect(bodies.at(-1)?.includes(DIGEST)).toBe(true)
  await backfold.close()
})

test('[EX1] ai-sdk-prepare-step.ts sends folded contexts, tool calls and results between steps too', async () => {
  const backfold = await openEngine()
  const session = await backfold.session('s')
  const model = createOpenAI({ baseURL: `${server.origin}/v1`, apiKey: 'k' }).chat('gpt-5')
  const inputSchema = jsonSchema<object>({ type: 'object', properties: {} })
  const tools = { read: tool({ inputSchema, execute: async () => LONG.slice(0, 2_000) }) }
  const before = server.requests.length
  for (const [i, question] of QUESTIONS.entries()) {
    server.plan(
      { kind: 'answer', text: '', calls: [{ name: 'read', input: {} }] },
      { kind: 'answer', text: `Answer ${i}.` },
    )
    expect(await ask(session, { model, tools }, question)).toBe(`Answer ${i}.`)
  }
  const bodies = server.requests.slice(before).map(({ body }) => body)
  expect(bodies).toHaveLength(2 * TURNS)
  expect(bodies.at(-1)?.includes(DIGEST)).toBe(true)
  expect(bodies.at(-1)?.includes('"role":"tool"')).toBe(true)
  expect(session.state.get().newest).toBe(4 * TURNS)
  await backfold.close()
})

/** Examples in this folder, and what has to run in a page. */
const FILES = readdirSync(import.meta.dirname)
  .filter((name) => !name.includes('.test.'))
  .map((name) => `test/examples/${name}`)
  .concat('test/hosts/use-chat/chat.jsx')

test('[EX2] every example has fewer than 20 lines, and the README shows it to the letter', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const shown = [...readme.matchAll(/<!-- (\S+) -->\n\n```\w+\n([^]*?)```/g)]
  expect(new Set(shown.map(([, path]) => path))).toEqual(new Set(FILES))
  for (const [, path = '', text = ''] of shown) {
    expect(text.split('\n').length, path).toBeLessThan(21)
    expect(text, path).toBe(readFileSync(join(root, path), 'utf8'))
  }
})
