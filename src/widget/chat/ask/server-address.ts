import type { FailureCode } from '../failure-code.ts'
import { isLocal } from './endpoint.ts'
import type { ChatProtocol } from './protocols.ts'
import { PROTOCOLS } from './protocols.ts'

/** Where a chat asks. */
export interface ServerPlace {
  /** Base URL, or the address itself; empty for the vendor's own. May be relative to the page. */
  readonly endpoint: string
  readonly protocol: ChatProtocol
  readonly model: string
  /** Whether a secret goes along. */
  readonly hasKey: boolean
  /** Address of the page, which relative ones are told from. */
  readonly page: string
}

export type ServerAddress =
  | {
      readonly ok: true
      readonly url: string
      /** False for this machine. */
      readonly needsNetwork: boolean
      readonly host: string
    }
  | { readonly ok: false; readonly problem: string; readonly code: FailureCode }

/**
 * A base URL: nothing behind the host, or an end that vendors' APIs have. Anything else is an address of the host's
 * own and is asked as it stands.
 */
const BASE_PATH = /^\/?$|\/v\d+(?:(?:alpha|beta)\d*)?(?:\/openai)?\/?$|^\/api\/?$/

/**
 * The address that answers are asked from, or what is wrong with it, as a sentence. A secret is never sent in the
 * clear to another machine.
 *
 * @see SPEC.md rule SEND2
 */
export function serverAddress(place: ServerPlace): ServerAddress {
  const { protocol, model } = place
  const { home, path } = PROTOCOLS[protocol]
  const typed = place.endpoint.trim() || (protocol === 'ollama' || place.hasKey ? home : '')
  if (typed === '') return wrong('no-endpoint', 'Set `endpoint`, or `respond` to bring a model.')
  if (!URL.canParse(typed, place.page)) return wrong('endpoint-no-url', 'The endpoint is no URL.')
  const url = new URL(typed, place.page)
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return wrong('endpoint-not-http', 'The endpoint must start with http:// or https://.')
  if (url.protocol === 'http:' && place.hasKey && !isLocal(url.hostname))
    return wrong('key-unencrypted', 'A key would travel unencrypted: use https for this endpoint.')
  const local = { needsNetwork: !isLocal(url.hostname), host: url.host }
  const isAbsolute = URL.canParse(typed)
  if (!isAbsolute || !BASE_PATH.test(url.pathname)) return { ok: true, url: url.href, ...local }
  if (model === '') return wrong('no-model-name', 'Set `model` to the name of a model.')
  const base = /^\/?$/.test(url.pathname) ? new URL(home).pathname : url.pathname
  const [way = '', search] = path(model).split('?')
  url.pathname = `${base.replace(/\/+$/, '')}${way}`
  if (search !== undefined) url.search = search
  return { ok: true, url: url.href, ...local }
}

function wrong(code: FailureCode, problem: string): ServerAddress {
  return { ok: false, code, problem }
}
