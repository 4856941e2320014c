import type { Msg, MsgHdrs, NatsConnection } from '@nats-io/nats-core'

/** What came of a request. */
export type Asked<T> =
  | { readonly kind: 'answer'; readonly value: T }
  /** The server's own refusal, with its number. */
  | { readonly kind: 'error'; readonly code: number; readonly description: string }
  /** These credentials may not ask that. */
  | { readonly kind: 'denied' }
  /** Nobody listens there. */
  | { readonly kind: 'nobody' }
  /** No answer, or none that can be read. */
  | { readonly kind: 'silent'; readonly reason: string }

export interface Question {
  readonly subject: string
  readonly body?: unknown
  readonly bytes?: Uint8Array
  readonly headers?: MsgHdrs
  readonly timeoutMs: number
}

interface MayFail {
  readonly error?: { readonly err_code?: number; readonly description?: string }
}

/** Asks one thing and reads the answer, an empty one as an empty object. Never rejects. */
export async function askServer<T>(
  connection: NatsConnection,
  { subject, body, bytes, headers, timeoutMs }: Question,
): Promise<Asked<T>> {
  try {
    const payload = bytes ?? (body === undefined ? '' : JSON.stringify(body))
    const options = { timeout: timeoutMs, ...(headers ? { headers } : {}) }
    return readAnswer(await connection.request(subject, payload, options))
  } catch (failure) {
    return judgeFailure(failure)
  }
}

function readAnswer<T>(message: Msg): Asked<T> {
  const value = (message.data.length === 0 ? {} : message.json()) as T & MayFail
  const { error } = value
  if (!error) return { kind: 'answer', value }
  return { kind: 'error', code: error.err_code ?? 0, description: error.description ?? 'an error' }
}

function judgeFailure(failure: unknown): Asked<never> {
  if (isCausedBy(failure, 'PermissionViolationError')) return { kind: 'denied' }
  if (isCausedBy(failure, 'NoRespondersError')) return { kind: 'nobody' }
  return { kind: 'silent', reason: failure instanceof Error ? failure.message : String(failure) }
}

/** Whether an error, or what led to it, has this name. By name, as the package is loaded late. */
export function isCausedBy(failure: unknown, name: string): boolean {
  for (let error = failure; error instanceof Error; error = error.cause) {
    if (error.name === name) return true
  }
  return false
}
