import { readBounded } from './read-bounded.ts'

/** A call of `fetch` by a host, as it was at that moment. */
export interface HostCall extends OpenCall {
  /** Whole, but for the keys in it: they stay where they are needed. */
  readonly url: string
}

/** The same with its whole address. */
export interface OpenCall {
  /** What native `fetch` takes: the same, whatever the host does meanwhile with the objects that it gave. */
  readonly args: Parameters<typeof fetch>
  /** With the keys in it. */
  readonly address: URL
  readonly headers: Headers
  readonly body: string | ArrayBuffer | Blob | Request
  readonly signal: AbortSignal | null | undefined
}

/** Names of what an address should not tell. */
const SECRETS = /key|token|secret|passw|auth|sig/i

/** Headers that vouch for the body, or say that it is packed. */
const SEALS: RegExp =
  /digest|signature|^content-(?:encoding|md5|range)$|^x-amz-(?:content-sha256|date)$/

/** What may precede the brace of a JSON object, as far as it is looked at. */
const JSON_OBJECT = /^[ \t\r\n]*\{/
const LOOKED_AT = 64

/** Longest body that is looked at, in characters or bytes. */
const MAX_BODY = 32_000_000

/** Undefined for a call that is no POST of what may be a JSON object; it costs next to nothing to find out. */
export function takeCall(args: Parameters<typeof fetch>): HostCall | undefined {
  const call = takeOpenCall(args)
  return call && { ...call, url: withoutKeys(call.address) }
}

/** {@link takeCall}, for what may know the address. */
export function takeOpenCall(args: Parameters<typeof fetch>): OpenCall | undefined {
  const [input, init = {}] = args
  const request = input instanceof Request ? input : undefined
  // What is no plain object may answer otherwise the second time.
  if (!isPlain(init)) return undefined
  if (!/^post$/i.test(init.method ?? request?.method ?? '')) return undefined
  const taken = takeBody(init.body ?? request)
  if (taken === undefined) return undefined
  const kept = keepHeaders(init.headers)
  const address = addressOf(input)
  if (!kept || address === undefined) return undefined
  const headers = new Headers(kept.headers ?? request?.headers)
  const type = headers.get('content-type') ?? (taken instanceof Blob ? taken.type : '')
  if (!/^$|json|^text\/plain/i.test(type)) return undefined
  const own: RequestInit = { ...init, ...kept }
  if (init.body != null && typeof taken !== 'string') own.body = taken as ArrayBuffer | Blob
  return {
    args: [request ?? address, own],
    address: new URL(address, globalThis.location?.href),
    headers,
    body: taken,
    signal: init.signal === undefined ? request?.signal : init.signal,
  }
}

/** Whether the body must stay what it is, to the letter. */
export function isSealed({ headers }: Pick<OpenCall, 'headers'>): boolean {
  return [...headers.keys()].some((name) => SEALS.test(name))
}

/**
 * The text of a call's body.
 *
 * @param isLate - Whether the request does not wait for it any more.
 * @returns undefined if it is no JSON object in UTF-8, or longer than what is looked at.
 */
export function readText(
  { body }: OpenCall,
  isLate: () => boolean,
): string | undefined | Promise<string | undefined> {
  if (typeof body === 'string') return body
  // Nothing may be lost by reading: not the mark of byte order, nor what is no UTF-8.
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const decode = (bytes: ArrayBuffer): string | undefined => jsonText(decoder.decode(bytes))
  if (body instanceof ArrayBuffer) return decode(body)
  if (body instanceof Blob) return body.arrayBuffer().then(decode)
  // Read in a copy, because the host's own has to be sent if nothing comes of it; it may be a stream without end.
  const reader = body.clone().body?.getReader()
  return reader && readBounded(reader, { limit: MAX_BODY, isOver: isLate, decoder }).then(jsonText)
}

/** The same call with another body: everything else stays, but for what is said about the length. */
export function withBody({ args, headers, body }: OpenCall, text: string): typeof args {
  const [input, init] = args
  const own: RequestInit = { ...init, body: encodeLike(body, text) }
  if (headers.has('content-length')) {
    const others = new Headers(headers)
    others.delete('content-length')
    own.headers = others
  }
  return [input, own]
}

/** Browsers limit what a request that outlives its page may hold: where that was enough, more might not be. */
export function mayReplace(call: OpenCall, text: string): boolean {
  const { body } = call
  return !outlivesPage(call) || (typeof body === 'string' && text.length <= body.length)
}

/** Whether a request goes on after its page: it may be the last that the page says. */
export function outlivesPage({ args: [input, init] }: Pick<OpenCall, 'args'>): boolean {
  return init?.keepalive ?? (input instanceof Request && input.keepalive)
}

/** An address without what it should not tell. */
export function withoutKeys(address: URL): string {
  const url = new URL(address)
  url.username = ''
  url.password = ''
  const names: string[] = []
  // Not by its iterator: in Firefox's content scripts it has none.
  url.searchParams.forEach((_, name) => names.push(name))
  for (const name of names) if (SECRETS.test(name)) url.searchParams.delete(name)
  return url.href
}

/** Undefined for what is no address by its kind: a Request of another window is none here. */
function addressOf(input: RequestInfo | URL): string | undefined {
  if (typeof input === 'string') return input
  if (input instanceof Request) return input.url
  return input instanceof URL ? input.href : undefined
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function takeBody(body: unknown): OpenCall['body'] | undefined {
  if (typeof body === 'string') {
    return body.length <= MAX_BODY && JSON_OBJECT.test(body.slice(0, LOOKED_AT)) ? body : undefined
  }
  if (body instanceof Request) return body.body === null ? undefined : body
  if (body instanceof Blob) return body.size <= MAX_BODY ? body : undefined
  const bytes = viewOf(body)
  if (!bytes || bytes.length > MAX_BODY) return undefined
  const start = String.fromCharCode(...bytes.subarray(0, LOOKED_AT))
  return JSON_OBJECT.test(start) ? bytes.slice().buffer : undefined
}

function viewOf(body: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (body instanceof ArrayBuffer) return new Uint8Array(body)
  if (!ArrayBuffer.isView(body) || !(body.buffer instanceof ArrayBuffer)) return undefined
  return new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
}

/** A copy in the same shape; undefined for a shape that can be read only once. */
function keepHeaders(
  headers: HeadersInit | undefined,
): { readonly headers?: HeadersInit } | undefined {
  if (headers === undefined) return {}
  if (headers instanceof Headers) return { headers: new Headers(headers) }
  if (Array.isArray(headers)) return { headers: headers.map(([...pair]) => pair) }
  return isPlain(headers) ? { headers: { ...headers } } : undefined
}

function jsonText(text: string | undefined): string | undefined {
  return text !== undefined && JSON_OBJECT.test(text.slice(0, LOOKED_AT)) ? text : undefined
}

/** In the kind that it was, so that the browser says the same about its type. */
function encodeLike(body: OpenCall['body'], text: string): string | Blob | Uint8Array<ArrayBuffer> {
  if (typeof body === 'string') return text
  if (body instanceof Blob) return new Blob([text], { type: body.type })
  return new TextEncoder().encode(text)
}
