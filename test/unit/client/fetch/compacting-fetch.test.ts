import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { RequestPlan } from '../../../../src/protocol/host-requests.ts'
import { fakeFetch, passes, sends } from '../../../support/fake-host-requests.ts'
import { type FetchServer, startFetchServer } from '../../../support/fetch-server.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const BODY = '{"messages":[{"role":"user","content":"ä € 😀"}]}'
const FOLDED = '{"messages":[{"role":"user","content":"folded"}]}'

let server: FetchServer

beforeAll(async () => {
  server = await startFetchServer()
})

afterAll(() => server.close())

afterEach(() => {
  server.clear()
  vi.unstubAllGlobals()
})

function post(body: BodyInit, more: RequestInit = {}): [string, RequestInit] {
  return [`${server.origin}/v1`, { method: 'POST', headers: JSON_TYPE, body, ...more }]
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}

function later<T>(value: T, ms: number): Promise<T> {
  return new Promise((resolve) => setTimeout(() => resolve(value), ms))
}

/** A sender that notes what it was given and answers at once. */
function noting(): { readonly fetch: typeof fetch; readonly calls: unknown[][] } {
  const calls: unknown[][] = []
  return {
    calls,
    fetch: async (...args) => {
      calls.push(args)
      return new Response('{}', { headers: JSON_TYPE })
    },
  }
}

test('[FET1] what is no POST of a JSON object goes to native fetch as it is, with its own promise', async () => {
  const promise = Promise.resolve(new Response(''))
  const calls: unknown[][] = []
  const sender = (...args: unknown[]): Promise<Response> => {
    calls.push(args)
    return promise
  }
  const { fetch, planned } = fakeFetch({}, { fetch: sender })
  // Its code has to be there, or it is waited for.
  await fetch(...post(BODY))
  calls.length = 0
  const url = `${server.origin}/v1`
  const form = new FormData()
  form.set('a', '{}')
  class Odd {
    method = 'POST'
    body = BODY
  }
  const given: Parameters<typeof globalThis.fetch>[] = [
    [url],
    [new URL(url)],
    [new Request(url)],
    [url, { method: 'PUT', body: BODY }],
    post(form),
    post(new URLSearchParams({ a: '{}' })),
    post(new ReadableStream()),
    post('[{}]'),
    post(''),
    post('a=b', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
    post(BODY, { headers: { 'content-type': 'audio/wav' } }),
    post(bytesOf('[1]')),
    post(new Uint8Array([0x7b, 0xff])),
    post(new Uint8Array([0xef, 0xbb, 0xbf, 0x7b, 0x7d])),
    post(BODY, { headers: new Map([['a', 'b']]) as never }),
    [url, new Odd()],
    ['http://%', { method: 'POST', body: BODY }],
  ]
  for (const args of given) {
    expect(fetch(...args)).toBe(promise)
    expect(calls.at(-1)).toHaveLength(args.length)
    expect(calls.at(-1)?.every((arg, at) => arg === args[at])).toBe(true)
  }
  expect(planned).toHaveLength(1)
  const early = fakeFetch().fetch as (...args: readonly unknown[]) => Promise<Response>
  for (const none of [[], [null, null], [undefined, { method: 'POST', body: BODY }]]) {
    await expect(early(...none)).rejects.toBeInstanceOf(TypeError)
  }
})

test('[FET1, FET4] string, bytes, view, Blob and Request are looked at, and sent on in their kind', async () => {
  const bytes = bytesOf(`..${BODY}`)
  const bodies: readonly (readonly [BodyInit, string | undefined])[] = [
    [BODY, 'text/plain;charset=UTF-8'],
    [bytesOf(BODY), undefined],
    [bytesOf(BODY).buffer, undefined],
    [bytes.subarray(2), undefined],
    [new DataView(bytes.buffer, 2), undefined],
    [new Blob([BODY], { type: 'application/json' }), 'application/json'],
  ]
  for (const [body, type] of bodies) {
    for (const isRequest of [false, true]) {
      server.clear()
      const { fetch, planned } = fakeFetch({ plan: () => sends(FOLDED) })
      const init = { method: 'POST', body }
      const url = `${server.origin}/v1?a=b`
      const response = await (isRequest ? fetch(new Request(url, init)) : fetch(url, init))
      expect(await response.text()).toBe(FOLDED)
      expect(planned).toEqual([
        {
          request: { url, headerNames: expect.any(Array) as string[], body: BODY },
          options: { recall: false },
        },
      ])
      expect(server.arrived).toMatchObject([{ text: FOLDED, path: '/v1?a=b' }])
      const headers = new Map(
        server.arrived[0]?.headers.map(([name, value]) => [name.toLowerCase(), value]),
      )
      expect(headers.get('content-type')).toBe(type)
      expect(headers.get('content-length')).toBe(String(FOLDED.length))
    }
  }
})

test('[FET3] a request whose headers vouch for its body passes', async () => {
  const { fetch, planned, reports } = fakeFetch({ plan: () => sends(FOLDED) })
  const names = ['content-encoding', 'digest', 'content-md5', 'x-amz-content-sha256', 'Signature']
  for (const name of names) {
    const response = await fetch(...post(BODY, { headers: { ...JSON_TYPE, [name]: 'identity' } }))
    expect(await response.text()).toBe(BODY)
  }
  expect(planned).toEqual([])
  expect(reports).toHaveLength(names.length)
  expect(reports[0]).toEqual({ kind: 'passed', url: `${server.origin}/v1`, reason: 'sealed' })
})

test('[FET4] everything but the body and its length stays', async () => {
  const { fetch: sender, calls } = noting()
  const { fetch } = fakeFetch({ plan: () => sends(FOLDED) }, { fetch: sender })
  const { signal } = new AbortController()
  const kept = {
    ...{ signal, credentials: 'include', keepalive: true, redirect: 'error', mode: 'cors' },
    ...{ cache: 'no-store', referrer: '', duplex: 'half', next: { revalidate: 3 } },
  } as RequestInit
  const headers = { ...JSON_TYPE, 'Content-Length': '5', Authorization: 'Bearer x' }
  await fetch('http://a.test/v1', { method: 'POST', headers, body: BODY, ...kept })
  const [url, init] = calls[0] as [string, RequestInit]
  expect(url).toBe('http://a.test/v1')
  expect(init).toMatchObject({ ...kept, method: 'POST', body: FOLDED })
  expect(init.signal).toBe(signal)
  expect([...(init.headers as Headers)]).toEqual([
    ['authorization', 'Bearer x'],
    ['content-type', 'application/json'],
  ])
})

test('[FET4] a request that outlives its page is not made longer', async () => {
  const { fetch, reports } = fakeFetch({ plan: () => sends(BODY + ' '.repeat(9)) })
  expect(await (await fetch(...post(BODY, { keepalive: true }))).text()).toBe(BODY)
  expect(reports).toMatchObject([{ kind: 'passed' }])
})

test('[FET5] a plan that is late or fails lets the request go out as it was', async () => {
  const failure = new Error('no worker')
  const failing = fakeFetch({ plan: () => Promise.reject(failure) })
  expect(await (await failing.fetch(...post(BODY))).text()).toBe(BODY)
  expect(failing.reports).toMatchObject([{ kind: 'passed', reason: 'failed', failure }])
  server.plan({ status: 500, pieces: [] })
  expect((await failing.fetch(...post(BODY))).status).toBe(500)
  const plan = (): Promise<RequestPlan> => new Promise(() => {})
  const late = fakeFetch({ plan }, { waitMs: 60 })
  await vi.dynamicImportSettled()
  expect(await (await late.fetch(...post(BODY))).text()).toBe(BODY)
  expect(late.reports).toMatchObject([{ kind: 'passed', reason: 'failed' }])
  const torn = fakeFetch({}, { session: () => JSON.parse('') as string })
  expect(await (await torn.fetch(...post(BODY))).text()).toBe(BODY)
})

test('[FET5] a Request whose body is still being written is not waited for', async () => {
  const { fetch, planned } = fakeFetch({}, { waitMs: 60 })
  await vi.dynamicImportSettled()
  const pieces = ['{"messages":', '[', '1', ']}']
  let cancelled = 0
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await later(undefined, 40)
      const piece = pieces.shift()
      if (piece === undefined) controller.close()
      else controller.enqueue(bytesOf(piece))
    },
    cancel: () => void (cancelled += 1),
  })
  const init = { method: 'POST', headers: JSON_TYPE, body, duplex: 'half' } as RequestInit
  const response = await fetch(new Request(`${server.origin}/v1`, init))
  expect(await response.text()).toBe('{"messages":[1]}')
  expect(planned).toEqual([])
  expect(cancelled).toBe(0)
})

test('[FET5] what the host does with its objects while a plan is waited for changes nothing', async () => {
  const bodies = [() => BODY, () => bytesOf(BODY), () => bytesOf(BODY).buffer]
  for (const make of bodies) {
    for (const isLoaded of [true, false]) {
      server.clear()
      const body = make()
      const { fetch } = fakeFetch({ plan: () => later(passes(), 20) })
      if (isLoaded) await fetch(...post('{}'))
      const headers = new Headers({ ...JSON_TYPE, 'x-turn': '1' })
      const init: RequestInit = { method: 'POST', headers, body }
      const going = fetch(`${server.origin}/v1`, init)
      init.body = '{"other":1}'
      if (isLoaded) headers.set('x-turn', '2')
      if (isLoaded && typeof body !== 'string')
        new Uint8Array('buffer' in body ? body.buffer : body).fill(0)
      expect(await (await going).text()).toBe(BODY)
      expect(server.arrived.at(-1)?.headers).toContainEqual(['x-turn', '1'])
    }
  }
})

test('[FET6] an abort before, while a plan is waited for, and in the middle of an answer', async () => {
  const reason = new Error('the user left')
  const { fetch, planned } = fakeFetch({ plan: () => later(sends(FOLDED), 100) })
  await expect(fetch(...post(BODY, { signal: AbortSignal.abort(reason) }))).rejects.toBe(reason)
  expect(planned).toEqual([])
  for (const isRequest of [false, true]) {
    const waiting = new AbortController()
    const args = post(BODY, { signal: waiting.signal })
    const going = isRequest ? fetch(new Request(...args)) : fetch(...args)
    setTimeout(() => waiting.abort(reason), 20)
    await expect(going).rejects.toBe(reason)
  }
  await later(undefined, 120)
  expect(server.arrived).toEqual([])
  const pieces = ['{"a":', '1']
  server.plan({ headers: JSON_TYPE, pieces, staysOpen: true })
  const { fetch: other, recorded } = fakeFetch({ plan: () => sends(FOLDED) })
  const reading = new AbortController()
  const response = await other(...post(BODY, { signal: reading.signal }))
  const reader = response.body?.getReader()
  await reader?.read()
  reading.abort(reason)
  await expect(
    (async () => {
      for (;;) if ((await reader?.read())?.done) return
    })(),
  ).rejects.toBe(reason)
  await expect.poll(() => server.left()).toBe(1)
  expect(recorded).toEqual([])
})

test('[FET7] the host gets the native response and the native failure', async () => {
  const native: Response[] = []
  const sender: typeof fetch = async (...args) => {
    const response = await fetch(...args)
    native.push(response)
    return response
  }
  const { fetch: own } = fakeFetch({ plan: () => sends(FOLDED) }, { fetch: sender })
  const error = '{"error":{"message":"slow down"}}'
  server.plan({ status: 429, headers: { ...JSON_TYPE, 'retry-after': '7' }, pieces: [error] })
  const response = await own(...post(BODY))
  expect(response).toBe(native[0])
  expect(response).toMatchObject({ status: 429, url: `${server.origin}/v1`, type: 'basic' })
  expect(response.headers.get('retry-after')).toBe('7')
  expect(await response.text()).toBe(error)
  await expect(own('http://127.0.0.1:1/v1', post(BODY)[1])).rejects.toBeInstanceOf(TypeError)
})

test('[FET14] wrong options are refused at once', () => {
  const wrong: readonly object[] = [
    { waitMs: -1 },
    { waitMs: 10_001 },
    { waitMs: Number.NaN },
    { waitMs: '5' },
    { session: 5 },
    { policy: null },
    { policy: 'x' },
    { rescue: 'yes' },
    { recall: 1 },
    { fetch: {} },
    { onRequest: 'x' },
    { wait: 5 },
  ]
  for (const options of wrong) {
    const [name = ''] = Object.keys(options)
    expect(() => fakeFetch({}, options as never), JSON.stringify(options)).toThrow(
      expect.objectContaining({
        code: 'INVALID_INPUT',
        message: expect.stringContaining(name) as string,
      }),
    )
  }
})

test('[FET14] options reach the plan, and what was done is reported though the callback throws', async () => {
  const told: unknown[] = []
  const policy = { budget: { tokens: 9_000 } }
  const { fetch, planned, thrown } = fakeFetch(
    { plan: () => sends(FOLDED) },
    {
      policy,
      session: ({ url, body }) => `${new URL(url).pathname} ${body.length}`,
      onRequest(report) {
        told.push(report)
        throw new Error('broken')
      },
    },
  )
  await fetch(...post(BODY))
  expect(planned[0]?.options).toEqual({ recall: false, session: `/v1 ${BODY.length}`, policy })
  expect(told).toEqual([
    {
      ...{ kind: 'sent', url: `${server.origin}/v1`, session: 's', format: 'openai' },
      ...{ generation: 1, folded: 9, restored: 0, tokens: { before: 90, after: 9 } },
    },
  ])
  expect(thrown).toHaveLength(1)
})

test('[FET15] as the global fetch it does not call itself, also with others around and below it', async () => {
  const { fetch: sender, calls } = noting()
  vi.stubGlobal('fetch', sender)
  const first = fakeFetch({ plan: () => sends(FOLDED) }).fetch
  globalThis.fetch = first
  const second = fakeFetch({ plan: () => passes() }).fetch
  globalThis.fetch = second
  await Promise.resolve()
  const around: typeof fetch = async (...args) => {
    await Promise.resolve()
    return second(...args)
  }
  globalThis.fetch = around
  await globalThis.fetch('http://a.test/')
  await globalThis.fetch('http://a.test/', { method: 'POST', body: BODY })
  expect(calls).toHaveLength(2)
  expect(calls[1]).toMatchObject(['http://a.test/', { body: FOLDED }])
  // Put around it in the same breath.
  vi.stubGlobal('fetch', sender)
  const third = fakeFetch({ plan: () => sends(FOLDED) }).fetch
  globalThis.fetch = (...args) => third(...args)
  await globalThis.fetch('http://a.test/', { method: 'POST', body: BODY })
  expect(calls).toHaveLength(3)
  vi.stubGlobal('fetch', sender)
  const fourth = fakeFetch({ plan: () => sends(FOLDED) }).fetch
  globalThis.fetch = async (...args) => {
    await Promise.resolve()
    return fourth(...args)
  }
  await globalThis.fetch('http://a.test/')
  await globalThis.fetch('http://a.test/', { method: 'POST', body: BODY })
  expect(calls).toHaveLength(5)
})

test('[FET15] what sends by default is the global fetch of that moment', async () => {
  const { fetch } = fakeFetch({ plan: () => passes() })
  const { fetch: sender, calls } = noting()
  vi.stubGlobal('fetch', sender)
  await fetch('http://a.test/', { method: 'POST', body: BODY })
  expect(calls).toHaveLength(1)
})

test('[FET18] no value of a header and no key in an address is told', async () => {
  const { fetch: sender, calls } = noting()
  const { fetch, planned, reports } = fakeFetch({ plan: () => sends(FOLDED) }, { fetch: sender })
  const headers = { Authorization: 'Bearer s3cret', 'x-api-key': 's3cret' }
  const url = 'https://me:s3cret@a.test/v1beta/models/m:streamGenerateContent?alt=sse&key=s3cret'
  await fetch(url, { method: 'POST', headers, body: BODY })
  expect(JSON.stringify([planned, reports])).not.toContain('s3cret')
  expect(planned[0]?.request).toMatchObject({
    url: 'https://a.test/v1beta/models/m:streamGenerateContent?alt=sse',
    headerNames: ['authorization', 'x-api-key'],
  })
  expect(calls).toMatchObject([[url, { headers, body: FOLDED }]])
})
