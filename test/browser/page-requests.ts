import { inject } from 'vitest'
import { ASIDE_PATH } from '../support/aside-path.ts'
import type { ArrivedRequest, Reply } from '../support/fetch-server.ts'
import type { Page } from '../support/page-frames.ts'

export const ORIGIN: string = inject('fetchServer')
export const URL_OF: string = `${ORIGIN}/v1/chat/completions`
/** For what is left before anything came of it: see there. */
export const ASIDE: string = `${ORIGIN}${ASIDE_PATH}`
export const TURNS = '{"role":"user","content":"ä € 😀"},{"role":"assistant","content":"Yes."}'
export const BODY: string = `{"messages":[${TURNS}]}`
export const FOLDED = '{"messages":["folded"]}'
export const JSON_TYPE: Readonly<Record<string, string>> = { 'content-type': 'application/json' }
export const STREAM: Readonly<Record<string, string>> = { 'content-type': 'text/event-stream' }

export const native: typeof fetch = globalThis.fetch

export interface State {
  readonly arrived: readonly ArrivedRequest[]
  readonly left: number
}

export async function state(): Promise<State> {
  return (await (await native(`${ORIGIN}/control/arrived`)).json()) as State
}

export async function plan(...replies: readonly Reply[]): Promise<void> {
  await native(`${ORIGIN}/control/plan`, { method: 'POST', body: JSON.stringify(replies) })
}

/** Lets the answers that wait go on. */
export async function step(): Promise<void> {
  await native(`${ORIGIN}/control/step`, { method: 'POST' })
}

export async function clear(): Promise<void> {
  await native(`${ORIGIN}/control/clear`, { method: 'POST' })
}

/** As scripts of the page itself make it: what is of another window is not what it seems. */
export function within(page: Page, { headers, ...init }: RequestInit): RequestInit {
  const own = page.Object.assign(page.eval('({})') as object, init) as RequestInit
  if (headers) own.headers = page.JSON.parse(JSON.stringify(headers)) as Record<string, string>
  return own
}

export function post(page: Page, body: BodyInit, more: RequestInit = {}): [string, RequestInit] {
  return [URL_OF, within(page, { method: 'POST', headers: JSON_TYPE, body, ...more })]
}

export function bytesOf(text: string, page: Page = window): Uint8Array<ArrayBuffer> {
  return new page.TextEncoder().encode(text)
}

export async function failureOf(going: Promise<unknown>): Promise<string> {
  try {
    await going
    return 'none'
  } catch (failure) {
    return String(failure)
  }
}

export function facts({
  status,
  statusText,
  ok,
  url,
  type,
  redirected,
  headers,
}: Response): unknown {
  const kept = [...headers].filter(([name]) => !/^(?:date|keep-alive|connection)$/.test(name))
  return { status, statusText, ok, url, type, redirected, kept }
}

/** Reads until it has a text, however many pieces that takes; what it read where there is no more. */
export async function readTo(
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined,
  text: string,
): Promise<string> {
  const decoder = new TextDecoder()
  for (let came = ''; ;) {
    if (came === text) return came
    const { done, value } = (await reader?.read()) ?? { done: true }
    if (done) return came
    came += decoder.decode(value, { stream: true })
  }
}

/** What a request says from its sending to its end, without what depends on time. */
export function listenTo(xhr: XMLHttpRequest): string[] {
  const log: string[] = []
  for (const type of [
    'readystatechange',
    'loadstart',
    'load',
    'loadend',
    'abort',
    'error',
    'timeout',
  ]) {
    xhr.addEventListener(type, ({ isTrusted }) => {
      log.push(`${type} ${xhr.readyState} ${xhr.status} ${isTrusted}`)
    })
    xhr.upload.addEventListener(type, () => log.push(`upload ${type}`))
  }
  return log
}

export function ended(xhr: XMLHttpRequest): Promise<unknown> {
  return new Promise((resolve) => xhr.addEventListener('loadend', resolve))
}

export function opened(page: Page, url: string = URL_OF): XMLHttpRequest {
  const xhr = new page.XMLHttpRequest()
  xhr.open('POST', url)
  xhr.setRequestHeader('content-type', 'application/json')
  return xhr
}

/** In a row and once each, where a stream may come in more or fewer pieces. */
export function inRow(log: readonly string[]): readonly string[] {
  return log.filter((entry, at) => entry !== log[at - 1])
}
