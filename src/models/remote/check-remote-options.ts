import { BackfoldError } from '../../core/backfold-error.ts'
import { findSecrets } from '../../core/secrets/find-secrets.ts'
import type {
  AnthropicOptions,
  GeminiOptions,
  OpenAiCompatibleOptions,
} from '../../protocol/summariser-options.ts'

/** A remote summariser as a host names it. */
export type AnyRemoteOptions = OpenAiCompatibleOptions | AnthropicOptions | GeminiOptions

/** Options completed and checked. Holds the key: it is never shown, stored or sent to another thread's log. */
export interface RemoteSettings {
  readonly kind: AnyRemoteOptions['kind']
  readonly model: string
  /** Empty where the server wants none. */
  readonly apiKey: string
  /** Without a slash at its end. */
  readonly baseUrl: string
  readonly headers: Readonly<Record<string, string>>
  readonly contextTokens: number
  readonly slots: number
  readonly timeoutMs: number
  readonly retries: number
  readonly isLocal: boolean
}

const VENDORS: Readonly<
  Record<AnyRemoteOptions['kind'], { readonly baseUrl: string; readonly tail: RegExp }>
> = {
  'openai-compatible': { baseUrl: '', tail: /\/chat\/completions$/ },
  anthropic: { baseUrl: 'https://api.anthropic.com', tail: /\/v1(?:\/messages)?$/ },
  gemini: { baseUrl: 'https://generativelanguage.googleapis.com', tail: /\/v1beta(?:\/models)?$/ },
}

const MAX_HEADERS = 32

/**
 * Completes and checks the options of a remote summariser. Pure.
 *
 * @throws BackfoldError `INVALID_INPUT` naming option, expectation and received value; of keys, headers and
 *   addresses with a password only what kind of value it is.
 * @see SPEC.md rules REM1, REM2
 */
export function checkRemoteOptions(options: AnyRemoteOptions): RemoteSettings {
  const given = options as Readonly<Partial<Record<keyof AnyRemoteOptions, unknown>>>
  if (typeof given !== 'object' || given === null) refuse('options', 'an object', given)
  const kind = given.kind
  if (kind !== 'openai-compatible' && kind !== 'anthropic' && kind !== 'gemini') {
    refuse('kind', 'openai-compatible, anthropic or gemini', kind)
  }
  const baseUrl = checkBaseUrl(kind, given.baseUrl)
  const apiKey = checkKey(given.apiKey)
  if (apiKey === '' && baseUrl === VENDORS[kind].baseUrl) refuse('apiKey', 'a key', undefined)
  const model = checkModel(given.model)
  const isLoopback = isLoopbackHost(new URL(baseUrl).hostname)
  return {
    kind,
    model,
    apiKey,
    baseUrl,
    headers: checkHeaders(given.headers),
    contextTokens: checkInteger('contextTokens', given.contextTokens, 1_000, 10_000_000, 8_192),
    slots: checkInteger('slots', given.slots, 1, 16, isLoopback ? 1 : 2),
    timeoutMs: checkInteger('timeoutMs', given.timeoutMs, 1_000, 600_000, 60_000),
    retries: checkInteger('retries', given.retries, 0, 10, 2),
    // A server on this machine may hand on to a vendor's cloud; those that say so in the model's name are told.
    isLocal: kind === 'openai-compatible' && isLoopback && !/[-:]cloud$/i.test(model),
  }
}

function checkBaseUrl(kind: AnyRemoteOptions['kind'], value: unknown): string {
  const vendor = VENDORS[kind]
  if (value === undefined && vendor.baseUrl !== '') return vendor.baseUrl
  const expected = 'an http(s) address without user, query and fragment'
  if (typeof value !== 'string' || !URL.canParse(value.trim())) refuse('baseUrl', expected, value)
  const url = new URL(value.trim())
  if (url.protocol !== 'https:' && url.protocol !== 'http:') refuse('baseUrl', expected, value)
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    refuse('baseUrl', expected, 'one that has them')
  }
  const path = url.pathname.replace(/\/{1,10}$/, '').replace(vendor.tail, '')
  return `${url.origin}${path}`
}

function checkKey(value: unknown): string {
  if (value === undefined) return ''
  if (typeof value !== 'string') refuse('apiKey', 'a text', `a value of type ${typeof value}`)
  const key = value.trim()
  // A header can't hold others; most often something else was pasted.
  if (!/^[\x21-\x7e]{0,10000}$/.test(key)) {
    refuse('apiKey', 'printable ASCII characters without spaces', 'a text that has others')
  }
  return key
}

function checkModel(value: unknown): string {
  const expected = 'the name of a model as the provider writes it'
  if (typeof value !== 'string') refuse('model', expected, value)
  if (findSecrets(value).length > 0) refuse('model', expected, 'what looks like a key')
  if (!/^[\w.:/@+~-]{1,200}$/.test(value) || value.includes('..')) refuse('model', expected, value)
  return value
}

function checkHeaders(value: unknown): Readonly<Record<string, string>> {
  if (value === undefined) return {}
  const expected = `at most ${MAX_HEADERS} names with texts`
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse('headers', expected, value)
  }
  const entries = Object.entries(value as Record<string, unknown>)
  if (entries.length > MAX_HEADERS) refuse('headers', expected, entries.length)
  for (const [name, text] of entries) {
    if (!/^[\w!#$%&'*+.^`|~-]{1,100}$/.test(name)) refuse('headers', 'names of headers', 'another')
    if (typeof text !== 'string' || !/^[\t\x20-\x7e\x80-\xff]{0,10000}$/.test(text)) {
      refuse(`headers.${name}`, 'a text that a header can hold', `a value of type ${typeof text}`)
    }
  }
  return Object.fromEntries(entries.map(([name, text]) => [name.toLowerCase(), String(text)]))
}

function checkInteger(
  option: string,
  value: unknown,
  least: number,
  most: number,
  byDefault: number,
): number {
  if (value === undefined) return byDefault
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
    refuse(option, `an integer from ${least} to ${most}`, value)
  }
  return value
}

/** Whether a host is this machine; nothing that is sent there passes a network. */
export function isLoopbackHost(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(?:\.\d{1,3}){3}$/.test(hostname)
  )
}

function refuse(option: string, expected: string, value: unknown): never {
  const shown =
    typeof value === 'string'
      ? `"${value.slice(0, 80)}"`
      : typeof value === 'number' || typeof value === 'boolean' || value == null
        ? String(value ?? 'nothing')
        : `a value of type ${typeof value}`
  const safe = findSecrets(shown).length > 0 ? 'what looks like a secret' : shown
  throw new BackfoldError('INVALID_INPUT', `${option}: expected ${expected}, got ${safe}`)
}
