import { afterEach, beforeEach, expect, test } from 'vitest'
import { HAND_OVER } from '../../extension/wire/hand-over.ts'
import type { PagePlan } from '../../extension/wire/page-wire.ts'
import {
  closePages,
  EVERYTHING,
  giveBridge,
  openWrappedPage,
  type Page,
} from '../support/page-frames.ts'
import {
  ORIGIN,
  URL_OF,
  BODY,
  FOLDED,
  JSON_TYPE,
  STREAM,
  native,
  state,
  plan,
  step,
  clear,
  within,
  post,
  bytesOf,
  failureOf,
  readTo,
  listenTo,
  ended,
  opened,
  inRow,
} from './page-requests.ts'

beforeEach(clear)
afterEach(closePages)

test('[WRAP3] a call of no interest gets the promise of native fetch, and its very arguments', async () => {
  const calls: unknown[] = []
  const answer = new Promise<Response>(() => {})
  const page = await openWrappedPage((window) => {
    window.fetch = function native(this: unknown, ...args: unknown[]) {
      calls.push([this, ...args])
      return answer
    }
  })
  const bridge = giveBridge(page, { plan: () => ({ kind: 'pass' }), mode: EVERYTHING })
  const sealed = { ...JSON_TYPE, 'x-signature': '1' }
  const ways: readonly [unknown, RequestInit?][] = [
    [ORIGIN],
    [new URL(ORIGIN), {}],
    [URL_OF, { method: 'POST', body: '{"a":1}' }],
    [URL_OF, { method: 'POST', body: '{"messages":[{"role":"user","content":"one"}]}' }],
    [URL_OF, { method: 'PUT', body: BODY }],
    [URL_OF, { method: 'POST', body: new FormData() }],
    [URL_OF, { method: 'POST', body: new URLSearchParams({ a: BODY }) }],
    [URL_OF, { method: 'POST', body: bytesOf('<messages>') }],
    [URL_OF, { method: 'POST', headers: sealed, body: BODY }],
    [URL_OF, { method: 'POST', headers: { 'content-type': 'text/html' }, body: BODY }],
    [7],
  ]
  for (const way of ways) {
    const [input, init] = way as Parameters<typeof fetch>
    const args = init ? [input, within(page, init)] : [input]
    expect(page.fetch(...(args as Parameters<typeof fetch>))).toBe(answer)
    expect(calls.pop()).toEqual([page, ...args])
  }
  const self = {}
  expect(Reflect.apply(page.fetch, self, [ORIGIN])).toBe(answer)
  expect(calls.pop()).toEqual([self, ORIGIN])
  // One that is of interest is asked about behind all that were not.
  void page.fetch(...post(page, BODY))
  await expect.poll(() => bridge.planned).not.toEqual([])
  expect(bridge.planned.map(({ body }) => body)).toEqual([BODY])
})

test('[WRAP4] in place of a request goes the folded one, which differs in its body only', async () => {
  const page = await openWrappedPage()
  const bridge = giveBridge(page, {
    plan: () => ({ kind: 'send', plan: 'p', body: FOLDED }),
    mode: EVERYTHING,
  })
  const bodies: readonly BodyInit[] = [BODY, bytesOf(BODY, page), new page.Blob([BODY])]
  for (const sent of bodies) {
    for (const isRequest of [false, true]) {
      await clear()
      await plan({ headers: JSON_TYPE, pieces: [FOLDED] })
      const init = { method: 'POST', body: sent, headers: { 'x-turn': '7', 'x-api-key': 'k' } }
      const response = await (isRequest
        ? page.fetch(new page.Request(URL_OF, init))
        : page.fetch(URL_OF, within(page, init)))
      expect(await response.text()).toBe(FOLDED)
      expect(response).toMatchObject({ url: URL_OF, type: 'cors', redirected: false })
      await native(URL_OF, init)
      const [own, theirs] = (await state()).arrived
      const others = ([name]: readonly [string, string]): boolean => !/length/i.test(name)
      expect(own?.text).toBe(FOLDED)
      expect(own?.headers.filter(others)).toEqual(theirs?.headers.filter(others))
      expect(bridge.planned.pop()).toEqual({
        url: URL_OF,
        headerNames: expect.arrayContaining(['x-api-key', 'x-turn']) as string[],
        body: BODY,
      })
    }
  }
  await expect.poll(() => bridge.answers).toHaveLength(6)
  expect(bridge.answers[0]).toEqual({ plan: 'p', answer: FOLDED })
})

test('[WRAP4, WRAP6] what an XMLHttpRequest sends is folded, and its answer told', async () => {
  const page = await openWrappedPage()
  const bridge = giveBridge(page, {
    plan: () => ({ kind: 'send', plan: 'p', body: FOLDED }),
    mode: EVERYTHING,
  })
  const xhr = opened(page)
  xhr.setRequestHeader('X-Api-Key', 'k')
  const log = listenTo(xhr)
  xhr.send(BODY)
  await ended(xhr)
  expect(xhr.responseText).toBe(FOLDED)
  expect(inRow(log).filter((entry) => entry.startsWith('load'))).toEqual([
    'loadstart 1 0 true',
    'load 4 200 true',
    'loadend 4 200 true',
  ])
  expect(bridge.planned).toEqual([
    { url: URL_OF, headerNames: ['content-type', 'x-api-key'], body: BODY },
  ])
  await expect.poll(() => bridge.answers).toEqual([{ plan: 'p', answer: FOLDED }])
  // The same object, for something else.
  xhr.open('POST', URL_OF)
  const end = ended(xhr)
  xhr.send('{"b":2}')
  await end
  expect((await state()).arrived.map(({ text }) => text)).toEqual([FOLDED, '{"b":2}'])
  expect(bridge.answers).toHaveLength(1)
})

test('[WRAP5] a plan is waited for 150 ms; one that is late still says whose the answer is', async () => {
  const late = { plan: 'late', answer: BODY }
  for (const [kind, told] of [
    ['pass', [late, late]],
    ['send', []],
  ] as const) {
    await clear()
    const waits: number[] = []
    const page = await openWrappedPage((own) => {
      const after = own.setTimeout.bind(own)
      const noted = (act: () => void, ms: number): number => after(act, waits.push(ms) && ms)
      Object.assign(own, { setTimeout: noted })
    }, 'real')
    let goOn = (): void => {}
    const wanted = new Promise<void>((resolve) => (goOn = resolve))
    let planned: Promise<PagePlan> = wanted.then(() => ({ kind, plan: 'late', body: FOLDED }))
    const bridge = giveBridge(page, { plan: () => planned, mode: EVERYTHING })
    const from = performance.now()
    const response = await page.fetch(...post(page, BODY))
    expect(performance.now() - from).toBeGreaterThan(140)
    expect(await response.text()).toBe(BODY)
    const xhr = opened(page)
    xhr.send(BODY)
    await ended(xhr)
    expect(xhr.responseText).toBe(BODY)
    // How long a machine takes is another matter than how long is waited.
    expect(waits).toEqual([150, 150])
    expect(bridge.answers).toEqual([])
    goOn()
    // What comes of these is told before what comes of the next.
    planned = Promise.resolve({ kind: 'pass', plan: 'next' })
    await (await page.fetch(...post(page, BODY))).text()
    await expect.poll(() => bridge.answers).toEqual([...told, { plan: 'next', answer: BODY }])
  }
})

test('[WRAP6] an answer is told once it has ended, and what has passed where it is left or breaks off', async () => {
  const page = await openWrappedPage()
  const bridge = giveBridge(page, { plan: () => ({ kind: 'pass', plan: 'p' }), mode: EVERYTHING })
  await plan({ headers: STREAM, pieces: ['data: a\n\n', 'data: b\n\n'], isStepped: true })
  const first = (await page.fetch(...post(page, BODY))).body?.getReader()
  await readTo(first, 'data: a\n\n')
  await step()
  await readTo(first, 'data: b\n\n')
  expect(bridge.answers).toEqual([])
  await step()
  expect(await first?.read()).toMatchObject({ done: true })
  await expect
    .poll(() => bridge.answers.pop())
    .toEqual({ plan: 'p', answer: 'data: a\n\ndata: b\n\n' })
  await plan({ headers: STREAM, pieces: ['data: c\n\n'], staysOpen: true })
  const reader = (await page.fetch(...post(page, BODY))).body?.getReader()
  await reader?.read()
  await reader?.cancel()
  await expect.poll(() => bridge.answers.pop()).toEqual({ plan: 'p', answer: 'data: c\n\n' })
  await plan({ headers: STREAM, pieces: ['data: d\n\n'], breaks: true })
  const broken = (await page.fetch(...post(page, BODY))).body?.getReader()
  await readTo(broken, 'data: d\n\n')
  await step()
  expect(await failureOf(broken?.read() ?? Promise.resolve())).toMatch(/TypeError/)
  await expect.poll(() => bridge.answers.pop()).toEqual({ plan: 'p', answer: 'data: d\n\n' })
  await plan({ status: 500, headers: JSON_TYPE, pieces: ['{}'] })
  await (await page.fetch(...post(page, BODY))).text()
  expect(bridge.answers).toEqual([])
})

test('[WRAP7] a request that is refused as too long is folded harder and sent once more', async () => {
  const refusal = '{"error":{"type":"exceed_context_size_error"}}'
  for (const rescued of [true, false]) {
    await clear()
    const page = await openWrappedPage()
    const bridge = giveBridge(page, {
      plan: () => ({ kind: 'pass', plan: 'p' }),
      rescue: () => (rescued ? { kind: 'send', plan: 'q', body: FOLDED } : { kind: 'pass' }),
      mode: EVERYTHING,
    })
    await plan({ status: 400, headers: JSON_TYPE, pieces: [refusal] })
    const response = await page.fetch(...post(page, BODY))
    expect(await response.text()).toBe(rescued ? FOLDED : refusal)
    expect(response.status).toBe(rescued ? 200 : 400)
    expect(bridge.refused).toEqual([{ plan: 'p', status: 400, answer: refusal }])
    expect((await state()).arrived).toHaveLength(rescued ? 2 : 1)
    const told = rescued ? [{ plan: 'q', answer: FOLDED }] : []
    await expect.poll(() => bridge.answers).toEqual(told)
  }
})

const CONVERSATION = `${ORIGIN}/backend-api/conversation/abc`

function asked(page: Page, url: string): Promise<string> {
  return new Promise((resolve) => {
    const xhr = new page.XMLHttpRequest()
    xhr.open('GET', url)
    xhr.onload = () => resolve(xhr.responseText)
    xhr.send()
  })
}

test('[WRAP8] responses of hosted chats are read along, also those that were asked for before the port was there', async () => {
  const page = await openWrappedPage()
  const said = { headers: JSON_TYPE, pieces: ['{"mapping":{}}'] }
  await plan(said, said, { status: 404, ...said }, said)
  expect(await (await page.fetch(CONVERSATION)).json()).toEqual({ mapping: {} })
  await asked(page, CONVERSATION)
  const bridge = giveBridge(page, { plan: () => ({ kind: 'pass' }), mode: EVERYTHING })
  await page.fetch(CONVERSATION)
  await page.fetch(`${ORIGIN}/backend-api/else`)
  const told = { url: CONVERSATION, method: 'GET', text: '{"mapping":{}}' }
  await expect.poll(() => bridge.observed).toEqual([told, told])
  bridge.observed.length = 0
  await plan({ headers: STREAM, pieces: ['data: 1\n\n', 'data: 2\n\n'] })
  const url = `${ORIGIN}/backend-api/f/conversation`
  const once = await page.fetch(url, within(page, { method: 'post', body: '{"action":"next"}' }))
  expect(await once.text()).toBe('data: 1\n\ndata: 2\n\n')
  await expect
    .poll(() => bridge.observed)
    .toEqual([
      { url, method: 'POST', request: '{"action":"next"}', text: 'data: 1\n\ndata: 2\n\n' },
    ])
})

test('[WRAP8] windows that servers tell are read along, and nothing above its bound is', async () => {
  const page = await openWrappedPage()
  const bridge = giveBridge(page, {
    plan: () => ({ kind: 'pass' }),
    mode: { rewrites: true, rescues: true, observes: false },
  })
  const piece = ' '.repeat(6_000_000)
  await plan(
    { headers: JSON_TYPE, pieces: ['{"n_ctx":4096}'] },
    { headers: JSON_TYPE, pieces: [piece, piece, piece] },
  )
  await page.fetch(`${ORIGIN}/props`)
  const large = await page.fetch(`${ORIGIN}/v1/models`)
  expect((await large.text()).length).toBe(18_000_000)
  await page.fetch(CONVERSATION)
  await expect.poll(() => bridge.observed).toHaveLength(1)
  expect(bridge.observed[0]).toMatchObject({ url: `${ORIGIN}/props`, text: '{"n_ctx":4096}' })
})

test('[WRAP9] scripts of the page neither get the port nor give one', async () => {
  const page = await openWrappedPage()
  const seen: unknown[] = []
  page.addEventListener('message', (event) => seen.push(event.data), true)
  const spoilt = page.eval(`(seen) => {
    const spy = (of, name) => {
      const own = Object.getOwnPropertyDescriptor(of, name)
      const wrap = (act) => act && function (...args) {
        if (this instanceof MessagePort || this instanceof MessageEvent) seen.push(name)
        return act.apply(this, args)
      }
      Object.defineProperty(of, name, own.value
        ? { ...own, value: wrap(own.value) } : { ...own, get: wrap(own.get), set: wrap(own.set) })
    }
    for (const name of ['postMessage', 'start', 'close', 'onmessage']) spy(MessagePort.prototype, name)
    for (const name of ['data', 'ports', 'source']) spy(MessageEvent.prototype, name)
    for (const name of ['addEventListener', 'dispatchEvent']) spy(EventTarget.prototype, name)
    spy(Event.prototype, 'stopImmediatePropagation')
  }`) as (seen: unknown[]) => void
  spoilt(seen)
  // From another window, which may have it framed, or opened it.
  const { port2 } = new MessageChannel()
  page.postMessage(HAND_OVER, '*', [port2])
  await expect.poll(() => seen.length).toBeGreaterThan(0)
  seen.length = 0
  const bridge = giveBridge(page, {
    plan: () => ({ kind: 'send', plan: 'p', body: FOLDED }),
    mode: EVERYTHING,
  })
  const forged = giveBridge(page, {
    plan: () => ({ kind: 'send', plan: 'x', body: '{}' }),
    mode: EVERYTHING,
  })
  expect(await (await page.fetch(...post(page, BODY))).text()).toBe(FOLDED)
  await expect.poll(() => bridge.answers).toHaveLength(1)
  expect(forged.planned).toEqual([])
  // What came too late is a message like any other.
  await expect.poll(() => seen.filter((name) => name !== 'data')).toEqual([HAND_OVER])
})

test('[WRAP10] nothing is asked and nothing read while it is off, and once the port is closed', async () => {
  // What is asked of a port that is closed is waited for, where a browser does not tell that it is.
  const page = await openWrappedPage(undefined, 'real')
  let answer: (plan: PagePlan) => void = () => {}
  const bridge = giveBridge(page, {
    plan: () =>
      bridge.planned.length > 1
        ? { kind: 'pass' }
        : new Promise<PagePlan>((resolve) => (answer = resolve)),
    mode: EVERYTHING,
  })
  const going = page.fetch(...post(page, BODY))
  await expect.poll(() => bridge.planned).toHaveLength(1)
  bridge.setMode({ rewrites: false, rescues: false, observes: false })
  expect(await (await going).text()).toBe(BODY)
  answer({ kind: 'pass' })
  await (await page.fetch(...post(page, BODY))).text()
  await page.fetch(CONVERSATION)
  expect(bridge.planned).toHaveLength(1)
  bridge.setMode(EVERYTHING)
  await expect
    .poll(async () => {
      await (await page.fetch(...post(page, BODY))).text()
      return bridge.planned.length
    })
    .toBe(2)
  bridge.close()
  await (await page.fetch(...post(page, BODY))).text()
  expect([bridge.planned.length, bridge.observed.length]).toEqual([2, 0])
})

test('[WRAP11] it gets along with others that wrap the same, and with a second copy of itself', async () => {
  const page = await openWrappedPage((window) => {
    const before = window.fetch
    // Leads to the global one of the moment for what it has not seen, as some do.
    const seen = new Set<unknown>()
    window.fetch = async (...args) => {
      if (seen.has(args[1])) return before(...args)
      seen.add(args[1])
      return window.fetch(...args)
    }
  })
  const wrapped = page.fetch
  const script = page.document.createElement('script')
  script.type = 'module'
  script.src = new URL('../../extension/page/page.ts?again', import.meta.url).href
  await new Promise((resolve) => {
    script.addEventListener('load', resolve)
    page.document.head.append(script)
  })
  expect(page.fetch).toBe(wrapped)
  const later: string[] = []
  page.fetch = async (...args) => {
    later.push('called')
    return wrapped(...args)
  }
  const bridge = giveBridge(page, {
    plan: () => ({ kind: 'send', plan: 'p', body: FOLDED }),
    mode: EVERYTHING,
  })
  expect(await (await page.fetch(...post(page, BODY))).text()).toBe(FOLDED)
  expect([bridge.planned.length, (await state()).arrived.length]).toEqual([1, 1])
  expect(later.length).toBeGreaterThan(0)
})
