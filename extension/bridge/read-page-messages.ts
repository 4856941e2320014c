import { withoutKeys } from '../../src/client/fetch/host-call.ts'
import type { HostRequest } from '../../src/protocol/host-requests.ts'
import type { ObservedResponse } from '../sites/site.ts'

/** Most characters of what a page says. */
const MAX_URL = 8_000
const MAX_BODY = 32_000_000
const MAX_ANSWER = 16_000_000
const MAX_REFUSAL = 64_000
const MAX_PLAN = 200
const MAX_REQUEST = 1_000_000

const MOST_HEADERS = 100
const HEADER_NAME = /^[!#$%&'*+.^_`|~\da-z-]{1,200}$/

const METHOD = /^[A-Z]{1,20}$/

/** A page may say anything at all: these give what it says if it has the form and size that our own wrapper gives it. */
export function readHostRequest(said: unknown): HostRequest | undefined {
  const { url, headerNames, body } = fieldsOf(said)
  const address = addressOf(url)
  if (address === undefined || !isText(body, MAX_BODY) || !Array.isArray(headerNames)) {
    return undefined
  }
  const names = (headerNames as readonly unknown[]).slice(0, MOST_HEADERS)
  return {
    url: address,
    headerNames: names.filter((name) => typeof name === 'string' && HEADER_NAME.test(name)),
    body,
  } as HostRequest
}

export interface Refusal {
  readonly plan: string
  readonly status: number
  readonly answer: string
}

export function readRefusal(said: unknown): Refusal | undefined {
  const { plan, status, answer } = fieldsOf(said)
  const isStatus =
    typeof status === 'number' && Number.isInteger(status) && status >= 400 && status <= 499
  return isText(plan, MAX_PLAN) && isStatus && isText(answer, MAX_REFUSAL)
    ? { plan, status, answer }
    : undefined
}

export interface Answered {
  readonly plan: string
  readonly answer: string
}

export function readAnswer(said: unknown): Answered | undefined {
  const { plan, answer } = fieldsOf(said)
  return isText(plan, MAX_PLAN) && isText(answer, MAX_ANSWER) ? { plan, answer } : undefined
}

export function readObserved(said: unknown): ObservedResponse | undefined {
  const { url, method, request, text } = fieldsOf(said)
  const address = addressOf(url)
  if (address === undefined || !isText(method, 20) || !METHOD.test(method)) return undefined
  if (!isText(text, MAX_ANSWER)) return undefined
  return { url: address, method, text, ...(isText(request, MAX_REQUEST) && { request }) }
}

/** All that a response takes, in characters: what was asked may be the longer part. */
export function sizeOfResponse({ url, text, request = '' }: ObservedResponse): number {
  return url.length + text.length + request.length
}

/** The address that is told of a page: without its fragment, and without keys. */
export function tellableUrl(href: string): string | undefined {
  if (href.length > MAX_URL || !URL.canParse(href)) return undefined
  const url = new URL(href)
  url.hash = ''
  return withoutKeys(url)
}

function addressOf(url: unknown): string | undefined {
  return typeof url === 'string' && /^https?:/i.test(url) ? tellableUrl(url) : undefined
}

function isText(value: unknown, most: number): value is string {
  return typeof value === 'string' && value.length <= most
}

function fieldsOf(said: unknown): Readonly<Record<string, unknown>> {
  return typeof said === 'object' && said !== null ? (said as Record<string, unknown>) : {}
}
