import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  closePages,
  EVERYTHING,
  giveBridge,
  openPlainPage,
  openWrappedPage,
  type Page,
} from '../support/page-frames.ts'
import {
  ASIDE,
  ORIGIN,
  URL_OF,
  TURNS,
  BODY,
  JSON_TYPE,
  STREAM,
  state,
  plan,
  step,
  clear,
  within,
  post,
  bytesOf,
  failureOf,
  facts,
  readTo,
  listenTo,
  ended,
  opened,
  inRow,
} from './page-requests.ts'

/** What a page of its own does and sees, to be the same with and without the wrapper. */
const WAYS: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  async 'an answer and what it says of itself'(page) {
    await plan({ headers: { ...JSON_TYPE, 'x-id': '7' }, pieces: ['{"a":1}'] })
    const response = await page.fetch(...post(page, BODY))
    const clone = response.clone()
    return [facts(response), await response.text(), facts(clone), (await clone.json()) as unknown]
  },
  async 'a stream, piece by piece'(page) {
    const pieces = ['data: One\n\n', 'data: twö\n\n', 'data: [DONE]\n\n']
    await plan({ headers: STREAM, pieces, isStepped: true })
    const response = await page.fetch(...post(page, BODY))
    const seen: unknown[] = [facts(response)]
    const reader = response.body?.getReader()
    for (const piece of pieces) {
      // The server writes the next one only once the page has this one.
      seen.push(await readTo(reader, piece))
      await step()
    }
    return [...seen, (await reader?.read())?.done]
  },
  async 'a reader with memory of its own'(page) {
    await plan({ headers: STREAM, pieces: ['abcde', 'f'], everyMs: 40 })
    const reader = (await page.fetch(...post(page, BODY))).body?.getReader({ mode: 'byob' })
    let said = ''
    for (let own = new Uint8Array(4); ;) {
      const { done, value } = (await reader?.read(own)) ?? { done: true, value: undefined }
      said += new TextDecoder().decode(value)
      if (done) return said
      own = new Uint8Array(value.buffer)
    }
  },
  async 'a redirect'(page) {
    await plan({ status: 307, headers: { location: `${ORIGIN}/v1/elsewhere` }, pieces: [] })
    const response = await page.fetch(...post(page, BODY))
    return [facts(response), await response.text()]
  },
  async 'a refusal'(page) {
    const headers = { ...JSON_TYPE, 'retry-after': '7' }
    await plan({ status: 429, headers, pieces: ['{"error":"slow"}'] })
    const response = await page.fetch(...post(page, BODY))
    return [facts(response), await response.text()]
  },
  async 'a server that is not there'(page) {
    return failureOf(page.fetch('http://127.0.0.1:1/', post(page, BODY)[1]))
  },
  async 'a stream that breaks off'(page) {
    await plan({ headers: STREAM, pieces: ['data: a\n\n'], breaks: true })
    const reader = (await page.fetch(...post(page, BODY))).body?.getReader()
    const first = await readTo(reader, 'data: a\n\n')
    await step()
    return [first, await failureOf(reader?.read() ?? Promise.resolve())]
  },
  async 'an abort before, at once, and in the middle'(page) {
    const reason = new Error('left')
    const isReason = async (going: Promise<unknown>): Promise<unknown> =>
      going.then(
        () => 'none',
        (failure: unknown) => failure === reason || String(failure),
      )
    const before = page.fetch(...post(page, BODY, { signal: page.AbortSignal.abort(reason) }))
    const seen = [await isReason(before)]
    const atOnce = new page.AbortController()
    const going = page.fetch(ASIDE, post(page, BODY, { signal: atOnce.signal })[1])
    atOnce.abort()
    seen.push(await isReason(going))
    await plan({ headers: STREAM, pieces: ['data: a\n\n'], staysOpen: true })
    const later = new page.AbortController()
    const response = await page.fetch(
      new page.Request(...post(page, BODY, { signal: later.signal })),
    )
    const reader = response.body?.getReader()
    await reader?.read()
    later.abort(reason)
    seen.push(await isReason(reader?.read() ?? Promise.resolve()))
    await expect.poll(async () => (await state()).left).toBe(1)
    return seen
  },
  async 'an answer that is left'(page) {
    await plan({ headers: STREAM, pieces: ['data: a\n\n'], staysOpen: true })
    await (await page.fetch(...post(page, BODY))).body?.cancel()
    await expect.poll(async () => (await state()).left).toBe(1)
    return 'left'
  },
  async 'every kind of body'(page) {
    const bodies: readonly BodyInit[] = [
      BODY,
      bytesOf(BODY, page),
      bytesOf(BODY, page).buffer,
      bytesOf(`..${BODY}`, page).subarray(2),
      new page.Blob([BODY], { type: 'application/json' }),
      new page.Blob([BODY]),
      new page.URLSearchParams({ messages: BODY }),
      bytesOf('{"\uFEFF', page),
      new page.Uint8Array([123, 255, 254]),
    ]
    const seen: unknown[] = []
    for (const body of bodies) {
      for (const isRequest of [false, true]) {
        const init = { method: 'POST', body, headers: { 'x-turn': '7' } }
        const response = await (isRequest
          ? page.fetch(new page.Request(URL_OF, init))
          : page.fetch(URL_OF, within(page, init)))
        seen.push(facts(response), await response.text())
      }
    }
    return [seen, (await state()).arrived]
  },
  async 'what native fetch refuses'(page) {
    const used = new page.Request(...post(page, BODY))
    await used.text()
    const loose = page.fetch as (...args: unknown[]) => Promise<unknown>
    return Promise.all(
      [
        () => loose(),
        () => loose('http://['),
        () => loose(URL_OF, within(page, { method: 'GET', body: BODY })),
        () => loose(used),
        () => loose(URL_OF, 7),
        () => Reflect.apply(page.fetch, {}, post(page, BODY)),
      ].map(async (call) => failureOf(call())),
    )
  },
  async 'how fetch and XMLHttpRequest look'(page) {
    const { open, send } = page.XMLHttpRequest.prototype
    return [page.fetch, open, send].map((method) => [
      method.name,
      method.length,
      typeof method,
      String(method).includes('[native code]'),
      Object.hasOwn(method, 'prototype'),
      Object.keys(method),
    ])
  },
}

const XHR_WAYS: typeof WAYS = {
  async 'an answer'(page) {
    const seen: unknown[] = []
    for (const type of ['', 'text', 'json', 'arraybuffer', 'blob'] as const) {
      await plan({ headers: { ...JSON_TYPE, 'x-id': '7' }, pieces: ['{"a":1}'] })
      const xhr = opened(page)
      const log = listenTo(xhr)
      xhr.responseType = type
      xhr.send(BODY)
      await ended(xhr)
      seen.push(inRow(log), xhr.responseURL, xhr.status, xhr.getResponseHeader('x-id'))
      if (type !== 'arraybuffer' && type !== 'blob') seen.push(xhr.response)
    }
    return seen
  },
  async 'handlers that are attributes, and a stream'(page) {
    await plan({ headers: STREAM, pieces: ['data: a\n\n', 'data: b\n\n'], everyMs: 60 })
    const xhr = opened(page)
    const states: number[] = []
    const texts: string[] = []
    xhr.onreadystatechange = () => {
      if (states.at(-1) !== xhr.readyState) states.push(xhr.readyState)
      texts.push(xhr.responseText)
    }
    const end = ended(xhr)
    xhr.send(BODY)
    await end
    // How many pieces come as one is a matter of time.
    const isGrowing = texts.every((text, at) => text.startsWith(texts[at - 1] ?? ''))
    return [states, isGrowing, xhr.responseText]
  },
  async 'an abort at once, and later'(page) {
    const seen: unknown[] = []
    for (const wait of [0, 40, 400]) {
      const xhr = opened(page, ASIDE)
      const log = listenTo(xhr)
      xhr.send(BODY)
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
      xhr.abort()
      // Whether the server had said anything by then is a matter of time.
      const end = log.filter((entry) => /^(?:abort|loadend|load |loadstart|error)/.test(entry))
      seen.push(end, xhr.readyState, xhr.status)
    }
    return seen
  },
  async 'being opened and sent again'(page) {
    const xhr = opened(page, ASIDE)
    const log = listenTo(xhr)
    xhr.send(BODY)
    xhr.open('POST', `${ORIGIN}/v1/again`)
    xhr.setRequestHeader('content-type', 'application/json')
    const end = ended(xhr)
    xhr.send('{"a":2}')
    await end
    return [inRow(log), xhr.responseURL]
  },
  async 'what is not allowed any more'(page) {
    const xhr = opened(page)
    xhr.send(BODY)
    const tries = [
      () => xhr.send(BODY),
      () => xhr.setRequestHeader('x-late', '1'),
      () => new page.XMLHttpRequest().send(BODY),
      () => new page.XMLHttpRequest().open('POST', 'http://['),
      () => Reflect.apply(page.XMLHttpRequest.prototype.send, {}, [BODY]),
    ].map((attempt) => {
      try {
        attempt()
        return 'none'
      } catch (failure) {
        return String(failure)
      }
    })
    await ended(xhr)
    return tries
  },
  async 'a server that is not there, and one that is slow'(page) {
    const gone = opened(page, 'http://127.0.0.1:1/')
    const log = listenTo(gone)
    gone.send(BODY)
    await ended(gone)
    const slow = opened(page, ASIDE)
    slow.timeout = 300
    const slowLog = listenTo(slow)
    slow.send(BODY)
    await ended(slow)
    const end = slowLog.filter((entry) => /^(?:timeout|loadend|load )/.test(entry))
    return [inRow(log), end]
  },
  async 'a request that is waited for'(page) {
    const xhr = new page.XMLHttpRequest()
    xhr.open('POST', URL_OF, false)
    xhr.send(BODY)
    return [xhr.status, xhr.responseText]
  },
}

beforeEach(clear)
afterEach(closePages)

const BRIDGES = {
  'wants the answers': [() => ({ kind: 'pass', plan: 'p' }) as const, 'patient'],
  'never answers': [() => new Promise<never>(() => {}), 'real'],
} as const

for (const [how, [planning, clock]] of Object.entries(BRIDGES)) {
  for (const [name, way] of Object.entries({ ...WAYS, ...XHR_WAYS })) {
    test(`[WRAP1, WRAP2] with a bridge that ${how} and without the wrapper: ${name}`, async () => {
      const theirs = await way(await openPlainPage())
      await clear()
      const page = await openWrappedPage(undefined, clock)
      giveBridge(page, { plan: planning, mode: EVERYTHING })
      expect(await way(page)).toEqual(theirs)
    })
  }
}

test('[WRAP1, WRAP2] with no bridge at all everything goes on as without the wrapper', async () => {
  for (const way of [WAYS['every kind of body'], XHR_WAYS['an answer']]) {
    await clear()
    const theirs = await way?.(await openPlainPage())
    await clear()
    expect(await way?.(await openWrappedPage(undefined, 'real'))).toEqual(theirs)
  }
})

const names = fc.stringMatching(/^x-[a-z]{1,8}$/)
const headers = fc.dictionary(names, fc.stringMatching(/^[!-~]{1,20}$/), { maxKeys: 3 })
const json = fc
  .json()
  .map((text) => (text.startsWith('{') ? text : `{"messages":[${TURNS},${text}]}`))
const body = fc.oneof(
  json,
  fc.string({ unit: 'binary' }),
  json.map((text) => bytesOf(text)),
)

test('[WRAP2] whatever a page sends arrives with the same bytes and headers', async () => {
  const plain = await openPlainPage()
  const page = await openWrappedPage()
  giveBridge(page, { plan: () => ({ kind: 'pass' }), mode: EVERYTHING })
  await fc.assert(
    fc.asyncProperty(headers, body, fc.boolean(), async (given, sent, isRequest) => {
      await clear()
      const init: RequestInit = { method: 'POST', headers: given, body: sent }
      for (const own of [plain, page]) {
        const bytes = typeof sent === 'string' ? sent : new own.Uint8Array(sent)
        const told = within(own, { ...init, body: bytes })
        await (isRequest ? own.fetch(new own.Request(URL_OF, told)) : own.fetch(URL_OF, told))
      }
      const [theirs, own] = (await state()).arrived
      expect(own).toEqual(theirs)
    }),
    { numRuns: 40 },
  )
})
