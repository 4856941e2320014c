import type { ModelReply } from '../../core/ports/language-model.ts'
import type { SummariserState } from '../../protocol/summariser-state.ts'
import { failed } from '../answer-within.ts'
import type { BrowserApi } from './browser-api.ts'
import { failureOf } from './failure-of.ts'
import { CANNOT_RUN } from './find-browser-api.ts'

/** A state that can be watched. */
export interface ObservedState {
  get(): SummariserState
  subscribe(listener: () => void): () => void
}

/** @param closed - Aborted when nobody shall hear of changes any more. */
export function observeState(closed: AbortSignal): {
  readonly state: ObservedState
  tell(state: SummariserState): void
} {
  const listeners = new Set<() => void>()
  let current: SummariserState = { kind: 'unknown' }
  return {
    state: {
      get: () => current,
      subscribe(listener) {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
    },
    tell(state) {
      if (closed.aborted) return
      current = state
      for (const listener of [...listeners]) {
        try {
          listener()
        } catch {
          // Whoever watches can't break what is watched.
        }
      }
    },
  }
}

/** Longest wait for what the browser says of its model, in milliseconds. */
const LOOK_MS = 10_000

/** How it stands with the browser's model. Never rejects, and never hangs. */
export async function lookAt(api: BrowserApi): Promise<SummariserState> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<SummariserState>((resolve) => {
    const silent = failed('timed-out', 'the browser does not say whether its AI is there')
    timer = setTimeout(() => resolve(failedState(silent)), LOOK_MS)
  })
  const state = await Promise.race([read(api), late])
  clearTimeout(timer)
  return state
}

async function read(api: BrowserApi): Promise<SummariserState> {
  try {
    switch (await api.availability()) {
      case 'available':
        return { kind: 'available' }
      case 'downloadable':
        return { kind: 'needs-download' }
      case 'downloading':
        return { kind: 'downloading' }
      case 'unavailable':
        return failedState(CANNOT_RUN)
    }
  } catch (thrown) {
    return failedState(failureOf(thrown, { step: 'look' }))
  }
}

/** A failure as a state to be shown. */
export function failedState({
  code,
  reason,
  retryAfterMs,
}: Extract<ModelReply, { kind: 'failed' }>): SummariserState {
  return { kind: 'failed', code, reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
}
