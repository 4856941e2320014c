import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { startBridge } from '../../extension/bridge/start-bridge.ts'
import type { ObservedResponse } from '../../extension/sites/site.ts'
import { createFakeHost, type FakeHost, USUAL } from '../support/fake-extension-host.ts'
import { closePages, openWrappedPage, type Page, sayWithin } from '../support/page-frames.ts'

const ORIGIN = inject('fetchServer')
const URL_OF = `${ORIGIN}/v1/chat/completions`
const BODY = '{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}'
const FOLDED = '{"messages":["folded"]}'

const native = globalThis.fetch

interface Stage {
  readonly page: Page
  readonly host: FakeHost
  /** What the pill was told, newest last; `removed` where it was taken away. */
  readonly pill: string[]
  readonly world: { isOrphan: boolean }
}

/** How many times as fast time passes for the bridge: it waits for hosts for seconds. */
const HASTE = 10

/** A page with wrapper and bridge in it, as if it were the one in a tab. */
async function createStage(
  prepare: (host: FakeHost, page: Page) => void = () => {},
  isTop = true,
): Promise<Stage> {
  const page = await openWrappedPage()
  const host = createFakeHost()
  prepare(host, page)
  const world = { isOrphan: false }
  const pill: string[] = []
  const own: Page = new Proxy(page, {
    get(target, name) {
      if (name === 'top') return isTop ? own : window
      if (name === 'postMessage') {
        return (message: unknown, _: string, ports: MessagePort[]) =>
          sayWithin(page, message, ports)
      }
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
  startBridge({
    page: own,
    fetch: (...args) => native(...args),
    isOrphan: () => world.isOrphan,
    ensureHost: async () => {
      if (!host.isThere) throw new Error('no receiving end')
    },
    connect: host.connect,
    openPanel: () => {},
    createPill: () => ({
      show: (gauge, { pill: isWanted }) => void pill.push(`${gauge?.tokens ?? '-'} ${isWanted}`),
      remove: () => void pill.push('removed'),
    }),
    now: () => performance.now() * HASTE,
    after(ms, callback) {
      const timer = setTimeout(callback, ms / HASTE)
      return () => clearTimeout(timer)
    },
  })
  return { page, host, pill, world }
}

function send(page: Page, body: string = BODY): Promise<string> {
  const send = page.eval(
    '(url, body) => fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body }).then((r) => r.text())',
  ) as (url: string, body: string) => Promise<string>
  return send(URL_OF, body)
}

beforeEach(async () => {
  await native(`${ORIGIN}/control/clear`, { method: 'POST' })
})
afterEach(closePages)

test('[BRIDGE3, WRAP4] a request of a page is folded by the host, and its answer reaches it', async () => {
  const { page, host } = await createStage((told) => {
    told.plan = () => ({ kind: 'send', plan: 'p', body: FOLDED })
  })
  // It waits for the host to be greeted.
  expect(await send(page)).toBe(FOLDED)
  await expect.poll(() => host.heard).toContain(`answer p ${FOLDED}`)
  expect(await send(page, '{"a":1}')).toBe('{"a":1}')
})

test('[BRIDGE3] an answer that no host has stored reaches the next one', async () => {
  const { page, host } = await createStage((told) => {
    told.plan = () => ({ kind: 'pass', plan: 'p' })
    told.store = () => new Promise(() => {})
  })
  await send(page)
  await expect.poll(() => host.heard).toEqual([`answer p ${BODY}`])
  host.store = async () => {}
  host.die()
  await expect.poll(() => host.heard).toEqual([`answer p ${BODY}`, `answer p ${BODY}`])
  expect(host.connections()).toBe(2)
})

test('[BRIDGE4, BRIDGE10] settings that change are followed at once: nothing is asked and drawn while it is off', async () => {
  const { page, host, pill } = await createStage((told) => {
    told.plan = () => ({ kind: 'send', plan: 'p', body: FOLDED })
  })
  await expect.poll(() => pill).toContain('- true')
  host.bridge()?.tell('gauge', {
    tokens: 70,
    overhead: 0,
    window: 100,
    windowFrom: 'known',
    model: null,
    level: 'warn',
    folded: null,
    isFolding: false,
  })
  await expect.poll(() => pill.at(-1)).toBe('70 true')
  host.bridge()?.tell('settings', { ...USUAL, isPaused: true })
  await expect.poll(() => pill.at(-1)).toBe('removed')
  await expect.poll(async () => send(page)).toBe(BODY)
  host.bridge()?.tell('settings', USUAL)
  await expect.poll(() => pill.at(-1)).toBe('70 true')
  await expect.poll(async () => send(page)).toBe(FOLDED)
})

test('[BRIDGE7] where the extension is gone the page is as if it had never been there', async () => {
  const { page, host, pill, world } = await createStage((told) => {
    told.plan = () => ({ kind: 'send', plan: 'p', body: FOLDED })
  })
  expect(await send(page)).toBe(FOLDED)
  world.isOrphan = true
  host.die()
  await expect.poll(() => pill.at(-1)).toBe('removed')
  expect(await send(page)).toBe(BODY)
  page.history.pushState(null, '', '?elsewhere')
  expect(await send(page)).toBe(BODY)
  expect([host.connections(), host.places.length, pill.at(-1)]).toEqual([1, 1, 'removed'])
})

test('[BRIDGE8] where a page goes by itself is told, with its title, and without keys and fragments', async () => {
  const { page, host } = await createStage()
  await expect.poll(() => host.places).toHaveLength(1)
  expect(host.places[0]).toMatchObject({ title: 'A page', site: null, isTop: true })
  page.history.pushState(null, '', '?chat=1&token=secret#part')
  await expect.poll(() => host.places.at(-1)?.url).toMatch(/\?chat=1$/)
  page.history.replaceState(null, '', '?chat=2')
  await expect.poll(() => host.places.at(-1)?.url).toMatch(/\?chat=2$/)
  const told = host.places.length
  page.history.replaceState(null, '', '?chat=2')
  page.document.title = 'Later'
  page.history.pushState(null, '', '?chat=3')
  await expect.poll(() => host.places.at(-1)).toMatchObject({ title: 'Later' })
  expect(host.places.slice(told).filter(({ title }) => title !== 'Later')).toEqual([])
})

test('[BRIDGE9] what was read before the settings are known is told only if they want it', async () => {
  for (const isPaused of [true, false]) {
    await native(`${ORIGIN}/control/clear`, { method: 'POST' })
    const props = { headers: { 'content-type': 'application/json' }, pieces: ['{"n_ctx":4096}'] }
    await native(`${ORIGIN}/control/plan`, { method: 'POST', body: JSON.stringify([props]) })
    const { page, host } = await createStage((told) => {
      told.isThere = false
      told.settings = { ...USUAL, isPaused }
    })
    await (await page.fetch(`${ORIGIN}/props`)).text()
    host.isThere = true
    await expect.poll(() => host.places.length).toBeGreaterThan(0)
    expect(await send(page)).toBe(BODY)
    await expect.poll(() => host.heard).toEqual(isPaused ? [] : ['window  4096'])
  }
})

test('[BRIDGE10] a frame in a page has no pill, no composer, and no host before it says something', async () => {
  const { page, host, pill } = await createStage((told) => {
    told.plan = () => ({ kind: 'send', plan: 'p', body: FOLDED })
  }, false)
  const { host: other } = await createStage()
  await expect.poll(() => other.places).toHaveLength(1)
  // A page that was opened later has met its host.
  expect([host.connections(), pill]).toEqual([0, []])
  expect(await send(page)).toBe(FOLDED)
  expect(host.connections()).toBe(1)
  expect(pill).toEqual([])
  expect(await host.bridge()?.ask('fill', { text: 'a', replaces: false })).toMatchObject({
    kind: 'failed',
  })
  expect(host.places[0]).toMatchObject({ isTop: false })
})

test('[BRIDGE1, BRIDGE2] a page that speaks in place of the wrapper can say no more than that', async () => {
  const asked: unknown[] = []
  const host = createFakeHost()
  host.plan = () => {
    asked.push(1)
    return new Promise(() => {})
  }
  const given: MessagePort[] = []
  const own = new Proxy(window, {
    get(target, name) {
      if (name === 'top') return own
      if (name === 'postMessage')
        return (_: unknown, __: string, ports: MessagePort[]) => given.push(...ports)
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  }) as Window
  const world = { isOrphan: false, isShown: false }
  startBridge({
    page: own,
    fetch: native,
    isOrphan: () => world.isOrphan,
    ensureHost: async () => {},
    connect: host.connect,
    openPanel: () => {},
    createPill: () => ({ show: () => void (world.isShown = true), remove: () => {} }),
    // No time passes: how much may be said in a while is said at once.
    now: () => 0,
    after(ms, callback) {
      const timer = setTimeout(callback, ms)
      return () => clearTimeout(timer)
    },
  })
  const [port] = given
  if (!port) throw new Error('no port was given')
  const answers: unknown[] = []
  port.onmessage = ({ data }) => void answers.push(data)
  const passed = (): readonly unknown[] =>
    answers.filter((answer) => JSON.stringify(answer).includes('"pass"'))
  await expect.poll(() => world.isShown).toBe(true)
  const observed: Partial<ObservedResponse> = { url: `${ORIGIN}/x`, method: 'GET' }
  for (const odd of [
    null,
    7,
    'a',
    {},
    { tell: 'observed', payload: observed },
    { tell: 'hello' },
  ]) {
    port.postMessage(odd)
  }
  port.postMessage({ ask: 1, method: 'hello', params: {} })
  port.postMessage({ ask: 2, method: 'plan', params: { url: 'x' } })
  for (let id = 3; id < 60; id += 1) {
    const params = { url: URL_OF, headerNames: [], body: '{}' }
    port.postMessage({ ask: id, method: 'plan', params })
  }
  for (let at = 0; at < 1_000; at += 1) {
    port.postMessage({ tell: 'answer', payload: { plan: 'p', answer: `${at}` } })
  }
  // As many as may be open at once; the others pass.
  await expect.poll(() => passed()).toHaveLength(1 + 57 - 16)
  expect(asked).toHaveLength(16)
  // And of what is left to be said, what comes first.
  await expect.poll(() => host.heard.at(-1)).toBe(`answer p ${200 - 16 - 1}`)
  port.postMessage({ ask: 60, method: 'plan', params: { url: 'x' } })
  await expect.poll(() => passed()).toHaveLength(1 + 57 - 16 + 1)
  expect(host.heard).toHaveLength(200 - 16)
  world.isOrphan = true
  host.die()
})
