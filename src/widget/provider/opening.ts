import type { Backfold, Observable } from '../../client/session.ts'
import type { BackfoldError } from '../../core/backfold-error.ts'
import { asError } from '../view/as-error.ts'

/** How far a Backfold is open. */
export type OpeningState =
  | { readonly status: 'opening'; readonly backfold: null; readonly error: null }
  | { readonly status: 'ready'; readonly backfold: Backfold; readonly error: null }
  | { readonly status: 'failed'; readonly backfold: null; readonly error: BackfoldError }

/** A Backfold that is open for as long as somebody holds it. */
export interface Opening {
  readonly state: Observable<OpeningState>
  /**
   * Opens it, if nobody held it before; returns the way to let it go.
   *
   * @param open - How it is opened, now and when it is tried again.
   */
  hold(open: () => Promise<Backfold>): () => void
  /** Opens it again after a failure. Otherwise there is nothing to do. */
  retry(): void
}

export const OPENING: OpeningState = { status: 'opening', backfold: null, error: null }

/**
 * Opens on the first hold and closes after the last is let go, though not at once: strict mode, and a component
 * that moves, let go and hold again in the same breath, and then it stays open. What is let go while it
 * still opens is closed once it is open, and the next opening waits for that.
 *
 * @see SPEC.md rules REACT2, REACT4
 */
export function createOpening(): Opening {
  const watchers = new Set<() => void>()
  let state = OPENING
  let holders = 0
  let current: Promise<Backfold> | null = null
  let closed: Promise<unknown> = Promise.resolve()
  let retry = (): void => {}

  const set = (next: OpeningState): void => {
    state = next
    for (const watcher of [...watchers]) watcher()
  }
  const start = (open: () => Promise<Backfold>): void => {
    const own = closed.then(open)
    current = own
    if (state !== OPENING) set(OPENING)
    own.then(
      (backfold) => current === own && set({ status: 'ready', backfold, error: null }),
      (thrown: unknown) =>
        current === own && set({ status: 'failed', backfold: null, error: asError(thrown) }),
    )
  }
  const end = (): void => {
    if (holders > 0 || current === null) return
    // What failed to open need not be closed, and what fails to close is not open any more.
    closed = current.then((backfold) => backfold.close()).catch(() => {})
    current = null
    set(OPENING)
  }
  return {
    state: {
      get: () => state,
      subscribe(watcher) {
        const own = (): void => watcher()
        watchers.add(own)
        return () => watchers.delete(own)
      },
    },
    hold(open) {
      holders += 1
      retry = () => start(open)
      if (current === null) start(open)
      let isHeld = true
      return () => {
        if (!isHeld) return
        isHeld = false
        holders -= 1
        setTimeout(end)
      }
    },
    retry() {
      if (state.status === 'failed' && holders > 0) retry()
    },
  }
}
