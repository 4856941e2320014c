import { NOT_STARTED, type EngineFailure } from '../../core/models/judge-engine-failure.ts'
import { noteLoss, untilNextTry, type Losses } from '../../core/models/losses.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { EngineReply, EngineThread, LocalEngine } from './local-engine.ts'
import { holdThread, toEngineFailure, watchCall, type HeldThread } from './watch-call.ts'

/** At most one engine at a time, started when it is asked something, and how often one was lost. */
export interface EngineHolder {
  /** Asks the engine; starts one if there is none. Never rejects. */
  ask<T>(
    quietMs: number,
    work: (engine: LocalEngine, sign: () => void) => Promise<EngineReply<T>>,
  ): Promise<EngineReply<T>>
  /** The engine, unless there is none. */
  current(): HeldThread | undefined
  end(why: EngineFailure): void
  /** Counts an engine that was lost. */
  noteLoss(): void
  /** Milliseconds until an engine may be tried again; 0 is now. */
  untilNextTry(): number
}

export function createEngineHolder(spawn: () => EngineThread, clock: Clock): EngineHolder {
  let thread: HeldThread | undefined
  let losses: Losses = []

  const current = (): HeldThread | undefined => {
    if (thread?.hasEnded()) thread = undefined
    return thread
  }

  return {
    async ask(quietMs, work) {
      let held: HeldThread
      try {
        held = current() ?? holdThread(spawn)
      } catch (failure) {
        const { message } = toEngineFailure(failure)
        return { ok: false, failure: { name: NOT_STARTED, message } }
      }
      thread = held
      return watchCall(clock, quietMs, held, (sign) => work(held.engine, sign))
    },
    current,
    end(why) {
      current()?.end(why)
      thread = undefined
    },
    noteLoss() {
      losses = noteLoss(losses, clock.now())
    },
    untilNextTry: () => untilNextTry(losses, clock.now()),
  }
}
