import type { Draft } from '../../core/session/message.ts'
import { callIds, resultIds } from '../../core/session/message.ts'
import type { Speed } from './replay-pace.ts'
import { DEFAULT_SPEED, pauseBefore, remainingTimes } from './replay-pace.ts'

/**
 * Where a replay stands.
 *
 *   ready ──play──▶ playing ◀──play/pause──▶ paused
 *                      │ │
 *        last delivered│ │deliver or turn failed
 *                      ▼ ▼
 *               finished  failed ──play──▶ playing (the same draft again)
 */
export type ReplayStatus = 'ready' | 'playing' | 'paused' | 'finished' | 'failed'

export interface ReplayState {
  readonly status: ReplayStatus
  /** Number of drafts delivered. */
  readonly position: number
  readonly total: number
  readonly speed: Speed
  /** Time that the rest takes at speed 1, in milliseconds. */
  readonly remainingMs: number
}

/** What a replay does to the session: the same two calls that a live host makes. */
export interface ReplayHost {
  /** Called before each assistant message: a host asks for the context to send at this point. */
  startTurn(): Promise<void>
  deliver(draft: Draft, index: number): Promise<void>
  changed(state: ReplayState): void
  failed(error: unknown): void
}

/** Time, so that tests need none. */
export interface ReplayClock {
  now(): number
  /** Resolves after the time, or as soon as the signal aborts. Never rejects. */
  wait(ms: number, signal: AbortSignal): Promise<void>
}

export interface ReplayPlayer {
  state(): ReplayState
  play(): void
  pause(): void
  /** Delivers one draft and pauses. */
  step(): void
  setSpeed(speed: Speed): void
  /** Pauses where no tool call waits for its result; resolves once there. */
  settle(): Promise<void>
}

/**
 * Delivers the drafts of a recording one by one, in order, at its own pace times the speed.
 *
 * One loop at most runs; a draft is never skipped and never delivered while another is under way.
 * Knows nothing of Backfold: the host does the two calls.
 *
 * @param start - Number of drafts that the session already holds.
 * @see SPEC.md rules APP3–APP8
 */
export function createReplayPlayer(
  drafts: readonly Draft[],
  host: ReplayHost,
  clock: ReplayClock,
  start = 0,
): ReplayPlayer {
  const pauses = drafts.map((draft, index) => pauseBefore(drafts[index - 1], draft))
  const remaining = remainingTimes(pauses)
  let state: ReplayState = {
    remainingMs: remaining[start] ?? 0,
    status: start >= drafts.length ? 'finished' : start > 0 ? 'paused' : 'ready',
    position: start,
    total: drafts.length,
    speed: DEFAULT_SPEED,
  }
  let loop: Promise<void> | null = null
  let goal: 'play' | 'step' | 'settle' | 'stop' = 'stop'
  let steps = 0
  let interrupt = new AbortController()

  const change = (patch: Partial<ReplayState>): void => {
    state = { ...state, ...patch }
    host.changed(state)
  }
  const rouse = (): void => {
    interrupt.abort()
    interrupt = new AbortController()
  }

  /** Sits out the pause before the next draft; a changed speed counts from the moment it changes. */
  const pace = async (): Promise<void> => {
    let left = pauses[state.position] ?? 0
    while (left > 0.5 && goal === 'play' && state.speed !== 'max') {
      const { speed } = state
      const since = clock.now()
      await clock.wait(left / speed, interrupt.signal)
      left -= (clock.now() - since) * speed
    }
  }

  const deliverNext = async (): Promise<void> => {
    const draft = drafts[state.position]
    if (draft === undefined) return
    if (draft.role === 'assistant') await host.startTurn()
    await host.deliver(draft, state.position)
    const position = state.position + 1
    change({ position, remainingMs: remaining[position] ?? 0 })
  }

  // A function, because `goal` changes while the loop waits, which the compiler does not see.
  const mayDeliver = (): boolean => goal !== 'stop'

  const run = async (): Promise<void> => {
    // Never ends before the caller has noted that it runs.
    await Promise.resolve()
    try {
      while (goal !== 'stop' && state.position < drafts.length) {
        if (goal === 'settle' && !waitsForResult(drafts, state.position)) break
        await pace()
        if (mayDeliver()) await deliverNext()
        if (goal === 'step' && --steps <= 0) break
      }
      change({ status: state.position >= drafts.length ? 'finished' : 'paused' })
    } catch (error) {
      change({ status: 'failed' })
      host.failed(error)
    } finally {
      goal = 'stop'
      steps = 0
      loop = null
    }
  }

  const pursue = (next: typeof goal): void => {
    goal = next
    rouse()
    if (next === 'stop' || state.position >= drafts.length) return
    if (next === 'play') change({ status: 'playing' })
    loop ??= run()
  }

  return {
    state: () => state,
    play: () => pursue('play'),
    pause: () => {
      if (state.status === 'playing') change({ status: 'paused' })
      pursue('stop')
    },
    step: () => {
      if (state.status === 'playing') change({ status: 'paused' })
      steps++
      pursue('step')
    },
    setSpeed: (speed) => {
      change({ speed })
      rouse()
    },
    settle: async () => {
      if (state.status === 'ready' || state.position >= drafts.length) return
      if (state.status === 'playing') change({ status: 'paused' })
      pursue('settle')
      await loop
    },
  }
}

/** Whether the drafts so far leave a tool call open whose result is still to come. */
function waitsForResult(drafts: readonly Draft[], position: number): boolean {
  const open = new Set<string>()
  for (const draft of drafts.slice(0, position)) {
    for (const id of callIds(draft)) open.add(id)
    for (const id of resultIds(draft)) open.delete(id)
  }
  return (
    open.size > 0 &&
    drafts.slice(position).some((draft) => resultIds(draft).some((id) => open.has(id)))
  )
}
