import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { createFetch } from '../../../../src/client/lazy-fetch.ts'
import { openEngine } from '../../../../src/client/open-engine.ts'
import type { RequestPlan } from '../../../../src/protocol/host-requests.ts'
import { fakeFetch, passes, sends } from '../../../support/fake-host-requests.ts'
import { type FetchServer, startFetchServer } from '../../../support/fetch-server.ts'

const BODY = '{"messages":[]}'
const FOLDED = '{"messages":["folded"]}'
const HARDER = '{"messages":["harder"]}'
const JSON_TYPE = { 'content-type': 'application/json' }
const STREAM = { 'content-type': 'text/event-stream' }

let server: FetchServer

beforeAll(async () => {
  server = await startFetchServer()
})

afterAll(() => server.close())

afterEach(() => {
  server.clear()
  vi.unstubAllGlobals()
  vi.doUnmock('../../../../src/client/fetch/compacting-fetch.ts')
})

function post(body: string = BODY, more: RequestInit = {}): [string, RequestInit] {
  return [`${server.origin}/v1`, { method: 'POST', headers: JSON_TYPE, body, ...more }]
}

function later<T>(value: T, ms: number): Promise<T> {
  return new Promise((resolve) => setTimeout(() => resolve(value), ms))
}

test('[FET8] an answer is recorded whole, and every piece reaches the host when it comes', async () => {
  const { fetch, recorded } = fakeFetch({ plan: () => sends(FOLDED) })
  const seen: string[] = []
  const gates = Array.from({ length: 5 }, () => {
    let open = (): void => {}
    const opened = new Promise<void>((resolve) => (open = resolve))
    return { open, opened }
  })
  const pieces = ['data: a\n\n', 'data: ä', ' b\n\n', 'data: 😀\n\n', 'data: [DONE]\n\n']
  server.plan({ headers: STREAM, pieces, before: (at) => gates[at]?.opened })
  const response = await fetch(...post())
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  for (const [at, piece] of pieces.entries()) {
    // The server sends the next piece only once the host has this one.
    gates[at]?.open()
    seen.push((await reader?.read())?.value ?? '')
    expect(seen.at(-1)).toBe(piece)
    if (at < pieces.length - 1) expect(recorded).toEqual([])
  }
  expect(await reader?.read()).toMatchObject({ done: true })
  await expect.poll(() => recorded).toEqual([{ plan: 'p', answer: pieces.join('') }])
})

test('[FET8] failures, broken and long answers, and those of no interest are not recorded', async () => {
  const { fetch, recorded } = fakeFetch({
    plan: ({ request }) => (request.body === BODY ? sends(FOLDED) : passes()),
  })
  server.plan({ status: 500, headers: JSON_TYPE, pieces: ['{}'] })
  await (await fetch(...post())).text()
  server.plan({ headers: STREAM, pieces: ['data: a\n\n'], breaks: true })
  const broken = await fetch(...post())
  server.step()
  await expect(broken.text()).rejects.toBeInstanceOf(TypeError)
  const long = 'x'.repeat(1_000_000)
  server.plan({ headers: STREAM, pieces: Array.from({ length: 9 }, () => long) })
  expect((await (await fetch(...post())).text()).length).toBe(9_000_000)
  server.plan({ headers: { ...JSON_TYPE, 'content-length': '9000000' }, pieces: [long.repeat(9)] })
  expect((await (await fetch(...post())).text()).length).toBe(9_000_000)
  server.plan({ headers: { 'content-type': 'audio/wav' }, pieces: ['RIFF'] })
  await (await fetch(...post())).text()
  expect(await (await fetch(...post('{}'))).text()).toBe('{}')
  await later(undefined, 50)
  expect(recorded).toEqual([])
})

test('[FET8] a plan that comes too late has the answer recorded if it would have passed', async () => {
  const plans: readonly [RequestPlan, readonly object[]][] = [
    [passes('late'), [{ plan: 'late', answer: BODY }]],
    [passes(), []],
    [sends(FOLDED), []],
  ]
  for (const [plan, expected] of plans) {
    const { fetch, recorded } = fakeFetch({ plan: () => later(plan, 120) }, { waitMs: 20 })
    await vi.dynamicImportSettled()
    expect(await (await fetch(...post())).text()).toBe(BODY)
    expect(recorded).toEqual([])
    await later(undefined, 150)
    expect(recorded).toEqual(expected)
  }
})

test('[FET8] an answer is recorded although the host leaves at its mark, and once', async () => {
  const marks = [
    'data: [DONE]\n\n',
    'event: message_stop\ndata: {"type":"message_stop"}\n\n',
    'event: response.completed\ndata: {"type":"response.completed"}\n\n',
    'data: {"candidates":[{"finishReason": "STOP"}]}\r\n\r\n',
    '{"message":{"content":""},"done":true}\n',
  ]
  for (const mark of marks) {
    for (const isCancelled of [true, false]) {
      const { fetch, recorded } = fakeFetch({ plan: () => sends(FOLDED) })
      // A mark that is cut in two, and an end that never comes.
      const pieces = ['data: a\n\n', mark.slice(0, 9), mark.slice(9)]
      server.plan({ headers: STREAM, pieces, everyMs: 15, staysOpen: true })
      const leaving = new AbortController()
      const response = await fetch(...post(BODY, { signal: leaving.signal }))
      const reader = response.body?.getReader()
      for (const _ of pieces) await reader?.read()
      if (isCancelled) await reader?.cancel()
      await expect.poll(() => recorded).toEqual([{ plan: 'p', answer: pieces.join('') }])
      leaving.abort()
    }
  }
})

test('[FET8] a mark among the words of an answer does not end it', async () => {
  const { fetch, recorded } = fakeFetch({ plan: () => sends(FOLDED) })
  const pieces = ['data: say [DONE]\n\n', 'data: b\n\n', 'data: [DONE]\n\n']
  server.plan({ headers: STREAM, pieces, everyMs: 15 })
  await (await fetch(...post())).text()
  await expect.poll(() => recorded.at(-1)?.answer).toBe(pieces.join(''))
  expect(recorded).toHaveLength(2)
})

test('[FET8] a failing record harms nothing', async () => {
  const { fetch, recorded } = fakeFetch({
    plan: () => passes('p'),
    record: () => {
      throw new Error('no worker')
    },
  })
  expect(await (await fetch(...post())).text()).toBe(BODY)
  await expect.poll(() => recorded).toEqual([{ plan: 'p', answer: BODY }])
})

test('[FET9] a refusal as too long is sent once more, folded harder', async () => {
  for (const first of [sends(FOLDED), passes('p')]) {
    for (const status of [400, 413, 422]) {
      server.clear()
      const { fetch, rescued, recorded, reports } = fakeFetch(
        { plan: () => first, rescue: () => sends(HARDER, 'openai', 'q') },
        { rescue: true },
      )
      const error = '{"error":"prompt is too long"}'
      server.plan({ status, headers: JSON_TYPE, pieces: [error] })
      const response = await fetch(new Request(...post()))
      expect(await response.text()).toBe(HARDER)
      expect(rescued).toEqual([{ plan: 'p', status, answer: error }])
      const sent = first.kind === 'send' ? FOLDED : BODY
      expect(server.arrived.map(({ text }) => text)).toEqual([sent, HARDER])
      await expect.poll(() => recorded).toEqual([{ plan: 'q', answer: HARDER }])
      expect(reports.at(-1)).toMatchObject({ kind: 'rescued', session: 's', tokens: { after: 9 } })
    }
  }
})

test("[FET9] other refusals are the host's, untouched, and nothing is sent a third time", async () => {
  const error = '{"error":"wrong"}'
  const run = async (
    status: number,
    plan: RequestPlan,
    rescue: boolean,
    harder: () => RequestPlan,
    pieces: readonly string[] = [error],
  ): Promise<number> => {
    server.clear()
    const { fetch, recorded } = fakeFetch({ plan: () => plan, rescue: harder }, { rescue })
    const refusal = { status, headers: { ...JSON_TYPE, 'x-id': '7' }, pieces }
    server.plan(refusal, refusal)
    const response = await fetch(...post())
    expect(response).toMatchObject({ status, bodyUsed: false })
    expect(response.headers.get('x-id')).toBe('7')
    expect(await response.text()).toBe(pieces.join(''))
    expect(recorded).toEqual([])
    return server.arrived.length
  }
  const harder = (): RequestPlan => sends(HARDER)
  expect(await run(400, sends(FOLDED), true, harder)).toBe(2)
  expect(await run(400, sends(FOLDED), false, harder)).toBe(1)
  expect(await run(401, sends(FOLDED), true, harder)).toBe(1)
  expect(await run(400, passes(), true, harder)).toBe(1)
  expect(await run(400, sends(FOLDED), true, () => passes())).toBe(1)
  expect(await run(400, sends(FOLDED), true, () => JSON.parse('') as RequestPlan)).toBe(1)
  expect(await run(400, sends(FOLDED), true, harder, ['x'.repeat(70_000)])).toBe(1)
})

test('[FET6, FET9] an abort while a request is folded harder rejects with its reason', async () => {
  const { fetch, rescued } = fakeFetch(
    { plan: () => sends(FOLDED), rescue: () => later(sends(HARDER), 500) },
    { rescue: true },
  )
  server.plan({ status: 400, headers: JSON_TYPE, pieces: ['{}'] })
  const aborting = new AbortController()
  const going = fetch(...post(BODY, { signal: aborting.signal }))
  await expect.poll(() => rescued).toHaveLength(1)
  const reason = new Error('enough')
  aborting.abort(reason)
  await expect(going).rejects.toBe(reason)
  expect(server.arrived).toHaveLength(1)
})

test('[FET16] where its code cannot be loaded, requests go out as they were', async () => {
  vi.resetModules()
  vi.doMock('../../../../src/client/fetch/compacting-fetch.ts', () => {
    throw new Error('no such file')
  })
  const loaded = (await import('../../../../src/client/lazy-fetch.ts')) as {
    readonly createFetch: typeof createFetch
  }
  const fetch = loaded.createFetch(
    () => Promise.reject(new Error('not asked')),
    () => {},
  )
  for (let time = 0; time < 2; time += 1) {
    expect(await (await fetch(...post())).text()).toBe(BODY)
  }
  expect(await (await fetch(`${server.origin}/x`)).text()).toBe('')
})

const name = fc.stringMatching(/^[Xx]-[a-zA-Z]{1,8}$/)
const value = fc.stringMatching(/^[!-~]{0,20}$/)
const headers = fc.oneof(
  fc.dictionary(name, value),
  fc.array(fc.tuple(name, value), { maxLength: 4 }),
  fc.dictionary(name, value).map((pairs) => new Headers(pairs)),
)
const jsonText = fc.json().map((text) => (text.startsWith('{') ? text : `{"a":${text}}`))
const body = fc.oneof(
  jsonText,
  fc.string({ unit: 'binary' }),
  fc.uint8Array({ maxLength: 200 }),
  jsonText.map((text) => new TextEncoder().encode(text)),
  jsonText.map((text) => new Blob([text], { type: 'application/json' })),
  jsonText.map((text) => new URLSearchParams({ text })),
)
const type = fc.constantFrom(
  undefined,
  'application/json',
  'text/plain',
  'application/octet-stream',
)

test('[FET2] whatever passes arrives with the same bytes and headers', async () => {
  const { fetch: own } = fakeFetch({ plan: () => passes() })
  await fc.assert(
    fc.asyncProperty(headers, body, type, fc.boolean(), async (given, sent, said, isRequest) => {
      server.clear()
      const init = (): RequestInit => {
        const all = given instanceof Headers ? new Headers(given) : given
        if (said !== undefined && all instanceof Headers) all.set('content-type', said)
        const more =
          said === undefined || all instanceof Headers
            ? all
            : Array.isArray(all)
              ? [...all, ['Content-Type', said] as [string, string]]
              : { ...all, 'Content-Type': said }
        return { method: 'POST', headers: more, body: sent as BodyInit }
      }
      const url = `${server.origin}/any?x=1`
      for (const send of [fetch, own]) {
        await (isRequest ? send(new Request(url, init())) : send(url, init()))
      }
      const [native, wrapped] = server.arrived
      expect(wrapped).toEqual(native)
    }),
    { numRuns: 150 },
  )
})

test('[FET2, FET5] over an engine in the same process a request of no known format goes out as it was', async () => {
  const backfold = await openEngine()
  const reports: string[] = []
  const fetch = backfold.fetch({
    waitMs: 5_000,
    onRequest: ({ kind }) => void reports.push(kind),
  })
  const sent = '{"of": "no known format", "number": 12345678901234567890}'
  expect(await (await fetch(...post(sent))).text()).toBe(sent)
  expect(reports).toEqual(['passed'])
  await backfold.close()
  expect(await (await fetch(...post(sent))).text()).toBe(sent)
})
