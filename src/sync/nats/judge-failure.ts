import { isCausedBy } from './ask-server.ts'
import type { NatsState } from './nats-options.ts'

export type ConnectVerdict = Extract<NatsState, { readonly kind: 'offline' | 'refused' }>

export interface ConnectAttempt {
  readonly servers: readonly string[]
  /** Of the page or worker that connects; undefined where there is none. */
  readonly origin: string | undefined
}

/** Node's names for what can be wrong with a certificate. */
const CERTIFICATE =
  /CERT|SIGNATURE|^INVALID_(?:CA|PURPOSE)|^HOSTNAME_MISMATCH|^PATH_LENGTH_EXCEEDED/

/**
 * Why a connection did not come about, in one sentence for people: `refused` where somebody has to do something, `offline`
 * where it may be there at another time.
 *
 * @see SPEC.md rule RLOG17
 */
export function judgeFailure(
  failure: unknown,
  { servers, origin }: ConnectAttempt,
): ConnectVerdict {
  const detail = failure instanceof Error ? failure.message : String(failure)
  const refuse = (reason: string): ConnectVerdict => ({ kind: 'refused', reason })
  if (isCausedBy(failure, 'ForbiddenByPolicyError')) {
    const names = servers.join(' ')
    return refuse(
      `The content security policy of this page forbids the connection: its connect-src is to name ${names}.`,
    )
  }
  if (isCausedBy(failure, 'NoWebSocketError')) {
    return refuse(`A web socket can't be made here (${detail}): Node has them from 22 on.`)
  }
  const code = certificateCode(failure)
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return refuse(`The TLS certificate of the server is for another name (${detail}).`)
  }
  if (code === 'CERT_HAS_EXPIRED') return refuse('The TLS certificate of the server has expired.')
  if (code !== undefined) {
    return refuse(
      `The TLS certificate of the server is not trusted (${detail}): NODE_EXTRA_CA_CERTS may name the file of its authority.`,
    )
  }
  if (/does not support 'tls'/.test(detail)) {
    return refuse('The server has no TLS at this port, and nothing is sent to it without.')
  }
  if (
    isCausedBy(failure, 'AuthorizationError') ||
    isCausedBy(failure, 'UserAuthenticationExpiredError')
  ) {
    return refuse('The server does not accept these credentials, or they have expired.')
  }
  if (isCausedBy(failure, 'InvalidArgumentError')) return refuse(detail)
  if (origin === undefined || !isCausedBy(failure, 'ConnectionError')) {
    return { kind: 'offline', reason: detail }
  }
  // Browsers tell pages nothing more, so that they can't look around in networks.
  const causes = 'it is down, its certificate is not trusted, or its allowed_origins lack this page'
  return { kind: 'offline', reason: `No server takes a connection from ${origin}: ${causes}.` }
}

function certificateCode(failure: unknown): string | undefined {
  for (let error = failure; error instanceof Error; error = error.cause) {
    const { code } = error as { readonly code?: unknown }
    if (typeof code === 'string' && CERTIFICATE.test(code)) return code
  }
  return undefined
}
