import Anthropic from '@anthropic-ai/sdk'
import fc from 'fast-check'
import OpenAI from 'openai'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { tapAnswer } from '../../../../src/client/fetch/tap-answer.ts'
import { fakeFetch, passes, sends } from '../../../support/fake-host-requests.ts'
import { type FetchServer, startFetchServer } from '../../../support/fetch-server.ts'
import { type ModelServer, startModelServer } from '../../../support/model-server/model-server.ts'

const FOLDED = '{"messages":["folded"]}'
const JSON_TYPE = { 'content-type': 'application/json' }
const STREAM = { 'content-type': 'text/event-stream' }
const PIECE = `data: ${'x'.repeat(65_520)}\n\n`

let server: FetchServer
let models: ModelServer

beforeAll(async () => {
  server = await startFetchServer()
  models = await startModelServer()
})

afterAll(async () => {
  await server.close()
  await models.close()
})

afterEach(() => server.clear())

function post(more: RequestInit = {}): [string, RequestInit] {
  return [`${server.origin}/v1`, { method: 'POST', headers: JSON_TYPE, body: '{}', ...more }]
}

function ask(): Promise<Response> {
  return fakeFetch({ plan: () => sends(FOLDED) }).fetch(...post())
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}

/** A response over a stream that a test steers. */
function steered(options: { readonly isOfBytes?: boolean } = {}): {
  readonly response: Response
  readonly recorded: string[]
  readonly pulls: () => number
  readonly cancelled: () => unknown
  readonly controller: ReadableStreamController<Uint8Array<ArrayBuffer>>
} {
  let pulls = 0
  let cancelled: unknown
  let controller: ReadableStreamController<Uint8Array<ArrayBuffer>> | undefined
  const shape = {
    start: (given: ReadableStreamController<Uint8Array<ArrayBuffer>>) => void (controller = given),
    pull: () => void (pulls += 1),
    cancel: (reason: unknown) => void (cancelled = reason),
  }
  const body =
    options.isOfBytes === true
      ? new ReadableStream({ ...shape, type: 'bytes' })
      : new ReadableStream(shape, { highWaterMark: 0 })
  const recorded: string[] = []
  const native = new Response(body, { headers: STREAM })
  const response = tapAnswer(native, (answer) => void recorded.push(answer))
  expect(response).not.toBe(native)
  if (!controller) throw new Error('no controller')
  return { response, recorded, controller, pulls: () => pulls, cancelled: () => cancelled }
}

test('[FET19] a host that leaves an answer leaves the server at once', async () => {
  const leave: readonly ((response: Response) => Promise<unknown> | undefined)[] = [
    (response) => response.body?.cancel(),
    async (response) => {
      const reader = response.body?.getReader()
      await reader?.read()
      await reader?.cancel('enough')
    },
    async (response) => {
      for await (const _ of response.body ?? []) break
    },
    (response) => response.body?.pipeThrough(new TextDecoderStream()).cancel(),
  ]
  for (const plan of [sends(FOLDED), passes('p')]) {
    for (const [at, leaves] of leave.entries()) {
      server.clear()
      const { fetch, recorded } = fakeFetch({ plan: () => plan })
      server.plan({ headers: STREAM, pieces: ['data: a\n\n'], staysOpen: true })
      await leaves(await fetch(...post()))
      await expect.poll(() => server.left(), { message: String(at) }).toBe(1)
      expect(recorded).toEqual([])
    }
  }
})

test('[FET19] a host that reads slowly holds the server back as far as native fetch does', async () => {
  const pieces = Array.from({ length: 500 }, () => PIECE)
  const held = async (send: () => Promise<Response>): Promise<number> => {
    server.clear()
    server.plan({ headers: STREAM, pieces })
    const reader = (await send()).body?.getReader()
    await reader?.read()
    let written = -1
    while (written < server.written()) {
      written = server.written()
      await wait(250)
    }
    await reader?.cancel()
    return written
  }
  const native = await held(() => fetch(...post()))
  const own = await held(ask)
  expect(native).toBeLessThan(pieces.length)
  // The system's own buffers differ a little from one connection to the next.
  expect(own).toBeLessThan(native + 40)
})

test('[FET19] nothing is read before the host does, and each piece is the one that came', async () => {
  for (const isOfBytes of [false, true]) {
    const { response, pulls, controller, recorded } = steered({ isOfBytes })
    await wait(5)
    expect(pulls()).toBe(0)
    const reader = response.body?.getReader()
    for (const [at, text] of ['a', 'bc', 'ä', 'def'].entries()) {
      const piece = bytesOf(text)
      const reading = reader?.read()
      await expect.poll(() => pulls()).toBe(at + 1)
      controller.enqueue(piece)
      const { value } = (await reading) ?? {}
      if (!isOfBytes) expect(value).toBe(piece)
      expect(value).toEqual(bytesOf(text))
    }
    await wait(5)
    expect(pulls()).toBe(4)
    expect(recorded).toEqual([])
    // The end is told to a host that waits for it without reading on.
    controller.close()
    await reader?.closed
    expect(recorded).toEqual(['abcädef'])
  }
})

test('[FET19] a cancellation and its reason go to the source, a failure and its reason to the host', async () => {
  for (const isOfBytes of [false, true]) {
    const reason = new Error('enough')
    const left = steered({ isOfBytes })
    await left.response.body?.cancel(reason)
    expect(left.cancelled()).toBe(reason)
    const idle = steered({ isOfBytes })
    const waiting = idle.response.body?.getReader().closed
    idle.controller.error(reason)
    await expect(waiting).rejects.toBe(reason)
    const busy = steered({ isOfBytes })
    const reader = busy.response.body?.getReader()
    const first = reader?.read()
    await wait(1)
    busy.controller.enqueue(bytesOf('a'))
    busy.controller.error(reason)
    // What had come before is not lost.
    expect((await first)?.value).toEqual(bytesOf('a'))
    await expect(reader?.read()).rejects.toBe(reason)
    const unread = steered({ isOfBytes })
    unread.controller.error(reason)
    await expect(unread.response.text()).rejects.toBe(reason)
    for (const { recorded } of [left, idle, busy, unread]) expect(recorded).toEqual([])
  }
})

test('[FET19] whatever its pieces, an answer is the same for the host and for the record', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 12 }),
      fc.boolean(),
      fc.nat({ max: 300 }),
      async (given, isOfBytes, limit) => {
        const pieces = given.map((piece) => new Uint8Array(piece))
        const start = (controller: ReadableStreamController<Uint8Array<ArrayBuffer>>): void => {
          for (const piece of pieces) controller.enqueue(piece.slice())
          controller.close()
        }
        const body = isOfBytes
          ? new ReadableStream({ start, type: 'bytes' })
          : new ReadableStream({ start })
        const recorded: string[] = []
        const record = (text: string): void => void recorded.push(text)
        const response = tapAnswer(new Response(body), record, limit)
        const came: Uint8Array[] = []
        for await (const piece of response.body ?? []) came.push(piece)
        expect(came).toEqual(pieces)
        const all = Buffer.concat(pieces)
        expect(recorded).toEqual(all.length > limit || all.length === 0 ? [] : [decode(all)])
      },
    ),
    { numRuns: 300 },
  )
})

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

test('[FET20] a reader with memory of its own has it filled, and gets it back at the end', async () => {
  const { response, controller, recorded } = steered({ isOfBytes: true })
  const reader = response.body?.getReader({ mode: 'byob' })
  const reading = reader?.read(new Uint8Array(3))
  await wait(1)
  controller.enqueue(bytesOf('abcde'))
  expect((await reading)?.value).toEqual(bytesOf('abc'))
  expect((await reader?.read(new Uint8Array(9)))?.value).toEqual(bytesOf('de'))
  const last = reader?.read(new Uint8Array(9))
  await wait(1)
  controller.close()
  // As it is with a stream of this kind that is closed by hand.
  ;(controller as ReadableByteStreamController).byobRequest?.respond(0)
  expect(await last).toMatchObject({ done: true, value: new Uint8Array() })
  expect(recorded).toEqual(['abcde'])
  expect(() => steered().response.body?.getReader({ mode: 'byob' })).toThrow(TypeError)
})

test('[FET7] every way to read an answer is there, in clones as well', async () => {
  const text = '{"a":"ä € 😀"}'
  const answer = { headers: { ...JSON_TYPE, 'x-id': '7' }, pieces: [text] }
  const asked = async (): Promise<Response> => {
    server.plan(answer)
    return ask()
  }
  expect(await (await asked()).json()).toEqual(JSON.parse(text))
  expect(await (await asked()).text()).toBe(text)
  expect(decode(new Uint8Array(await (await asked()).arrayBuffer()))).toBe(text)
  const blob = await (await asked()).blob()
  expect([blob.type, await blob.text()]).toEqual(['application/json', text])
  const first = await asked()
  const second = first.clone().clone()
  for (const response of [first, second]) {
    expect(response).toBeInstanceOf(Response)
    expect(response).toMatchObject({
      ...{ ok: true, status: 200, statusText: 'OK' },
      type: 'basic',
    })
    expect(response).toMatchObject({ url: `${server.origin}/v1`, redirected: false })
    expect(response.headers.get('x-id')).toBe('7')
    expect(response.bodyUsed).toBe(false)
  }
  expect([await second.text(), await first.text()]).toEqual([text, text])
  await expect(first.text()).rejects.toBeInstanceOf(TypeError)
})

test('[FET7] where there is nothing to record, the response is the native one', () => {
  const record = (): never => {
    throw new Error('recorded')
  }
  class Own extends Response {}
  const locked = new Response('a')
  locked.body?.getReader()
  const natives = [
    new Response(null),
    new Response('a', { headers: { 'content-type': 'audio/wav' } }),
    new Response('a', { headers: { 'content-length': '8000001' } }),
    new Own('a'),
    locked,
    { headers: new Headers(), body: {}, ok: true } as Response,
  ]
  for (const native of natives) expect(tapAnswer(native, record)).toBe(native)
})

test("[FET7, FET19] the vendors' own clients stream through it, and leave", async () => {
  const { fetch, recorded } = fakeFetch({ plan: ({ request }) => sends(request.body) })
  const script = { kind: 'answer', text: 'One two äöü 😀.', pieceBytes: 7 } as const
  const baseURL = models.origin
  const openai = new OpenAI({ apiKey: 'k', baseURL: `${baseURL}/v1`, fetch, maxRetries: 0 })
  const anthropic = new Anthropic({ apiKey: 'k', baseURL, fetch, maxRetries: 0 })
  const messages = [{ role: 'user' as const, content: 'Count.' }]
  models.plan(script, script, script, script)
  const told = await openai.chat.completions.stream({ model: 'm', messages }).finalContent()
  expect(told).toBe(script.text)
  const claude = { model: 'm', max_tokens: 99, messages }
  expect(await anthropic.messages.stream(claude).finalText()).toBe(script.text)
  await expect.poll(() => recorded).toHaveLength(2)
  for await (const _ of await openai.chat.completions.create({
    model: 'm',
    messages,
    stream: true,
  }))
    break
  for await (const _ of await anthropic.messages.create({ ...claude, stream: true })) break
  await wait(30)
  expect(recorded).toHaveLength(2)
})
