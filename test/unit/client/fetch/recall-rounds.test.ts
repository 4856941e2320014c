import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import { Ollama } from 'ollama'
import OpenAI from 'openai'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { RecallFormat, RecallStep } from '../../../../src/protocol/host-requests.ts'
import type { FetchOptions } from '../../../../src/client/fetch/fetch-options.ts'
import {
  type Answers,
  fakeFetch,
  type FakeFetch,
  sends,
} from '../../../support/fake-host-requests.ts'
import { type ModelServer, startModelServer } from '../../../support/model-server/model-server.ts'
import type { Script, ScriptedCall } from '../../../support/model-server/script.ts'

/** What a client of a vendor told its host. */
interface Told {
  readonly text: string
  readonly calls: readonly string[]
}

/** A request by a vendor's own client, streamed or not. */
type Ask = (made: FakeFetch, isStream: boolean) => Promise<Told>

const QUESTION = 'What did I say?'
const MESSAGES = [{ role: 'user' as const, content: QUESTION }]
const SEARCH: ScriptedCall = { name: 'recall_search', input: { query: 'what' } }
const OWN: ScriptedCall = { name: 'get_weather', input: { city: 'Bonn' } }

let server: ModelServer

beforeAll(async () => {
  server = await startModelServer()
})

afterAll(() => server.close())

afterEach(() => server.planAlways(null))

const asks: Readonly<Record<RecallFormat, Ask>> = {
  async openai({ fetch }, isStream) {
    const client = new OpenAI({ apiKey: 'k', baseURL: `${server.origin}/v1`, fetch, maxRetries: 0 })
    const request = { model: 'm', messages: MESSAGES }
    const completion = isStream
      ? await client.chat.completions.stream(request).finalChatCompletion()
      : await client.chat.completions.create(request)
    const message = completion.choices[0]?.message
    const calls = message?.tool_calls?.map((call) => ('function' in call ? call.function.name : ''))
    return { text: message?.content ?? '', calls: calls ?? [] }
  },
  async anthropic({ fetch }, isStream) {
    const client = new Anthropic({ apiKey: 'k', baseURL: server.origin, fetch, maxRetries: 0 })
    const request = { model: 'm', max_tokens: 99, messages: MESSAGES }
    const { content } = isStream
      ? await client.messages.stream(request).finalMessage()
      : await client.messages.create(request)
    return {
      text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
      calls: content.flatMap((block) => (block.type === 'tool_use' ? [block.name] : [])),
    }
  },
  async gemini({ fetch }, isStream) {
    // This client takes no fetch: it stands in for the global one.
    vi.stubGlobal('fetch', fetch)
    try {
      const client = new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: server.origin } })
      const request = { model: 'm', contents: QUESTION }
      let text = ''
      const calls: string[] = []
      const answers = isStream
        ? await client.models.generateContentStream(request)
        : [await client.models.generateContent(request)]
      for await (const { candidates } of answers) {
        for (const part of candidates?.[0]?.content?.parts ?? []) {
          text += part.text ?? ''
          if (part.functionCall) calls.push(part.functionCall.name ?? '')
        }
      }
      return { text, calls }
    } finally {
      vi.unstubAllGlobals()
    }
  },
  async ollama({ fetch }, isStream) {
    const client = new Ollama({ host: server.origin, fetch })
    const request = { model: 'm', messages: MESSAGES }
    let text = ''
    const calls: string[] = []
    const answers = isStream
      ? await client.chat({ ...request, stream: true })
      : [await client.chat({ ...request, stream: false })]
    for await (const { message } of answers) {
      text += message.content
      for (const call of message.tool_calls ?? []) calls.push(call.function.name)
    }
    return { text, calls }
  },
}

const FORMATS = Object.keys(asks) as readonly RecallFormat[]

/** Bodies that go on have a mark, so that the server's log tells the rounds apart. */
function marked(body: string, mark: string): string {
  const parsed = JSON.parse(body) as Record<string, unknown>
  const messages = parsed['messages'] ?? parsed['contents']
  const [first] = messages as readonly Readonly<Record<string, unknown>>[]
  const other = 'parts' in (first ?? {}) ? { parts: [{ text: mark }] } : { content: mark }
  const name = 'contents' in parsed ? 'contents' : 'messages'
  return JSON.stringify({ ...parsed, [name]: [{ ...first, ...other }] })
}

function making(
  format: RecallFormat,
  next?: (answer: string, round: number) => RecallStep | Promise<RecallStep>,
  options: FetchOptions = {},
): FakeFetch {
  let body = '{}'
  let round = 0
  const answers: Answers = {
    plan({ request }) {
      body = marked(request.body, 'round 0')
      return sends(body, format)
    },
    next({ answer }) {
      round += 1
      return next ? next(answer, round) : { kind: 'send', body: marked(body, `round ${round}`) }
    },
  }
  return fakeFetch(answers, { recall: true, ...options })
}

function answer(text: string, ...calls: readonly ScriptedCall[]): Script {
  return { kind: 'answer', text, calls, pieceBytes: 31 }
}

function marks(from: number): readonly (string | undefined)[] {
  return server.requests.slice(from).map(({ body }) => /round \d/.exec(body)?.[0])
}

for (const format of FORMATS) {
  const ask = asks[format]

  test(`[FET10] ${format}: calls of recall tools in a whole answer are answered on the way`, async () => {
    const made = making(format)
    const from = server.requests.length
    server.plan(
      answer('Let me see.', SEARCH),
      answer('', SEARCH, SEARCH),
      answer('You said äöü 😀.'),
    )
    expect(await ask(made, false)).toEqual({ text: 'You said äöü 😀.', calls: [] })
    expect(marks(from)).toEqual(['round 0', 'round 1', 'round 2'])
    expect(made.planned[0]?.options?.recall).toBe(true)
    expect(made.continued).toHaveLength(2)
    expect(made.continued[0]?.answer).toMatch(/see\./)
    await expect.poll(() => made.recorded).toHaveLength(1)
    expect(made.recorded[0]).toMatchObject({ plan: 'p' })
    expect(made.recorded[0]?.answer).toContain('You ')
    expect(made.reports.map(({ kind }) => kind)).toEqual(['sent', 'recalled', 'recalled'])
    expect(made.reports[2]).toMatchObject({ round: 2, session: 's', format })
  })

  test(`[FET11] ${format}: streamed answers are one stream for the vendor's own client`, async () => {
    const made = making(format)
    const from = server.requests.length
    server.plan(
      answer('Let me see.', SEARCH),
      answer('', SEARCH, SEARCH),
      answer('You said äöü 😀.'),
    )
    const { text, calls } = await ask(made, true)
    expect(text.replace('\n\n', '')).toBe('Let me see.You said äöü 😀.')
    expect(calls).toEqual([])
    expect(marks(from)).toEqual(['round 0', 'round 1', 'round 2'])
    expect(made.continued[1]?.answer).toContain('recall_search')
    await expect.poll(() => made.recorded).toHaveLength(1)
    expect(made.recorded[0]?.answer).toMatch(/äöü[^]*😀/)
    expect(made.recorded[0]?.answer).not.toContain('recall_search')
  })

  test(`[FET12] ${format}: with a call of the host's own nothing is hidden`, async () => {
    for (const calls of [[OWN, SEARCH], [SEARCH, OWN], [OWN]]) {
      for (const isStream of [true, false]) {
        // Whole answers are told apart by the worker.
        const made = making(format, () => ({ kind: 'done' }))
        server.plan(answer('Let me see.', ...calls))
        const names = calls.map(({ name }) => name)
        expect(await ask(made, isStream)).toEqual({ text: 'Let me see.', calls: names })
        if (isStream) expect(made.continued).toEqual([])
        await expect.poll(() => made.recorded).toHaveLength(1)
      }
    }
    const later = making(format)
    server.plan(answer('One.', SEARCH), answer('Two.', SEARCH, OWN))
    const { text, calls } = await ask(later, true)
    expect(text.replace('\n\n', '')).toBe('One.Two.')
    expect(calls).toEqual([SEARCH.name, OWN.name])
  })

  test(`[FET12] ${format}: calls that cannot be answered are the host's`, async () => {
    const failing: readonly (() => RecallStep)[] = [
      () => ({ kind: 'done' }),
      () => JSON.parse('') as RecallStep,
      () => ({ kind: 'send', body: '{}' }),
    ]
    for (const next of failing) {
      for (const isStream of [true, false]) {
        const made = making(format, next)
        server.plan(answer('Let me see.', SEARCH))
        expect(await ask(made, isStream)).toEqual({ text: 'Let me see.', calls: [SEARCH.name] })
      }
    }
  })

  test(`[FET10] ${format}: after 8 rounds the answer is the host's`, async () => {
    for (const isStream of [true, false]) {
      const made = making(format)
      server.planAlways(answer('', SEARCH))
      expect((await ask(made, isStream)).calls).toEqual([SEARCH.name])
      expect(made.continued).toHaveLength(8)
      server.planAlways(null)
    }
  })

  test(`[FET10] ${format}: without recall nothing is answered on the way`, async () => {
    const made = making(format, undefined, { recall: false })
    server.plan(answer('Let me see.', SEARCH))
    expect((await ask(made, true)).calls).toEqual([SEARCH.name])
    expect(made.continued).toEqual([])
  })
}
