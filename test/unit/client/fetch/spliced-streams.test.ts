import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { cutEvents } from '../../../../src/client/fetch/cut-events.ts'
import { spliceAnswer } from '../../../../src/client/fetch/splice-answer.ts'
import type { RecallFormat } from '../../../../src/protocol/host-requests.ts'
import { fakeFetch, sends } from '../../../support/fake-host-requests.ts'
import { type FetchServer, startFetchServer } from '../../../support/fetch-server.ts'
import type { StreamedAnswer } from '../../../support/model-server/protocol-shape.ts'
import { PROTOCOLS } from '../../../support/model-server/protocols.ts'
import type { ScriptedCall } from '../../../support/model-server/script.ts'

const FORMATS = ['openai', 'anthropic', 'gemini', 'ollama'] as const
const SEARCH: ScriptedCall = { name: 'recall_search', input: { query: 'what' } }
const OWN: ScriptedCall = { name: 'get_weather', input: {} }
const ARGS: [string, RequestInit] = ['', { method: 'POST', body: '{"stream":true}' }]

let server: FetchServer

beforeAll(async () => {
  server = await startFetchServer()
  ARGS[0] = `${server.origin}/v1`
})

afterAll(() => server.close())

afterEach(() => server.clear())

function eventsOf(
  format: RecallFormat,
  pieces: readonly string[],
  ...calls: readonly ScriptedCall[]
): readonly string[] {
  const answer: StreamedAnswer = {
    ...{ pieces, calls, usage: { input: 3, output: 2 }, stop: 'whole', ends: 'as-usual' },
  }
  return PROTOCOLS[format].events(answer, { model: 'm', stream_options: { include_usage: true } })
}

function headersOf(format: RecallFormat): Record<string, string> {
  return { 'content-type': format === 'ollama' ? 'application/x-ndjson' : 'text/event-stream' }
}

/** A gate for each piece of an answer. */
function gates(count: number): readonly { open(): void; readonly opened: Promise<void> }[] {
  return Array.from({ length: count }, () => {
    let open = (): void => {}
    const opened = new Promise<void>((resolve) => (open = resolve))
    return { open, opened }
  })
}

/** A stream of these bytes, cut where it is said. */
function streamOf(text: string, cuts: readonly number[], format: RecallFormat): Response {
  const bytes = new TextEncoder().encode(text)
  const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  const pieces = [0, ...at].map((from, index) => bytes.slice(from, at[index] ?? bytes.length))
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece)
      controller.close()
    },
  })
  return new Response(body, { headers: headersOf(format) })
}

async function splice(
  format: RecallFormat,
  answers: readonly string[],
  cuts: readonly number[] = [],
): Promise<string> {
  const [first = '', ...others] = answers
  const left = [...others]
  const recorded: string[] = []
  const response = spliceAnswer({
    format,
    first: streamOf(first, cuts, format),
    rounds: {
      next: async () => {
        const next = left.shift()
        return next === undefined ? undefined : streamOf(next, cuts, format)
      },
      cancel: () => {},
    },
    record: (answer) => void recorded.push(answer),
  })
  const text = await response.text()
  expect(recorded).toEqual([text])
  return text
}

test.for(FORMATS)(
  '[FET11] %s: what the model says reaches the host before anything behind it is there',
  async (format) => {
    const first = eventsOf(format, ['Let ', 'me ', 'see.'], SEARCH)
    const second = eventsOf(format, ['You ', 'said ', 'so.'])
    const [firstGates, secondGates] = [gates(first.length), gates(second.length)]
    const headers = headersOf(format)
    server.plan(
      { headers, pieces: first, before: (at) => firstGates[at]?.opened },
      { headers, pieces: second, before: (at) => secondGates[at]?.opened },
    )
    const { fetch, continued } = fakeFetch(
      { plan: () => sends('{}', format), next: () => ({ kind: 'send', body: '{"more":1}' }) },
      { recall: true },
    )
    const response = await fetch(...ARGS)
    expect(response).toMatchObject({ url: ARGS[0], type: 'basic', status: 200 })
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    let told = ''
    const hear = async (words: string): Promise<void> => {
      while (!told.includes(words)) {
        const { done, value } = (await reader?.read()) ?? {}
        if (done !== false) throw new Error(`the stream ended at: ${told}`)
        told += value ?? ''
      }
    }
    for (const [at, event] of first.entries()) {
      firstGates[at]?.open()
      const word = /"(Let |me |see\.)"/.exec(event)?.[0]
      if (word !== undefined) await hear(word)
    }
    await expect.poll(() => continued).toHaveLength(1)
    expect(continued[0]?.answer).toContain('recall_search')
    for (const [at, event] of second.entries()) {
      secondGates[at]?.open()
      const word = /(You |said |so\.)"/.exec(event)?.[0]
      if (word !== undefined) await hear(word)
    }
    expect(told).not.toContain('recall_search')
  },
)

test('[FET11] a stream of several answers has one id, one start and one end', async () => {
  const parse = (text: string): readonly Record<string, unknown>[] =>
    text
      .split('\n')
      .filter((line) => line.startsWith('data: {'))
      .map((line) => JSON.parse(line.slice(6)) as Record<string, unknown>)
  for (const format of ['openai', 'anthropic', 'gemini'] as const) {
    const answers = [
      eventsOf(format, ['One.'], SEARCH),
      eventsOf(format, ['Two.'], SEARCH),
      eventsOf(format, ['Three.']),
    ].map((events, at) =>
      events
        .join('')
        .replaceAll('chatcmpl-1', `chatcmpl-${at}`)
        .replaceAll('"modelVersion"', `"responseId":"r${at}","modelVersion"`),
    )
    const text = await splice(format, answers)
    const events = parse(text)
    const kinds = events.map(({ type }) => type)
    expect(text.match(/\[DONE\]/g) ?? []).toHaveLength(format === 'openai' ? 1 : 0)
    expect(new Set(events.map(({ id }) => id)).size).toBe(1)
    expect(new Set(events.map(({ responseId }) => responseId)).size).toBe(1)
    expect(text.match(/"finish_reason":"|"finishReason"|"stop_reason":"/g)).toHaveLength(1)
    for (const once of ['message_start', 'message_delta', 'message_stop']) {
      const count = kinds.filter((kind) => kind === once).length
      expect(count).toBe(format === 'anthropic' ? 1 : 0)
    }
    const begun = events.filter(({ type }) => type === 'content_block_start')
    expect(begun.map(({ index }) => index)).toEqual(format === 'anthropic' ? [0, 1, 2] : [])
    if (format === 'openai') expect(text.match(/"role"/g)).toHaveLength(1)
  }
})

test('[FET11] what is said behind calls, or together with them, is not lost', async () => {
  const chunk = (delta: object, finish: string | null = null): string =>
    `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
  const call = { index: 0, id: 'x', function: { name: 'recall_search', arguments: '{}' } }
  const openai = [
    chunk({ content: 'One ', tool_calls: [call] }),
    chunk({ content: 'two ' }),
    chunk({ content: 'three' }, 'tool_calls'),
    'data: [DONE]\n\n',
  ].join('')
  const said = await splice('openai', [openai, eventsOf('openai', ['four']).join('')])
  const words = [...said.matchAll(/"content":"([^"]*)"/g)].map(([, word]) => word)
  expect(words).toEqual(['One ', 'two ', 'three', '', '\\n\\nfour'])
  expect(said.match(/"finish_reason":"/g)).toHaveLength(1)

  const part = (parts: readonly object[], more: object = {}): string =>
    `data: ${JSON.stringify({ candidates: [{ content: { parts }, ...more }] })}\n\n`
  const functionCall = { name: 'recall_search', args: {} }
  const gemini = part([{ text: 'One.' }, { functionCall }], { finishReason: 'STOP' })
  const heard = await splice('gemini', [gemini, part([{ text: 'Two.' }])])
  expect([...heard.matchAll(/"text":"([^"]*)"/g)].map(([, text]) => text)).toEqual([
    'One.',
    '\\n\\nTwo.',
  ])
  expect(heard).not.toContain('finishReason')

  const blocks = eventsOf('anthropic', ['One.'], SEARCH)
  const behind = blocks
    .slice(1, 6)
    .map((event) => event.replaceAll('"index":0', '"index":2').replace('One.', 'Two.'))
  const at = blocks.findIndex((event) => event.includes('message_delta'))
  const mixed = [...blocks.slice(0, at), ...behind, ...blocks.slice(at)].join('')
  const joined = await splice('anthropic', [mixed, eventsOf('anthropic', ['Three.']).join('')])
  expect(
    [...joined.matchAll(/"index":(\d),"delta":\{[^}]*"text":"([^"]*)"/g)].map(([, ...all]) => all),
  ).toEqual([
    ['0', 'One.'],
    ['1', 'Two.'],
    ['2', 'Three.'],
  ])
})

const pieces = fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { maxLength: 4 })
const calls = fc.array(fc.constantFrom(SEARCH, OWN), { maxLength: 2 })
const answers = fc.array(fc.tuple(pieces, calls), { minLength: 1, maxLength: 3 })
const cuts = fc.array(fc.nat(4_000), { maxLength: 60 })

test.for(FORMATS)(
  '[FET17] %s: the stream is the same wherever its pieces are cut',
  async (format) => {
    await fc.assert(
      fc.asyncProperty(answers, cuts, async (said, places) => {
        const texts = said.map(([words, made]) => eventsOf(format, words, ...made).join(''))
        expect(await splice(format, texts, places)).toBe(await splice(format, texts))
      }),
      { numRuns: 60 },
    )
  },
)

test.for(FORMATS)(
  '[FET12] %s: whatever a stream holds, without calls it is not changed',
  async (format) => {
    const junk = fc.array(
      fc.oneof(
        fc.string({ unit: 'binary-ascii' }),
        fc.json().map((text) => `data: ${text}\n\n`),
        fc.json().map((text) => `${text}\n`),
        fc.constantFrom(
          '\n',
          '\r\n',
          '\r',
          'data: {"choices":[null]}\n\n',
          'data: {"index":0}\n\n',
        ),
      ),
    )
    await fc.assert(
      fc.asyncProperty(junk, cuts, async (events, places) => {
        const text = events.join('')
        const told = await splice(format, [text], places)
        expect(told).toBe(text)
      }),
      { numRuns: 200 },
    )
  },
)

test('[FET17] events end where they end, however long they are and wherever they are cut', () => {
  const text = 'data: a\n\ndata: b\r\n\r\n: c\r\rdata: d'
  for (let size = 1; size <= text.length; size += 1) {
    const cutter = cutEvents(false)
    const events: string[] = []
    for (let at = 0; at < text.length; at += size)
      events.push(...cutter.push(text.slice(at, at + size)))
    expect(events).toEqual(['data: a\n\n', 'data: b\r\n\r\n', ': c\r\r'])
    expect(cutter.rest()).toBe('data: d')
    expect(cutter.rest()).toBe('')
  }
  const long = cutEvents(true)
  for (let count = 0; count < 200_000; count += 1) long.push('x'.repeat(20))
  expect(long.push('\n')[0]).toHaveLength(4_000_001)
})

test('[FET12] an answer that is too long to be looked at goes through', async () => {
  const words = Array.from({ length: 9 }, () => 'w'.repeat(1_000_000))
  const text = eventsOf('openai', words, SEARCH).join('')
  const response = spliceAnswer({
    format: 'openai',
    first: streamOf(
      text,
      Array.from({ length: 99 }, (_, at) => at * 99_991),
      'openai',
    ),
    rounds: { next: () => Promise.reject(new Error('not asked')), cancel: () => {} },
    record: () => expect.unreachable(),
  })
  expect(await response.text()).toBe(text)
})

test('[FET13] an abort in the middle of a recall ends it with its reason', async () => {
  const reason = new Error('enough')
  const isAt = ['while recalling', 'while the next answer is waited for', 'within it']
  for (const [at, name] of isAt.entries()) {
    server.clear()
    const never = new Promise<void>(() => {})
    server.plan(
      { headers: headersOf('openai'), pieces: eventsOf('openai', ['One.'], SEARCH) },
      {
        headers: headersOf('openai'),
        pieces: at === 1 ? [] : eventsOf('openai', ['Two.']).slice(0, 3),
        staysOpen: true,
      },
    )
    const aborting = new AbortController()
    const { fetch, continued, recorded } = fakeFetch(
      {
        plan: () => sends('{}'),
        next: async () => {
          if (at === 0) await never
          return { kind: 'send', body: '{"more":1}' }
        },
      },
      { recall: true },
    )
    const response = await fetch(ARGS[0], { ...ARGS[1], signal: aborting.signal })
    const reader = response.body?.getReader()
    const reading = (async () => {
      for (;;) if ((await reader?.read())?.done === true) return
    })()
    await expect.poll(() => continued).toHaveLength(1)
    if (at > 0) await expect.poll(() => server.arrived).toHaveLength(2)
    aborting.abort(reason)
    await expect(reading, name).rejects.toBe(reason)
    if (at > 0) await expect.poll(() => server.left()).toBe(1)
    expect(recorded).toEqual([])
  }
})

test('[FET13] a host that reads no further ends the request, and whole answers are still recorded', async () => {
  const { fetch, recorded } = fakeFetch({ plan: () => sends('{}') }, { recall: true })
  const whole = eventsOf('openai', ['One.'])
  for (const isWhole of [false, true]) {
    server.clear()
    const pieces = isWhole ? whole : whole.slice(0, 3)
    server.plan({ headers: headersOf('openai'), pieces, staysOpen: true })
    const response = await fetch(...ARGS)
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    let told = ''
    while (told !== pieces.join('')) told += (await reader?.read())?.value ?? ''
    await reader?.cancel()
    await expect.poll(() => server.left()).toBe(1)
    expect(recorded).toEqual(isWhole ? [{ plan: 'p', answer: whole.join('') }] : [])
  }
})

test('[FET7, FET11] a copy of a spliced response says of itself what the response does', async () => {
  server.plan({ headers: headersOf('openai'), pieces: eventsOf('openai', ['One.'], OWN) })
  const { fetch } = fakeFetch({ plan: () => sends('{}') }, { recall: true })
  const response = await fetch(...ARGS)
  const copy = response.clone()
  expect(copy).toMatchObject({ url: ARGS[0], type: 'basic', redirected: false })
  expect(await copy.text()).toBe(await response.text())
})
