import { readBounded } from '../../../src/client/fetch/read-bounded.ts'
import type { HostRequest } from '../../../src/protocol/host-requests.ts'
import type { ObservedResponse } from '../../sites/site.ts'
import type { ToldWindow } from '../../wire/bridge-wire.ts'
import { WINDOW_PATHS } from '../../wire/window-paths.ts'
import { askedWindow, planScouting, type ScoutRequest } from './plan-scouting.ts'
import { readToldWindows, sureness, type WindowReading } from './read-told-windows.ts'

/** Longest wait for a server, in milliseconds, and longest answer that is read, in bytes. */
const MAX_WAIT_MS = 3_000
const MAX_BYTES = 4_000_000

/** Most servers that are asked, and most windows that are told, of one page. */
const MOST_SERVERS = 8
const MOST_TOLD = 500

/** A request says itself how large its window is: nothing is surer. */
const ASKED = 3

export interface WindowScoutOptions {
  /** Origin of the page. */
  readonly origin: string
  readonly fetch: typeof fetch
  readonly tell: (told: ToldWindow) => void
}

/** Finds out how large the windows of a page's model servers are. */
export interface WindowScout {
  /** @returns Whether the response is one that tells of windows, if it tells anything. */
  observed(response: ObservedResponse): boolean
  /** The page has sent a request with a history; asks its server, once. */
  sent(request: HostRequest): void
}

export function createWindowScout({ origin, fetch, tell }: WindowScoutOptions): WindowScout {
  const asked = new Set<string>()
  /** By server and model: how sure what was told is. */
  const told = new Map<string, { readonly tokens: number; readonly sure: number }>()

  const pass = (server: string, model: string, tokens: number, sure: number): void => {
    const key = `${server}\n${model}`
    const known = told.get(key)
    if (known && (known.sure > sure || known.tokens === tokens)) return
    if (!known && told.size >= MOST_TOLD) return
    told.set(key, { tokens, sure })
    tell({ server, model, tokens })
  }
  const take = (server: string, readings: readonly WindowReading[], model: string): boolean => {
    for (const reading of readings) {
      pass(server, reading.model === '' ? model : reading.model, reading.tokens, sureness(reading))
    }
    return readings.some(({ as }) => as === 'loaded')
  }
  const scout = async (server: string, requests: readonly ScoutRequest[]): Promise<void> => {
    for (const request of requests) {
      const text = await ask(fetch, request, server === origin)
      if (text === undefined) continue
      if (take(server, readToldWindows(request.url, text), shownModel(request))) return
    }
  }
  return {
    observed(response) {
      const { origin: server, pathname, search } = new URL(response.url)
      if (!WINDOW_PATHS.test(pathname + search)) return false
      take(server, readToldWindows(response.url, response.text), shownModel(response))
      return true
    },
    sent(request) {
      const wanted = askedWindow(request)
      const { origin: server } = new URL(request.url)
      if (wanted) pass(server, wanted.model, wanted.tokens, ASKED)
      if (asked.has(server) || asked.size >= MOST_SERVERS) return
      asked.add(server)
      void scout(server, planScouting(request, origin))
    },
  }
}

/** The model that was asked about, where the answer does not say. */
function shownModel(asked: {
  readonly url: string
  readonly request?: string
  readonly body?: string
}): string {
  const text = asked.request ?? asked.body
  if (text === undefined || !asked.url.endsWith('/show')) return ''
  try {
    const { model, name } = JSON.parse(text) as {
      readonly model?: unknown
      readonly name?: unknown
    }
    const known = model ?? name
    return typeof known === 'string' ? known.slice(0, 300) : ''
  } catch {
    return ''
  }
}

/** Asks with no more than the page itself would say. */
async function ask(
  send: typeof fetch,
  { url, body }: ScoutRequest,
  isOwn: boolean,
): Promise<string | undefined> {
  try {
    const response = await send(url, {
      ...(body !== undefined && { method: 'POST', body }),
      credentials: isOwn ? 'same-origin' : 'omit',
      redirect: 'error',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(MAX_WAIT_MS),
    })
    const reader = response.ok ? response.body?.getReader() : undefined
    return reader && (await readBounded(reader, { limit: MAX_BYTES }))
  } catch {
    return undefined
  }
}
