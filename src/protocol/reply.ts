import { BackfoldError, isBackfoldError, type WireError } from '../core/backfold-error.ts'

/** Answer to a request: a value, or an error as plain data. */
export type Reply<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: WireError }

/** Runs work and puts its end into a form that survives the way across a thread. Never rejects. */
export async function toReply<T>(work: () => Promise<T>): Promise<Reply<T>> {
  try {
    return { ok: true, value: await work() }
  } catch (failure) {
    return { ok: false, error: toWireError(failure) }
  }
}

/** The value of a reply; throws its error as a `BackfoldError`. */
export function fromReply<T>(reply: Reply<T>): T {
  if (reply.ok) return reply.value
  throw new BackfoldError(reply.error.code, reply.error.message)
}

function toWireError(failure: unknown): WireError {
  if (isBackfoldError(failure)) return { code: failure.code, message: failure.message }
  const message = failure instanceof Error ? `${failure.name}: ${failure.message}` : String(failure)
  return { code: 'INTERNAL', message }
}
