import type { EngineFailure } from '../../core/models/judge-engine-failure.ts'
import type { AbortSignalLike } from '../../core/ports/abort-signal-like.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { EngineAnswer, EngineReply, EngineRequest } from './local-engine.ts'
import { watchCall, type HeldThread } from './watch-call.ts'

/** Longest silence of a model at work, in milliseconds: a slow GPU reads a long question for minutes. */
const QUIET_MS = 240_000

/**
 * How long an interrupted call may go on, in milliseconds. It stops after its next token, but not while it reads
 * the question: then only the end of the thread stops it.
 */
export const GRACE_MS = 2_000

export const INTERRUPTED: EngineFailure = { name: 'AbortError', message: 'the call was aborted' }

/**
 * One call of the engine. Resolves when the engine has really ended it, so that there is never a second one
 * beside it: an aborted call is interrupted, and ended with its thread if it does not stop.
 *
 * @param kill - Ends the thread.
 */
export async function runGeneration(
  clock: Clock,
  thread: HeldThread,
  request: EngineRequest,
  signal: AbortSignalLike,
  onText: (text: string) => void,
  kill: (why: EngineFailure) => void,
): Promise<EngineReply<EngineAnswer>> {
  const settled = new AbortController()
  const onAbort = (): void => {
    thread.engine.interrupt()
    clock.delay(GRACE_MS, settled.signal).then(
      () => kill(INTERRUPTED),
      () => {},
    )
  }
  if (signal.aborted) return { ok: false, failure: INTERRUPTED }
  signal.addEventListener('abort', onAbort, { once: true })
  let text = ''
  try {
    return await watchCall(clock, QUIET_MS, thread, (sign) =>
      thread.engine.generate(request, (delta) => {
        sign()
        if (signal.aborted || thread.hasEnded()) return
        text += delta
        onText(text)
      }),
    )
  } finally {
    settled.abort()
    signal.removeEventListener('abort', onAbort)
  }
}
