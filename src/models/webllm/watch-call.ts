import { STALLED, type EngineFailure } from '../../core/models/judge-engine-failure.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { EngineReply, EngineThread, LocalEngine } from './local-engine.ts'

/** A thread that can be ended with a reason, which every call under way is answered with. */
export interface HeldThread {
  readonly engine: LocalEngine
  /** Why it is no more. */
  readonly ended: Promise<EngineFailure>
  hasEnded(): boolean
  end(why: EngineFailure): void
}

/** Holds a thread so that it ends once, by whatever comes first. A thread that can't be made ends at once. */
export function holdThread(spawn: () => EngineThread): HeldThread {
  let hasEnded = false
  let settle = (_: EngineFailure): void => {}
  const ended = new Promise<EngineFailure>((resolve) => {
    settle = resolve
  })
  const thread = spawn()
  const end = (why: EngineFailure): void => {
    if (hasEnded) return
    hasEnded = true
    settle(why)
    thread.end()
  }
  void thread.lost.then(end)
  return { engine: thread.engine, ended, hasEnded: () => hasEnded, end }
}

/**
 * Waits for a call until it answers, its thread ends, or nothing was heard of it for a long time. Never rejects.
 *
 * @param quietMs - Longest silence, in milliseconds.
 * @param work - Makes the call; tells of each sign of life.
 */
export async function watchCall<T>(
  clock: Clock,
  quietMs: number,
  thread: HeldThread,
  work: (sign: () => void) => Promise<EngineReply<T>>,
): Promise<EngineReply<T>> {
  if (thread.hasEnded()) return failed(await thread.ended)
  let heard = clock.now()
  const watching = new AbortController()
  const answer = settleCall(() =>
    work(() => {
      heard = clock.now()
    }),
  )
  const stalled = untilQuiet<T>(clock, quietMs, () => heard, watching.signal)
  try {
    return await Promise.race([answer, thread.ended.then((why) => failed<T>(why)), stalled])
  } finally {
    watching.abort()
  }
}

/** The reply of a call, also if the way to the engine breaks. */
async function settleCall<T>(work: () => Promise<EngineReply<T>>): Promise<EngineReply<T>> {
  try {
    return await work()
  } catch (failure) {
    return failed(toEngineFailure(failure))
  }
}

/** An error as plain data. */
export function toEngineFailure(failure: unknown): EngineFailure {
  if (failure instanceof Error) return { name: failure.name, message: failure.message }
  if (typeof DOMException !== 'undefined' && failure instanceof DOMException) {
    return { name: failure.name, message: failure.message }
  }
  // Some of the package's parts throw text, or objects with a name and a message that are no errors.
  const { name, message } = Object(failure) as {
    readonly name?: unknown
    readonly message?: unknown
  }
  return {
    name: typeof name === 'string' ? name : 'Error',
    message: typeof message === 'string' ? message : describe(failure),
  }
}

function describe(failure: unknown): string {
  return typeof failure === 'object' && failure !== null ? 'no message' : String(failure)
}

async function untilQuiet<T>(
  clock: Clock,
  quietMs: number,
  heard: () => number,
  signal: AbortSignal,
): Promise<EngineReply<T>> {
  for (;;) {
    const left = heard() + quietMs - clock.now()
    if (left <= 0) {
      const seconds = Math.round(quietMs / 1_000)
      return failed({ name: STALLED, message: `the model was silent for ${seconds} s` })
    }
    try {
      await clock.delay(Math.min(left, quietMs), signal)
    } catch {
      // The call has ended: nobody waits for this any more.
      return new Promise(() => {})
    }
  }
}

function failed<T>(failure: EngineFailure): EngineReply<T> {
  return { ok: false, failure }
}
