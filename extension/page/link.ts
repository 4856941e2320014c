import type { ObservedResponse } from '../sites/site.ts'
import { HAND_OVER } from '../wire/hand-over.ts'
import type { PageMode, PagePlan } from '../wire/page-wire.ts'

/** Most characters of what was read that wait for the port. */
const MAX_EARLY_LENGTH = 16_000_000

/** A request of no interest. */
export const PASS: PagePlan = { kind: 'pass' }

/** The way to the bridge. */
export interface Link {
  /** Whether something is to be done, as far as is known: nothing once the bridge is gone. */
  may(what: keyof PageMode): boolean
  /** What to do with a request. Never rejects; passes where there is no bridge. */
  plan(url: string, headerNames: Iterable<string>, body: string): Promise<PagePlan>
  /** What to send in place of one that was refused. */
  rescue(plan: string, status: number, answer: string): Promise<PagePlan>
  /** Tells what came of a plan, if it has a name, and if it is of this kind: a late one was not followed. */
  answer(planning: Promise<PagePlan>, kind: PagePlan['kind'], answer: string): void
  /** Waits for the port, within bounds. Whether it is wanted at all is known there. */
  observed(response: ObservedResponse): void
}

/** A method as it is now: what a page makes of the prototype later does not get hold of the port. */
function own<A extends readonly unknown[], R>(
  method: (...args: A) => R,
): (self: object, ...args: A) => R {
  return Function.prototype.call.bind(method) as (self: object, ...args: A) => R
}

function getter<T extends object, K extends keyof T>(of: T, name: K): (self: object) => T[K] {
  return own(Object.getOwnPropertyDescriptor(of, name)?.get as () => T[K])
}

/** Waits for the port of the bridge: the first message to this window from itself that brings one. */
export function createLink(): Link {
  const event = MessageEvent.prototype
  const data = getter(event, 'data')
  const ports = getter(event, 'ports')
  const source = getter(event, 'source')
  const stop = own(Event.prototype.stopImmediatePropagation)
  const listen = own(EventTarget.prototype.addEventListener)
  const post = own(MessagePort.prototype.postMessage as (message: unknown) => void)
  const start = own(MessagePort.prototype.start)

  let isHere: (port: MessagePort) => void
  const ready = new Promise<MessagePort>((resolve) => (isHere = resolve))
  let mode: Partial<PageMode> | undefined
  let room = MAX_EARLY_LENGTH
  let next = 0
  const waiting = new Map<number, (plan: PagePlan) => void>()

  const tell = (notice: string, payload: unknown): void => {
    void ready.then((port) => post(port, { tell: notice, payload }))
  }
  const may: Link['may'] = (what) => !mode || mode[what] === true
  const setMode = (now: typeof mode): void => {
    mode = now
    if (!may('rewrites')) for (const pass of waiting.values()) pass(PASS)
  }
  const hear = (message: Event): void => {
    const said = data(message) as {
      readonly tell?: string
      readonly payload: PageMode
      readonly answer: number
      readonly reply: { readonly value?: PagePlan }
    }
    if (said.tell) setMode(said.payload)
    else waiting.get(said.answer)?.(said.reply.value ?? PASS)
  }
  const take = (message: MessageEvent): void => {
    // There is one already. And what a script makes and dispatches itself may say anything of itself but this.
    if (room === Infinity || !message.isTrusted) return
    if (source(message) !== window || data(message) !== HAND_OVER) return
    stop(message)
    const [port] = ports(message)
    if (!port) return
    listen(port, 'message', hear)
    listen(port, 'close', () => setMode({}))
    start(port)
    room = Infinity
    isHere(port)
  }
  addEventListener('message', take, true)

  const ask = async (method: string, params: unknown): Promise<PagePlan> => {
    const port = await ready
    if (!may('rewrites')) return PASS
    const id = (next += 1)
    const answered = new Promise<PagePlan>((resolve) => waiting.set(id, resolve))
    post(port, { ask: id, method, params })
    void answered.then(() => waiting.delete(id))
    return answered
  }
  return {
    may,
    plan: (url, headerNames, body) => ask('plan', { url, headerNames: [...headerNames], body }),
    rescue: (plan, status, answer) => ask('rescue', { plan, status, answer }),
    answer: (planning, followed, answer) => {
      void planning.then(({ kind, plan }) => {
        if (kind === followed && plan) tell('answer', { plan, answer })
      })
    },
    observed(response) {
      room -= response.text.length
      if (room > 0) tell('observed', response)
    },
  }
}
