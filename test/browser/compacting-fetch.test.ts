import fc from 'fast-check'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { fakeFetch, passes, sends } from '../support/fake-host-requests.ts'
import type { ArrivedRequest, Reply } from '../support/fetch-server.ts'
import { openPage } from './open-page.ts'
import { readTo } from './page-requests.ts'

const ORIGIN = inject('fetchServer')
const URL_OF = `${ORIGIN}/v1/chat`
const BODY = '{"messages":[{"role":"user","content":"ä € 😀"}]}'
const FOLDED = '{"messages":["folded"]}'
const JSON_TYPE = { 'content-type': 'application/json' }
const STREAM = { 'content-type': 'text/event-stream' }

const native = globalThis.fetch

interface State {
  readonly arrived: readonly ArrivedRequest[]
  readonly left: number
}

async function state(): Promise<State> {
  return (await (await native(`${ORIGIN}/control/arrived`)).json()) as State
}

async function plan(...replies: readonly Reply[]): Promise<void> {
  await native(`${ORIGIN}/control/plan`, { method: 'POST', body: JSON.stringify(replies) })
}

/** Lets the answers that wait go on. */
async function step(): Promise<void> {
  await native(`${ORIGIN}/control/step`, { method: 'POST' })
}

function post(body: BodyInit, more: RequestInit = {}): [string, RequestInit] {
  return [URL_OF, { method: 'POST', headers: JSON_TYPE, body, ...more }]
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}

function chunk(content: string): string {
  return `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta: { content } }] })}\n\n`
}

beforeEach(async () => {
  await native(`${ORIGIN}/control/clear`, { method: 'POST' })
})

afterEach(() => {
  globalThis.fetch = native
})

test('[FET1, FET4] in a page every kind of body is looked at and sent on as the page meant it', async () => {
  const bodies: readonly (() => BodyInit)[] = [
    () => BODY,
    () => bytesOf(BODY),
    () => bytesOf(BODY).buffer,
    () => bytesOf(`..${BODY}`).subarray(2),
    () => new Blob([BODY], { type: 'application/json' }),
    () => new Blob([BODY]),
  ]
  for (const body of bodies) {
    for (const isRequest of [false, true]) {
      await native(`${ORIGIN}/control/clear`, { method: 'POST' })
      const { fetch, planned } = fakeFetch({ plan: () => sends(FOLDED) })
      const init = { method: 'POST', body: body(), headers: { 'x-turn': '7' } }
      const response = await (isRequest ? fetch(new Request(URL_OF, init)) : fetch(URL_OF, init))
      expect(await response.text()).toBe(FOLDED)
      expect(planned[0]?.request).toMatchObject({ url: URL_OF, body: BODY })
      await native(URL_OF, { ...init, body: body() })
      const [own, theirs] = (await state()).arrived
      const untold = ([name]: readonly [string, string]): boolean => !/length/i.test(name)
      expect(own?.text).toBe(FOLDED)
      expect(own?.headers.filter(untold)).toEqual(theirs?.headers.filter(untold))
    }
  }
})

const text = fc.json().map((json) => (json.startsWith('{') ? json : `{"a":${json}}`))
const body = fc.oneof(
  text,
  fc.string({ unit: 'binary' }),
  fc.uint8Array({ maxLength: 100 }).map((bytes) => new Uint8Array(bytes)),
  text.map(bytesOf),
  text.map((json) => new Blob([json], { type: 'application/json' })),
  text.map((json) => new URLSearchParams({ json })),
)
const names = fc.stringMatching(/^x-[a-z]{1,8}$/)
const headers = fc.dictionary(names, fc.stringMatching(/^[!-~]{1,20}$/), { maxKeys: 3 })

test('[FET2] in a page what passes arrives with the same bytes and headers', async () => {
  const { fetch } = fakeFetch({ plan: () => passes() })
  await fc.assert(
    fc.asyncProperty(headers, body, fc.boolean(), async (given, sent, isRequest) => {
      await native(`${ORIGIN}/control/clear`, { method: 'POST' })
      const init: RequestInit = { method: 'POST', headers: given, body: sent }
      for (const send of [native, fetch]) {
        await (isRequest ? send(new Request(URL_OF, init)) : send(URL_OF, init))
      }
      const [theirs, own] = (await state()).arrived
      expect(own).toEqual(theirs)
    }),
    { numRuns: 40 },
  )
})

test('[FET6] in a page an abort ends a request with its reason, whenever it comes', async () => {
  const reason = new Error('the user left')
  const never = new Promise<never>(() => {})
  const waiting = fakeFetch({ plan: () => never })
  await expect(waiting.fetch(...post(BODY, { signal: AbortSignal.abort(reason) }))).rejects.toBe(
    reason,
  )
  expect(waiting.planned).toEqual([])
  for (const isRequest of [false, true]) {
    const aborting = new AbortController()
    const args = post(BODY, { signal: aborting.signal })
    const going = isRequest ? waiting.fetch(new Request(...args)) : waiting.fetch(...args)
    setTimeout(() => aborting.abort(), 30)
    await expect(going).rejects.toMatchObject({ name: 'AbortError' })
  }
  expect((await state()).arrived).toEqual([])
  const { fetch, recorded } = fakeFetch({ plan: () => sends(FOLDED) })
  const failures: unknown[] = []
  for (const send of [native, fetch]) {
    await native(`${ORIGIN}/control/clear`, { method: 'POST' })
    await plan({ headers: STREAM, pieces: ['data: a\n\n'], staysOpen: true })
    const aborting = new AbortController()
    const response = await send(...post(BODY, { signal: aborting.signal }))
    const reader = response.body?.getReader()
    expect(await readTo(reader, 'data: a\n\n')).toBe('data: a\n\n')
    aborting.abort(reason)
    failures.push(await reader?.read().catch((failure: unknown) => failure))
    await expect.poll(async () => (await state()).left).toBe(1)
  }
  const [theirs, own] = failures
  // Not every Chromium gives the reason to who reads on.
  if (theirs === reason) expect(own).toBe(reason)
  else expect(String(own)).toBe(String(theirs))
  expect(String(own)).toMatch(/the user left|AbortError/)
  expect(recorded).toEqual([])
})

test('[FET7] in a page address, type, status and headers are those of the server', async () => {
  const { fetch } = fakeFetch({ plan: () => sends(FOLDED) })
  const error = '{"error":{"message":"slow down"}}'
  await plan({ status: 429, headers: { ...JSON_TYPE, 'retry-after': '7' }, pieces: [error] })
  const response = await fetch(...post(BODY))
  expect(response).toMatchObject({ status: 429, url: URL_OF, type: 'cors', redirected: false })
  expect(response.headers.get('retry-after')).toBe('7')
  expect(await response.text()).toBe(error)
  await expect(fetch('http://127.0.0.1:1/', post(BODY)[1])).rejects.toBeInstanceOf(TypeError)
})

test('[FET8] in a page pieces of a stream come one by one while the answer is recorded', async () => {
  const { fetch, recorded } = fakeFetch({ plan: () => sends(FOLDED) })
  const pieces = [chunk('One '), chunk('twö '), chunk('three'), 'data: [DONE]\n\n']
  await plan({ headers: STREAM, pieces, isStepped: true })
  const reader = (await fetch(...post(BODY))).body?.getReader()
  for (const piece of pieces) {
    // The server writes the next one only once the host has this one.
    expect(await readTo(reader, piece)).toBe(piece)
    if (!piece.includes('[DONE]')) expect(recorded).toEqual([])
    await step()
  }
  expect(await reader?.read()).toMatchObject({ done: true })
  await expect.poll(() => recorded).toEqual([{ plan: 'p', answer: pieces.join('') }])
})

test('[FET19] in a page a host that leaves an answer leaves the server at once', async () => {
  const leave: readonly ((response: Response) => Promise<unknown> | undefined)[] = [
    (response) => response.body?.cancel(),
    async (response) => {
      const reader = response.body?.getReader()
      await reader?.read()
      await reader?.cancel('enough')
    },
    (response) => response.body?.pipeThrough(new TextDecoderStream()).cancel(),
  ]
  for (const leaves of leave) {
    await native(`${ORIGIN}/control/clear`, { method: 'POST' })
    const { fetch, recorded } = fakeFetch({ plan: () => sends(FOLDED) })
    await plan({ headers: STREAM, pieces: ['data: a\n\n'], staysOpen: true })
    await leaves(await fetch(...post(BODY)))
    await expect.poll(async () => (await state()).left).toBe(1)
    expect(recorded).toEqual([])
  }
})

test('[FET19] in a page a failure in the middle of an answer is the failure of native fetch', async () => {
  const failing = async (send: () => Promise<Response>): Promise<unknown> => {
    await plan({ headers: STREAM, pieces: ['data: a\n\n'], breaks: true })
    const reader = (await send()).body?.getReader()
    expect(await readTo(reader, 'data: a\n\n')).toBe('data: a\n\n')
    await step()
    return reader?.read().catch(String)
  }
  const { fetch, recorded } = fakeFetch({ plan: () => sends(FOLDED) })
  const theirs = await failing(() => native(...post(BODY)))
  expect(await failing(() => fetch(...post(BODY)))).toBe(theirs)
  expect(theirs).toMatch(/^TypeError/)
  expect(recorded).toEqual([])
})

test('[FET20] in a page a reader with memory of its own has it filled to the end', async () => {
  const { fetch, recorded } = fakeFetch({ plan: () => sends(FOLDED) })
  await plan({ headers: STREAM, pieces: ['abcde', 'f'], everyMs: 40 })
  const reader = (await fetch(...post(BODY))).body?.getReader({ mode: 'byob' })
  let told = ''
  for (let own = new Uint8Array(4); ;) {
    const { done, value } = (await reader?.read(own)) ?? { done: true, value: undefined }
    told += new TextDecoder().decode(value)
    if (done) break
    own = new Uint8Array(value.buffer)
  }
  expect(told).toBe('abcdef')
  await expect.poll(() => recorded).toEqual([{ plan: 'p', answer: 'abcdef' }])
})

test('[FET7] in a page every way to read an answer is there, in clones as well', async () => {
  const said = '{"a":"ä € 😀"}'
  const asked = async (): Promise<Response> => {
    await plan({ headers: { ...JSON_TYPE, 'x-id': '7' }, pieces: [said] })
    return fakeFetch({ plan: () => sends(FOLDED) }).fetch(...post(BODY))
  }
  expect(await (await asked()).json()).toEqual(JSON.parse(said))
  expect(await (await asked()).text()).toBe(said)
  expect(new TextDecoder().decode(await (await asked()).arrayBuffer())).toBe(said)
  const blob = await (await asked()).blob()
  expect([blob.type, await blob.text()]).toEqual(['application/json', said])
  const first = await asked()
  const second = first.clone().clone()
  for (const response of [first, second]) {
    expect(response).toMatchObject({ ok: true, status: 200, statusText: 'OK', bodyUsed: false })
    expect(response).toMatchObject({ url: URL_OF, type: 'cors', redirected: false })
    expect(response.headers.get('x-id')).toBe('7')
  }
  expect([await second.text(), await first.text()]).toEqual([said, said])
})

test('[FET11] in a page a recall in the middle of a stream is not seen', async () => {
  const call = { index: 0, id: 'x', function: { name: 'recall_search', arguments: '{}' } }
  const calling = { id: 'c', choices: [{ index: 0, delta: { tool_calls: [call] } }] }
  const first = [chunk('One.'), `data: ${JSON.stringify(calling)}\n\n`, 'data: [DONE]\n\n']
  await plan(
    { headers: STREAM, pieces: first, everyMs: 30 },
    { headers: STREAM, pieces: [chunk('Two.'), 'data: [DONE]\n\n'], everyMs: 30 },
  )
  const { fetch, recorded } = fakeFetch(
    { plan: () => sends(FOLDED), next: () => ({ kind: 'send', body: '{"more":1}' }) },
    { recall: true },
  )
  const response = await fetch(new Request(...post(BODY)))
  expect(response).toMatchObject({ url: URL_OF, type: 'cors', status: 200 })
  const told = await response.text()
  expect([...told.matchAll(/"content":"([^"]*)"/g)].map(([, words]) => words)).toEqual([
    'One.',
    '\\n\\nTwo.',
  ])
  expect((await state()).arrived.map(({ text: sent }) => sent)).toEqual([FOLDED, '{"more":1}'])
  await expect.poll(() => recorded).toEqual([{ plan: 'p', answer: told }])
})

test('[FET15] as the fetch of a page it leaves everything alone that is no fetch', async () => {
  const { fetch, planned } = fakeFetch({ plan: () => sends(FOLDED) })
  globalThis.fetch = fetch
  const answer = await new Promise<string>((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', URL_OF)
    request.setRequestHeader('content-type', 'application/json')
    request.onload = () => resolve(request.responseText)
    request.onerror = () => reject(new Error('no answer'))
    request.send(BODY)
  })
  expect(answer).toBe(BODY)
  expect(planned).toEqual([])
  expect(await (await globalThis.fetch(...post(BODY))).text()).toBe(FOLDED)
  expect(await (await globalThis.fetch(ORIGIN)).text()).toBe('')
  expect(planned).toHaveLength(1)
})

test('[FET2, FET5] over the real worker a request of no known format goes out as it was', async () => {
  const { backfold } = await openPage()
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
