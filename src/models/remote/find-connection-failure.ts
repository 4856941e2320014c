import type { Clock } from '../../core/ports/clock.ts'
import { isLoopbackHost } from './check-remote-options.ts'
import type { RemoteFailure } from './remote-failure.ts'
import type { FetchLike } from './remote-vendor.ts'

/** Longest wait for the probe, in milliseconds. */
const PROBE_MS = 5_000

export interface ConnectionWorld {
  readonly baseUrl: string
  readonly fetch: FetchLike
  readonly isOnline: () => boolean
  readonly clock: Clock
}

const TLS =
  /(?:\b|_)cert|\btls\b|\bssl\b|self[-_ ]signed|unable_to_verify|err_tls|err_ssl|altname|wrong version number|depth_zero/i
const NO_SERVER =
  /econnrefused|enotfound|eai_again|etimedout|ehostunreach|enetunreach|connect_timeout|err_(?:name|connection|address|internet|network)_/i
const CLOSED = /econnreset|epipe|socket|other side closed|terminated|und_err/i

/**
 * Why `fetch` rejected. A browser does not say: it gives the same error for a server that is not there, one
 * that refuses other origins and one with a bad certificate. So the server is probed without a key and
 * without reading anything: if that succeeds, it is there and refuses this page.
 *
 * @see SPEC.md rule REM8
 */
export async function findConnectionFailure(
  error: unknown,
  world: ConnectionWorld,
  signal: AbortSignal,
): Promise<RemoteFailure> {
  const url = new URL(world.baseUrl)
  if (!world.isOnline() && !isLoopbackHost(url.hostname)) {
    return failure('offline', 'This device is offline.', false)
  }
  const says = describe(error)
  if (TLS.test(says)) {
    return failure(
      'tls',
      `No secure connection to ${url.host}: its certificate is not accepted.`,
      false,
    )
  }
  if (NO_SERVER.test(says)) return unreachable(url)
  if (CLOSED.test(says)) {
    return failure('truncated', `${url.host} closed the connection without an answer.`, true)
  }
  if (await probe(url, world, signal)) {
    const reason = `${url.host} is there and does not allow this page to ask it: allow its origin in the server's CORS settings.`
    return failure('blocked', reason, false)
  }
  return unreachable(url)
}

function unreachable(url: URL): RemoteFailure {
  const hint = isLoopbackHost(url.hostname)
    ? 'Is the server running?'
    : url.protocol === 'http:'
      ? 'A page served over https may not ask a server over http.'
      : 'It is not reachable, or its certificate is not accepted.'
  return failure('offline', `No connection to ${url.host}. ${hint}`, true)
}

function failure(code: RemoteFailure['code'], reason: string, isPassing: boolean): RemoteFailure {
  return { code, reason, isPassing }
}

/** Words and codes of an error and of what caused it. */
function describe(error: unknown): string {
  const words: string[] = []
  let at: unknown = error
  for (let depth = 0; depth < 4 && at instanceof Error; depth += 1) {
    words.push(at.name, at.message.slice(0, 500), 'code' in at ? String(at.code) : '')
    at = at.cause
  }
  return words.join(' ')
}

async function probe(url: URL, world: ConnectionWorld, signal: AbortSignal): Promise<boolean> {
  const own = new AbortController()
  const stop = (): void => own.abort()
  signal.addEventListener('abort', stop, { once: true })
  const late = world.clock.delay(PROBE_MS, own.signal).then(
    () => false,
    () => false,
  )
  const there = world
    .fetch(`${url.origin}/`, {
      mode: 'no-cors',
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      signal: own.signal,
    })
    .then(
      async (response) => {
        await response.body?.cancel()
        return true
      },
      () => false,
    )
  const isThere = await Promise.race([there, late])
  signal.removeEventListener('abort', stop)
  own.abort()
  return isThere
}
