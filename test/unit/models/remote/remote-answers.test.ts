import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ModelRequest } from '../../../../src/core/ports/language-model.ts'
import { createManualClock } from '../../../support/build-clock.ts'
import type { ModelServer } from '../../../support/model-server/model-server.ts'
import { startModelServer } from '../../../support/model-server/model-server.ts'
import {
  createHastyClock,
  KEYS,
  KINDS,
  never,
  openScripted,
  QUESTION,
  SCHEMA,
} from '../../../support/model-server/open-scripted-model.ts'
import type { Script } from '../../../support/model-server/script.ts'

let server: ModelServer

beforeEach(async () => {
  server = await startModelServer()
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await server.close()
})

const TEXT = 'Größe 🙂 von allem, said in many words.'
const ASKED: ModelRequest = { ...QUESTION, schema: SCHEMA }
const busy = (headers: Readonly<Record<string, string>> = {}): Script => ({
  kind: 'refuse',
  status: 429,
  message: 'slow down',
  headers,
})

describe.each(KINDS)('%s', (kind) => {
  test('[REM4] text, end and usage are read back, however the stream is cut', async () => {
    for (const pieceBytes of [1, 7, 64, 100_000]) {
      server.plan({ kind: 'answer', text: TEXT, pieceBytes, usage: { input: 321, output: 45 } })
      const told: string[] = []
      const model = openScripted(kind, server)
      const reply = await model.generate(QUESTION, never, (text) => void told.push(text))
      expect(reply).toEqual({
        kind: 'answered',
        text: TEXT,
        isWhole: true,
        usage: { input: 321, output: 45 },
      })
      expect(told.at(-1)).toBe(TEXT)
      expect(told.length).toBeGreaterThan(3)
    }
  })

  test('[REM4] a server that does not stream is understood too', async () => {
    server.plan({ kind: 'answer', text: TEXT, isWhole: true, usage: { input: 3, output: 4 } })
    const reply = await openScripted(kind, server).generate(QUESTION, never)
    expect(reply).toMatchObject({ text: TEXT, isWhole: true, usage: { input: 3, output: 4 } })
  })

  test('[REM4] an answer that ended at its limit is not whole', async () => {
    server.plan({ kind: 'answer', text: TEXT, stop: 'length' })
    const reply = await openScripted(kind, server).generate(QUESTION, never)
    expect(reply).toMatchObject({ kind: 'answered', text: TEXT, isWhole: false })
  })

  test('[REM4] orders go as the system text, the rest as what the user says', async () => {
    server.plan({ kind: 'answer', text: TEXT })
    await openScripted(kind, server).generate(QUESTION, never)
    const body = server.requests[0]?.json ?? {}
    const turns = {
      'openai-compatible': {
        model: 'scripted-1',
        max_tokens: 200,
        messages: [
          { role: 'system', content: QUESTION.system },
          { role: 'user', content: QUESTION.prompt },
        ],
      },
      anthropic: {
        model: 'scripted-1',
        max_tokens: 200,
        system: QUESTION.system,
        messages: [{ role: 'user', content: QUESTION.prompt }],
      },
      gemini: {
        systemInstruction: { parts: [{ text: QUESTION.system }] },
        contents: [{ role: 'user', parts: [{ text: QUESTION.prompt }] }],
        generationConfig: { maxOutputTokens: 200, temperature: 0 },
      },
    }
    expect(body).toMatchObject(turns[kind])
  })

  test('[REM7] nothing is sent but what is needed, and nothing from the environment', async () => {
    for (const vendor of ['OPENAI', 'ANTHROPIC', 'GEMINI', 'GOOGLE']) {
      vi.stubEnv(`${vendor}_API_KEY`, 'key-of-the-environment')
      vi.stubEnv(`${vendor}_CUSTOM_HEADERS`, 'x-leak: yes')
      vi.stubEnv(`${vendor}_BASE_URL`, 'https://leak.test')
      vi.stubEnv(`${vendor}_ORG_ID`, 'leak')
    }
    const options = { headers: { 'X-Tenant': 'acme' } }
    server.planAlways({ kind: 'answer', text: TEXT })
    const baseUrl = kind === 'openai-compatible' ? {} : { baseUrl: 'https://proxy.test' }
    await openScripted(kind, server, { ...options, ...baseUrl }).generate(QUESTION, never)
    await openScripted(kind, server, { ...options, ...baseUrl, apiKey: '' }).generate(
      QUESTION,
      never,
    )
    const [withKey, without] = server.requests
    expect(withKey?.headers).toMatchObject({ 'x-tenant': 'acme' })
    expect(JSON.stringify(withKey?.headers)).toContain(KEYS[kind])
    expect(withKey?.path).not.toContain(KEYS[kind])
    const sent = JSON.stringify([withKey, without])
    expect(sent).not.toMatch(/leak|stainless|environment|x-goog-api-client|none/)
    expect(JSON.stringify(without)).not.toMatch(/authorization|api-key/)
  })

  test('[REM10] what passes is asked for again, later each time, and spread', async () => {
    const { clock, waits } = createHastyClock()
    server.plan(busy(), { kind: 'refuse', status: 503, message: 'x' }, { kind: 'close' })
    server.plan({ kind: 'answer', text: TEXT })
    const model = openScripted(kind, server, { retries: 3 }, { clock, random: () => 0 })
    expect(await model.generate(QUESTION, never)).toMatchObject({ text: TEXT })
    expect(waits).toEqual([250, 500, 1_000])
    expect(new Set(server.requests.map(({ body }) => body)).size).toBe(1)
  })

  test('[REM10] the server says when', async () => {
    const { clock, waits } = createHastyClock()
    const later = new Date(clock.now() + 4_000).toUTCString()
    server.plan(busy({ 'retry-after': '3' }), busy({ 'retry-after': later }))
    server.plan({ kind: 'answer', text: TEXT })
    const model = openScripted(kind, server, {}, { clock })
    expect(await model.generate(QUESTION, never)).toMatchObject({ text: TEXT })
    expect(waits[0]).toBe(3_000)
    // Dates have no milliseconds.
    expect(waits[1]).toBeLessThanOrEqual(1_000)
  })

  test('[REM10, REM11] a wait longer than the call may take is not waited for but told', async () => {
    server.plan(busy({ 'retry-after': '90' }))
    const reply = await openScripted(kind, server).generate(QUESTION, never)
    expect(reply).toMatchObject({ code: 'rate-limited', retryAfterMs: 90_000 })
    expect(server.requests).toHaveLength(1)
  })

  test('[REM11] no call outlasts its time, and the connection is given up', async () => {
    const clock = createManualClock()
    server.plan({ kind: 'hang' })
    const call = openScripted(kind, server, {}, { clock }).generate(QUESTION, never)
    await server.arrived(1)
    clock.pass(60_000)
    expect(await call).toMatchObject({ kind: 'failed', code: 'timed-out' })
    await server.requests[0]?.left
  })

  test('[REM11] an answer that falls silent is given up earlier', async () => {
    const clock = createManualClock()
    server.plan({ kind: 'hang', text: 'so far ' })
    let told = (): void => {}
    const begun = new Promise<void>((resolve) => (told = resolve))
    const call = openScripted(kind, server, {}, { clock }).generate(QUESTION, never, told)
    await begun
    clock.pass(20_000)
    expect(await call).toMatchObject({ kind: 'failed', code: 'timed-out' })
    expect(server.requests).toHaveLength(1)
    await server.requests[0]?.left
  })

  test('[REM11] a call that is cancelled while it waits to ask again ends at once', async () => {
    const clock = createManualClock()
    const controller = new AbortController()
    server.plan(busy({ 'retry-after': '30' }))
    const call = openScripted(kind, server, {}, { clock }).generate(QUESTION, controller.signal)
    await expect.poll(() => clock.waiting()).toBe(2)
    controller.abort()
    expect(await call).toMatchObject({ kind: 'failed', code: 'aborted' })
    expect(clock.waiting()).toBe(0)
    expect(server.requests).toHaveLength(1)
  })

  test('[REM12] what was told is not told anew; where nothing was, the answer is asked for again', async () => {
    server.plan({ kind: 'close', text: 'so far ' }, { kind: 'answer', text: TEXT })
    const told: string[] = []
    const model = openScripted(kind, server)
    const first = await model.generate(QUESTION, never, (text) => void told.push(text))
    expect(first).toMatchObject({ kind: 'failed', code: 'truncated' })
    expect(server.requests).toHaveLength(1)
    expect(told.every((text) => 'so far '.startsWith(text))).toBe(true)
    expect(await model.generate(QUESTION, never)).toMatchObject({ text: TEXT })
    server.plan({ kind: 'close', text: 'so far ' }, { kind: 'answer', text: TEXT })
    expect(await model.generate(QUESTION, never)).toMatchObject({ text: TEXT })
  })

  test("[REM13] an answer is held to the schema in the API's own way", async () => {
    server.plan({ kind: 'answer', text: '{"notes":["a"]}' })
    const model = openScripted(kind, server)
    expect(model.info.isConstrained).toBe(true)
    expect(await model.generate(ASKED, never)).toMatchObject({ text: '{"notes":["a"]}' })
    const body = server.requests[0]?.json ?? {}
    const ways = {
      'openai-compatible': {
        response_format: { type: 'json_schema', json_schema: { strict: true, schema: SCHEMA } },
      },
      anthropic: { output_config: { format: { type: 'json_schema', schema: SCHEMA } } },
      gemini: {
        generationConfig: {
          responseMimeType: 'application/json',
          responseJsonSchema: SCHEMA,
        },
      },
    }
    expect(body).toMatchObject(ways[kind])
  })

  test('[REM13] a schema that is not understood is left out step by step, and from then on', async () => {
    const odd: Script = { kind: 'refuse', status: 400, message: 'unknown field: schema' }
    const steps = kind === 'gemini' ? 3 : 2
    server.plan(...Array.from({ length: steps }, () => odd))
    server.planAlways({ kind: 'answer', text: '{"notes":[]}' })
    const model = openScripted(kind, server, { retries: 0 })
    const words = 'Answer with JSON.'
    const asked = { ...ASKED, system: words }
    expect(await model.generate(asked, never)).toMatchObject({ text: '{"notes":[]}' })
    expect(server.requests).toHaveLength(steps + 1)
    // Nobody had told the model in words yet.
    expect(server.requests.at(-1)?.body).toContain('fits this JSON schema')
    expect(model.info.isConstrained).toBe(false)
    expect(await model.generate(asked, never)).toMatchObject({ kind: 'answered' })
    expect(server.requests).toHaveLength(steps + 2)
    const last = server.requests.at(-1)?.body ?? ''
    expect(last).not.toMatch(/notes|json_schema|output_config|responseSchema|tool_choice/)
  })

  test('[REM13] what fails for another reason costs no schema', async () => {
    server.plan({ kind: 'refuse', status: 401, message: 'key' })
    const model = openScripted(kind, server, { retries: 0 })
    expect(await model.generate(ASKED, never)).toMatchObject({ code: 'unauthorised' })
    expect(model.info.isConstrained).toBe(true)
    server.planAlways({ kind: 'refuse', status: 400, message: 'always' })
    expect(await model.generate(ASKED, never)).toMatchObject({ code: 'failed' })
    expect(model.info.isConstrained).toBe(true)
  })

  test('[REM13] a temperature that the model does not take is left out', async () => {
    const message = "Unsupported value: 'temperature' does not support 0 with this model."
    server.plan({ kind: 'refuse', status: 400, message })
    server.planAlways({ kind: 'answer', text: TEXT })
    const model = openScripted(kind, server)
    expect(await model.generate(QUESTION, never)).toMatchObject({ text: TEXT })
    await model.generate(QUESTION, never)
    const bodies = server.requests.map(({ body }) => body.includes('temperature'))
    expect(bodies).toEqual([true, false, false])
  })
})

test('[REM13] the forced tool of Anthropic gives its input as the answer', async () => {
  server.plan({
    kind: 'refuse',
    status: 400,
    message: 'output_config: Extra inputs are not permitted',
  })
  server.planAlways({ kind: 'answer', text: '{"notes": ["a b"]}' })
  const model = openScripted('anthropic', server)
  expect(await model.generate(ASKED, never)).toMatchObject({
    text: '{"notes": ["a b"]}',
    isWhole: true,
  })
  expect(server.requests[1]?.json).toMatchObject({
    tools: [{ name: 'answer', input_schema: SCHEMA }],
    tool_choice: { type: 'tool', name: 'answer' },
  })
  expect(model.info.isConstrained).toBe(true)
})

test("[REM13] OpenAI's newer name of the limit is used where the server asks for it", async () => {
  const message =
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
  server.plan({ kind: 'refuse', status: 400, message })
  server.planAlways({ kind: 'answer', text: TEXT })
  await openScripted('openai-compatible', server).generate(QUESTION, never)
  expect(server.requests[1]?.json).toMatchObject({ max_completion_tokens: 200 })
  expect(server.requests[1]?.json).not.toHaveProperty('max_tokens')
  const baseUrl = 'https://api.openai.com/v1'
  await openScripted('openai-compatible', server, { baseUrl }).generate(QUESTION, never)
  expect(server.requests[2]?.json).toMatchObject({ max_completion_tokens: 200 })
})

test('[REM4] servers that mark the end of a stream only, or count no tokens, are understood', async () => {
  server.plan({ kind: 'answer', text: TEXT, ends: 'with-the-mark-alone' })
  const reply = await openScripted('openai-compatible', server).generate(QUESTION, never)
  expect(reply).toEqual({ kind: 'answered', text: TEXT, isWhole: true })
})

test('[REM3, REM9] nothing is logged, whatever comes', async () => {
  const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) =>
    vi.spyOn(console, name).mockImplementation(() => {}),
  )
  const bodies = [
    'data: {"a"\n\n',
    'event: error\ndata: x\n\n',
    'event: message_start\ndata: {\n\n',
  ]
  for (const kind of KINDS) {
    for (const body of bodies) {
      server.plan({ kind: 'raw', status: 200, type: 'text/event-stream', body })
      await openScripted(kind, server, { retries: 0 }).generate(QUESTION, never)
    }
  }
  for (const spy of spies) expect(spy).not.toHaveBeenCalled()
  vi.restoreAllMocks()
})

test('[REM15] a fetch that ignores its signal does not hold a call back', async () => {
  const controller = new AbortController()
  let asked = (): void => {}
  const begun = new Promise<void>((resolve) => (asked = resolve))
  const model = openScripted(
    'anthropic',
    server,
    {},
    {
      fetch: () => {
        asked()
        return new Promise(() => {})
      },
    },
  )
  const call = model.generate(QUESTION, controller.signal)
  await begun
  controller.abort()
  expect(await call).toMatchObject({ kind: 'failed', code: 'aborted' })
})

test('[REM16] calls that were given up while they waited leave no slot behind', async () => {
  let open = 0
  let peak = 0
  const model = openScripted(
    'openai-compatible',
    server,
    { slots: 2 },
    {
      fetch: (_input, init) => {
        open += 1
        peak = Math.max(peak, open)
        return new Promise((_resolve, reject) => {
          init?.signal?.addEventListener('abort', () => {
            open -= 1
            reject(new DOMException('gone', 'AbortError'))
          })
        })
      },
    },
  )
  for (let round = 0; round < 3; round += 1) {
    const controllers = Array.from({ length: 6 }, () => new AbortController())
    const calls = controllers.map(({ signal }) => model.generate(QUESTION, signal))
    await expect.poll(() => open).toBe(2)
    for (const controller of controllers.toReversed()) controller.abort()
    for (const call of calls) expect(await call).toMatchObject({ code: 'aborted' })
    await expect.poll(() => open).toBe(0)
  }
  expect(peak).toBe(2)
})
